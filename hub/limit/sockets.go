package limit

import (
	"net/netip"
	"sync"
)

// Sockets caps how many sockets are open per network and in all. Safe for use
// by many goroutines.
type Sockets struct {
	// Open is the cap for each width of network (walls §2.4: 64, 256, 1024).
	Open Scopes
	// Everybody is the cap over all. Zero means no limit.
	Everybody int

	mu    sync.Mutex
	count map[netip.Prefix]int
	all   int
}

// Enter counts a socket in. When ok, leave must be called once the socket has
// closed; calling it again does nothing. When not ok nothing was counted.
func (s *Sockets) Enter(a netip.Addr) (leave func(), ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	nets, n := networks(a)
	if s.Everybody > 0 && s.all >= s.Everybody {
		return nil, false
	}
	for i := range n {
		if limit := s.Open.at(i); limit > 0 && s.count[nets[i]] >= limit {
			return nil, false
		}
	}
	if s.count == nil {
		s.count = make(map[netip.Prefix]int)
	}
	s.all++
	for i := range n {
		s.count[nets[i]]++
	}
	return sync.OnceFunc(func() { s.leave(a) }), true
}

func (s *Sockets) leave(a netip.Addr) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all--
	nets, n := networks(a)
	for i := range n {
		if s.count[nets[i]]--; s.count[nets[i]] <= 0 {
			delete(s.count, nets[i])
		}
	}
}

// Now is how many sockets are open.
func (s *Sockets) Now() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.all
}
