package hub

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"

	"hearth/hub/runtime"
)

// handOverWithin is how long a node that goes down waits for others to have its rooms.
const handOverWithin = 2 * time.Second

// handOver lets other nodes take this one's rooms, so that people miss nothing
// when they are asked to come back (F16).
func (h *Hub) handOver(ctx context.Context, rooms []*runtime.Room) {
	if !h.node.Clustered() {
		return
	}
	_ = h.cfg.Members.Beat(ctx) // another may have come up a moment ago, to take this one's place
	s := h.node.Standing()
	heirs := slices.DeleteFunc(s.Up, func(node string) bool { return s.Deaf[node] })
	if len(heirs) == 0 || !s.Relay {
		return
	}
	ctx, done := context.WithTimeout(ctx, handOverWithin)
	defer done()
	var all sync.WaitGroup
	for i, l := range rooms {
		all.Go(func() {
			for j := range heirs {
				if h.handTo(ctx, l.ID(), heirs[(i+j)%len(heirs)]) {
					return
				}
			}
		})
	}
	all.Wait()
}

// takenWithin is how long one node is given to say that it has a room.
const takenWithin = 700 * time.Millisecond

// handTo asks a node to take a room over, and says whether it has. The node answers
// on the channel of the house, which all hear; the answer is known by its session.
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

// takeOver brings a room in that another node cannot keep, takes in what has been said
// of it meanwhile, and says so.
func (h *Hub) takeOver(session string) {
	err := h.with(h.node.Base(), session, func(l *runtime.Room) error { return l.Listen(h.node.Base()) })
	if err != nil {
		h.log.Warn("a room cannot be taken over", slog.String("session", session), slog.Any("err", err))
		return
	}
	h.say(h.node.Base(), said{T: saidTaken, Session: session})
}
