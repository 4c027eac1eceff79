package crash

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"hearth/cmd/hearthload/drive"
)

// load is a server with rooms full of agents.
type load struct {
	srv    *drive.Server
	agents []*agent
	people []Person
	rooms  []string
	stop   context.CancelFunc
	done   sync.WaitGroup
	check  Checker
	back   []time.Duration // how long each restart took to have everybody back
	say    io.Writer
}

func (l *load) sayf(format string, args ...any) { fmt.Fprintf(l.say, format+"\n", args...) }

// hearth is a server on a fresh folder, with more in its environment.
func hearth(program, dir string, env ...string) (drive.Spec, error) {
	data := filepath.Join(dir, "data")
	if err := os.MkdirAll(data, 0o700); err != nil {
		return drive.Spec{}, fmt.Errorf("make a data folder: %w", err)
	}
	spec := drive.HearthSpec(program, data, true)
	spec.Env = env
	return spec, nil
}

// fill starts a server and brings everybody in.
func fill(ctx context.Context, spec drive.Spec, rooms int, seed uint64, pace time.Duration, say io.Writer) (*load, error) {
	srv, err := spec.Start(ctx)
	if err != nil {
		return nil, err
	}
	l := &load{srv: srv, say: say}
	house := drive.NewHouse(srv.URL)
	token, err := srv.OrganiserToken(ctx)
	if err != nil {
		srv.Kill()
		return nil, err
	}
	group, err := house.Organise(ctx, token, "Crash group")
	if err != nil {
		srv.Kill()
		return nil, err
	}
	made, err := house.Rooms(ctx, group, rooms, 8, drive.Plan{Participants: 10, Format: "queue", Book: true})
	if err != nil {
		srv.Kill()
		return nil, fmt.Errorf("fill the rooms: %w", err)
	}
	for _, r := range made {
		l.rooms = append(l.rooms, r.Session)
		for _, m := range r.All() {
			l.people = append(l.people, Person{Session: r.Session, Seat: m.Seat, Book: m.Book})
			l.agents = append(l.agents, newAgent(m, seed+uint64(len(l.agents)), pace))
		}
	}
	return l, l.begin(ctx)
}

// begin lets the agents loose. They need their view, so each says hello anew.
func (l *load) begin(ctx context.Context) error {
	ctx, l.stop = context.WithCancel(ctx)
	for _, a := range l.agents {
		a.m.Drop()
		if err := a.m.Connect(ctx, true); err != nil {
			return fmt.Errorf("connect again: %w", err)
		}
	}
	for _, a := range l.agents {
		l.done.Go(func() { a.live(ctx) })
	}
	return nil
}

// kill ends the server, reads the journal it leaves, and checks.
func (l *load) kill(ctx context.Context) error {
	l.srv.Kill()
	return l.inspect(ctx)
}

// inspect checks a server that is dead.
func (l *load) inspect(ctx context.Context) error {
	// What was on its way when the process died is still read by the agents;
	// their connections must have ended before the books are compared.
	for _, a := range l.agents {
		a.m.AwaitStill(ctx)
	}
	now, err := ReadJournal(ctx, l.srv.Dir, l.rooms)
	if err != nil {
		return err
	}
	unlock := l.lock()
	defer unlock()
	l.check.Check(l.people, now)
	return nil
}

// lock keeps every book still.
func (l *load) lock() func() {
	for _, a := range l.agents {
		a.m.Hold()
	}
	return func() {
		for _, a := range l.agents {
			a.m.Free()
		}
	}
}

// start starts the server again on the same folder and port, and waits until
// everybody is back, at most `most`.
func (l *load) start(ctx context.Context, most time.Duration, env ...string) error {
	began := time.Now()
	srv, err := l.srv.Again(ctx, env...)
	if err != nil {
		return fmt.Errorf("start again: %w", err)
	}
	l.srv = srv
	for _, a := range l.agents {
		if !a.isBack(ctx, began, most) {
			return fmt.Errorf("not everybody was back %s after a restart", most)
		}
	}
	l.back = append(l.back, time.Since(began))
	return nil
}

func (a *agent) isBack(ctx context.Context, began time.Time, most time.Duration) bool {
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for a.back.Load() < began.UnixNano() {
		select {
		case <-tick.C:
			if time.Since(began) > most {
				return false
			}
		case <-ctx.Done():
			return false
		}
	}
	return true
}

// end stops everything.
func (l *load) end() {
	if l.stop != nil {
		l.stop()
	}
	l.srv.Kill()
	l.done.Wait()
	for _, a := range l.agents {
		a.m.Drop()
	}
}

// Quantile gives the time that the share q of all did not exceed.
func Quantile(d []time.Duration, q float64) time.Duration {
	if len(d) == 0 {
		return 0
	}
	s := slices.Sorted(slices.Values(d))
	return s[min(int(q*float64(len(s))), len(s)-1)]
}
