package presence_test

import (
	"testing"
	"time"

	"go.uber.org/goleak"

	"hearth/hub"
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
	_ hub.Presence = (*presence.Redis)(nil)
	_ hub.Nodes    = (*presence.Redis)(nil)
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
	p := presence.NewRedis(dial(t, s).Client(), name, nil)
	t.Cleanup(func() { _ = p.Close() })
	return p
}

func TestRedisConforms(t *testing.T) {
	s := redistest.Start(t, redistest.Options{})
	conform.Run(t, func(t *testing.T) conform.Presence {
		if err := s.Wipe(); err != nil {
			t.Fatal(err)
		}
		return node(t, s, "one")
	})
}

func TestRedisConformsWithManyNodes(t *testing.T) {
	conform.RunNodes(t, func(t *testing.T) conform.Nodes {
		s := redistest.Start(t, redistest.Options{})
		return conform.Nodes{
			Open: func(name string) conform.Node { return node(t, s, name) },
			Kill: func(n conform.Node) { n.(*presence.Redis).Die() },
			Gone: 12*time.Second + 500*time.Millisecond,
		}
	})
}
