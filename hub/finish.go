package hub

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
func (l *live) finish(now time.Time) {
	l.end.closed = true
	h := l.hub
	h.metrics.Rooms.WithLabelValues("live").Dec()
	h.metrics.Rooms.WithLabelValues("closing").Inc()
	kept, acts := l.record(), l.acts()
	h.after(lastWord, func() { l.post(letter{do: (*live).sayGoodbye}) })
	h.spawn(func() {
		done := h.insist("keep the record and erase the journal", l.session.ID, func(ctx context.Context) error {
			if acts != nil {
				if err := h.cfg.Store.KeepReview(ctx, l.session.ID, acts, now); err != nil {
					return err
				}
			}
			return h.cfg.Store.Finish(ctx, l.session.ID, kept, now)
		})
		if done {
			l.post(letter{do: func(l *live) { l.end.erased = true; l.vanish() }})
		}
	})
}

// record makes the session's record. Erasing does not wait for one that cannot
// be made.
func (l *live) record() []byte {
	made, err := func() (_ []byte, err error) {
		defer func() {
			if p := recover(); p != nil {
				err = fmt.Errorf("make the record: panic of type %T", p)
			}
		}()
		if custom := l.hub.cfg.Record; custom != nil {
			return custom(l.state)
		}
		return json.Marshal(record.From(record.About{Series: l.session.Title}, l.state.Form))
	}()
	if err != nil {
		l.hub.log.Error("the record of a session cannot be made", slog.String("session", l.session.ID), slog.Any("err", err))
		return []byte("{}")
	}
	return made
}

// acts is what must be looked at again of the session, in JSON; nil if nothing
// must.
func (l *live) acts() []byte {
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
func (l *live) sayGoodbye() {
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
func (l *live) vanish() {
	if !l.end.told || !l.end.erased {
		return
	}
	l.settle()
	h := l.hub
	l.rep.Bye()
	l.leaveMemory()
	if err := h.cfg.Presence.Forget(h.base, l.session.ID); err != nil {
		h.log.Warn("presence does not answer", slog.Any("err", err))
	}
	h.metrics.Rooms.WithLabelValues("closing").Dec()
	l.sender.Close()
	l.state = room.New()
}

// insist does something against the store until it succeeds, or the hub stops.
func (h *Hub) insist(what, session string, do func(context.Context) error) bool {
	for wait := 250 * time.Millisecond; ; wait = min(2*wait, time.Minute) {
		ctx, done := context.WithTimeout(h.base, storeWait)
		err := do(ctx)
		done()
		if err == nil {
			return true
		}
		h.log.Error("the store did not do it; trying again", slog.String("what", what), slog.String("session", session), slog.Any("err", err))
		h.metrics.FinishRetries.Inc()
		if !h.pause(h.base, wait) {
			return false
		}
	}
}

// pause waits, or says false because the hub stops or ctx ends.
func (h *Hub) pause(ctx context.Context, wait time.Duration) bool {
	t := time.NewTimer(wait)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
