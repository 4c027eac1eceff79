package hub

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

// napFor is how long a node must have stood still (a machine that was paused, a
// process that was stopped) to take nothing for granted when it goes on.
const napFor = 5 * time.Second

// slept counts how often this node has stood still: the tending that is due each
// second was not done for long, by the machine's clock, which goes on in its sleep.
func (h *Hub) slept() uint64 {
	now := h.cfg.Clock()
	ticked := h.nodes.ticked.Load()
	if ticked != 0 && now.UnixNano()-ticked > int64(napFor) && h.nodes.ticked.CompareAndSwap(ticked, now.UnixNano()) {
		return h.nodes.naps.Add(1)
	}
	return h.nodes.naps.Load()
}

// handOverWithin is how long a node that goes down waits for others to have its rooms.
const handOverWithin = 2 * time.Second

// handOver lets other nodes take this one's rooms, so that people miss nothing
// when they are asked to come back (F16).
func (h *Hub) handOver(ctx context.Context, rooms []*live) {
	if !h.clustered() {
		return
	}
	h.beat(ctx) // another may have come up a moment ago, to take this one's place
	s := h.standing()
	var heirs []string
	for node := range s.up {
		if node != h.cfg.Node && !s.deaf[node] {
			heirs = append(heirs, node)
		}
	}
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
	h.nodes.handing.Store(session, taken)
	defer h.nodes.handing.Delete(session)
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
