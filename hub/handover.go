package hub

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"
)

// handOverWithin is how long a node that goes down waits for others to have its rooms.
const handOverWithin = 2 * time.Second

// handOver lets other nodes take this one's rooms, so that people miss nothing
// when they are asked to come back (F16).
func (h *Hub) handOver(ctx context.Context, rooms []*live) {
	if !h.clustered() {
		return
	}
	_ = h.cfg.Members.Beat(ctx) // another may have come up a moment ago, to take this one's place
	s := h.standing()
	heirs := slices.DeleteFunc(s.Up, func(node string) bool { return s.Deaf[node] })
	if len(heirs) == 0 || !s.relay {
		return
	}
	ctx, done := context.WithTimeout(ctx, handOverWithin)
	defer done()
	var all sync.WaitGroup
	for i, l := range rooms {
		all.Go(func() {
			for j := range heirs {
				if h.handTo(ctx, l.session.ID, heirs[(i+j)%len(heirs)]) {
					return
				}
			}
		})
	}
	all.Wait()
}

// takenWithin is how long one node is given to say that it has a room.
const takenWithin = 700 * time.Millisecond

// handTo asks a node to take a room over, and says whether it has.
func (h *Hub) handTo(ctx context.Context, session, node string) bool {
	taken := make(chan struct{}, 1)
	h.others.handing.Store(session, taken)
	defer h.others.handing.Delete(session)
	h.say(ctx, said{T: saidTake, Session: session, Node: node})
	t := time.NewTimer(takenWithin)
	defer t.Stop()
	select {
	case <-taken:
		return true
	case <-t.C:
	case <-ctx.Done():
	}
	return false
}

// takeOver brings a room in that another node cannot keep, and says so.
func (h *Hub) takeOver(session string) {
	err := h.with(h.base, session, func(l *live) error {
		return l.call(h.base, func(l *live) error {
			l.rep.Listen()
			return nil
		})
	})
	if err != nil {
		h.log.Warn("a room cannot be taken over", slog.String("session", session), slog.Any("err", err))
		return
	}
	h.say(h.base, said{T: saidTaken, Session: session})
}
