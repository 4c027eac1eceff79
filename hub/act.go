package hub

import (
	"context"
	"log/slog"
	"slices"
	"time"

	"hearth/hub/fail"
	"hearth/hub/fanout"
	"hearth/hub/replica"
	"hearth/room"
)

// outcome is how a command ended.
type outcome struct {
	form    int64         // its last row in the journal; 0 if it left none
	refusal *room.Refusal // nil: it took effect
	again   bool          // it had been done before
	acked   bool          // the sender knows already (a seeded bug)
}

// act runs one command on the path of design §4: decide, journal, apply, cast.
// Rows are in the journal before anybody sees what they say. It gathers frames;
// the caller answers the sender and flushes.
func (l *live) act(ctx context.Context, now time.Time, seat room.SeatID, cmd room.Command, id string) outcome {
	key := CommandKey{Seat: seat, ID: id}
	l.ctx, l.doing = ctx, doing{now: now, key: key}
	done := l.rep.Do(now, seat, cmd, key, l.writing)
	out := outcome{form: done.Form, refusal: done.Refusal, again: done.Again, acked: l.doing.acked}
	l.kept = l.kept || l.doing.rows
	switch {
	case done.Busy:
		out.refusal = refuseBusy
	case done.Failed:
		out.refusal = refuseUnavailable
	}
	return out
}

// doing is the command that is being run.
type doing struct {
	now   time.Time
	key   CommandKey
	rows  bool // it leaves rows
	acked bool // its sender knows already (a seeded bug)
}

// beforeRows is called when rows are about to be written.
func (l *live) beforeRows(events []room.Event) []room.Event {
	l.flush() // what has been said does not wait for the disk
	for _, e := range events {
		if _, ends := e.(room.SessionClosed); ends {
			l.hub.cfg.Store.MakeRoom(l.ctx)
		}
	}
	l.doing.rows = true
	if fail.Bug(fail.AckBeforeCommit) && l.asking != nil {
		l.answer(l.asking, fanout.Ack(l.doing.key.ID, l.answers.kept[l.asking.seat]+1))
		l.flush()
		l.doing.acked = true
	}
	if fail.Bug(fail.FanoutBeforeCommit) {
		for _, e := range events {
			l.state.Apply(l.doing.now, e)
		}
		l.show(l.doing.now, events)
		l.flush()
		return nil
	}
	return events
}

// show gathers what each audience is shown of events that were just applied.
func (l *live) show(now time.Time, events []room.Event) {
	if l.caster == nil || len(events) == 0 {
		return
	}
	if l.rep.Mode() == replica.Shared {
		l.seatEverybody()
	}
	casts := l.caster.Cast(l.state, events)
	l.brings(events)
	if slices.ContainsFunc(events, room.Durable) {
		l.review() // who receives what follows from form alone
	}
	anew := l.reintroduce()
	for i := range casts {
		if !l.silent {
			l.cast(now, &casts[i], anew)
		}
	}
	if anew && !l.silent {
		for _, p := range l.order {
			l.whole(now, p.Seat)
		}
	}
}

// reintroduce follows a new charter or plan; everybody is then shown the whole
// of it.
func (l *live) reintroduce() bool {
	form := &l.state.Form
	if form.Charter == l.charter && form.Replanned == l.replanned {
		return false
	}
	ctx, done := context.WithTimeout(l.hub.base, storeWait)
	defer done()
	if err := l.introduce(ctx); err != nil {
		l.hub.log.Error("the new charter or plan cannot be shown", slog.String("session", l.session.ID), slog.Any("err", err))
		return false
	}
	return true
}

// cast gathers one cast. anew: everybody is about to be shown the whole.
func (l *live) cast(now time.Time, c *room.Cast, anew bool) {
	if c.To.Kind == room.ToMe && l.places[c.To.Seat] == nil {
		return // nobody is connected there; a snapshot will tell them
	}
	if c.Whole {
		if l.places[c.To.Seat].Anew(); !anew {
			l.whole(now, c.To.Seat)
		}
		return
	}
	heard := c.Words != nil && l.saidBefore(c.Words, c.To) // it must hear of all of them
	l.sender.Cast(now, c, l.mute || heard)
}

// answer gathers a line for one connection, which may be gone.
func (l *live) answer(m *member, line []byte) { l.sender.Send(&m.Receiver, line) }

// flush sends everything that is gathered.
func (l *live) flush() {
	if l.sender.Idle() {
		return
	}
	start := l.hub.clock()
	l.sender.Flush()
	if l.kept {
		l.hub.metrics.Fanout.Observe(l.hub.clock().Sub(start).Seconds())
	}
	l.kept = false
}

// tick lets what is due happen. The key of a tick follows from what fires, so
// that of two nodes only one can write it.
func (l *live) tick() {
	if l.state == nil || l.ended {
		return
	}
	now := l.hub.clock()
	l.wake = time.Time{} // the timer has fired: whatever is next, set it
	for range 32 {
		due, ok := l.state.Due()
		if !ok || due.After(now) {
			return
		}
		out := l.house(now, room.Tick{}, l.state.DueKey())
		next, still := l.state.Due()
		if out.refusal != nil || still && next.Equal(due) && out.form == 0 {
			l.notBefore = now.Add(time.Second) // ask again, but do not spin
			return
		}
	}
}

// house runs a command of the house and counts it.
func (l *live) house(now time.Time, cmd room.Command, id string) outcome {
	out := l.act(l.hub.base, now, room.House, cmd, id)
	l.count(out)
	l.follow(now)
	l.took(now, out)
	return out
}

// rankStep is how much later than the node before it a node lets a timer fire.
const rankStep = 250 * time.Millisecond

// wind sets the room's one timer to what is due next: by the rules, or words
// that have been kept long enough (T13).
func (l *live) wind() {
	now := l.hub.clock()
	wake, ok := l.state.Due()
	// Timers fire on every node that has the room. The first in rank does it; the
	// others come a little later and find nothing left to do.
	wake = wake.Add(time.Duration(l.rep.Rank()) * rankStep)
	if ok && wake.Before(l.notBefore) {
		wake = l.notBefore
	}
	tail := l.state.Form.Rules.Tail
	l.unlearn(now.Add(-tail))
	l.rep.Fade(now)
	if said, left := l.sender.Forget(now.Add(-tail)); left {
		if fade := said.Add(tail); !ok || fade.Before(wake) {
			wake, ok = fade, true
		}
	}
	switch {
	case !ok || l.ended:
		if l.timer != nil {
			l.timer.Stop()
		}
	case l.timer == nil:
		l.timer = time.AfterFunc(wake.Sub(now), func() { l.post(letter{do: (*live).tick}) })
	case wake.Equal(l.wake):
		return
	default:
		l.timer.Reset(wake.Sub(now))
	}
	l.wake = wake
}
