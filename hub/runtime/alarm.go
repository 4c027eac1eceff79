package runtime

import (
	"time"

	"hearth/room"
)

// alarm is the one timer of a room, for what is due next by the rules, and for words
// that have been kept long enough.
type alarm struct {
	timer *time.Timer // nil: never set
	at    time.Time   // what it is set to; zero: it has fired
	// notBefore: a tick that failed is not tried again before.
	notBefore time.Time
}

// stop lets nothing fire any more.
func (a *alarm) stop() {
	if a.timer != nil {
		a.timer.Stop()
	}
}

// tick lets what is due happen. The key of a tick follows from what fires, so
// that of two nodes only one can write it.
func (l *Room) tick() {
	if l.state == nil || l.end.closed {
		return
	}
	now := l.node.clock()
	l.alarm.at = time.Time{} // the timer has fired: whatever is next, set it
	for range 32 {
		due, ok := l.state.Due()
		if !ok || due.After(now) {
			return
		}
		out := l.house(now, room.Tick{}, l.state.DueKey())
		next, still := l.state.Due()
		if out.refusal != nil || still && next.Equal(due) && out.form == 0 {
			l.alarm.notBefore = now.Add(time.Second) // ask again, but do not spin
			return
		}
	}
}

// rankStep is how much later than the node before it a node lets a timer fire.
const rankStep = 250 * time.Millisecond

// wind sets the room's one timer to what is due next: by the rules, or words
// that have been kept long enough (T13).
func (l *Room) wind() {
	now := l.node.clock()
	wake, ok := l.state.Due()
	// Timers fire on every node that has the room. The first in rank does it; the
	// others come a little later and find nothing left to do.
	wake = wake.Add(time.Duration(l.rep.Rank()) * rankStep)
	if ok && wake.Before(l.alarm.notBefore) {
		wake = l.alarm.notBefore
	}
	tail := l.state.Form.Rules.Tail
	l.link.unlearn(now.Add(-tail))
	l.rep.Fade(now)
	if said, left := l.sender.Forget(now.Add(-tail)); left {
		if fade := said.Add(tail); !ok || fade.Before(wake) {
			wake, ok = fade, true
		}
	}
	switch {
	case !ok || l.end.closed:
		l.alarm.stop()
	case l.alarm.timer == nil:
		l.alarm.timer = time.AfterFunc(wake.Sub(now), func() { l.post(letter{do: (*Room).tick}) })
	case wake.Equal(l.alarm.at):
		return
	default:
		l.alarm.timer.Reset(wake.Sub(now))
	}
	l.alarm.at = wake
}
