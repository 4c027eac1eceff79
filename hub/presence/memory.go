// Package presence knows which connections each seat has: in memory, for one
// node. Its promises are the suite in presence/conform.
package presence

import (
	"context"
	"slices"
	"sync"

	"hearth/room"
)

// Memory is presence on one node. The zero value is not ready; use [NewMemory].
// Safe for use by many goroutines. Its methods never give an error.
type Memory struct {
	mu       sync.Mutex
	sessions map[string]map[room.SeatID][]uint64
}

// NewMemory returns an empty presence.
func NewMemory() *Memory {
	return &Memory{sessions: make(map[string]map[room.SeatID][]uint64)}
}

// Join implements hub.Presence.
func (m *Memory) Join(_ context.Context, session string, seat room.SeatID, conn uint64) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	seats := m.sessions[session]
	if seats == nil {
		seats = make(map[room.SeatID][]uint64)
		m.sessions[session] = seats
	}
	conns := seats[seat]
	if !slices.Contains(conns, conn) {
		seats[seat] = append(conns, conn)
	}
	return len(conns) == 0, nil
}

// Leave implements hub.Presence.
func (m *Memory) Leave(_ context.Context, session string, seat room.SeatID, conn uint64) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	seats := m.sessions[session]
	conns := seats[seat]
	at := slices.Index(conns, conn)
	if at < 0 {
		return false, nil // it has left before, or never came: nobody is put out
	}
	if len(conns) > 1 {
		seats[seat] = slices.Delete(conns, at, at+1)
		return false, nil
	}
	delete(seats, seat)
	if len(seats) == 0 {
		delete(m.sessions, session)
	}
	return true, nil
}

// Here implements hub.Presence.
func (m *Memory) Here(_ context.Context, session string, seat room.SeatID) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.sessions[session][seat]) > 0, nil
}

// Forget implements hub.Presence.
func (m *Memory) Forget(_ context.Context, session string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.sessions, session)
	return nil
}
