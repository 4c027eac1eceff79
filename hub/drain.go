package hub

import (
	"context"
	"math/rand/v2"
	"strconv"
	"sync"
	"time"

	"hearth/hub/fail"
)

// Draining: who is closed at the same time, how far apart people are asked to
// come back, and how long it may take in all (walls §5, F16).
const (
	drainAtOnce = 128
	drainSpread = 2 * time.Second
	drainWithin = 25 * time.Second
)

// retryIn is the reason of a close frame with 1012.
func retryIn(wait time.Duration) string {
	return `{"retry":` + strconv.FormatInt(wait.Milliseconds(), 10) + `}`
}

// Drain refuses new sockets, finishes what is queued, closes every socket with
// 1012 and a retry hint of 0 to 2 s, and stops the hub. Sockets that are still
// there after 25 s, or when ctx ends, are cut. The journal may be closed
// afterwards. Draining twice waits for the first.
func (h *Hub) Drain(ctx context.Context) {
	h.drained.Do(func() { h.drain(ctx) })
}

func (h *Hub) drain(ctx context.Context) {
	start := h.clock()
	ctx, done := context.WithTimeout(ctx, drainWithin)
	defer done()
	h.ready.Store(false)
	rooms := h.closeDoors()

	var quiet sync.WaitGroup
	for _, l := range rooms {
		quiet.Go(func() { _ = l.call(ctx, func(*live) error { return nil }) })
	}
	quiet.Wait()

	h.handOver(ctx, rooms)
	h.closeAll()
	if !wait(ctx, &h.open) {
		for _, m := range h.sweeper.everybody() {
			m.conn.Drop()
		}
		h.open.Wait() // a dropped socket ends at once
	}
	last, done := context.WithTimeout(context.WithoutCancel(ctx), storeWait)
	defer done()
	for _, l := range rooms {
		_ = l.call(last, (*live).rest) // a room that is over has nothing left to stop
	}
	h.part()
	h.stop()
	close(h.workers.stopped)
	h.workers.tasks.Wait()
	h.metrics.DrainTime.Set(h.clock().Sub(start).Seconds())
}

// closeAll asks everybody to come back in a moment, a bounded number at a time.
func (h *Hub) closeAll() {
	everybody := h.sweeper.everybody()
	var all sync.WaitGroup
	next := make(chan *member)
	for range min(drainAtOnce, len(everybody)) {
		all.Go(func() {
			for m := range next {
				m.spoke.Store(true)
				m.conn.Close(closeRestart, retryIn(rand.N(drainSpread))) //nolint:gosec // spreads load, keeps no secret
			}
		})
	}
	for i, m := range everybody {
		if i == len(everybody)/2 {
			fail.Point(fail.MidDrain)
		}
		next <- m
	}
	close(next)
	all.Wait()
}

// rest stops a room's timer: nothing may come after the last letter.
func (l *live) rest() error {
	if l.hub.clustered() && l.rep != nil {
		l.rep.Bye()
		l.release()
	}
	l.alarm.stop()
	l.box.close()
	return nil
}

// part ends the listening to the other nodes.
func (h *Hub) part() {
	if h.others.deaf != nil {
		h.others.deaf()
	}
}

// wait waits for a group, and says false when ctx ends first.
func wait(ctx context.Context, group *sync.WaitGroup) bool {
	over := make(chan struct{})
	go func() {
		group.Wait()
		close(over)
	}()
	select {
	case <-over:
		return true
	case <-ctx.Done():
		return false
	}
}
