package limit

import (
	"net/netip"
	"sync"
	"time"
)

// sweepEvery is how often, at most, a full count looks for sockets that have
// closed meanwhile.
const sweepEvery = 100 * time.Millisecond

// Sockets caps how many sockets are open per network and in all. A socket that
// was taken over by somebody else does not tell when it closes; its place is
// found free when the count is full. Safe for use by many goroutines.
type Sockets struct {
	// Open is the cap for each width of network (walls §2.4: 64, 256, 1024).
	Open Scopes
	// Everybody is the cap over all. Zero means no limit.
	Everybody int

	mu     sync.Mutex
	count  map[netip.Prefix]int
	places map[*Place]struct{}
	sweep  time.Time // not before this
	grown  int       // sweep when there are this many
}

// Place is one socket in the count.
type Place struct {
	in    *Sockets
	addr  netip.Addr
	alive func() bool
}

// Enter counts a socket in; false means that a cap is reached and nothing was
// counted. The place is given back by [Place.Leave], or found free once what
// [Place.Watch] was given says so.
func (s *Sockets) Enter(a netip.Addr) (*Place, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	// Sweeping whenever the count has doubled keeps closed sockets from being
	// remembered for ever.
	if len(s.places) >= max(s.grown, 256) {
		s.clear(now)
		s.grown = 2 * len(s.places)
	}
	if s.full(a) {
		if now.Before(s.sweep) {
			return nil, false
		}
		s.clear(now)
		if s.full(a) {
			return nil, false
		}
	}
	if s.count == nil {
		s.count, s.places = make(map[netip.Prefix]int), make(map[*Place]struct{})
	}
	p := &Place{in: s, addr: a}
	s.places[p] = struct{}{}
	nets, n := networks(a)
	for i := range n {
		s.count[nets[i]]++
	}
	return p, true
}

func (s *Sockets) full(a netip.Addr) bool {
	if s.Everybody > 0 && len(s.places) >= s.Everybody {
		return true
	}
	nets, n := networks(a)
	for i := range n {
		if limit := s.Open.at(i); limit > 0 && s.count[nets[i]] >= limit {
			return true
		}
	}
	return false
}

// clear gives back the places of sockets that have closed.
func (s *Sockets) clear(now time.Time) {
	s.sweep = now.Add(sweepEvery)
	for p := range s.places {
		if p.alive != nil && !p.alive() {
			s.remove(p)
		}
	}
}

func (s *Sockets) remove(p *Place) {
	if _, there := s.places[p]; !there {
		return
	}
	delete(s.places, p)
	nets, n := networks(p.addr)
	for i := range n {
		if s.count[nets[i]]--; s.count[nets[i]] <= 0 {
			delete(s.count, nets[i])
		}
	}
}

// Watch says how to tell whether the socket is still open. alive must be quick
// and must not call back.
func (p *Place) Watch(alive func() bool) {
	p.in.mu.Lock()
	defer p.in.mu.Unlock()
	p.alive = alive
}

// Leave gives the place back at once. Leaving twice is the same as once.
func (p *Place) Leave() {
	p.in.mu.Lock()
	defer p.in.mu.Unlock()
	p.in.remove(p)
}
