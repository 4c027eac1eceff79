package runtime

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"time"

	"hearth/room"
	"hearth/room/record"
)

// ending is how far a room has come to its end. Each step stays once it is taken.
type ending struct {
	closed bool // the session is over
	told   bool // and everybody has been told
	erased bool // and its journal is erased
	// elsewhere: the journal says that the session is over; it is looked at before
	// the round of work ends, and is false again then.
	elsewhere bool
	unloaded  bool // the room is no longer in memory here
}

// lastWord is how long people have to be shown that the session is over before
// their sockets are closed.
const lastWord = time.Second

// finish ends a session whose room has closed: everybody is shown it, the
// content-free record is made, the journal is erased, the sockets are closed and
// the room leaves memory (practice §5).
func (l *Room) finish(now time.Time) {
	l.end.closed = true
	n := l.node
	n.metrics.Rooms.WithLabelValues("live").Dec()
	n.metrics.Rooms.WithLabelValues("closing").Inc()
	kept, acts := l.record(), l.acts()
	n.after(lastWord, func() { l.post(letter{do: (*Room).sayGoodbye}) })
	n.Spawn(func() {
		done := n.insist("keep the record and erase the journal", l.session.ID, func(ctx context.Context) error {
			if acts != nil {
				if err := n.cfg.Store.KeepReview(ctx, l.session.ID, acts, now); err != nil {
					return err
				}
			}
			return n.cfg.Store.Finish(ctx, l.session.ID, kept, now)
		})
		if done {
			l.post(letter{do: func(l *Room) { l.end.erased = true; l.vanish() }})
		}
	})
}

// record makes the session's record. Erasing does not wait for one that cannot
// be made.
func (l *Room) record() []byte {
	made, err := func() (_ []byte, err error) {
		defer func() {
			if p := recover(); p != nil {
				err = fmt.Errorf("make the record: panic of type %T", p)
			}
		}()
		if custom := l.node.cfg.Record; custom != nil {
			return custom(l.state)
		}
		return json.Marshal(record.From(record.About{Series: l.session.Title}, l.state.Form))
	}()
	if err != nil {
		l.node.log.Error("the record of a session cannot be made", slog.String("session", l.session.ID), slog.Any("err", err))
		return []byte("{}")
	}
	return made
}

// acts is what must be looked at again of the session, in JSON; nil if nothing
// must.
func (l *Room) acts() []byte {
	acts := record.Acts(l.state.Form)
	if len(acts) == 0 {
		return nil
	}
	text, err := json.Marshal(acts)
	if err != nil {
		panic(fmt.Errorf("encode closed lists: %w", err)) // a broken invariant
	}
	return text
}

// sayGoodbye closes every socket of a session that is over.
func (l *Room) sayGoodbye() {
	l.end.told = true
	for _, p := range l.seats.all {
		for _, m := range p.conns {
			l.dismiss(m, closeOver, "over")
		}
	}
	l.vanish()
}

// vanish takes the room out of memory once it is erased and everybody is told.
// A socket that comes later is told by the hub.
func (l *Room) vanish() {
	if !l.end.told || !l.end.erased {
		return
	}
	l.settle()
	n := l.node
	l.rep.Bye()
	l.leaveMemory()
	if err := n.cfg.Presence.Forget(n.base, l.session.ID); err != nil {
		n.log.Warn("presence does not answer", slog.Any("err", err))
	}
	n.metrics.Rooms.WithLabelValues("closing").Dec()
	l.sender.Close()
	l.state = room.New()
}
