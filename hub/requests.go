package hub

import (
	"context"
	"errors"
	"fmt"
	"time"

	"hearth/hub/runtime"
	"hearth/room"
	"hearth/room/group"
)

// What the house asks of its rooms. All of it may be asked on any node.

// requestWait bounds a question to a room, or to the store in its place.
const requestWait = 10 * time.Second

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
	return h.with(ctx, seat.Session, func(l *runtime.Room) error { return l.Tell(ctx, room.Arrive{Seat: seat.ID, Role: seat.Role}) })
}

// known gives the room of a session if it is in memory.
func (h *Hub) known(ctx context.Context, session string) (*runtime.Room, bool) {
	h.mu.Lock()
	l := h.rooms[session]
	h.mu.Unlock()
	if l == nil {
		return nil, false
	}
	select {
	case <-l.Loaded():
		return l, l.Err() == nil
	case <-ctx.Done():
		return nil, false
	}
}

// reach gives the room of a session that is under way: as it is in memory here,
// or, where another node may have it, brought in.
func (h *Hub) reach(ctx context.Context, session string) (*runtime.Room, bool) {
	if l, found := h.known(ctx, session); found || !h.node.Clustered() {
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
	err := l.Bar(ctx, seat)
	if err == nil {
		err = l.Tell(ctx, room.Revoke{Seat: seat})
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
		err := l.Tell(ctx, room.SetCharter{Charter: room.CharterRef{Number: v.Number, Digest: v.Digest}})
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
	return l.Tell(ctx, room.SetPlan{Plan: s.Plan, Rules: s.Rules})
}

// roomsOf gives the group's rooms that are under way. One that cannot be reached is
// left out: it reads the newest charter and plan when it is loaded.
func (h *Hub) roomsOf(ctx context.Context, groupID string) ([]*runtime.Room, error) {
	sessions, err := h.cfg.Store.Sessions(ctx, groupID)
	if err != nil {
		return nil, fmt.Errorf("find the group's sessions: %w", err)
	}
	var rooms []*runtime.Room
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
	if err := l.Tell(ctx, room.Shut{}); err != nil && !errors.Is(err, ErrOver) {
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

// SessionState says how a session stands now; the zero value if it is not live, or
// nobody can say within ten seconds. The organiser's page asks; it learns no name.
func (h *Hub) SessionState(session string) SessionState {
	var s SessionState
	ctx, done := context.WithTimeout(h.node.Base(), requestWait)
	defer done()
	l, found := h.known(ctx, session)
	if !found {
		return h.peek(ctx, session)
	}
	_ = l.Look(ctx, func(state *room.State) { // an error leaves the zero value
		s = stateOf(state)
	})
	return s
}

// stateOf counts heads and names nobody.
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
	if !h.node.Clustered() {
		return SessionState{}
	}
	if s, err := h.cfg.Store.Session(ctx, session); err != nil || s.State != group.Live {
		return SessionState{}
	}
	state := room.New()
	err := h.cfg.Journal.Tail(ctx, session, 0, func(_ int64, _ CommandKey, row []byte) error {
		e, err := room.DecodeEvent(row)
		if err == nil {
			state.Apply(h.node.Clock(), e)
		}
		return err
	})
	if err != nil || !state.Form.Opened {
		return SessionState{}
	}
	return stateOf(state)
}
