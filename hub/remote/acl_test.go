package remote_test

import (
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"hearth/hub/limit"
	"hearth/hub/presence"
	"hearth/hub/relay"
	"hearth/hub/remote"
	"hearth/hub/remote/redistest"
)

// TestACL: everything hearth does with Redis is done by the user of the
// operators' documentation, who may run no script and no dangerous command and
// touch nothing but hearth's keys and channels (A33).
func TestACL(t *testing.T) {
	for name, o := range map[string]redistest.Options{"one server": {}, "a cluster": {Cluster: true}} {
		t.Run(name, func(t *testing.T) {
			s := redistest.Start(t, o)
			words := strings.Fields(strings.Replace(remote.ACL, "PASSWORD", "of-hearth", 1))
			command := make([]any, len(words))
			for i, w := range words {
				command[i] = w
			}
			if _, err := s.Do(command...); err != nil {
				t.Fatal(err)
			}
			r, err := open(t, remote.Options{URL: strings.Replace(s.URL(), ":"+s.Password()+"@", "hearth:of-hearth@", 1)})
			if err != nil {
				t.Fatal(err)
			}
			all(t, r)
			denied(t, s)
			refusedOthers(t, r)
		})
	}
}

// all does whatever hearth does.
func all(t *testing.T, r *remote.Redis) {
	t.Helper()
	line := relay.NewRedis(r.Client(), [32]byte{}, nil)
	heard := make(chan string, 1)
	cancel, err := line.Subscribe(t.Context(), "s", func(m []byte) { heard <- string(m) }, func() {})
	if err != nil {
		t.Fatalf("subscribe: %v", err)
	}
	if err := line.Publish(t.Context(), "s", []byte("hello")); err != nil {
		t.Errorf("publish: %v", err)
	}
	select {
	case <-heard:
	case <-time.After(5 * time.Second):
		t.Error("nothing was heard")
	}
	cancel()
	_ = line.Close()

	a, b := presence.NewRedis(r.Client(), "a", [32]byte{}, nil), presence.NewRedis(r.Client(), "b", [32]byte{}, nil)
	first, _ := a.Join(t.Context(), "s", "ann", 1)
	second, _ := b.Join(t.Context(), "s", "ann", 1)
	_ = a.Hold(t.Context(), "s")
	held, err := b.Holders(t.Context(), "s")
	if !first || second || err != nil || !slices.Equal(held, []string{"a"}) {
		t.Errorf("first %v and %v, held by %v, %v", first, second, held, err)
	}
	_ = a.Release(t.Context(), "s")
	_ = b.Forget(t.Context(), "s")
	for _, p := range []*presence.Redis{a, b} {
		if _, ok := p.Alive(); !ok {
			t.Error("presence does not answer")
		}
		if err := p.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	}
	tries := &limit.Tries{PerMinute: limit.Scopes{Narrow: 1}, Shared: limit.NewRedis(r.Client(), [32]byte{})}
	other := &limit.Tries{PerMinute: limit.Scopes{Narrow: 1}, Shared: limit.NewRedis(r.Client(), [32]byte{})}
	addr := netip.MustParseAddr("192.0.2.1")
	if tries.Failed(addr); other.Allowed(addr) {
		t.Error("tries are not counted over all nodes")
	}
}

// denied wants Redis to have refused nothing to hearth.
func denied(t *testing.T, s *redistest.Server) {
	t.Helper()
	log, err := s.Do("ACL", "LOG")
	if err != nil {
		t.Fatal(err)
	}
	if entries := log.([]any); len(entries) != 0 {
		t.Errorf("Redis refused: %v", entries)
	}
}

// refusedOthers: the line does forbid what it should.
func refusedOthers(t *testing.T, r *remote.Redis) {
	t.Helper()
	for _, command := range [][]any{{"KEYS", "*"}, {"FLUSHALL"}, {"EVAL", "return 1", 0}, {"CONFIG", "GET", "*"}, {"GET", "others"}, {"PUBLISH", "others", "x"}, {"ACL", "LIST"}} {
		if err := r.Client().Do(t.Context(), command...).Err(); err == nil || !strings.Contains(err.Error(), "NOPERM") {
			t.Errorf("%v: %v", command, err)
		}
	}
}

// TestFailover: a sentinel makes the replica master; relay and presence follow it
// by themselves.
func TestFailover(t *testing.T) {
	master := redistest.Start(t, redistest.Options{})
	_ = redistest.Start(t, redistest.Options{Of: master})
	watch := redistest.Watch(t, master)
	r, err := open(t, remote.Options{URL: watch.URL()})
	if err != nil {
		t.Fatal(err)
	}
	line, p := relay.NewRedis(r.Client(), [32]byte{}, nil), presence.NewRedis(r.Client(), "a", [32]byte{}, nil)
	defer p.Close()
	defer line.Close()
	fresh := make(chan struct{}, 16)
	if _, err := line.Subscribe(t.Context(), "s", func([]byte) {}, func() { fresh <- struct{}{} }); err != nil {
		t.Fatal(err)
	}
	if first, err := p.Join(t.Context(), "s", "ann", 1); !first || err != nil {
		t.Errorf("join: %v, %v", first, err)
	}
	master.Kill()
	began := time.Now()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for line.Up() {
		<-tick.C
	}
	down := time.Since(began)
	for {
		if _, ok := p.Alive(); ok && line.Up() {
			break
		}
		if time.Since(began) > 20*time.Second {
			t.Fatal("not up again within 20 s")
		}
		<-tick.C
	}
	t.Logf("down after %v, up at the new master after %v", down.Round(time.Millisecond), time.Since(began).Round(time.Millisecond))
	select {
	case <-fresh:
	case <-time.After(5 * time.Second):
		t.Error("nobody was told that something may be missing")
	}
}
