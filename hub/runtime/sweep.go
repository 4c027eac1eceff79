package runtime

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
	fresh []*Member // have not said hello, oldest first
}

type slot struct {
	mu      sync.Mutex
	members map[*Member]bool // true: pinged, and not yet checked
}

func (s *sweeper) add(m *Member) {
	m.slot = rand.Int32N(sweepSlots) //nolint:gosec // spreads load, keeps no secret
	at := &s.slots[m.slot]
	at.mu.Lock()
	if at.members == nil {
		at.members = make(map[*Member]bool)
	}
	at.members[m] = false
	at.mu.Unlock()
	s.mu.Lock()
	s.fresh = append(s.fresh, m)
	s.mu.Unlock()
}

func (s *sweeper) remove(m *Member) {
	at := &s.slots[m.slot]
	at.mu.Lock()
	delete(at.members, m)
	at.mu.Unlock()
}

// everybody lists all sockets.
func (s *sweeper) everybody() []*Member {
	var all []*Member
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

// Sweep turns the wheel until the node stops.
func (n *Node) Sweep() {
	t := time.NewTicker(sweepStep)
	defer t.Stop()
	for {
		select {
		case <-n.base.Done():
			return
		case <-t.C:
		}
		s := &n.sweeper
		s.turn = (s.turn + 1) % sweepSlots
		n.checkPongs(&s.slots[(s.turn+sweepSlots-sweepGrace)%sweepSlots])
		n.ping(&s.slots[s.turn])
		n.checkHellos(n.clock().Add(-n.limits.HelloIn).UnixNano())
		n.retire()
		s.tidier.look(n.clock(), n.conns.Load())
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

func (n *Node) ping(at *slot) {
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
func (n *Node) checkPongs(at *slot) {
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
func (n *Node) checkHellos(before int64) {
	s := &n.sweeper
	s.mu.Lock()
	defer s.mu.Unlock()
	late := 0
	for ; late < len(s.fresh) && s.fresh[late].since <= before; late++ {
		if m := s.fresh[late]; m.spoke.CompareAndSwap(false, true) {
			n.metrics.Joins.WithLabelValues("no-hello").Inc()
			m.conn.Close(closeHello, "hello")
		}
	}
	clear(s.fresh[:late])
	s.fresh = s.fresh[late:]
	if len(s.fresh) == 0 {
		s.fresh = nil
	}
}
