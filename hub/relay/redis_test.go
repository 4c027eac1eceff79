package relay_test

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"hearth/hub/relay"
	"hearth/hub/relay/conform"
	"hearth/hub/remote"
	"hearth/hub/remote/redistest"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m,
		// The client looks once a second whether a Redis that was gone is back; it
		// ends with the client, but not before its second is over.
		goleak.IgnoreAnyFunction("github.com/redis/go-redis/v9/internal/pool.(*ConnPool).tryDial"))
}

var key = [32]byte{1, 2, 3}

func end(t *testing.T, s *redistest.Server) *relay.Redis {
	t.Helper()
	client, err := remote.Open(t.Context(), remote.Options{URL: s.URL()})
	if err != nil {
		t.Fatal(err)
	}
	r := relay.NewRedis(client.Client(), key, nil)
	t.Cleanup(func() {
		_ = r.Close()
		_ = client.Close()
	})
	return r
}

// conforms runs the suite. All servers are broken and mended; nodes dial the
// first.
func conforms(t *testing.T, servers []*redistest.Server, breaks, mends func(*redistest.Server) error, within time.Duration) {
	t.Helper()
	each := func(do func(*redistest.Server) error) func() {
		return func() {
			t.Helper()
			for _, s := range servers {
				if err := do(s); err != nil {
					t.Error(err)
				}
			}
		}
	}
	conform.Run(t, func(t *testing.T) conform.House {
		return conform.House{
			Open:  func() conform.Relay { return end(t, servers[0]) },
			Break: each(breaks), Mend: each(mends), Within: within,
		}
	})
}

func one(t *testing.T, o redistest.Options) []*redistest.Server {
	t.Helper()
	return []*redistest.Server{redistest.Start(t, o)}
}

func kill(s *redistest.Server) error {
	s.Kill()
	return nil
}

func TestRedisConforms(t *testing.T) {
	conforms(t, one(t, redistest.Options{}), kill, (*redistest.Server).Again, 3*time.Second)
}

func TestRedisThatStallsConforms(t *testing.T) {
	conforms(t, one(t, redistest.Options{}), (*redistest.Server).Pause, (*redistest.Server).Cont, 3*time.Second)
}

func TestRedisClusterConforms(t *testing.T) {
	conforms(t, redistest.Cluster(t, 3), (*redistest.Server).Pause, (*redistest.Server).Cont, 5*time.Second)
}

func TestRedisOverTLSConforms(t *testing.T) {
	conforms(t, one(t, redistest.Options{TLS: true}), kill, (*redistest.Server).Again, 3*time.Second)
}

// TestManyRoomsAreToldSoon: a thousand rooms of a node know that they may have
// missed something, soon after Redis is back or has cut the line (F7).
func TestManyRoomsAreToldSoon(t *testing.T) {
	for name, cut := range map[string]func(*redistest.Server) error{
		"killed": func(s *redistest.Server) error {
			s.Kill()
			return s.Again()
		},
		"its line is cut": func(s *redistest.Server) error {
			_, err := s.Do("CLIENT", "KILL", "TYPE", "pubsub")
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := redistest.Start(t, redistest.Options{})
			r := end(t, s)
			const rooms = 1000
			var told atomic.Int32
			all := make(chan struct{})
			var subscribing sync.WaitGroup
			for part := range 20 {
				subscribing.Go(func() {
					for i := part; i < rooms; i += 20 {
						if _, err := r.Subscribe(t.Context(), fmt.Sprint("room", i), func([]byte) {}, func() {
							if told.Add(1) == rooms {
								close(all)
							}
						}); err != nil {
							t.Error(err)
						}
					}
				})
			}
			subscribing.Wait()
			if n := told.Load(); n != 0 {
				t.Fatalf("%d rooms are told before anything has happened", n)
			}
			if err := cut(s); err != nil {
				t.Fatal(err)
			}
			began := time.Now()
			select {
			case <-all:
				t.Logf("%d rooms are told after %v", rooms, time.Since(began).Round(time.Millisecond))
			case <-time.After(3 * time.Second):
				t.Fatalf("%d of %d rooms are told after 3 s", told.Load(), rooms)
			}
		})
	}
}
