package runtime

import (
	"context"
	"errors"
	"fmt"

	"hearth/hub/fanout"
	"hearth/room"
	"hearth/room/group"
)

// NewRoom is the room of a session, which has yet to be brought into memory by
// [Room.Bring].
func (n *Node) NewRoom(session string) *Room {
	l := &Room{node: n, session: group.Session{ID: session}, sender: fanout.New(random(), n.limits.Ring)}
	l.loading.done = make(chan struct{})
	l.seats.byID, l.seats.tokens = make(map[room.SeatID]*place), make(map[string]ticket)
	l.bound.newest, l.bound.barred = make(map[room.SeatID]int64), make(map[room.SeatID]bool)
	l.link.inbox.bell = make(chan struct{}, 1)
	return l
}

// Bring loads the room and lets those who wait for it in.
func (l *Room) Bring() {
	n := l.node
	if n.Clustered() {
		defer l.wakeUp() // what has been heard meanwhile
	}
	defer close(l.loading.done)
	ctx, done := context.WithTimeout(n.base, storeWait)
	defer done()
	if l.loading.err = l.bring(ctx); l.loading.err != nil {
		l.release()
		l.box.close()
		n.forget(l)
		return
	}
	l.glimpse()
	n.metrics.Rooms.WithLabelValues("live").Inc()
	l.post(letter{do: func(l *Room) { l.restart(n.clock()) }})
}

func (l *Room) bring(ctx context.Context) error {
	store := l.node.cfg.Store
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
	if l.node.Clustered() {
		// Listening comes before asking, and being listed before both: of two nodes
		// that load the room at the same time one hears the other.
		l.hold(ctx)
		l.tune(ctx)
	}
	return l.load(ctx)
}

// ID is the session's id.
func (l *Room) ID() string { return l.session.ID }

// Loaded is closed once [Room.Bring] has ended, well or not.
func (l *Room) Loaded() <-chan struct{} { return l.loading.done }

// Err says why the room could not be loaded, once Loaded is closed.
func (l *Room) Err() error { return l.loading.err }

// nowhere is the room of sockets that have none: everything sent to it is dropped.
func (n *Node) nowhere() *Room {
	l := &Room{node: n}
	l.box.close()
	return l
}

// call lets the room's worker do something and waits for it.
func (l *Room) call(ctx context.Context, do func(*Room) error) error {
	result := make(chan error, 1)
	if !l.post(letter{do: func(l *Room) {
		if l.end.unloaded {
			result <- ErrUnloaded
			return
		}
		err := errUnfinished
		defer func() { result <- err }()
		err = do(l)
	}}) {
		return ErrUnloaded
	}
	select {
	case err := <-result:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// ErrUnloaded says that the room has left this node's memory.
var ErrUnloaded = fmt.Errorf("%w: it is not here any more", ErrOver)

var errUnfinished = errors.New("hub: the room broke while it was at it")

// Idle waits until the room's worker has done everything that is waiting now.
func (l *Room) Idle(ctx context.Context) error {
	return l.call(ctx, func(*Room) error { return nil })
}

// Look shows the room's state to somebody who only reads it, on the room's worker,
// and waits. While the room is being read back there is none to show: an error.
func (l *Room) Look(ctx context.Context, see func(*room.State)) error {
	return l.call(ctx, func(l *Room) error {
		if l.state == nil {
			return errUnfinished
		}
		see(l.state)
		return nil
	})
}

// Tell lets the house give a room a command and waits for what comes of it. A
// refusal of the room is a *room.Refusal; ErrOver, ErrUnloaded.
func (l *Room) Tell(ctx context.Context, cmd room.Command) error {
	return l.call(ctx, func(l *Room) error {
		if l.state == nil {
			return errUnfinished
		}
		if l.end.closed {
			return ErrOver
		}
		if out := l.house(l.node.clock(), cmd, "house:"+random()); out.refusal != nil {
			return out.refusal
		}
		return nil
	})
}
