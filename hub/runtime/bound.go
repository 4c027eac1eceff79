package runtime

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"hearth/hub/replica"
	"hearth/room"
)

// A seat is on one device at a time where its link moves with it. Each move makes
// a new generation of the binding in the store, and a socket that was opened
// under an older one is void: it is asked for where the socket comes in, where it
// says hello, and for those who facilitate behind each command (S01, S02).

// bindings is what is known here of the devices that hold the room's seats.
type bindings struct {
	newest  map[room.SeatID]int64 // the newest generation of each seat's; it only grows
	assured time.Time             // as of when the store has said so of all; zero: never
	barred  map[room.SeatID]bool  // revoked, whether the room knows the seat or not
}

// Times of looking after bindings, with other nodes.
const (
	// assuredFor is how long its answer is relied on for a facilitator's command.
	// Without the relay, an older device can do nothing after that.
	assuredFor = 3 * time.Second
)

// outdated says whether a socket was opened by a device that has lost the seat.
func (l *Room) outdated(m *Member) bool { return m.gen < l.bound.newest[m.seat] }

// stillHolds looks a seat's device up once more where its socket says hello: its
// seat may have moved since the request was let in. Others' seats move only when
// their device is forgotten, and are looked up with all of the room's, soon after.
// It closes a socket that is void.
func (l *Room) stillHolds(m *Member) bool {
	if !l.outdated(m) && m.role.Powers().Tools {
		if err := l.assure(silentWait); err != nil {
			l.node.log.Warn("the bindings cannot be read", slog.String("session", l.session.ID), slog.Any("err", err))
		}
	}
	if l.outdated(m) {
		l.dismiss(m, closeGone, "moved")
	}
	return !m.leaving
}

// mayStill is the same behind each command. With other nodes, whoever facilitates
// needs an answer of the store that is young; while it does not answer, the
// relay would tell of a move, and without either nothing is taken on trust.
func (l *Room) mayStill(m *Member, id string) bool {
	if l.node.Clustered() && m.role.Powers().Tools && !l.outdated(m) && l.node.clock().Sub(l.bound.assured) > assuredFor {
		if err := l.assure(silentWait); err != nil && !l.wouldHear() {
			l.refuse(m, id, refuseUnavailable)
			return false
		}
	}
	if l.outdated(m) {
		l.dismiss(m, closeGone, "moved")
	}
	return !m.leaving
}

// wouldHear says whether other nodes can tell this one of a move.
func (l *Room) wouldHear() bool { return l.node.cfg.Relay.Up() && l.rep.Mode() != replica.Apart }

// assure reads the generations of this room's bindings.
func (l *Room) assure(wait time.Duration) error {
	asked := l.node.clock()
	if asked.Before(l.link.quietUntil) {
		return errSilent
	}
	ctx, done := context.WithTimeout(l.node.base, wait)
	defer done()
	bound, err := l.node.cfg.Store.Bound(ctx, []string{l.session.ID})
	if err != nil {
		if errors.Is(ctx.Err(), context.DeadlineExceeded) {
			l.link.quietUntil = l.node.clock().Add(silentPause)
		}
		return err
	}
	l.learnBound(bound, asked)
	return nil
}

// learnBound takes in what the store has said, and closes what is void by it.
func (l *Room) learnBound(bound map[room.SeatID]int64, asked time.Time) {
	if asked.After(l.bound.assured) {
		l.bound.assured = asked
	}
	for _, p := range l.seats.all {
		l.bound.newest[p.Seat] = max(l.bound.newest[p.Seat], bound[p.Seat])
		for _, m := range p.conns {
			if l.outdated(m) {
				l.dismiss(m, closeGone, "moved")
			}
		}
	}
}

// LearnBound takes in what the store has said of the room's bindings when it was
// asked.
func (l *Room) LearnBound(bound map[room.SeatID]int64, asked time.Time) {
	l.post(letter{do: func(l *Room) {
		if !l.end.closed {
			l.learnBound(bound, asked)
		}
	}})
}

// DropSockets closes the sockets of a seat that are older than a generation of its
// binding, all of them for 0; nothing resumes them. ErrOver: there are none any more.
func (l *Room) DropSockets(ctx context.Context, seat room.SeatID, bound int64) error {
	return l.call(ctx, func(l *Room) error { l.dropSockets(seat, bound); return nil })
}

// Bar lets a seat in no more, whether the room knows it or not.
func (l *Room) Bar(ctx context.Context, seat room.SeatID) error {
	return l.call(ctx, func(l *Room) error { l.bound.barred[seat] = true; return nil })
}

// dropSockets closes the sockets of a seat that are older than a generation of its
// binding, all of them for 0; nothing resumes them.
func (l *Room) dropSockets(seat room.SeatID, bound int64) {
	l.bound.newest[seat] = max(l.bound.newest[seat], bound)
	p := l.seats.byID[seat]
	if p == nil {
		return
	}
	for _, m := range p.conns {
		if bound == 0 || l.outdated(m) {
			l.dismiss(m, closeGone, "moved")
		}
	}
	for _, token := range p.tokens {
		delete(l.seats.tokens, token)
	}
	p.tokens = nil
}
