package hub

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"hearth/hub/runtime"
	"hearth/room"
)

// Times of looking after bindings, with other nodes.
const (
	// assureEvery is how often the store is asked for the bindings of all rooms here.
	assureEvery = 2 * time.Second
	// movedWithin is how long telling everybody of a move may take.
	movedWithin = 5 * time.Second
)

// assure reads the bindings of all rooms here that have people in one question. A
// store that does not answer costs nothing here: commands of those who facilitate ask
// for themselves, and are refused when they cannot be sure.
func (h *Hub) assure() {
	rooms := map[string]*runtime.Room{}
	var ask []string
	for _, l := range h.loaded() {
		if l.Sockets() > 0 {
			rooms[l.ID()] = l
			ask = append(ask, l.ID())
		}
	}
	if len(ask) == 0 {
		return
	}
	asked := h.node.Clock()
	ctx, done := context.WithTimeout(h.node.Base(), assureEvery)
	defer done()
	bound, err := h.cfg.Store.Bound(ctx, ask)
	if err != nil {
		return // commands of those who facilitate ask for themselves
	}
	for _, l := range rooms {
		l.LearnBound(bound, asked)
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
	h.say(ctx, said{T: saidMoved, Session: session, Seat: seat, Node: h.node.Self(), Bound: n})
	l, found := h.known(ctx, session)
	if !found {
		return nil
	}
	err = l.DropSockets(ctx, seat, n)
	if errors.Is(err, ErrOver) {
		return nil
	}
	return err
}
