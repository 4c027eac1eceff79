// Package presence knows which connections each seat has, and which nodes hold a
// room: in memory, or through Redis for many nodes. Their promises are the suite
// in presence/conform.
package presence

import (
	"context"
	"slices"
	"sync"

	"hearth/room"
)

// Memory is presence on one node, or on several within this process. The zero
// value is not ready; use [NewMemory]. Safe for use by many goroutines. Its
// methods never give an error and never wait.
type Memory struct {
	node  string
	house *house
}

// house is what the nodes of one process share.
type house struct {
	mu       sync.Mutex
	nodes    []string
	sessions map[string]map[room.SeatID][]connection
	held     map[string][]string // session to nodes
}

type connection struct {
	node   string
	number uint64
}

// NewMemory returns an empty presence for one node, called "here".
func NewMemory() *Memory { return MemoryOf("here") }

// MemoryOf returns an empty presence for a node of that name.
func MemoryOf(node string) *Memory {
	h := &house{sessions: make(map[string]map[room.SeatID][]connection), held: make(map[string][]string)}
	return h.join(node)
}

// Another gives a further node of this process an end of the same presence.
func (m *Memory) Another(node string) *Memory { return m.house.join(node) }

func (h *house) join(node string) *Memory {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.nodes = append(h.nodes, node)
	return &Memory{node: node, house: h}
}

// Join implements hub.Presence.
func (m *Memory) Join(_ context.Context, session string, seat room.SeatID, conn uint64) (bool, error) {
	h := m.house
	h.mu.Lock()
	defer h.mu.Unlock()
	seats := h.sessions[session]
	if seats == nil {
		seats = make(map[room.SeatID][]connection)
		h.sessions[session] = seats
	}
	conns, this := seats[seat], connection{m.node, conn}
	if !slices.Contains(conns, this) {
		seats[seat] = append(conns, this)
	}
	return len(conns) == 0, nil
}

// Leave implements hub.Presence.
func (m *Memory) Leave(_ context.Context, session string, seat room.SeatID, conn uint64) (bool, error) {
	h := m.house
	h.mu.Lock()
	defer h.mu.Unlock()
	seats := h.sessions[session]
	conns := seats[seat]
	at := slices.Index(conns, connection{m.node, conn})
	if at < 0 {
		return false, nil // it has left before, or never came: nobody is put out
	}
	if len(conns) > 1 {
		seats[seat] = slices.Delete(conns, at, at+1)
		return false, nil
	}
	h.drop(session, seat)
	return true, nil
}

func (h *house) drop(session string, seat room.SeatID) {
	delete(h.sessions[session], seat)
	if len(h.sessions[session]) == 0 {
		delete(h.sessions, session)
	}
}

// Here implements hub.Presence.
func (m *Memory) Here(_ context.Context, session string, seat room.SeatID) (bool, error) {
	m.house.mu.Lock()
	defer m.house.mu.Unlock()
	return len(m.house.sessions[session][seat]) > 0, nil
}

// Forget implements hub.Presence.
func (m *Memory) Forget(_ context.Context, session string) error {
	m.house.mu.Lock()
	defer m.house.mu.Unlock()
	delete(m.house.sessions, session)
	delete(m.house.held, session)
	return nil
}

// Hold implements cluster.Leases.
func (m *Memory) Hold(_ context.Context, session string) error {
	m.house.mu.Lock()
	defer m.house.mu.Unlock()
	if held := m.house.held[session]; !slices.Contains(held, m.node) {
		m.house.held[session] = append(held, m.node)
	}
	return nil
}

// Release implements cluster.Leases.
func (m *Memory) Release(_ context.Context, session string) error {
	m.house.mu.Lock()
	defer m.house.mu.Unlock()
	m.house.release(session, m.node)
	return nil
}

func (h *house) release(session, node string) {
	h.held[session] = slices.DeleteFunc(h.held[session], func(n string) bool { return n == node })
	if len(h.held[session]) == 0 {
		delete(h.held, session)
	}
}

// Holders implements cluster.Leases.
func (m *Memory) Holders(_ context.Context, session string) ([]string, error) {
	m.house.mu.Lock()
	defer m.house.mu.Unlock()
	others := slices.DeleteFunc(slices.Clone(m.house.held[session]), func(n string) bool { return n == m.node })
	slices.Sort(others)
	return others, nil
}

// Alive implements cluster.Leases.
func (m *Memory) Alive() (nodes []string, ok bool) {
	m.house.mu.Lock()
	defer m.house.mu.Unlock()
	nodes = slices.Clone(m.house.nodes)
	slices.Sort(nodes)
	return nodes, true
}

// Close takes the node and all it has away, as when a node has died.
func (m *Memory) Close() error {
	h := m.house
	h.mu.Lock()
	defer h.mu.Unlock()
	h.nodes = slices.DeleteFunc(h.nodes, func(n string) bool { return n == m.node })
	for session, seats := range h.sessions {
		for seat, conns := range seats {
			if seats[seat] = slices.DeleteFunc(conns, func(c connection) bool { return c.node == m.node }); len(seats[seat]) == 0 {
				h.drop(session, seat)
			}
		}
	}
	for session := range h.held {
		h.release(session, m.node)
	}
	return nil
}
