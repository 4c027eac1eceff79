package hub_test

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"hearth/hub"
	"hearth/hub/cluster"
	"hearth/hub/journal"
	"hearth/hub/presence"
	"hearth/hub/relay"
)

// city is several nodes in one bubble of fake time: real hubs with real rooms,
// sockets on pipes, one SQLite store, and a relay and a presence in memory. What
// takes time between them takes a time by chance.
type city struct {
	t      *testing.T
	rng    *chance
	uneasy []unease
	told   map[string]time.Time // words: when they were first shown to anybody
	severs bool                 // nodes lose each other
	found  *house               // whose store everybody uses; it has no hub
	nodes  []*quarter
	ends   *relay.Memory // the first end of the relay, of nobody
	seen   *presence.Memory

	mu sync.Mutex
	up map[string]time.Time // by node: until when the store says that it is up
}

// quarter is one node of a city.
type quarter struct {
	members *cluster.Membership
	*house
	id    string
	way   *relay.Memory
	holds *presence.Memory
	cut   bool // its way to the others is severed
	cutAt time.Time
	ahead atomic.Int64
}

// chance is a source of numbers for many goroutines.
type chance struct {
	mu sync.Mutex
	r  *rand.Rand
}

func (c *chance) IntN(n int) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.r.IntN(n)
}

// wait takes a moment, now and then a long one.
func (c *chance) wait(ctx context.Context) error {
	d := time.Duration(c.IntN(4)) * time.Millisecond
	if c.IntN(40) == 0 {
		d = time.Duration(c.IntN(300)) * time.Millisecond
	}
	if d == 0 {
		return ctx.Err()
	}
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// slowStore is the store, some way off; it says which nodes are up.
type slowStore struct {
	*journal.SQLite
	c *city
}

func (s slowStore) Append(ctx context.Context, session string, after int64, key hub.CommandKey, rows [][]byte) (int64, error) {
	if err := s.c.rng.wait(ctx); err != nil {
		return 0, err
	}
	seq, err := s.SQLite.Append(ctx, session, after, key, rows)
	if s.c.rng.wait(ctx) != nil && err == nil {
		return 0, ctx.Err()
	}
	return seq, err
}

func (s slowStore) Heads(ctx context.Context, sessions []string) (map[string]int64, error) {
	if err := s.c.rng.wait(ctx); err != nil {
		return nil, err
	}
	return s.SQLite.Heads(ctx, sessions)
}

func (s slowStore) Beat(_ context.Context, node cluster.Node) (up []cluster.Node, err error) {
	s.c.mu.Lock()
	defer s.c.mu.Unlock()
	s.c.up[node.ID] = time.Now().Add(12 * time.Second)
	for _, id := range slices.Sorted(maps.Keys(s.c.up)) {
		if time.Now().Before(s.c.up[id]) {
			up = append(up, cluster.Node{ID: id, Relay: true})
		}
	}
	return up, nil
}

// slowWay is an end of the relay, some way off.
type slowWay struct {
	*relay.Memory
	c *city
}

func (w slowWay) Publish(ctx context.Context, channel string, message []byte) error {
	if err := w.c.rng.wait(ctx); err != nil {
		return err
	}
	return w.Memory.Publish(ctx, channel, message)
}

// inCity runs a test in a bubble with so many nodes, in a session that begins now.
func inCity(t *testing.T, seed uint64, nodes int, test func(*city)) {
	t.Helper()
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		c := &city{t: t, rng: &chance{r: rand.New(rand.NewPCG(seed, 11))}, found: newHouse(t, dir), ends: relay.NewMemory(), seen: presence.MemoryOf("nobody"), up: map[string]time.Time{}, told: map[string]time.Time{}}
		_ = c.seen.Close()
		c.found.found()
		for i := range nodes {
			c.nodes = append(c.nodes, &quarter{id: fmt.Sprintf("node%d", i)})
			c.open(c.nodes[i])
		}
		defer c.close()
		test(c)
	})
}

// open starts a node, as package main does.
func (c *city) open(q *quarter) {
	c.t.Helper()
	q.house = newHouse(c.t, c.found.dir)
	q.ahead.Store(0)
	q.store, q.digest = c.found.store, c.found.digest
	q.way, q.holds, q.cut = c.ends.Another(), c.seen.Another(q.id), false
	store := slowStore{c.found.store, c}
	clock := func() time.Time { return time.Now().Round(0).Add(time.Duration(q.ahead.Load())) }
	q.members = cluster.New(cluster.Config{Self: cluster.Node{ID: q.id, Relay: true}, Store: store, Leases: q.holds, Clock: clock})
	c.found.must(q.members.Join(context.Background(), nil))
	q.hub = hub.New(hub.Config{
		Journal: store, Store: store, Presence: q.holds, Relay: slowWay{q.way, c}, Members: q.members, Limits: q.limits, Clock: clock,
	})
	c.found.must(q.hub.Start(context.Background()))
	q.serve()
}

// down ends a node as a planned restart does.
func (c *city) down(q *quarter) {
	q.stop()
	q.members.Leave(context.Background())
	_ = q.holds.Close()
	_ = q.way.Close()
}

func (c *city) close() {
	for _, q := range c.nodes {
		c.down(q)
	}
	_ = c.ends.Close()
	c.found.must(c.found.store.Close())
}
