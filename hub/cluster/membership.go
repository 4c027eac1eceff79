// Package cluster is this node among those that share a store: which of them are
// up, which can hear the others, who has a session's room. It knows no rooms and no
// people. Two sources say who is up: the store, in which each node beats, and
// presence, in which each has a lease. Neither is asked while somebody waits.
package cluster

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"
)

// Node is one hearth process among those that share a store.
type Node struct {
	ID    string // used by one process only, from its start to its end
	Relay bool   // it has a relay to the others
}

// Times of nodes beside each other.
const (
	// beatGood is how long what the store said of the nodes is relied on.
	beatGood = 12 * time.Second
	// newNode is how long a node that was just heard of may be missing in the store.
	newNode = 8 * time.Second
	// wait bounds each question to presence and to the store.
	wait = 3 * time.Second
)

// Store is where nodes beat. Safe for use by many goroutines.
type Store interface {
	// Beat says that a node is up, for 12 s from now by the store's own clock, and
	// lists all that are, this one included.
	Beat(ctx context.Context, node Node) (up []Node, err error)
	// Unbeat says that a node is no longer up; one that is not is fine.
	Unbeat(ctx context.Context, nodeID string) error
}

// Leases is what presence knows of nodes. Hints only: nothing that must be right
// rests on it. Safe for use by many goroutines.
type Leases interface {
	// Hold says that this node has the session's room in memory; Release, that it
	// has no more. Both may be repeated.
	Hold(ctx context.Context, session string) error
	Release(ctx context.Context, session string) error
	// Holders lists the other nodes, among those whose lease runs, that hold the
	// session's room.
	Holders(ctx context.Context, session string) ([]string, error)
	// Alive lists all nodes whose lease runs, this one included, as last read (at
	// most 4 s ago). ok is false when presence cannot be asked just now. It never
	// waits.
	Alive() (nodes []string, ok bool)
}

// Config is what a Membership is made of. Self and Store are needed.
type Config struct {
	Self  Node
	Store Store
	// Leases is what presence knows; nil: nothing.
	Leases Leases
	// Clock is the machine's, and may jump: by it a node learns that it stood still.
	// Default time.Now.
	Clock func() time.Time
	// Log receives happenings of operation. Default: nothing is logged.
	Log *slog.Logger
	// Up is told how many nodes are up, after each beat; nil: nobody is.
	Up func(nodes int)
}

// Membership is this node's place among the others. Safe for use by many goroutines.
type Membership struct {
	cfg   Config
	still still

	stop  context.CancelFunc // ends stay; set by Join
	ended chan struct{}

	mu    sync.Mutex           // guards what follows
	up    []Node               // by the store
	asked time.Time            // when the store last said so
	met   map[string]time.Time // when each node was first heard of
}

// New returns a Membership that nobody knows of yet: call [Membership.Join].
func New(cfg Config) *Membership {
	if cfg.Clock == nil {
		cfg.Clock = time.Now
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	return &Membership{cfg: cfg, met: make(map[string]time.Time)}
}

// Self is this node's id.
func (m *Membership) Self() string { return m.cfg.Self.ID }

// Leases is what presence knows of nodes; nil: nothing.
func (m *Membership) Leases() Leases { return m.cfg.Leases }

// Beat says that this node is up, and learns who else is. An error means that the
// store did not say; what it last said ages.
func (m *Membership) Beat(ctx context.Context) error {
	ctx, done := context.WithTimeout(ctx, wait)
	defer done()
	up, err := m.cfg.Store.Beat(ctx, m.cfg.Self)
	if err != nil {
		return err
	}
	now := time.Now()
	m.mu.Lock()
	m.up, m.asked = up, now
	for _, node := range up {
		if _, ok := m.met[node.ID]; !ok {
			m.met[node.ID] = now
		}
	}
	m.mu.Unlock()
	if m.cfg.Up != nil {
		m.cfg.Up(len(up))
	}
	return nil
}

// Standing is how the other nodes are, at one moment.
type Standing struct {
	Known bool            // the store has said so lately
	Up    []string        // the others, by the store
	Alive map[string]bool // all, by presence
	Seen  bool            // presence says something
	Deaf  map[string]bool // are up and cannot hear the others, as far as presence knows
}

// Standing looks at the other nodes. It never waits.
func (m *Membership) Standing() Standing {
	s := Standing{Deaf: map[string]bool{}}
	s.Alive, s.Seen = m.Alive()
	m.mu.Lock()
	defer m.mu.Unlock()
	s.Known = time.Since(m.asked) < beatGood
	for _, node := range m.up {
		if node.ID == m.Self() {
			continue
		}
		s.Up = append(s.Up, node.ID)
		if s.Seen && !s.Alive[node.ID] && time.Since(m.met[node.ID]) > newNode {
			s.Deaf[node.ID] = true
		}
	}
	return s
}

// Alive lists the nodes that presence knows; ok is false when it does not say.
func (m *Membership) Alive() (nodes map[string]bool, ok bool) {
	if m.cfg.Leases == nil {
		return nil, false
	}
	list, ok := m.cfg.Leases.Alive()
	nodes = make(map[string]bool, len(list))
	for _, node := range list {
		nodes[node] = true
	}
	return nodes, ok
}

// Dead says whether a node is no more: neither the store nor presence has it. As
// long as the store cannot be asked, nobody is dead.
func (m *Membership) Dead(s Standing, node string) bool {
	if !s.Known || node == m.Self() || slices.Contains(s.Up, node) || s.Seen && s.Alive[node] {
		return false
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	met, ok := m.met[node]
	if !ok {
		met = time.Now()
		m.met[node] = met
	}
	return time.Since(met) > newNode
}

// Others lists the other nodes that have a session's room, and says whether that
// is sure.
func (m *Membership) Others(ctx context.Context, session string) (nodes []string, sure bool) {
	s := m.Standing()
	if m.cfg.Leases != nil && s.Seen {
		ctx, done := context.WithTimeout(ctx, wait)
		defer done()
		if holders, err := m.cfg.Leases.Holders(ctx, session); err == nil {
			holders = slices.DeleteFunc(holders, func(node string) bool { return node == m.Self() || m.Dead(s, node) })
			return holders, len(s.Deaf) == 0 // those may have the room and be unable to say so
		}
	}
	return s.Up, s.Known && len(s.Up) == 0
}
