package hub

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"hearth/hub/runtime"
)

// loadAtOnce is how many rooms are read back at the same time when the hub starts:
// enough to keep a disk busy, few enough to leave the database to who comes first.
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
		if others, sure := h.node.Holders(ctx, s.ID); len(others) > 0 || !sure {
			continue // another node has it, or may have
		}
		turns <- struct{}{}
		all.Go(func() {
			defer func() { <-turns }()
			l, err := h.room(ctx, s.ID)
			if err == nil {
				err = l.Idle(ctx) // until it is held
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
	h.node.Spawn(h.node.Sweep)
	if h.node.Clustered() {
		h.node.Spawn(h.tend)
		h.node.Spawn(h.watchJournal)
	}
	h.ready.Store(true)
	return nil
}

// join listens to the other nodes. A node that cannot listen starts all the same:
// what it is not told it finds out by the store, a little later.
func (h *Hub) join(ctx context.Context) {
	if !h.node.Clustered() {
		return
	}
	cancel, err := h.cfg.Relay.Subscribe(ctx, runtime.HouseChannel, h.hearHouse, func() {})
	if err != nil {
		h.log.Warn("the house cannot listen to the other nodes", slog.Any("err", err))
		return
	}
	h.others.deaf = cancel
}

// room gives the live room of a session, loading it if need be. All who ask while
// it is being loaded wait for the same room, each no longer than ctx lasts; a room
// that could not be loaded is forgotten, so that whoever asks next tries anew. The
// errors are those of the store, ErrOver and ErrDraining.
func (h *Hub) room(ctx context.Context, session string) (*runtime.Room, error) {
	h.mu.Lock()
	if h.down {
		h.mu.Unlock()
		return nil, ErrDraining
	}
	l := h.rooms[session]
	if l == nil {
		l = h.node.NewRoom(session)
		if len(h.rooms) == 0 {
			h.node.HoldTime()
		}
		h.rooms[session] = l
		// On its own, so that one caller who gives up takes nothing from others.
		h.node.Spawn(l.Bring)
	}
	h.mu.Unlock()
	select {
	case <-l.Loaded():
		return l, l.Err()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// forget takes a room out of the table. Rooms call it, from their worker or while they
// are being loaded; another room of the same session may have taken the place already.
func (h *Hub) forget(l *runtime.Room) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.rooms[l.ID()] == l {
		delete(h.rooms, l.ID())
		if len(h.rooms) == 0 {
			h.node.FreeTime()
		}
	}
}

// closeDoors lets nothing new begin and gives the rooms that are loaded. It waits
// for those that are on their way: their people are asked to come back as well.
func (h *Hub) closeDoors() []*runtime.Room {
	h.mu.Lock()
	h.down = true
	all := make([]*runtime.Room, 0, len(h.rooms))
	for _, l := range h.rooms {
		all = append(all, l)
	}
	h.mu.Unlock()
	loaded := all[:0]
	for _, l := range all {
		if <-l.Loaded(); l.Err() == nil {
			loaded = append(loaded, l)
		}
	}
	return loaded
}

// with lets the room of a session do something, bringing it into memory if need
// be. A room that is put down, or over, at this very moment is asked for again.
func (h *Hub) with(ctx context.Context, session string, do func(*runtime.Room) error) error {
	for {
		l, err := h.room(ctx, session)
		if err != nil {
			return err
		}
		if err = do(l); !errors.Is(err, runtime.ErrUnloaded) {
			return err
		}
		if !h.node.Pause(ctx, 10*time.Millisecond) {
			return ctx.Err()
		}
	}
}
