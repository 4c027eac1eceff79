package chaos

import (
	"context"
	"fmt"
	"time"
)

// partition is one kind of F13: what is broken, and mended by Settle.
type partition struct {
	what string
	make func(ctx context.Context, g *Ground, d time.Duration)
	// told: people of split rooms must be told, for the nodes cannot reach each
	// other's words.
	told bool
}

// partitionKinds are the six of the matrix. Network namespaces would ask for
// rights that not every machine gives; the wires do the same to the bytes of one
// node, but for what a kernel does about a peer that is silent: it answers for
// the wire.
var partitionKinds = []partition{
	{"a cannot reach PostgreSQL", held(func(g *Ground) []*Wire { return []*Wire{g.Nodes[0].PG} }, ToServer, ToClient), false},
	{"a cannot reach Redis", held(func(g *Ground) []*Wire { return []*Wire{g.Nodes[0].Redis} }, ToServer, ToClient), true},
	{"b hears nothing of Redis", held(func(g *Ground) []*Wire { return []*Wire{g.Nodes[1].Redis} }, ToClient), true},
	{"a and b cannot reach each other", func(ctx context.Context, g *Ground, d time.Duration) {
		g.Nodes[0].Redis.Cut()
		wait(ctx, d)
	}, true},
	{"a speaks to PostgreSQL and hears nothing", held(func(g *Ground) []*Wire { return []*Wire{g.Nodes[0].PG} }, ToClient), false},
	{"both of a flap every second", func(ctx context.Context, g *Ground, d time.Duration) {
		for until := time.Now().Add(d); time.Now().Before(until) && ctx.Err() == nil; {
			g.Nodes[0].PG.Cut()
			g.Nodes[0].Redis.Cut()
			wait(ctx, time.Second)
			g.Nodes[0].PG.Whole()
			g.Nodes[0].Redis.Whole()
			wait(ctx, time.Second)
		}
	}, false},
}

func held(which func(*Ground) []*Wire, on ...Way) func(context.Context, *Ground, time.Duration) {
	return func(ctx context.Context, g *Ground, d time.Duration) {
		for _, w := range which(g) {
			w.Hold(on...)
		}
		wait(ctx, d)
	}
}

// partitions is F13 (R3, R4, R9): six kinds, once or five times each.
func partitions(ctx context.Context, g *Ground, o Options) (Figures, error) {
	times, lasts := o.times(1, 5), 8*time.Second
	if o.Whole {
		lasts = 20 * time.Second
	}
	var told, normal time.Duration
	for range times {
		for _, kind := range partitionKinds {
			g.some(ctx, 200*time.Millisecond, time.Second)
			from := time.Now()
			kind.make(ctx, g, lasts)
			for _, n := range g.Nodes {
				n.PG.Whole()
				n.Redis.Whole()
			}
			whole := time.Now()
			after := g.served(ctx, whole)
			g.normal(ctx, kind.what)
			normal = max(normal, after, time.Since(whole))
			if t := g.firstTold(from); kind.told {
				g.sayf("  %s: told after %s, normal after %s", kind.what, brief(t), brief(time.Since(whole)))
				told = max(told, t)
			}
		}
	}
	v, err := g.Inspect(ctx)
	if err != nil {
		return nil, err
	}
	return append(Figures{Told("partitions", fmt.Sprint(times*len(partitionKinds))), Told("each", brief(lasts)),
		Within("people told after", told, toldIn), Within("normal again", normal, normalIn),
		Told("removals", fmt.Sprint(v.Removals)), Within("last frame after one", v.LastSeen, goneIn),
	}, append(v.standard(), v.missed())...), nil
}
