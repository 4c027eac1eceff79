package runtime

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
func (l *Room) act(ctx context.Context, now time.Time, seat room.SeatID, cmd room.Command, id string) outcome {
	key := CommandKey{Seat: seat, ID: id}
	l.doing.ctx, l.doing.now, l.doing.key, l.doing.rows, l.doing.acked = ctx, now, key, false, false
	done := l.rep.Do(now, seat, cmd, key, l.doing.before)
	out := outcome{form: done.Form, refusal: done.Refusal, again: done.Again, acked: l.doing.acked}
	l.doing.kept = l.doing.kept || l.doing.rows
	switch {
	case done.Busy:
		out.refusal = refuseBusy
	case done.Failed:
		out.refusal = refuseUnavailable
	}
	return out
}

// doing is what is being run. It is set for the length of a call, because the
// replica calls back ([replica.World]) what belongs to it.
type doing struct {
	ctx    context.Context // of whoever loads the room while it is loaded; then the node's
	now    time.Time
	key    CommandKey
	asker  *Member // whose command it is; nil: the house's
	rows   bool    // it leaves rows
	acked  bool    // its sender knows already (a seeded bug)
	silent bool    // nothing is cast: everybody will be sent a snapshot
	mute   bool    // what is cast has been heard here: only its number goes out
	// kept outlives the command: what the next flush sends follows rows.
	kept   bool
	before func([]room.Event) []room.Event // beforeRows, made once
}

// beforeRows is called when rows are about to be written.
func (l *Room) beforeRows(events []room.Event) []room.Event {
	l.flush() // what has been said does not wait for the disk
	for _, e := range events {
		if _, ends := e.(room.SessionClosed); ends {
			l.node.cfg.Store.MakeRoom(l.doing.ctx)
		}
	}
	l.doing.rows = true
	if fail.Bug(fail.AckBeforeCommit) && l.doing.asker != nil {
		l.answer(l.doing.asker, fanout.Ack(l.doing.key.ID, l.answers.kept[l.doing.asker.seat]+1))
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
func (l *Room) show(now time.Time, events []room.Event) {
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
		if !l.doing.silent {
			l.cast(now, &casts[i], anew)
		}
	}
	if anew && !l.doing.silent {
		for _, p := range l.seats.all {
			l.whole(now, p.Seat)
		}
	}
}

// reintroduce follows a new charter or plan; everybody is then shown the whole
// of it.
func (l *Room) reintroduce() bool {
	form := &l.state.Form
	if form.Charter == l.about.charter && form.Replanned == l.about.replanned {
		return false
	}
	ctx, done := context.WithTimeout(l.node.base, storeWait)
	defer done()
	if err := l.introduce(ctx); err != nil {
		l.node.log.Error("the new charter or plan cannot be shown", slog.String("session", l.session.ID), slog.Any("err", err))
		return false
	}
	return true
}

// cast gathers one cast. anew: everybody is about to be shown the whole.
func (l *Room) cast(now time.Time, c *room.Cast, anew bool) {
	if c.To.Kind == room.ToMe && l.seats.byID[c.To.Seat] == nil {
		return // nobody is connected there; a snapshot will tell them
	}
	if c.Whole {
		if l.seats.byID[c.To.Seat].Anew(); !anew {
			l.whole(now, c.To.Seat)
		}
		return
	}
	mute := l.doing.mute || c.Words != nil && l.node.Clustered() && l.link.heardBefore(c.Words, c.To)
	l.sender.Cast(now, c, mute)
}

// answer gathers a line for one connection, which may be gone.
func (l *Room) answer(m *Member, line []byte) { l.sender.Send(&m.Receiver, line) }

// flush sends everything that is gathered.
func (l *Room) flush() {
	if l.sender.Idle() {
		return
	}
	start := l.node.clock()
	l.sender.Flush()
	if l.doing.kept {
		l.node.metrics.Fanout.Observe(l.node.clock().Sub(start).Seconds())
	}
	l.doing.kept = false
}

// house runs a command of the house and counts it.
func (l *Room) house(now time.Time, cmd room.Command, id string) outcome {
	out := l.act(l.node.base, now, room.House, cmd, id)
	l.count(out)
	l.follow(now)
	l.took(now, out)
	return out
}
