package hub

import (
	"context"
	"errors"
	"fmt"

	"hearth/room"
	"hearth/room/group"
)

// What the house asks of its rooms. All of it may be asked on any node.

// Ensure makes the session's room live: from its journal, or as a new room on
// the newest charter version of its group. ErrOver if the session has closed,
// ErrNotFound if there is none.
func (h *Hub) Ensure(ctx context.Context, session string) error {
	_, err := h.room(ctx, session)
	return err
}

// Arrive says that a seat has opened its link; the room knows it from now on,
// at the door. Arriving twice is the same as once. It makes the room live. A
// refusal of the room is a *room.Refusal.
func (h *Hub) Arrive(ctx context.Context, seat group.Seat) error {
	return h.with(ctx, seat.Session, func(l *live) error { return l.tell(ctx, room.Arrive{Seat: seat.ID, Role: seat.Role}) })
}

// known gives the room of a session if it is in memory.
func (h *Hub) known(ctx context.Context, session string) (*live, bool) {
	h.mu.Lock()
	l := h.rooms[session]
	h.mu.Unlock()
	if l == nil {
		return nil, false
	}
	select {
	case <-l.loading.done:
		return l, l.loading.err == nil
	case <-ctx.Done():
		return nil, false
	}
}

// reach gives the room of a session that is under way: as it is in memory here,
// or, where another node may have it, brought in.
func (h *Hub) reach(ctx context.Context, session string) (*live, bool) {
	if l, found := h.known(ctx, session); found || !h.clustered() {
		return l, found
	}
	if s, err := h.cfg.Store.Session(ctx, session); err != nil || s.State != group.Live {
		return nil, false
	}
	l, err := h.room(ctx, session)
	return l, err == nil
}

// Revoke closes a seat whose link was revoked: the room is told, its sockets are
// closed with 4410 within a second. Nothing happens if the room is not live or
// has never heard of the seat.
func (h *Hub) Revoke(ctx context.Context, session string, seat room.SeatID) error {
	l, found := h.reach(ctx, session)
	if !found {
		return h.Moved(ctx, session, seat)
	}
	err := l.call(ctx, func(l *live) error { l.bound.barred[seat] = true; return nil })
	if err == nil {
		err = l.tell(ctx, room.Revoke{Seat: seat})
	}
	if _, refused := errors.AsType[*room.Refusal](err); refused || errors.Is(err, ErrOver) {
		err = nil // the room does not know the seat: there is nothing to close but sockets
	}
	return errors.Join(err, h.Moved(ctx, session, seat))
}

// CharterAdopted tells the group's rooms that are still in their lobby about
// its newest version; everybody there is asked again. Rooms further on keep
// the version they began with.
func (h *Hub) CharterAdopted(ctx context.Context, groupID string, version int) error {
	v, err := h.cfg.Store.Version(ctx, groupID, version)
	if err != nil {
		return fmt.Errorf("read charter version %d: %w", version, err)
	}
	rooms, err := h.roomsOf(ctx, groupID)
	if err != nil {
		return err
	}
	var errs []error
	for _, l := range rooms {
		err := l.tell(ctx, room.SetCharter{Charter: room.CharterRef{Number: v.Number, Digest: v.Digest}})
		if _, refused := errors.AsType[*room.Refusal](err); !refused && !errors.Is(err, ErrOver) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// PlanChanged tells a session's room, if it is under way, that its plan or title
// is another one now; whoever is at the door or in the lobby is shown it. A room
// that has begun refuses with a *room.Refusal.
func (h *Hub) PlanChanged(ctx context.Context, s group.Session) error {
	l, found := h.reach(ctx, s.ID)
	if !found {
		return nil
	}
	return l.tell(ctx, room.SetPlan{Plan: s.Plan, Rules: s.Rules})
}

// roomsOf gives the group's rooms that are under way.
func (h *Hub) roomsOf(ctx context.Context, groupID string) ([]*live, error) {
	sessions, err := h.cfg.Store.Sessions(ctx, groupID)
	if err != nil {
		return nil, fmt.Errorf("find the group's sessions: %w", err)
	}
	var rooms []*live
	for _, s := range sessions {
		if l, found := h.reach(ctx, s.ID); found {
			rooms = append(rooms, l)
		}
	}
	return rooms, nil
}

// Shut closes a session from outside: the organiser ended it. A session that
// never began, or is over, stays as it is.
func (h *Hub) Shut(ctx context.Context, session string) error {
	l, found := h.reach(ctx, session)
	if !found {
		return nil
	}
	if err := l.tell(ctx, room.Shut{}); err != nil && !errors.Is(err, ErrOver) {
		return err
	}
	return nil
}

// SessionState is what may be known of a live session from outside.
type SessionState struct {
	Live    bool       `json:"live"` // a room is in memory here
	Phase   room.Phase `json:"phase,omitempty"`
	Held    bool       `json:"held"`
	Inside  int        `json:"inside"`  // seats that are here
	Waiting int        `json:"waiting"` // seats in the lobby
}

// SessionState says how a session stands now; the zero value if it is not live.
func (h *Hub) SessionState(session string) SessionState {
	var s SessionState
	ctx, done := context.WithTimeout(h.base, storeWait)
	defer done()
	l, found := h.known(ctx, session)
	if !found {
		return h.peek(ctx, session)
	}
	_ = l.call(ctx, func(l *live) error { // an error leaves the zero value
		if l.state == nil {
			return nil
		}
		s = stateOf(l.state)
		return nil
	})
	return s
}

func stateOf(state *room.State) SessionState {
	s := SessionState{Live: true, Phase: state.Form.Phase, Held: state.Form.Held != nil}
	for _, f := range state.Form.Seats {
		switch f.Status {
		case room.Here:
			s.Inside++
		case room.Waiting, room.Admitted:
			s.Waiting++
		}
	}
	return s
}

// peek reads how a session stands that another node has, without taking part.
func (h *Hub) peek(ctx context.Context, session string) SessionState {
	if !h.clustered() {
		return SessionState{}
	}
	if s, err := h.cfg.Store.Session(ctx, session); err != nil || s.State != group.Live {
		return SessionState{}
	}
	state := room.New()
	err := h.cfg.Journal.Tail(ctx, session, 0, func(_ int64, _ CommandKey, row []byte) error {
		e, err := room.DecodeEvent(row)
		if err == nil {
			state.Apply(h.clock(), e)
		}
		return err
	})
	if err != nil || !state.Form.Opened {
		return SessionState{}
	}
	return stateOf(state)
}
