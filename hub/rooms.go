package hub

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"

	"hearth/room"
	"hearth/room/group"
)

// loadAtOnce is how many rooms are read back at the same time when the hub starts.
const loadAtOnce = 8

// Start loads every live session from its journal. Rooms that were under way
// come back held (practice §3, "Facilitator drops"). Then the hub is ready. An
// error means that the store could not be read; a single room that cannot be
// loaded is logged and left out, it is tried again when somebody comes.
func (h *Hub) Start(ctx context.Context) error {
	sessions, err := h.cfg.Store.LiveSessions(ctx)
	if err != nil {
		return fmt.Errorf("find the live sessions: %w", err)
	}
	var all sync.WaitGroup
	turns := make(chan struct{}, loadAtOnce)
	for _, s := range sessions {
		turns <- struct{}{}
		all.Go(func() {
			defer func() { <-turns }()
			l, err := h.room(ctx, s.ID)
			if err == nil {
				err = l.call(ctx, func(*live) error { return nil }) // until it is held
			}
			if err != nil && !errors.Is(err, ErrOver) {
				h.log.Error("a session cannot be loaded", slog.String("session", s.ID), slog.Any("err", err))
				return
			}
			h.metrics.EpochChanges.WithLabelValues("start").Inc()
		})
	}
	all.Wait()
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.down {
		return ErrDraining
	}
	h.spawn(h.sweep)
	h.ready.Store(true)
	return nil
}

// room gives the live room of a session, loading it if need be.
func (h *Hub) room(ctx context.Context, session string) (*live, error) {
	h.mu.Lock()
	if h.down {
		h.mu.Unlock()
		return nil, ErrDraining
	}
	l := h.rooms[session]
	if l == nil {
		l = &live{
			hub: h, session: group.Session{ID: session}, loaded: make(chan struct{}),
			places: make(map[room.SeatID]*place), tokens: make(map[string]ticket), shut: make(map[room.SeatID]bool), barred: make(map[room.SeatID]bool),
		}
		h.rooms[session] = l
		// On its own, so that one caller who gives up takes nothing from others.
		h.spawn(func() { h.bring(l) })
	}
	h.mu.Unlock()
	select {
	case <-l.loaded:
		return l, l.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// bring loads a room and lets those who wait for it in.
func (h *Hub) bring(l *live) {
	defer close(l.loaded)
	ctx, done := context.WithTimeout(h.base, storeWait)
	defer done()
	if l.err = l.bring(ctx); l.err != nil {
		h.forget(l)
		return
	}
	h.metrics.Rooms.WithLabelValues("live").Inc()
	l.post(letter{do: func(l *live) { l.restart(h.clock()) }})
}

func (l *live) bring(ctx context.Context) error {
	store := l.hub.cfg.Store
	var err error
	if l.session, err = store.Session(ctx, l.session.ID); err != nil {
		return fmt.Errorf("read the session: %w", err)
	}
	if l.session.State == group.Over {
		return ErrOver
	}
	if l.group, err = store.Group(ctx, l.session.Group); err != nil {
		return fmt.Errorf("read the group: %w", err)
	}
	if l.session.State == group.Scheduled {
		// Before the first row: a journal nobody knows of would never be erased.
		if err = store.SetLive(ctx, l.session.ID); err != nil {
			return fmt.Errorf("open the session: %w", err)
		}
	}
	return l.load(ctx)
}

// forget takes a room out of memory. Letters that still come are dropped.
func (h *Hub) forget(l *live) {
	l.box.close()
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.rooms[l.session.ID] == l {
		delete(h.rooms, l.session.ID)
	}
}

// nowhere is the room of sockets that have none: everything sent to it is dropped.
func (h *Hub) nowhere() *live {
	l := &live{hub: h}
	l.box.close()
	return l
}

// closeDoors lets nothing new begin and gives the rooms that are loaded.
func (h *Hub) closeDoors() []*live {
	h.mu.Lock()
	h.down = true
	all := make([]*live, 0, len(h.rooms))
	for _, l := range h.rooms {
		all = append(all, l)
	}
	h.mu.Unlock()
	loaded := all[:0]
	for _, l := range all {
		if <-l.loaded; l.err == nil {
			loaded = append(loaded, l)
		}
	}
	return loaded
}

// call lets the room's worker do something and waits for it.
func (l *live) call(ctx context.Context, do func(*live) error) error {
	result := make(chan error, 1)
	if !l.post(letter{do: func(l *live) {
		err := errUnfinished
		defer func() { result <- err }()
		err = do(l)
	}}) {
		return ErrOver
	}
	select {
	case err := <-result:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

var errUnfinished = errors.New("hub: the room broke while it was at it")

// tell lets the house give a room a command and waits for what comes of it.
func (l *live) tell(ctx context.Context, cmd room.Command) error {
	return l.call(ctx, func(l *live) error {
		if l.state == nil {
			return errUnfinished
		}
		if l.ended {
			return ErrOver
		}
		if out := l.house(l.hub.clock(), cmd, "house:"+random()); out.refusal != nil {
			return out.refusal
		}
		return nil
	})
}

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
	l, err := h.room(ctx, seat.Session)
	if err != nil {
		return err
	}
	return l.tell(ctx, room.Arrive{Seat: seat.ID, Role: seat.Role})
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
	case <-l.loaded:
		return l, l.err == nil
	case <-ctx.Done():
		return nil, false
	}
}

// Revoke closes a seat whose link was revoked: the room is told, its sockets are
// closed with 4410 within a second. Nothing happens if the room is not live or
// has never heard of the seat.
func (h *Hub) Revoke(ctx context.Context, session string, seat room.SeatID) error {
	l, found := h.known(ctx, session)
	if !found {
		return nil
	}
	err := l.call(ctx, func(l *live) error { l.barred[seat] = true; return nil })
	if err == nil {
		err = l.tell(ctx, room.Revoke{Seat: seat})
	}
	if _, refused := errors.AsType[*room.Refusal](err); refused || errors.Is(err, ErrOver) {
		err = nil // the room does not know the seat: there is nothing to close but sockets
	}
	return errors.Join(err, h.Moved(ctx, session, seat))
}

// Moved closes the sockets that a seat has now, with 4410: another device took
// the seat over. The seat itself stays where it is.
func (h *Hub) Moved(ctx context.Context, session string, seat room.SeatID) error {
	l, found := h.known(ctx, session)
	if !found {
		return nil
	}
	err := l.call(ctx, func(l *live) error {
		p := l.places[seat]
		if p == nil {
			return nil
		}
		for _, m := range p.conns {
			l.dismiss(m, closeGone, "moved")
		}
		for _, token := range p.tokens {
			delete(l.tokens, token)
		}
		p.tokens = nil
		return nil
	})
	if errors.Is(err, ErrOver) {
		return nil
	}
	return err
}

// CharterAdopted tells the group's rooms that are still in their lobby about
// its newest version; everybody there is asked again. Rooms further on keep
// the version they began with.
func (h *Hub) CharterAdopted(ctx context.Context, groupID string, version int) error {
	v, err := h.cfg.Store.Version(ctx, groupID, version)
	if err != nil {
		return fmt.Errorf("read charter version %d: %w", version, err)
	}
	h.mu.Lock()
	rooms := make([]*live, 0, len(h.rooms))
	for _, l := range h.rooms {
		rooms = append(rooms, l)
	}
	h.mu.Unlock()
	var errs []error
	for _, l := range rooms {
		if _, ok := h.known(ctx, l.session.ID); !ok || l.group.ID != groupID {
			continue
		}
		err := l.tell(ctx, room.SetCharter{Charter: room.CharterRef{Number: v.Number, Digest: v.Digest}})
		if _, refused := errors.AsType[*room.Refusal](err); !refused && !errors.Is(err, ErrOver) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// Shut closes a session from outside: the organiser ended it. A session that
// never began, or is over, stays as it is.
func (h *Hub) Shut(ctx context.Context, session string) error {
	l, found := h.known(ctx, session)
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
		return s
	}
	_ = l.call(ctx, func(l *live) error { // an error leaves the zero value
		if l.state == nil {
			return nil
		}
		s = SessionState{Live: true, Phase: l.state.Form.Phase, Held: l.state.Form.Held != nil}
		for _, f := range l.state.Form.Seats {
			switch f.Status {
			case room.Here:
				s.Inside++
			case room.Waiting, room.Admitted:
				s.Waiting++
			}
		}
		return nil
	})
	return s
}
