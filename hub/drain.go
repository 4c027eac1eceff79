package hub

import (
	"context"
	"sync"
	"time"
)

// drainWithin is how long draining may take in all (walls §5, F16), restWithin how
// long rooms are given after it to say goodbye to the other nodes.
const (
	drainWithin = 25 * time.Second
	restWithin  = 10 * time.Second
)

// Drain ends the hub's work and loses none of it: it refuses new sockets, finishes
// what is queued, hands its rooms to other nodes where there are any, closes every
// socket with 1012 and a retry hint of 0 to 2 s, and stops the hub. Sockets that are
// still there after 25 s, or when ctx ends, are cut. The journal may be closed
// afterwards. Draining twice waits for the first.
func (h *Hub) Drain(ctx context.Context) {
	h.drained.Do(func() { h.drain(ctx) })
}

// drain goes from the outside to the inside: no new sockets, then what is queued,
// then the rooms to their heirs, the people, the rooms, and what runs beside them.
func (h *Hub) drain(ctx context.Context) {
	start := h.node.Clock()
	ctx, done := context.WithTimeout(ctx, drainWithin)
	defer done()
	h.ready.Store(false)
	rooms := h.closeDoors()

	var quiet sync.WaitGroup
	for _, l := range rooms {
		quiet.Go(func() { _ = l.Idle(ctx) })
	}
	quiet.Wait()

	h.handOver(ctx, rooms)
	h.node.CloseSockets(ctx)
	last, done := context.WithTimeout(context.WithoutCancel(ctx), restWithin)
	defer done()
	for _, l := range rooms {
		_ = l.Rest(last) // a room that is over has nothing left to stop
	}
	h.part()
	h.node.Stop()
	h.metrics.DrainTime.Set(h.node.Clock().Sub(start).Seconds())
}

// part ends the listening to the other nodes, after the last room has said goodbye
// to them.
func (h *Hub) part() {
	if h.others.deaf != nil {
		h.others.deaf()
	}
}
