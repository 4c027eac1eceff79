package presence_test

import (
	"fmt"
	"testing"
	"time"

	"go.uber.org/goleak"

	"hearth/hub"
	"hearth/hub/cluster"
	"hearth/hub/presence"
	"hearth/hub/presence/conform"
	"hearth/hub/remote"
	"hearth/hub/remote/redistest"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m,
		// The client looks once a second whether a Redis that was gone is back; it
		// ends with the client, but not before its second is over.
		goleak.IgnoreAnyFunction("github.com/redis/go-redis/v9/internal/pool.(*ConnPool).tryDial"))
}

var (
	_ hub.Presence   = (*presence.Redis)(nil)
	_ cluster.Leases = (*presence.Redis)(nil)
)

func dial(t *testing.T, s *redistest.Server) *remote.Redis {
	t.Helper()
	r, err := remote.Open(t.Context(), remote.Options{URL: s.URL()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	return r
}

func node(t *testing.T, s *redistest.Server, name string) *presence.Redis {
	t.Helper()
	p := presence.NewRedis(dial(t, s).Client(), name, [32]byte{7}, nil)
	t.Cleanup(func() { _ = p.Close() })
	return p
}

func TestRedisConforms(t *testing.T) {
	for name, servers := range map[string][]*redistest.Server{"one server": {redistest.Start(t, redistest.Options{})}, "a cluster": redistest.Cluster(t, 3)} {
		t.Run(name, func(t *testing.T) {
			conform.Run(t, func(t *testing.T) conform.Presence {
				for _, s := range servers {
					if err := s.Wipe(); err != nil {
						t.Fatal(err)
					}
				}
				return node(t, servers[0], "one")
			})
		})
	}
}

func TestRedisConformsWithManyNodes(t *testing.T) {
	t.Parallel()
	for name, start := range map[string]func(*testing.T) *redistest.Server{
		"one server": func(t *testing.T) *redistest.Server { return redistest.Start(t, redistest.Options{}) },
		"a cluster":  func(t *testing.T) *redistest.Server { return redistest.Start(t, redistest.Options{Cluster: true}) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			conform.RunNodes(t, func(t *testing.T) conform.Nodes {
				s := start(t)
				return conform.Nodes{
					Open: func(name string) conform.Node { return node(t, s, name) },
					Kill: func(n conform.Node) { n.(*presence.Redis).Die() },
					Gone: 12*time.Second + 500*time.Millisecond,
				}
			})
		})
	}
}

// TestClearsUpAfterTheDead: nothing of a node that died stays in Redis for long,
// and nothing of one that lives goes with it.
func TestClearsUpAfterTheDead(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t, redistest.Options{})
	a, b := node(t, s, "a"), node(t, s, "b")
	for i := range 250 {
		join(t, a, fmt.Sprint("s", i), "ann", uint64(i))
		join(t, b, fmt.Sprint("s", i), "ben", uint64(i))
	}
	_, _ = a.Hold(t.Context(), "s1"), b.Hold(t.Context(), "s1")
	b.Die()
	took := until(t, 25*time.Second, "nothing of the dead is left", func() bool {
		for _, question := range [][]any{{"HLEN", "hearth:pres:{s249}"}, {"SCARD", "hearth:hold:{s1}"}, {"ZCARD", "hearth:nodes"}} {
			if n, err := s.Do(question...); err != nil || n != int64(1) {
				return false
			}
		}
		return true
	})
	t.Logf("cleared up %v after its death", took.Round(time.Millisecond))
	for i := range 250 {
		if n, err := s.Do("HLEN", fmt.Sprintf("hearth:pres:{s%d}", i)); err != nil || n != int64(1) {
			t.Fatalf("room %d has %v entries, %v", i, n, err)
		}
	}
	if leftovers, err := s.Do("KEYS", "hearth:idx:{b*"); err != nil || len(leftovers.([]any)) != 0 {
		t.Errorf("left: %v, %v", leftovers, err)
	}
}
