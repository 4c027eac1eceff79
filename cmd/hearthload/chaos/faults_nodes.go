package chaos

import (
	"context"
	"fmt"
	"time"

	"github.com/coder/websocket"
)

// standStill is F14 (R4): a node is stopped for longer than it may be silent
// and then goes on where it was.
func standStill(ctx context.Context, g *Ground, o Options) (Figures, error) {
	n := o.times(1, 10)
	var normal time.Duration
	for i := range n {
		g.some(ctx, 500*time.Millisecond, 2*time.Second)
		node := g.Nodes[i%len(g.Nodes)]
		stopped := time.Now()
		node.srv.Pause()
		wait(ctx, 15*time.Second)
		node.srv.Continue()
		awake := time.Now()
		g.sayf("  %s stood still from %s to %s", node.Name, stopped.Format(clock), awake.Format(clock))
		g.served(ctx, awake)
		g.normal(ctx, "a node that stood still")
		normal = max(normal, time.Since(awake))
	}
	v, err := g.Inspect(ctx)
	if err != nil {
		return nil, err
	}
	return append(Figures{Told("pauses", fmt.Sprint(n)), Within("normal again", normal, normalIn)}, append(v.standard(), v.missed())...), nil
}

// lastPerson is F15 (R3, R8): the people of one node all go to the other; the
// room they leave there must be whole for everybody, and for them when they
// come back.
func lastPerson(ctx context.Context, g *Ground, o Options) (Figures, error) {
	n := o.times(1, 4)
	for i := range n {
		from := i % 2
		var moved []*Person
		for _, r := range g.Rooms {
			if !r.Split {
				continue
			}
			for _, p := range r.All {
				if p.homeAt() == from {
					moved = append(moved, p)
				}
			}
		}
		home := func(at int) {
			for _, p := range moved {
				p.home.Store(int64(at))
			}
			g.gather(ctx)
		}
		home(1 - from)
		wait(ctx, 14*time.Second) // a node gives a room up ten seconds after its last person
		home(from)
		wait(ctx, 2*time.Second)
	}
	v, err := g.Inspect(ctx)
	if err != nil {
		return nil, err
	}
	return append(Figures{Told("times", fmt.Sprint(n)), Told("resumed", fmt.Sprint(v.Resumed)), Told("reloaded", fmt.Sprint(v.Reloaded))},
		append(v.standard(), v.missed())...), nil
}

// rollingDeploy is F16 (R7): both nodes are ended in order and started again,
// one after the other, with a tenth of the sockets mute.
func rollingDeploy(ctx context.Context, g *Ground, o Options) (Figures, error) {
	n := o.times(3, 20)
	var exit time.Duration
	failed := 0
	for range n {
		for _, node := range g.Nodes {
			mute := g.mute(ctx, len(g.People)/10)
			took, err := node.Term(ctx)
			if err != nil {
				failed++
				g.sayf("  node %s ended badly: %v", node.Name, err)
			}
			exit = max(exit, took)
			if err := node.Start(ctx); err != nil {
				return nil, err
			}
			for _, ws := range mute {
				_ = ws.CloseNow()
			}
			g.await(ctx, 20*time.Second, func() bool { return g.away() == 0 })
			g.gather(ctx)
			wait(ctx, time.Second)
		}
	}
	v, err := g.Inspect(ctx)
	if err != nil {
		return nil, err
	}
	dropped := v.Broken["lost"] + v.Missed
	return append(Figures{Told("deploys", fmt.Sprint(n)), Count("dropped", dropped, 0), Within("pause p99", v.Pauses.At(.99), 3*time.Second), Within("pause max", v.Pauses.Max(), 6*time.Second),
		Within("exit", exit, endedIn), Count("bad ends", failed, 0), Told("resumed", fmt.Sprintf("%d of %d", v.Resumed, v.Resumed+v.Reloaded))},
		append(v.standard(), v.missed())...), nil
}

// mute opens a second socket for each of n people, spread over the nodes, that says
// hello and then neither reads nor answers. One each: whoever opens too many is asked
// to stay in the newest.
func (g *Ground) mute(ctx context.Context, n int) []*websocket.Conn {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	var all []*websocket.Conn
	for i, who := range g.rng.Perm(len(g.People))[:n] {
		p := g.People[who]
		m := p.other(g.Nodes[i%len(g.Nodes)].House)
		ws, err := m.Dial(ctx)
		if err != nil {
			continue
		}
		if ws.Write(ctx, websocket.MessageText, []byte(`{"do":"hello","v":1}`)) == nil {
			all = append(all, ws)
		}
	}
	return all
}

// killNode must show: one node of two is killed under load, and everybody is
// back on the other with seat, turn and place in the queue.
func killNode(ctx context.Context, g *Ground, o Options) (Figures, error) {
	n := o.times(2, 10)
	var back time.Duration
	misplaced := 0
	for i := range n {
		node := g.Nodes[i%len(g.Nodes)]
		for j, r := range g.Rooms {
			if j%2 == 0 {
				g.quiet.Store(r.Session, true) // so that there is something to compare
			}
		}
		wait(ctx, settled)
		before := g.standing()
		killed := time.Now()
		node.Kill()
		g.await(ctx, 20*time.Second, func() bool { return g.away() == 0 && g.lastBack().After(killed) })
		back = max(back, g.lastBack().Sub(killed))
		wait(ctx, 2*time.Second) // what follows a hello
		misplaced += g.compare(before, g.standing())
		g.quiet.Clear()
		g.sayf("  %s killed at %s, everybody back at %s", node.Name, killed.Format(clock), g.lastBack().Format(clock))
		if err := node.Start(ctx); err != nil {
			return nil, err
		}
		g.gather(ctx)
		wait(ctx, time.Second)
	}
	v, err := g.Inspect(ctx)
	if err != nil {
		return nil, err
	}
	f := v.missed()
	f.Most, f.OK = "", true // words are in memory only, by design
	return append(Figures{Told("kills", fmt.Sprint(n)), Within("everybody back", back, 5*time.Second), Count("not as before", misplaced, 0),
		Count("called gone", v.Broken["left"], 0)}, append(v.standard(), f)...), nil
}

// lastBack is when the last person came back.
func (g *Ground) lastBack() time.Time {
	var last time.Time
	for _, p := range g.People {
		p.mu.Lock()
		if n := len(p.log.Downs); n > 0 && p.log.Downs[n-1].To.After(last) {
			last = p.log.Downs[n-1].To
		}
		p.mu.Unlock()
	}
	return last
}
