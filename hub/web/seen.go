package web

import (
	"crypto/sha256"
	"sync"

	"hearth/room"
)

// mostSeen is how many people who came in are remembered; then all are forgotten
// at once, and are looked up again.
const mostSeen = 1 << 16

// seen remembers who came in to which seat, so that somebody who asks for sockets
// without end does not keep those out who share the address. It lets nobody in:
// everybody is looked up. The zero value is ready; safe for use by many goroutines.
type seen struct {
	mu  sync.Mutex
	who map[[32]byte]struct{}
}

func (s *seen) before(seat room.SeatID, device [32]byte) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, ok := s.who[pairOf(seat, device)]
	return ok
}

func (s *seen) note(seat room.SeatID, device [32]byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.who == nil || len(s.who) >= mostSeen {
		s.who = make(map[[32]byte]struct{})
	}
	s.who[pairOf(seat, device)] = struct{}{}
}

func pairOf(seat room.SeatID, device [32]byte) [32]byte {
	return sha256.Sum256(append(device[:], seat...))
}
