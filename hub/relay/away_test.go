package relay_test

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"hearth/hub/latetest"
	"hearth/hub/quiet/quiettest"
	"hearth/hub/relay"
	"hearth/hub/remote"
	"hearth/hub/remote/redistest"
)

// TestPublishNeverWaitsLong: a room's thread publishes while Redis stalls and
// nobody has noticed yet.
func TestPublishNeverWaitsLong(t *testing.T) {
	for name, stall := range map[string]func(*redistest.Server) error{"stopped": (*redistest.Server).Pause, "paused": pause} {
		t.Run(name, func(t *testing.T) {
			s := redistest.Start(t, redistest.Options{})
			r := end(t, s)
			if err := stall(s); err != nil {
				t.Fatal(err)
			}
			began, most, tried, late := time.Now(), time.Duration(0), 0, latetest.Watch()
			for r.Up() {
				at := time.Now()
				if err := r.Publish(t.Context(), "s", []byte("x")); !errors.Is(err, relay.ErrAway) {
					t.Errorf("publish: %v", err)
				}
				most = max(most, time.Since(at))
				tried++
				if time.Since(began) > 5*time.Second {
					t.Fatal("still up")
				}
			}
			t.Logf("down after %v; the longest of %d publications took %v", time.Since(began).Round(time.Millisecond), tried, most.Round(time.Millisecond))
			if most > 350*time.Millisecond+late() {
				t.Error("a publication waited")
			}
			_ = s.Cont()
			back := time.Now()
			for !r.Up() {
				if time.Since(back) > 5*time.Second {
					t.Fatal("not up again")
				}
				<-time.After(5 * time.Millisecond)
			}
			t.Logf("up %v after", time.Since(back).Round(time.Millisecond))
		})
	}
}

func pause(s *redistest.Server) error {
	_, err := s.Do("CLIENT", "PAUSE", 1500, "ALL")
	return err
}

// TestOutOfReach: packets vanish, in both directions, and nothing is closed.
func TestOutOfReach(t *testing.T) {
	s := redistest.Start(t, redistest.Options{})
	way := between(t, s.Addr())
	client, err := remote.Open(t.Context(), remote.Options{URL: strings.Replace(s.URL(), s.Addr(), way.addr, 1)})
	if err != nil {
		t.Fatal(err)
	}
	r := relay.NewRedis(client.Client(), key, nil)
	defer client.Close()
	defer r.Close()
	fresh := make(chan struct{}, 16)
	if _, err := r.Subscribe(t.Context(), "s", func([]byte) {}, func() { fresh <- struct{}{} }); err != nil {
		t.Fatal(err)
	}
	way.cut.Store(true)
	began := time.Now()
	for r.Up() {
		<-time.After(5 * time.Millisecond)
	}
	t.Logf("down after %v", time.Since(began).Round(time.Millisecond))
	if time.Since(began) > 2*time.Second {
		t.Error("noticed too late")
	}
	<-time.After(3 * time.Second) // longer than a line without an echo is kept
	way.cut.Store(false)
	began = time.Now()
	select {
	case <-fresh:
	case <-time.After(10 * time.Second):
		t.Fatal("nobody was told that something may be missing")
	}
	t.Logf("fresh %v after", time.Since(began).Round(time.Millisecond))
	if !r.Up() {
		t.Error("told, and not up")
	}
}

// A way leads to a server until it is cut; then bytes vanish.
type way struct {
	addr string
	cut  atomic.Bool
}

func between(t *testing.T, to string) *way {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w := &way{addr: l.Addr().String()}
	var all sync.WaitGroup
	var mu sync.Mutex
	var open []net.Conn
	t.Cleanup(func() {
		_ = l.Close()
		mu.Lock()
		for _, c := range open {
			_ = c.Close()
		}
		mu.Unlock()
		all.Wait()
	})
	pass := func(from, to net.Conn) {
		defer from.Close()
		defer to.Close()
		buf := make([]byte, 64<<10)
		for {
			n, err := from.Read(buf)
			if err != nil {
				return
			}
			if w.cut.Load() {
				_, _ = io.Copy(io.Discard, from) // whatever was cut stays cut
				return
			}
			if _, err := to.Write(buf[:n]); err != nil {
				return
			}
		}
	}
	all.Go(func() {
		for {
			in, err := l.Accept()
			if err != nil {
				return
			}
			out, err := net.Dial("tcp", to)
			if err != nil {
				_ = in.Close()
				continue
			}
			mu.Lock()
			open = append(open, in, out)
			mu.Unlock()
			all.Go(func() { pass(in, out) })
			all.Go(func() { pass(out, in) })
		}
	})
	return w
}

// TestNoWordInRedis: Redis sees who talks where and how much, and no word (R8),
// neither in what it carries nor in its files.
func TestNoWordInRedis(t *testing.T) {
	s := redistest.Start(t, redistest.Options{AOF: true, RDB: true})
	heard, err := s.Monitor()
	if err != nil {
		t.Fatal(err)
	}
	r := end(t, s)
	got := make(chan string, 1)
	if _, err := r.Subscribe(t.Context(), "s", func(m []byte) { got <- string(m) }, func() {}); err != nil {
		t.Fatal(err)
	}
	const word = "canary-that-must-not-be-seen"
	if err := r.Publish(t.Context(), "s", []byte(word)); err != nil {
		t.Fatal(err)
	}
	if m := <-got; m != word {
		t.Errorf("heard %q", m)
	}
	if err := heard.Settle(s); err != nil {
		t.Fatal(err)
	}
	carried := strings.Join(heard.Close(), "\n")
	if !strings.Contains(carried, "hearth:{s}") {
		t.Fatal("nothing was carried: the test has lost its subject")
	}
	if strings.Contains(carried, word) {
		t.Error("Redis saw the word")
	}
	files := 0
	if err := filepath.WalkDir(s.Folder(), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		files++
		kept, err := os.ReadFile(path)
		if bytes.Contains(kept, []byte(word)) {
			t.Errorf("the word is in %s", d.Name())
		}
		return err
	}); err != nil || files == 0 {
		t.Errorf("%d files looked at: %v", files, err)
	}
}

// TestForgedIsLeftOut: what somebody else publishes in Redis reaches no room, and
// what it repeats is heard once (A33).
func TestForgedIsLeftOut(t *testing.T) {
	s := redistest.Start(t, redistest.Options{})
	client, err := remote.Open(t.Context(), remote.Options{URL: s.URL()})
	if err != nil {
		t.Fatal(err)
	}
	var log quiettest.Lines
	r := relay.NewRedis(client.Client(), key, slog.New(slog.NewTextHandler(&log, nil)))
	defer client.Close()
	defer r.Close()
	got := make(chan string, 8)
	if _, err := r.Subscribe(t.Context(), "s", func(m []byte) { got <- string(m) }, func() {}); err != nil {
		t.Fatal(err)
	}
	spy := client.Client().Subscribe(t.Context(), "hearth:{s}")
	defer spy.Close()
	if _, err := spy.Receive(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := r.Publish(t.Context(), "s", []byte("true")); err != nil {
		t.Fatal(err)
	}
	sealed, err := spy.ReceiveMessage(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, forged := range []string{"forged", sealed.Payload, strings.Replace(sealed.Payload, sealed.Payload[:1], "\x02", 1)} {
		if _, err := s.Do("PUBLISH", "hearth:{s}", forged); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.Publish(t.Context(), "s", []byte("last")); err != nil {
		t.Fatal(err)
	}
	if first, second := <-got, <-got; first != "true" || second != "last" {
		t.Errorf("heard %q and %q", first, second)
	}
	if text := log.String(); strings.Count(text, "left out") == 0 || strings.Contains(text, "forged") {
		t.Errorf("log:\n%s", text)
	}
}
