package bench

import (
	"context"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"

	"hearth/cmd/hearthload/drive"
)

// joining compares what it costs that people connect. A join is socket, hello,
// a whole snapshot to the joiner and a line to the room's others; a rejoin is
// the same with the resume token, so that only the tail is sent.
func (w *world) joining(ctx context.Context, a *side) error {
	part := "(e) joining"
	w.sayf("starting the bare fan-out for %d rooms", len(a.rooms))
	b, err := w.startBare(ctx, len(a.rooms))
	if err != nil {
		return err
	}
	defer func() { b.close() }()
	w.sayf("%d joins and rejoins, in %d rounds", w.joins*w.joinRounds, w.joinRounds)
	var join, rejoin, bare, ratioJoin, ratioRejoin []float64
	for range w.joinRounds {
		var cost [3]float64
		for i, one := range []struct {
			s     *side
			fresh bool
		}{{a, true}, {b, true}, {a, false}} {
			if cost[i], err = w.joins1(ctx, one.s, one.fresh); err != nil {
				return fmt.Errorf("join (%s): %w", one.s.name, err)
			}
		}
		join, bare, rejoin = append(join, cost[0]), append(bare, cost[1]), append(rejoin, cost[2])
		ratioJoin = append(ratioJoin, cost[0]/cost[1])
		ratioRejoin = append(ratioRejoin, cost[2]/cost[1])
	}
	w.rep.plain(part, "joins measured", float64(w.joins*w.joinRounds), "")
	w.rep.plain(part, "CPU per join, hearth", median(join), "µs")
	w.rep.plain(part, "CPU per rejoin (resume), hearth", median(rejoin), "µs")
	w.rep.plain(part, "CPU per join, bare", median(bare), "µs")
	w.rep.atMost(part, "CPU per join, hearth to bare", median(ratioJoin), 1.4, "x")
	w.rep.atMost(part, "CPU per rejoin, hearth to bare", median(ratioRejoin), 1.4, "x")
	w.rep.note("(e) join and rejoin: sockets were cut 4 s before, so that the room has been told; then socket, hello, snapshot (or tail) and the line to the eleven others, less what the server used without joins. The whole way in has five more requests and three durable commits per person and has no counterpart in the bare fan-out")
	return nil
}

// joins1 cuts w.joins sockets, waits until that has settled, connects them
// again and gives the server's CPU per connection in µs.
func (w *world) joins1(ctx context.Context, s *side, fresh bool) (float64, error) {
	var who []*drive.Member
	for _, r := range s.rooms {
		for _, m := range r[3:] { // not the facilitators, not who holds the floor
			if len(who) < w.joins {
				who = append(who, m)
			}
		}
	}
	for _, m := range who {
		m.Drop()
	}
	drive.Wait(ctx, 4500*time.Millisecond)
	// Pings go on meanwhile; they are no part of a join.
	began, idle := time.Now(), s.cpu()
	drive.Wait(ctx, 2*time.Second)
	idlePerSecond := (s.cpu() - idle).Seconds() / time.Since(began).Seconds()
	began, cpu := time.Now(), s.cpu()
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(32)
	for _, m := range who {
		g.Go(func() error { return m.Connect(gctx, fresh) })
	}
	if err := g.Wait(); err != nil {
		return 0, err
	}
	drive.Wait(ctx, 500*time.Millisecond)
	used := (s.cpu() - cpu).Seconds() - idlePerSecond*time.Since(began).Seconds()
	return used * 1e6 / float64(len(who)), nil
}
