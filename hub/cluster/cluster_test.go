package cluster_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"hearth/hub/cluster"
	"hearth/hub/journal"
	"hearth/hub/journal/pgtest"
	"hearth/hub/presence"
)

func TestMain(m *testing.M) {
	code := m.Run()
	pgtest.StopShared()
	os.Exit(code)
}

// open gives a database that several nodes may share.
func open(t *testing.T) *journal.Postgres {
	t.Helper()
	key := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(key, []byte(strings.Repeat("5e", 32)+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	store, err := journal.OpenPostgres(context.Background(), pgtest.Shared(t).Database(t), key)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	return store
}

// joined is a node that is up.
func joined(t *testing.T, cfg cluster.Config) *cluster.Membership {
	t.Helper()
	m := cluster.New(cfg)
	if err := m.Join(context.Background(), nil); err != nil {
		t.Fatal(err)
	}
	return m
}

// Nodes that cannot hear each other are not up together, whichever came first, and
// one that may not be up leaves nothing behind.
func TestWhoMayNotBeUp(t *testing.T) {
	ctx, store := context.Background(), open(t)
	north := joined(t, cluster.Config{Self: cluster.Node{ID: "north-1"}, Store: store})
	for _, relay := range []bool{false, true} {
		south := cluster.New(cluster.Config{Self: cluster.Node{ID: "south-1", Relay: relay}, Store: store})
		err := south.Join(ctx, nil)
		if err == nil || !strings.Contains(err.Error(), "(north)") || !strings.Contains(err.Error(), "--redis-url") || strings.Contains(err.Error(), "\n") {
			t.Errorf("beside a node without a relay (relay: %v): %v", relay, err)
		}
	}
	if err := north.Beat(ctx); err != nil || len(north.Standing().Up) != 0 {
		t.Errorf("left behind: %v, %v", north.Standing().Up, err)
	}
	north.Leave(ctx)
	south := joined(t, cluster.Config{Self: cluster.Node{ID: "south-1"}, Store: store})
	south.Leave(ctx)
	if up, err := store.Beat(ctx, cluster.Node{ID: "late-1"}); err != nil || len(up) != 1 {
		t.Errorf("after both have left %v are up, %v", up, err)
	}
}

// What each source says of the others, and who has a room.
func TestStanding(t *testing.T) {
	ctx, store := context.Background(), open(t)
	var up atomic.Int64
	here := presence.MemoryOf("north-1")
	there := here.Another("south-1")
	north := joined(t, cluster.Config{Self: cluster.Node{ID: "north-1", Relay: true}, Store: store, Leases: here, Up: func(n int) { up.Store(int64(n)) }})
	defer north.Leave(ctx)
	if nodes, sure := north.Others(ctx, "s1"); len(nodes) != 0 || !sure {
		t.Errorf("alone: %v have the room, sure: %v", nodes, sure)
	}
	south := joined(t, cluster.Config{Self: cluster.Node{ID: "south-1", Relay: true}, Store: store, Leases: there})
	if err := north.Beat(ctx); err != nil || up.Load() != 2 {
		t.Errorf("%d are up, %v", up.Load(), err)
	}
	s := north.Standing()
	if !s.Known || !slices.Equal(s.Up, []string{"south-1"}) || !s.Seen || !s.Alive["south-1"] || len(s.Deaf) != 0 {
		t.Errorf("two nodes: %+v", s)
	}
	if err := there.Hold(ctx, "s1"); err != nil {
		t.Fatal(err)
	}
	if nodes, sure := north.Others(ctx, "s1"); !slices.Equal(nodes, []string{"south-1"}) || !sure {
		t.Errorf("%v have the room, sure: %v", nodes, sure)
	}

	// One that has lost its lease is up all the same; and one that has only left the
	// store is not dead as long as presence has it.
	_ = there.Close()
	if s := north.Standing(); north.Dead(s, "south-1") || s.Alive["south-1"] {
		t.Errorf("without its lease: %+v", s)
	}
	south.Leave(ctx)
	again := here.Another("south-1")
	if err := north.Beat(ctx); err != nil || north.Dead(north.Standing(), "south-1") {
		t.Errorf("without its beat: dead, %v", err)
	}
	_ = again.Close()
	// Just heard of: it may yet come up.
	if north.Dead(north.Standing(), "south-1") || north.Dead(north.Standing(), "west-1") || north.Dead(north.Standing(), "north-1") {
		t.Error("a node that was just heard of, or this one, is dead")
	}
}

// As long as the store cannot be asked nobody is dead, and nothing is sure.
func TestNobodyIsDeadWhileTheStoreIsAway(t *testing.T) {
	ctx, store := context.Background(), open(t)
	m := cluster.New(cluster.Config{Self: cluster.Node{ID: "north-1", Relay: true}, Store: store})
	_ = store.Close()
	if err := m.Beat(ctx); err == nil {
		t.Fatal("a closed store took a beat")
	}
	if err := m.Join(ctx, nil); err == nil {
		t.Error("joined without a store")
	}
	s := m.Standing()
	if s.Known || s.Seen || m.Dead(s, "south-1") {
		t.Errorf("%+v", s)
	}
	if nodes, sure := m.Others(ctx, "s1"); sure || len(nodes) != 0 {
		t.Errorf("%v have the room, sure: %v", nodes, sure)
	}
}

// A node that stood still by the machine's clock learns of it once.
func TestSlept(t *testing.T) {
	now := time.Date(2026, 11, 3, 18, 0, 0, 0, time.UTC)
	m := cluster.New(cluster.Config{Self: cluster.Node{ID: "north-1"}, Clock: func() time.Time { return now }})
	if m.Slept() != 0 {
		t.Error("slept before it ran")
	}
	for range 10 {
		m.Tick()
		now = now.Add(time.Second)
	}
	if m.Slept() != 0 {
		t.Error("slept while it ran")
	}
	now = now.Add(time.Minute)
	for range 2 {
		if n := m.Slept(); n != 1 {
			t.Errorf("stood still once for a minute, and learned of it %d times", n)
		}
	}
}

func TestNameOf(t *testing.T) {
	for id, want := range map[string]string{"north-1a2b3c4d": "north", "far-north-1a2b3c4d": "far-north", "plain": "plain"} {
		if got := cluster.NameOf(id); got != want {
			t.Errorf("%s is called %s, want %s", id, got, want)
		}
	}
}
