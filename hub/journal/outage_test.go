package journal

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"hearth/hub/journal/kept"
	"hearth/hub/journal/pgtest"
)

// TestServerKilled is F5 for the journal: the server is killed in the middle of
// the work and started again, three times. What was acknowledged is there once,
// what was not is there once or not at all, and nobody starts hearth again.
func TestServerKilled(t *testing.T) {
	const sessions, kills, ackedBetween = 12, 3, 300
	server := pgtest.Start(t)
	p := openAt(t, server.Database(t), newKeyFile(t, "1"))
	for i := range sessions {
		begin(t, p, fmt.Sprint(i))
	}
	ctx, stop := context.WithCancel(t.Context())
	var acked, refused atomic.Int64
	moment := make(chan struct{}, 1)
	var all sync.WaitGroup
	lasts := make([]int64, sessions)
	for i := range sessions {
		all.Go(func() {
			lasts[i] = appendThrough(t, ctx, p, fmt.Sprint(i), func(err error) {
				if err != nil {
					refused.Add(1)
				} else if acked.Add(1)%ackedBetween == 0 {
					select {
					case moment <- struct{}{}:
					default:
					}
				}
			})
		})
	}
	var slowest time.Duration
	for range kills {
		<-moment
		server.Kill()
		if err := p.Check(t.Context()); err == nil {
			t.Error("a store without its server is ready")
		}
		server.Restart(t)
		back := time.Now()
		for before := acked.Load(); acked.Load() < before+sessions; {
			<-moment
		}
		slowest = max(slowest, time.Since(back))
		if err := p.Check(t.Context()); err != nil {
			t.Errorf("a store whose server is back is not ready: %v", err)
		}
	}
	stop()
	all.Wait()
	for i := range sessions {
		if n := count(t, p, fmt.Sprint(i)); int64(n) != lasts[i] && int64(n) != lasts[i]+1 {
			t.Errorf("session %d: %d rows, the last one known is %d", i, n, lasts[i])
		}
	}
	t.Logf("%d kills, %d acknowledged, %d refused; after a start the next %d were acknowledged within %v", kills, acked.Load(), refused.Load(), ackedBetween, slowest)
}

// appendThrough appends one row after the other whatever happens, asks again
// with the same key when it is refused, and gives the last number it knows.
func appendThrough(t *testing.T, ctx context.Context, p *Postgres, session string, said func(error)) (last int64) {
	pause := time.NewTicker(5 * time.Millisecond)
	defer pause.Stop()
	for n := 1; ctx.Err() == nil; {
		seq, err := p.Append(ctx, session, last, kept.CommandKey{Seat: "a", ID: fmt.Sprint(n)}, [][]byte{[]byte("row")})
		if err != nil && !errors.Is(err, kept.ErrDuplicate) {
			if errors.Is(err, kept.ErrConflict) || errors.Is(err, kept.ErrNotFound) {
				t.Errorf("session %s, row %d: %v", session, n, err)
				return last
			}
			said(err)
			<-pause.C
			continue
		}
		if seq != int64(n) {
			t.Errorf("session %s: command %d is number %d", session, n, seq)
			return last
		}
		said(nil)
		last, n = seq, n+1
	}
	return last
}

// cutter stands between hearth and the server. Armed, it lets the next
// statement that says the word through and cuts the line when its answer comes:
// the commit stands, its answer is lost.
type cutter struct {
	to    string
	word  []byte
	armed atomic.Int64
	cuts  atomic.Int64
}

func (c *cutter) serve(t *testing.T) (address string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	t.Cleanup(func() { l.Close(); all.Wait() })
	all.Go(func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			server, err := net.Dial("tcp", c.to)
			if err != nil {
				client.Close()
				continue
			}
			var cut atomic.Bool
			all.Go(func() { c.carry(server, client, &cut, true) })
			all.Go(func() { c.carry(client, server, &cut, false) })
		}
	})
	return l.Addr().String()
}

func (c *cutter) carry(to, from net.Conn, cut *atomic.Bool, asks bool) {
	defer to.Close()
	defer from.Close()
	buf := make([]byte, 64<<10)
	for {
		n, err := from.Read(buf)
		if asks && bytes.Contains(buf[:n], c.word) && c.armed.Add(-1) >= 0 {
			cut.Store(true)
		}
		if !asks && n > 0 && cut.Load() {
			c.cuts.Add(1)
			return
		}
		if _, failed := to.Write(buf[:n]); failed != nil || err != nil {
			return
		}
	}
}

// TestCutBeforeTheAnswer is F6: 200 times the connection is cut between the
// commit and its answer. Cut once, Append finds out by itself; cut twice, it
// says that it does not know, and asking again with the same key tells.
func TestCutBeforeTheAnswer(t *testing.T) {
	const cuts = 200
	at, err := url.Parse(pgtest.Shared(t).Database(t))
	if err != nil {
		t.Fatal(err)
	}
	c := &cutter{to: at.Host, word: []byte("session-that-is-cut")}
	at.Host = c.serve(t)
	p := openAt(t, at.String(), newKeyFile(t, "1"))
	begin(t, p, string(c.word))
	if _, err := p.sealOf(t.Context(), string(c.word)); err != nil {
		t.Fatal(err)
	}
	asked := 0
	last := int64(0)
	for n := 1; c.cuts.Load() < cuts; n++ {
		twice := n%4 == 0
		c.armed.Store(1)
		if twice {
			c.armed.Store(2)
		}
		key := kept.CommandKey{Seat: "a", ID: fmt.Sprint(n)}
		want := last + int64(len(rowsOf(n)))
		seq, err := p.Append(t.Context(), string(c.word), last, key, rowsOf(n))
		c.armed.Store(0)
		var unsure *unsureError
		if twice && errors.As(err, &unsure) {
			asked++
			if seq, err = p.Append(t.Context(), string(c.word), last, key, rowsOf(n)); errors.Is(err, kept.ErrDuplicate) {
				err = nil
			}
		}
		if err != nil || seq != want {
			t.Fatalf("command %d: number %d, want %d, %v", n, seq, want, err)
		}
		last = want
	}
	if asked == 0 {
		t.Error("no command was cut twice")
	}
	if n := count(t, p, string(c.word)); int64(n) != last {
		t.Errorf("%d rows, want %d: exactly one effect of each", n, last)
	}
	t.Logf("%d cuts, %d commands were asked again by their caller", c.cuts.Load(), asked)
}
