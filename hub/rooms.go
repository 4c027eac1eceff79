package hub

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"hearth/hub/fanout"
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
	h.join(ctx)
	sessions, err := h.cfg.Store.LiveSessions(ctx)
	if err != nil {
		return fmt.Errorf("find the live sessions: %w", err)
	}
	var all sync.WaitGroup
	turns := make(chan struct{}, loadAtOnce)
	for _, s := range sessions {
		if others, sure := h.holders(ctx, s.ID); len(others) > 0 || !sure {
			continue // another node has it, or may have
		}
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
	if h.clustered() {
		h.spawn(h.tend)
		h.spawn(h.watchJournal)
	}
	h.ready.Store(true)
	return nil
}

// join listens to the other nodes.
func (h *Hub) join(ctx context.Context) {
	if !h.clustered() {
		return
	}
	cancel, err := h.cfg.Relay.Subscribe(ctx, HouseChannel, h.hearHouse, func() {})
	if err != nil {
		h.log.Warn("the house cannot listen to the other nodes", slog.Any("err", err))
		return
	}
	h.others.deaf = cancel
}

// newLive is a room that has yet to be loaded.
func (h *Hub) newLive(session string) *live {
	l := &live{hub: h, session: group.Session{ID: session}, sender: fanout.New(random(), h.limits.Ring)}
	l.loading.done = make(chan struct{})
	l.seats.byID, l.seats.tokens = make(map[room.SeatID]*place), make(map[string]ticket)
	l.bound.newest, l.bound.barred = make(map[room.SeatID]int64), make(map[room.SeatID]bool)
	l.link.inbox.bell = make(chan struct{}, 1)
	return l
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
		l = h.newLive(session)
		if len(h.rooms) == 0 {
			h.time.hold()
		}
		h.rooms[session] = l
		// On its own, so that one caller who gives up takes nothing from others.
		h.spawn(func() { h.bring(l) })
	}
	h.mu.Unlock()
	select {
	case <-l.loading.done:
		return l, l.loading.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// bring loads a room and lets those who wait for it in.
func (h *Hub) bring(l *live) {
	if h.clustered() {
		defer l.wakeUp() // what has been heard meanwhile
	}
	defer close(l.loading.done)
	ctx, done := context.WithTimeout(h.base, storeWait)
	defer done()
	if l.loading.err = l.bring(ctx); l.loading.err != nil {
		l.release()
		h.forget(l)
		return
	}
	l.glimpse()
	h.metrics.Rooms.WithLabelValues("live").Inc()
	l.post(letter{do: func(l *live) { l.restart(h.clock()) }})
}

func (l *live) bring(ctx context.Context) error {
	store := l.hub.cfg.Store
	kept, err := store.Session(ctx, l.session.ID)
	if err != nil {
		return fmt.Errorf("read the session: %w", err)
	}
	l.session = kept // only now: the room is forgotten by its id
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
	if l.hub.clustered() {
		// Listening comes before asking, and being listed before both: of two nodes
		// that load the room at the same time one hears the other.
		l.hold(ctx)
		l.tune(ctx)
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
		if len(h.rooms) == 0 {
			h.time.free()
		}
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
		if <-l.loading.done; l.loading.err == nil {
			loaded = append(loaded, l)
		}
	}
	return loaded
}

// call lets the room's worker do something and waits for it.
func (l *live) call(ctx context.Context, do func(*live) error) error {
	result := make(chan error, 1)
	if !l.post(letter{do: func(l *live) {
		if l.end.unloaded {
			result <- errPutDown
			return
		}
		err := errUnfinished
		defer func() { result <- err }()
		err = do(l)
	}}) {
		return errPutDown
	}
	select {
	case err := <-result:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// with lets the room of a session do something, bringing it into memory if need
// be. A room that is put down, or over, at this very moment is asked for again.
func (h *Hub) with(ctx context.Context, session string, do func(*live) error) error {
	for {
		l, err := h.room(ctx, session)
		if err != nil {
			return err
		}
		if err = do(l); !errors.Is(err, errPutDown) {
			return err
		}
		if !h.pause(ctx, 10*time.Millisecond) {
			return ctx.Err()
		}
	}
}

// errPutDown says that the room has left this node's memory.
var errPutDown = fmt.Errorf("%w: it is not here any more", ErrOver)

var errUnfinished = errors.New("hub: the room broke while it was at it")

// tell lets the house give a room a command and waits for what comes of it.
func (l *live) tell(ctx context.Context, cmd room.Command) error {
	return l.call(ctx, func(l *live) error {
		if l.state == nil {
			return errUnfinished
		}
		if l.end.closed {
			return ErrOver
		}
		if out := l.house(l.hub.clock(), cmd, "house:"+random()); out.refusal != nil {
			return out.refusal
		}
		return nil
	})
}
