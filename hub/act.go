package hub

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"time"

	"hearth/hub/fail"
	"hearth/room"
)

// outcome is how a command ended.
type outcome struct {
	form    int64         // its last row in the journal; 0 if it left none
	refusal *room.Refusal // nil: it took effect
	again   bool          // it had been done before
	acked   bool          // the sender knows already (a seeded bug)
	kind    int           // which sort of cost it was
}

// mostTries is how often a command is decided when another node keeps being first.
const mostTries = 5

// act runs one command on the path of design §4: decide, journal, apply, cast.
// Rows are in the journal before anybody sees what they say. It gathers frames;
// the caller answers the sender and flushes.
func (l *live) act(ctx context.Context, now time.Time, seat room.SeatID, cmd room.Command, id string) outcome {
	key := CommandKey{Seat: seat, ID: id}
	for try := range mostTries {
		if try > 0 { // another node was first; do not run in step with it
			l.hub.pause(ctx, rand.N(2*time.Millisecond)) //nolint:gosec // no secret
		}
		events, refusal := l.state.Decide(now, seat, cmd)
		if refusal != nil {
			return outcome{refusal: refusal, kind: kindPassing}
		}
		rows, err := encode(events)
		if err != nil {
			l.hub.log.Error("an event cannot be written down", slog.String("session", l.session.ID), slog.Any("err", err))
			return outcome{refusal: refuseUnavailable, kind: kindForm}
		}
		if len(rows) == 0 {
			l.apply(now, events)
			return outcome{kind: kindPassing}
		}
		out, conflict := l.keep(ctx, now, key, events, rows)
		if !conflict {
			return out
		}
	}
	return outcome{refusal: refuseBusy, kind: kindForm}
}

// keep journals the rows of one command and then applies its events. conflict
// says that another writer was first: the command has to be decided again.
func (l *live) keep(ctx context.Context, now time.Time, key CommandKey, events []room.Event, rows [][]byte) (out outcome, conflict bool) {
	l.flush() // what has been said does not wait for the disk
	out = outcome{kind: kindForm}
	if fail.Bug(fail.FanoutBeforeCommit) {
		l.apply(now, events)
		l.flush()
		events = nil
	}
	if fail.Bug(fail.AckBeforeCommit) && l.asking != nil {
		l.answer(l.asking, ackLine(key.ID, l.form+int64(len(rows))))
		l.flush()
		out.acked = true
	}
	seq, err := l.append(ctx, key, rows)
	switch {
	case err == nil:
		l.form = seq
		l.answers.form(key, seq)
		l.apply(now, events)
		out.form = seq
	case errors.Is(err, ErrDuplicate):
		out.form, out.again = seq, true
		l.answers.form(key, seq)
		if !l.catchUp(ctx, now) {
			out.refusal = refuseUnavailable
		}
	case errors.Is(err, ErrConflict):
		if l.catchUp(ctx, now) {
			return out, true
		}
		out.refusal = refuseUnavailable
	default:
		l.hub.log.Error("the journal did not take a row", slog.String("session", l.session.ID), slog.Any("err", err))
		out.refusal = refuseUnavailable
	}
	return out, false
}

func (l *live) append(ctx context.Context, key CommandKey, rows [][]byte) (int64, error) {
	ctx, done := context.WithTimeout(ctx, storeWait)
	defer done()
	fail.Point(fail.BeforeCommit)
	start := l.hub.clock()
	seq, err := l.hub.cfg.Journal.Append(ctx, l.session.ID, l.form, key, rows)
	l.hub.metrics.Commit.Observe(l.hub.clock().Sub(start).Seconds())
	if err == nil {
		fail.Point(fail.AfterCommit)
	}
	return seq, err
}

// catchUp applies what another node has written and shows it to the room.
func (l *live) catchUp(ctx context.Context, now time.Time) bool {
	var events []room.Event
	if err := l.replay(ctx, func(e room.Event) { events = append(events, e) }); err != nil {
		l.hub.log.Error("the journal cannot be read on", slog.String("session", l.session.ID), slog.Any("err", err))
		return false
	}
	if len(events) > 0 {
		l.show(now, events)
	}
	return true
}

// encode writes down the durable events, in order.
func encode(events []room.Event) ([][]byte, error) {
	var rows [][]byte
	for _, e := range events {
		if !room.Durable(e) {
			continue
		}
		row, err := room.EncodeEvent(e)
		if err != nil {
			return nil, fmt.Errorf("encode %s: %w", e.Kind(), err)
		}
		rows = append(rows, row)
	}
	return rows, nil
}

func (l *live) apply(now time.Time, events []room.Event) {
	for _, e := range events {
		l.state.Apply(now, e)
	}
	if fail.Bug(fail.FloorByClock) {
		l.state.Form.Hands = fail.ByClock(l.session.ID, l.state.Form.Hands, func(h room.RaisedHand) string { return string(h.Seat) })
	}
	l.show(now, events)
}

// show gathers what each audience is shown of events that were just applied.
func (l *live) show(now time.Time, events []room.Event) {
	if l.caster == nil || len(events) == 0 {
		return
	}
	casts := l.caster.Cast(l.state, now, events)
	if slices.ContainsFunc(events, room.Durable) {
		l.review() // who receives what follows from form alone
	}
	anew := l.reintroduce()
	for i := range casts {
		if l.silent || anew && casts[i].Whole {
			continue
		}
		l.cast(now, &casts[i])
	}
	if anew && !l.silent {
		for _, p := range l.order {
			l.whole(now, p.seat)
		}
	}
}

// reintroduce follows a new charter; everybody is then shown the whole of it.
func (l *live) reintroduce() bool {
	if l.state.Form.Charter == l.charter {
		return false
	}
	ctx, done := context.WithTimeout(l.hub.base, storeWait)
	defer done()
	if err := l.introduce(ctx); err != nil {
		l.hub.log.Error("the new charter cannot be shown", slog.String("session", l.session.ID), slog.Any("err", err))
		return false
	}
	return true
}

// cast numbers and encodes one cast, once, and gathers it for its audience.
func (l *live) cast(now time.Time, c *room.Cast) {
	if c.Whole {
		l.whole(now, c.To.Seat)
		return
	}
	prev := &l.streams[min(c.To.Kind, room.ToCare)]
	if c.To.Kind == room.ToMe {
		p := l.places[c.To.Seat]
		if p == nil {
			return // nobody is connected there; a snapshot will tell them
		}
		prev = &p.me
	}
	seq := l.seq + 1
	k := sent{seq: seq, prev: *prev, to: c.To.Kind, seat: c.To.Seat, at: now}
	var line []byte
	if c.Words != nil {
		k.words = c.Words.ID
		line = appendWords(make([]byte, 0, 160+len(c.Words.Text)), c.To.Kind, seq, *prev, c.Words)
		k.line = line
	} else {
		cut, err := 0, error(nil)
		if line, cut, err = appendSet(make([]byte, 0, 512), seq, *prev, c); err != nil {
			panic(fmt.Errorf("show the room: %w", err)) // a view that cannot be written is a broken invariant
		}
		k.line, k.sections = line, cut > 0
		if k.sections {
			k.line = append(append(make([]byte, 0, cut+1), line[:cut]...), '}')
		}
	}
	l.seq, *prev = seq, seq
	for _, id := range c.Unsay {
		l.ring.unsay(id)
	}
	l.ring.add(k)
	l.queue(piece{line: line, to: k.to, seat: k.seat})
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
	l.count(kindHouse, out)
	l.follow(now)
	return out
}

// wind sets the room's one timer to what is due next: by the rules, or words
// that have been kept long enough (T13).
func (l *live) wind() {
	now := l.hub.clock()
	wake, ok := l.state.Due()
	if ok && wake.Before(l.notBefore) {
		wake = l.notBefore
	}
	tail := l.state.Form.Rules.Tail
	if said, left := l.ring.forget(now.Add(-tail)); left {
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
