package journal

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"hearth/hub/cluster"
	"hearth/hub/journal/kept"
	"hearth/hub/journal/pgtest"
)

// A path is one of the questions that live rooms ask, with the longest that it
// may take whatever happens to the server.
type path struct {
	name string
	most time.Duration
	ask  func(ctx context.Context) error
}

// paths asks each question on a session of its own.
func paths(t *testing.T, p *Postgres) []path {
	t.Helper()
	last := int64(0)
	for _, session := range []string{"append", "read", "bind"} {
		begin(t, p, session)
	}
	if _, err := p.Append(t.Context(), "read", 0, kept.CommandKey{ID: "1"}, [][]byte{{1}}); err != nil {
		t.Fatal(err)
	}
	if _, err := p.sealOf(t.Context(), "append"); err != nil {
		t.Fatal(err)
	}
	return []path{
		{"append", 2 * batchWithin, func(ctx context.Context) error {
			seq, err := p.Append(ctx, "append", last, kept.CommandKey{ID: fmt.Sprint(last)}, [][]byte{{1}})
			if err == nil || errors.Is(err, kept.ErrDuplicate) {
				last, err = seq, nil
			}
			return err
		}},
		{"tail", readWithin, func(ctx context.Context) error {
			n := 0
			err := p.Tail(ctx, "read", 0, func(int64, kept.CommandKey, []byte) error { n++; return nil })
			if err == nil && n != 1 {
				return fmt.Errorf("%d rows", n)
			}
			return err
		}},
		{"heads", readWithin, func(ctx context.Context) error { _, err := p.Heads(ctx, []string{"read"}); return err }},
		{"session", readWithin, func(ctx context.Context) error { _, err := p.Session(ctx, "read"); return err }},
		{"live sessions", readWithin, func(ctx context.Context) error { _, err := p.LiveSessions(ctx); return err }},
		{"set live", writeWithin, func(ctx context.Context) error { return p.SetLive(ctx, "bind") }},
		{"beat", beatWithin, func(ctx context.Context) error { _, err := p.Beat(ctx, cluster.Node{ID: "n"}); return err }},
		{"check", readWithin, p.Check},
	}
}

// each asks every question again and again, until ctx ends, with at most patience
// for each, and tells said how long it took.
func each(ctx context.Context, all []path, patience time.Duration, said func(path, time.Duration, error)) {
	var asking sync.WaitGroup
	for _, one := range all {
		asking.Go(func() {
			pause := time.NewTicker(10 * time.Millisecond)
			defer pause.Stop()
			for ctx.Err() == nil {
				own, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
				began := time.Now()
				err := one.ask(own)
				said(one, time.Since(began), err)
				cancel()
				<-pause.C
			}
		})
	}
	asking.Wait()
}

// A silence is one way in which the server stops answering.
type silence struct {
	name     string
	lasts    time.Duration
	patience time.Duration // the longest that who asks wants to wait
	killed   bool          // the server does not go on but starts again
}

// answers is what became of the questions: which were answered when last asked,
// and how long each took at most.
type answers struct {
	mu      sync.Mutex
	of      int // how many questions there are
	well    map[string]bool
	slowest map[string]time.Duration
	healthy chan struct{} // takes one whenever every question was answered
}

func newAnswers(of int) *answers {
	return &answers{of: of, well: map[string]bool{}, slowest: map[string]time.Duration{}, healthy: make(chan struct{}, 1)}
}

// heard takes one answer, or that there was none.
func (a *answers) heard(name string, took time.Duration, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.slowest[name] = max(a.slowest[name], took)
	a.well[name] = err == nil
	if err != nil || len(a.well) < a.of {
		return
	}
	for _, ok := range a.well {
		if !ok {
			return
		}
	}
	select {
	case a.healthy <- struct{}{}:
	default:
	}
}

// afresh forgets who was well: every question has to be answered once more.
func (a *answers) afresh() {
	a.mu.Lock()
	defer a.mu.Unlock()
	clear(a.well)
	select {
	case <-a.healthy:
	default:
	}
}

// TestSilentServer stops every process of the server, so that its machine still
// takes what is sent and nobody answers, for longer than every limit. No
// question takes longer than its own limit, nor than who asks wants to wait; and
// once the server goes on, or is killed and started again, so does everything,
// within 5 seconds.
func TestSilentServer(t *testing.T) {
	for _, silence := range []silence{
		{name: "people wait", lasts: 4 * time.Second, patience: 300 * time.Millisecond},
		{name: "nobody gives up", lasts: 9 * time.Second, patience: time.Minute},
		{name: "killed in the end", lasts: 4 * time.Second, patience: 2 * time.Second, killed: true},
	} {
		t.Run(silence.name, func(t *testing.T) {
			t.Parallel() // it is all waiting
			silence.play(t)
		})
	}
}

func (s silence) play(t *testing.T) {
	const recovery = 5 * time.Second
	server := pgtest.Start(t)
	p := openAt(t, server.Database(t), newKeyFile(t, "1"))
	all := paths(t, p)
	ctx, stop := context.WithCancel(t.Context())
	said := newAnswers(len(all))
	done := make(chan struct{})
	go func() {
		defer close(done)
		each(ctx, all, s.patience, func(one path, took time.Duration, err error) {
			if most := min(one.most, s.patience) + 700*time.Millisecond; took > most {
				t.Errorf("%s took %v, may take %v", one.name, took, most)
			}
			said.heard(one.name, took, err)
		})
	}()
	<-said.healthy
	server.Pause(t)
	end := time.After(s.lasts)
	<-end
	if s.killed {
		server.Kill()
		server.Restart(t)
	} else {
		server.Resume()
	}
	said.afresh()
	back := time.Now()
	select {
	case <-said.healthy:
	case <-time.After(2 * recovery):
	}
	took := time.Since(back)
	stop()
	<-done
	if took > recovery {
		t.Errorf("everything was well again only after %v: %v", took, said.well)
	}
	t.Logf("well again after %v; slowest: %v", took, said.slowest)
}

// TestSilentInTheMiddle stops the server inside a transaction of the tables:
// before its end, whichever that is, nobody waits longer than he wants to.
func TestSilentInTheMiddle(t *testing.T) {
	const patience = 500 * time.Millisecond
	server := pgtest.Start(t)
	p := openAt(t, server.Database(t), newKeyFile(t, "1"))
	begin(t, p, "s")
	for _, end := range []error{nil, errUndo} {
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		began := time.Now()
		err := p.write(ctx, func(tx *write) error {
			if err := tx.change("UPDATE sessions SET title = 'half'"); err != nil {
				return err
			}
			server.Pause(t)
			return end
		})
		took := time.Since(began)
		cancel()
		if err == nil || took > patience+300*time.Millisecond {
			t.Errorf("a transaction that ends with %v: %v after %v", end, err, took)
		}
		server.Resume()
		if err := p.SetLive(t.Context(), "s"); err != nil {
			t.Errorf("the next transaction: %v", err)
		}
		if whole := time.Since(began); whole > 5*time.Second {
			t.Errorf("the next transaction stood after %v", whole)
		}
	}
}
