package chaos

import (
	"context"
	"fmt"
	"time"
)

const clock = "15:04:05.000"

// Limits: at most three times the longest that was measured with two runs beside each
// other on two processors, and a second where that is less.
const (
	closedIn        = 3 * time.Second         // everybody has seen what was sent while Redis was away (1.8 s)
	servedIn        = 1500 * time.Millisecond // PostgreSQL is back, and something is kept (0.5 s)
	toldIn          = 9 * time.Second         // somebody in each room knows that others are out of reach (3.4 s)
	normalIn        = 2500 * time.Millisecond // nothing is broken any more, and nobody is told so (0.7 s)
	normalWithRedis = 5 * time.Second         // the same, after 20 s without Redis (1.6 s)
	controlIn       = time.Second             // facilitators are back, and lead again (0.04 s)
	endedIn         = 12 * time.Second        // a node that is asked to end has ended (5.1 s)
)

// killPostgres is F5 (R1, R2, R7).
func killPostgres(ctx context.Context, g *Ground, o Options) (Figures, error) {
	n := o.times(4, 20)
	starts := g.starts()
	var back time.Duration
	for range n {
		g.some(ctx, 500*time.Millisecond, 2*time.Second)
		g.PG.Kill()
		g.some(ctx, 0, 300*time.Millisecond)
		if err := g.PG.Again(); err != nil {
			return nil, fmt.Errorf("start PostgreSQL again: %w", err)
		}
		back = max(back, g.served(ctx, time.Now()))
	}
	v, err := g.Inspect(ctx)
	if err != nil {
		return nil, err
	}
	return append(Figures{Told("kills", fmt.Sprint(n)), Within("service back", back, servedIn), Count("restarts", g.starts()-starts, 0)},
		append(v.standard(), v.missed())...), nil
}

// cutCommits is F6 (R2). Every fifth time the question that follows is cut off
// too, so that the node itself does not know.
func cutCommits(ctx context.Context, g *Ground, o Options) (Figures, error) {
	want := int64(o.times(40, 200))
	before := g.Commits.Cuts.Load()
	for g.Commits.Cuts.Load()-before < want && ctx.Err() == nil {
		n := 1
		if g.rng.IntN(5) == 0 {
			n = 2
		}
		g.Commits.Arm(n)
		if !g.await(ctx, 20*time.Second, func() bool { return g.Commits.Armed() == 0 }) {
			return nil, fmt.Errorf("nothing was committed for 20 s after %d cuts", g.Commits.Cuts.Load()-before)
		}
		g.some(ctx, 0, 100*time.Millisecond)
	}
	cuts := g.Commits.Cuts.Load() - before
	v, err := g.Inspect(ctx)
	if err != nil {
		return nil, err
	}
	return append(Figures{AtLeast("cuts", int(cuts), int(want))}, append(v.standard(), v.missed())...), nil
}

// killRedis is F7 (R1, R3).
func killRedis(ctx context.Context, g *Ground, o Options) (Figures, error) {
	n := o.times(4, 20)
	var gap time.Duration
	for range n {
		g.some(ctx, 500*time.Millisecond, 2*time.Second)
		from := time.Now()
		g.Redis.Kill()
		g.some(ctx, 200*time.Millisecond, 2*time.Second)
		if err := g.Redis.Again(ctx); err != nil {
			return nil, err
		}
		back := time.Now()
		g.sayf("  Redis away from %s to %s", from.Format(clock), back.Format(clock))
		wait(ctx, 4*time.Second)
		gap = max(gap, g.closed(from, back))
	}
	v, err := g.Inspect(ctx)
	if err != nil {
		return nil, err
	}
	return append(Figures{Told("kills", fmt.Sprint(n)), Within("gap closed", gap, closedIn)},
		append(v.standard(), v.missed())...), nil
}

// emptyRedis is F8 (R3, R7): Redis comes back with nothing; it stalls by
// CLIENT PAUSE; the whole process stands still.
func emptyRedis(ctx context.Context, g *Ground, o Options) (Figures, error) {
	var gap, right time.Duration
	one := func(what string, down func() error, up func() error) error {
		g.some(ctx, 500*time.Millisecond, 2*time.Second)
		from := time.Now()
		if err := down(); err != nil {
			return err
		}
		if err := up(); err != nil {
			return err
		}
		back := time.Now()
		g.sayf("  %s from %s to %s", what, from.Format(clock), back.Format(clock))
		wait(ctx, 4*time.Second)
		g.normal(ctx, what)
		right = max(right, time.Since(back))
		gap = max(gap, g.closed(from, back))
		return nil
	}
	n := o.times(2, 10)
	for range n {
		if err := one("Redis wiped", g.Redis.Wipe, func() error { return g.Redis.Again(ctx) }); err != nil {
			return nil, err
		}
	}
	stalls := o.times(1, 3)
	for range stalls {
		if err := one("CLIENT PAUSE", func() error { _, err := g.Redis.Say("CLIENT PAUSE 5000 ALL"); return err },
			func() error { wait(ctx, 5*time.Second); return nil }); err != nil {
			return nil, err
		}
		if err := one("SIGSTOP", func() error { g.Redis.Pause(); return nil },
			func() error { wait(ctx, 5*time.Second); g.Redis.Continue(); return nil }); err != nil {
			return nil, err
		}
	}
	v, err := g.Inspect(ctx)
	if err != nil {
		return nil, err
	}
	return append(Figures{Told("wiped", fmt.Sprint(n)), Told("stalled 5 s", fmt.Sprint(2*stalls)), Within("gap closed", gap, closedIn), Within("presence right", right, 10*time.Second)},
		append(v.standard(), v.missed())...), nil
}

// wrongly lists people who are connected and shown as if they were not, to
// leads who are connected themselves.
func (g *Ground) wrongly() []string {
	var who []string
	for _, r := range g.Rooms {
		if !r.Lead.up.Load() {
			continue
		}
		shown := r.Lead.look().Seats
		for _, p := range r.All {
			for _, s := range shown {
				if string(s.Seat) == p.Seat && s.State == "reconnecting" && p.up.Load() {
					who = append(who, fmt.Sprintf("%s on %s (room split: %t, lead on %s)", p.Name, p.node().Name, r.Split, r.Lead.node().Name))
				}
			}
		}
	}
	return who
}

// loseRedis is F9 (R7, R9): 7 minutes without Redis; 20 s in the short form.
func loseRedis(ctx context.Context, g *Ground, o Options) (Figures, error) {
	away := 20 * time.Second
	if o.Whole {
		away = 7 * time.Minute
	}
	starts := g.starts()
	from := time.Now()
	g.Redis.Kill()
	sick, asked := 0, 0
	for time.Since(from) < away && ctx.Err() == nil {
		wait(ctx, time.Second)
		for _, n := range g.Nodes {
			asked++
			if n.Status(ctx, "/healthz") != 200 {
				sick++
			}
		}
	}
	told := g.firstTold(from)
	if err := g.Redis.Again(ctx); err != nil {
		return nil, err
	}
	back := time.Now()
	g.normal(ctx, "Redis gone")
	normal := time.Since(back)
	w := g.window(from.Add(time.Second), back)
	v, err := g.Inspect(ctx)
	if err != nil {
		return nil, err
	}
	return append(Figures{
		Told("for", brief(away)), Count(fmt.Sprintf("of %d health checks bad", asked), sick, 0), Count("restarts", g.starts()-starts, 0),
		Within("people told after", told, toldIn), Within("same-node words p99", w.same.At(.99), 250*time.Millisecond),
		Within("cross-node form p99", w.formOver.At(.99), 2*time.Second), Within("normal again", normal, normalWithRedis), Told("words caught up", brief(w.gap)),
		Told("words that nobody could be reached with in time", fmt.Sprint(v.Faded)),
	}, append(v.standard(), v.missed())...), nil
}

// firstTold is how long it took until somebody in every split room was told
// that others cannot be reached; 24 h for a room that never was.
func (g *Ground) firstTold(from time.Time) time.Duration {
	var longest time.Duration
	for _, r := range g.Rooms {
		if !r.Split {
			continue
		}
		first := 24 * time.Hour
		for _, p := range r.All {
			p.mu.Lock()
			for _, t := range p.log.Reach {
				if t.Apart && t.At.After(from) {
					first = min(first, t.At.Sub(from))
				}
			}
			p.mu.Unlock()
		}
		longest = max(longest, first)
	}
	return longest
}
