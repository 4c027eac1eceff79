package hub

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
	// assureEvery is how often the store is asked for the bindings of all rooms here.
	assureEvery = 2 * time.Second
	// assuredFor is how long its answer is relied on for a facilitator's command.
	// Without the relay, an older device can do nothing after that.
	assuredFor = 3 * time.Second
	// movedWithin is how long telling everybody of a move may take.
	movedWithin = 5 * time.Second
)

// outdated says whether a socket was opened by a device that has lost the seat.
func (l *live) outdated(m *member) bool { return m.gen < l.bound.newest[m.seat] }

// stillHolds looks a seat's device up once more where its socket says hello: its
// seat may have moved since the request was let in. Others' seats move only when
// their device is forgotten, and are looked up with all of the room's, soon after.
// It closes a socket that is void.
func (l *live) stillHolds(m *member) bool {
	if !l.outdated(m) && m.role.Powers().Tools {
		if err := l.assure(silentWait); err != nil {
			l.hub.log.Warn("the bindings cannot be read", slog.String("session", l.session.ID), slog.Any("err", err))
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
func (l *live) mayStill(m *member, id string) bool {
	if l.hub.clustered() && m.role.Powers().Tools && !l.outdated(m) && l.hub.clock().Sub(l.bound.assured) > assuredFor {
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
func (l *live) wouldHear() bool { return l.hub.cfg.Relay.Up() && l.rep.Mode() != replica.Apart }

// assure reads the generations of this room's bindings.
func (l *live) assure(wait time.Duration) error {
	asked := l.hub.clock()
	if asked.Before(l.link.quietUntil) {
		return errSilent
	}
	ctx, done := context.WithTimeout(l.hub.base, wait)
	defer done()
	bound, err := l.hub.cfg.Store.Bound(ctx, []string{l.session.ID})
	if err != nil {
		if errors.Is(ctx.Err(), context.DeadlineExceeded) {
			l.link.quietUntil = l.hub.clock().Add(silentPause)
		}
		return err
	}
	l.learnBound(bound, asked)
	return nil
}

// learnBound takes in what the store has said, and closes what is void by it.
func (l *live) learnBound(bound map[room.SeatID]int64, asked time.Time) {
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

// assure reads the bindings of all rooms here in one question.
func (h *Hub) assure() {
	rooms := map[string]*live{}
	var ask []string
	for _, l := range h.loaded() {
		if l.seen.sockets.Load() > 0 {
			rooms[l.session.ID] = l
			ask = append(ask, l.session.ID)
		}
	}
	if len(ask) == 0 {
		return
	}
	asked := h.clock()
	ctx, done := context.WithTimeout(h.base, assureEvery)
	defer done()
	bound, err := h.cfg.Store.Bound(ctx, ask)
	if err != nil {
		return // commands of those who facilitate ask for themselves
	}
	for _, l := range rooms {
		l.post(letter{do: func(l *live) {
			if !l.end.closed {
				l.learnBound(bound, asked)
			}
		}})
	}
}

// Moved closes the sockets that a seat had on its earlier devices, on every node,
// with 4410. The seat itself stays where it is. It is done to its end, whoever
// has asked for it: the seat has moved already.
func (h *Hub) Moved(ctx context.Context, session string, seat room.SeatID) error {
	ctx, done := context.WithTimeout(context.WithoutCancel(ctx), movedWithin)
	defer done()
	bound, err := h.cfg.Store.Bound(ctx, []string{session})
	if err != nil {
		h.log.Warn("the bindings cannot be read", slog.String("session", session), slog.Any("err", err))
	}
	n := bound[seat] // 0: no device holds it, or nobody can say; whatever is open is closed
	h.say(ctx, said{T: saidMoved, Session: session, Seat: seat, Node: h.self(), Bound: n})
	l, found := h.known(ctx, session)
	if !found {
		return nil
	}
	err = l.call(ctx, func(l *live) error { l.dropSockets(seat, n); return nil })
	if errors.Is(err, ErrOver) {
		return nil
	}
	return err
}

// dropSockets closes the sockets of a seat that are older than a generation of its
// binding, all of them for 0; nothing resumes them.
func (l *live) dropSockets(seat room.SeatID, bound int64) {
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
