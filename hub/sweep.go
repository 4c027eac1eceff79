package hub

import (
	"math/rand/v2"
	"runtime/debug"
	"sync"
	"time"
)

// Liveness without a timer per connection: each connection stands in one of the
// wheel's slots, drawn at random, and the wheel turns by one slot each half
// second. A connection is pinged when its slot comes up and must have been heard
// from ten seconds later. So a silent peer is noticed within 24.5 s (F18), and
// pings are spread evenly.
const (
	sweepStep  = 500 * time.Millisecond
	sweepSlots = 29 // pinged every 14.5 s
	sweepGrace = 20 // slots until the pong must be there: 10 s
)

// sweeper holds every open socket of this node.
type sweeper struct {
	slots [sweepSlots]slot
	turn  int // sweep's own
	tidier

	mu    sync.Mutex
	fresh []*member // have not said hello, oldest first
}

type slot struct {
	mu      sync.Mutex
	members map[*member]bool // true: pinged, and not yet checked
}

func (s *sweeper) add(m *member) {
	m.slot = rand.Int32N(sweepSlots) //nolint:gosec // spreads load, keeps no secret
	at := &s.slots[m.slot]
	at.mu.Lock()
	if at.members == nil {
		at.members = make(map[*member]bool)
	}
	at.members[m] = false
	at.mu.Unlock()
	s.mu.Lock()
	s.fresh = append(s.fresh, m)
	s.mu.Unlock()
}

func (s *sweeper) remove(m *member) {
	at := &s.slots[m.slot]
	at.mu.Lock()
	delete(at.members, m)
	at.mu.Unlock()
}

// everybody lists all sockets.
func (s *sweeper) everybody() []*member {
	var all []*member
	for i := range s.slots {
		at := &s.slots[i]
		at.mu.Lock()
		for m := range at.members {
			all = append(all, m)
		}
		at.mu.Unlock()
	}
	return all
}

// sweep turns the wheel until the hub stops.
func (h *Hub) sweep() {
	t := time.NewTicker(sweepStep)
	defer t.Stop()
	for {
		select {
		case <-h.base.Done():
			return
		case <-t.C:
		}
		s := &h.sweeper
		s.turn = (s.turn + 1) % sweepSlots
		h.checkPongs(&s.slots[(s.turn+sweepSlots-sweepGrace)%sweepSlots])
		h.ping(&s.slots[s.turn])
		h.checkHellos(h.clock().Add(-h.limits.HelloIn).UnixNano())
		h.retire()
		s.tidier.look(h.clock(), h.conns.Load())
	}
}

// Groups come all at once and then stay for an hour and a half. What their
// arrival has used is given back to the machine when nobody has come for a while.
const (
	tidyAfter = 5 * time.Second
	tidyFrom  = 100 // arrivals
)

// tidier knows when that is.
type tidier struct {
	came   uint64 // connections so far,
	cameAt time.Time
	tidied uint64 // and when memory was last given back
}

func (t *tidier) look(now time.Time, came uint64) {
	switch {
	case came != t.came:
		t.came, t.cameAt = came, now
	case came-t.tidied >= tidyFrom && now.Sub(t.cameAt) >= tidyAfter:
		t.tidied = came
		debug.FreeOSMemory()
	}
}

func (h *Hub) ping(at *slot) {
	at.mu.Lock()
	defer at.mu.Unlock()
	for m := range at.members {
		if m.stage.Load() != stageLive {
			continue
		}
		m.heard.Store(false)
		m.pongs.Store(0)
		m.asks.Store(0)
		m.conn.Push(pingFrame)
		at.members[m] = true
	}
}

// checkPongs closes who has not been heard from since the ping. The room learns
// of it at once, not when the last bytes to a dead peer have been given up.
func (h *Hub) checkPongs(at *slot) {
	at.mu.Lock()
	defer at.mu.Unlock()
	for m, pinged := range at.members {
		if pinged && !m.heard.Load() {
			m.conn.Close(closeMute, "mute")
			m.room.post(letter{from: m, ended: true})
		}
		at.members[m] = false
	}
}

// checkHellos closes who has not said hello in time (A21).
func (h *Hub) checkHellos(before int64) {
	s := &h.sweeper
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for ; n < len(s.fresh) && s.fresh[n].since <= before; n++ {
		if m := s.fresh[n]; m.spoke.CompareAndSwap(false, true) {
			h.metrics.Joins.WithLabelValues("no-hello").Inc()
			m.conn.Close(closeHello, "hello")
		}
	}
	clear(s.fresh[:n])
	s.fresh = s.fresh[n:]
	if len(s.fresh) == 0 {
		s.fresh = nil
	}
}
