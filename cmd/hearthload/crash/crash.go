package crash

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"time"

	"hearth/cmd/hearthload/drive"
	"hearth/hub/fail"
)

// Options say how to crash.
type Options struct {
	Program string // hearth, built with -tags failpoint
	Dir     string // for data folders; a new one each run
	Kills   int
	Each    int // how often [Points] kills at each place; once when 0
	Rooms   int
	Seed    uint64
	Say     io.Writer
}

// Result is what a run found.
type Result struct {
	Found  []Finding
	Counts Counts
	Kills  int
	Back   []time.Duration // from starting again to everybody being back
}

// BackIn is how soon everybody is back after a restart: promised are 5 s (R7, F1),
// measured are 0.95 s, most of which people wait by chance.
const BackIn = 2800 * time.Millisecond

// Kill kills the server at random moments, 0.5 to 2 s apart.
func Kill(ctx context.Context, o Options) (*Result, error) {
	rng := rand.New(rand.NewPCG(o.Seed, 7))
	spec, err := hearth(o.Program, filepath.Join(o.Dir, "kills"))
	if err != nil {
		return nil, err
	}
	l, err := fill(ctx, spec, o.Rooms, o.Seed, time.Second, o.Say)
	if err != nil {
		return nil, err
	}
	defer l.end()
	for i := 0; i < o.Kills; i++ {
		drive.Wait(ctx, 500*time.Millisecond+time.Duration(rng.Int64N(int64(1500*time.Millisecond))))
		if err := l.kill(ctx); err != nil {
			return nil, fmt.Errorf("after kill %d: %w", i+1, err)
		}
		if len(l.check.Found) > 0 {
			break
		}
		if i%6 == 5 { // once more, while they are coming back
			i++
			if err := l.early(ctx, time.Duration(rng.Int64N(int64(900*time.Millisecond)))); err != nil {
				return nil, fmt.Errorf("after kill %d: %w", i+1, err)
			}
		}
		if err := l.start(ctx, BackIn); err != nil {
			return nil, fmt.Errorf("after kill %d: %w", i+1, err)
		}
		if i%12 == 10 {
			l.sayf("%d kills, everybody back after %s at most", i+1, Quantile(l.back, 1).Round(time.Millisecond))
		}
	}
	drive.Wait(ctx, time.Second)
	return l.result(ctx, o.Kills)
}

// early starts the server and kills it while people are still coming back.
func (l *load) early(ctx context.Context, after time.Duration) error {
	srv, err := l.srv.Again(ctx)
	if err != nil {
		return fmt.Errorf("start again: %w", err)
	}
	l.srv = srv
	drive.Wait(ctx, after)
	return l.kill(ctx)
}

// result kills a last time, so that what was still open is settled.
func (l *load) result(ctx context.Context, kills int) (*Result, error) {
	if err := l.kill(ctx); err != nil {
		return nil, err
	}
	return &Result{l.check.Found, l.check.Counts, kills + 1, l.back}, nil
}

// Points kills the server by itself at each place on a command's path.
func Points(ctx context.Context, o Options) (*Result, error) {
	rng := rand.New(rand.NewPCG(o.Seed, 8))
	spec, err := hearth(o.Program, filepath.Join(o.Dir, "points"))
	if err != nil {
		return nil, err
	}
	l, err := fill(ctx, spec, o.Rooms, o.Seed, time.Second, o.Say)
	if err != nil {
		return nil, err
	}
	defer l.end()
	kills := 0
	for range max(1, o.Each) {
		for _, name := range fail.Points() {
			if err := l.point(ctx, name, 20+rng.IntN(180)); err != nil {
				return nil, fmt.Errorf("at %s, after %d kills: %w", name, kills, err)
			}
			kills++
		}
		if len(l.check.Found) > 0 {
			break
		}
	}
	drive.Wait(ctx, time.Second)
	return l.result(ctx, kills)
}

// point ends the running server, starts one that dies at a place, waits for
// that, checks, and starts a whole one.
func (l *load) point(ctx context.Context, name string, n int) error {
	if err := l.kill(ctx); err != nil {
		return err
	}
	if name == fail.MidReplay {
		n = len(l.rooms) / 2
	}
	arm := fmt.Sprintf("HEARTH_FAILPOINT=%s:%d", name, n)
	if name == fail.MidDrain {
		arm = fmt.Sprintf("HEARTH_FAILPOINT=%s:%d", name, len(l.agents)/2)
	}
	err := l.start(ctx, BackIn, arm)
	switch {
	case name == fail.MidReplay && err != nil: // it dies before it answers
	case err != nil && !l.died(ctx, 0):
		return err
	case name == fail.MidDrain:
		drive.Wait(ctx, 500*time.Millisecond)
		l.srv.Term()
	}
	if name != fail.MidReplay && !l.died(ctx, 15*time.Second) {
		return errors.New("the place was never passed")
	}
	if err := l.inspect(ctx); err != nil {
		return err
	}
	l.sayf("died at %s", arm)
	return l.start(ctx, BackIn)
}

func (l *load) died(ctx context.Context, most time.Duration) bool {
	t := time.NewTimer(most)
	defer t.Stop()
	select {
	case <-l.srv.Gone():
		return true
	case <-t.C:
	case <-ctx.Done():
	}
	select {
	case <-l.srv.Gone():
		return true
	default:
		return false
	}
}

// Hunt runs a server with a seeded bug and kills it until the checker finds
// it, at most for `most`. It gives what was found and after how long.
func Hunt(ctx context.Context, o Options, bug string, most time.Duration) (found []Finding, took time.Duration, err error) {
	ctx, cancel := context.WithTimeout(ctx, most)
	defer cancel()
	began := time.Now()
	seeded := "HEARTH_BUG=" + bug
	spec, err := hearth(o.Program, filepath.Join(o.Dir, bug), seeded)
	if err != nil {
		return nil, 0, err
	}
	l, err := fill(ctx, spec, min(o.Rooms, 6), o.Seed, 120*time.Millisecond, o.Say)
	if err != nil {
		return nil, 0, err
	}
	defer l.end()
	rng := rand.New(rand.NewPCG(o.Seed, 9))
	drive.Wait(ctx, 300*time.Millisecond+time.Duration(rng.Int64N(int64(500*time.Millisecond))))
	for ctx.Err() == nil {
		l.srv.Kill() // the first; the others mostly die by themselves, just before a commit
		if err := l.inspect(ctx); err != nil {
			return nil, 0, err
		}
		if len(l.check.Found) > 0 {
			return l.check.Found, time.Since(began), nil
		}
		arm := fmt.Sprintf("HEARTH_FAILPOINT=%s:%d", fail.BeforeCommit, 100+rng.IntN(200))
		if err := l.start(ctx, BackIn, seeded, arm); err != nil && !l.died(ctx, 0) {
			return nil, 0, err
		}
		l.died(ctx, 3*time.Second)
	}
	return nil, time.Since(began), nil
}

// Build compiles hearth with its places to fail.
func Build(ctx context.Context, dir string) (string, error) {
	return drive.Build(ctx, dir, "failpoint")
}

// Folder makes a folder for one run.
func Folder() (string, error) { return os.MkdirTemp("", "hearth-crash-") }
