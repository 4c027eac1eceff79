package chaos

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// Faults are the rows of the matrix that happen on a [Ground].
func Faults() []Fault {
	return []Fault{
		{ID: "F5", Title: "kill -9 PostgreSQL", Run: killPostgres},
		{ID: "F6", Title: "cut between COMMIT and its answer", Run: cutCommits},
		{ID: "F7", Title: "kill -9 Redis", Run: killRedis},
		{ID: "F8", Title: "Redis empty, Redis slow", Run: emptyRedis},
		{ID: "F9", Title: "Redis gone", Run: loseRedis},
		{ID: "F13", Title: "partitions", Run: partitions},
		{ID: "F14", Title: "a node stands still for 15 s", Run: standStill},
		{ID: "F15", Title: "a node loses its last person of a room", Run: lastPerson},
		{ID: "F16", Title: "rolling deploy", Run: rollingDeploy},
		{ID: "F23", Title: "facilitators lost, on different nodes", Run: loseFacilitators},
		{ID: "N1", Title: "kill -9 one node of two", Run: killNode},
	}
}

// OnOne are those that one node on PostgreSQL can show.
func OnOne() []Fault {
	var some []Fault
	for _, f := range Faults() {
		if f.ID == "F5" || f.ID == "F6" {
			some = append(some, f)
		}
	}
	return some
}

// standard are the figures that every fault gives: nothing lost, doubled or out
// of order, one holder at a time, and enough happened to prove it.
func (v *Verdict) standard() Figures {
	b := v.Broken
	return Figures{
		AtLeast("kept commands", v.Counts.Durable, 50),
		Count("lost", b["lost"], 0),
		Count("doubled", b["doubled"]+b["words twice"], 0),
		Count("out of order", b["order"]+b["gap"]+b["frames"]+b["words order"], 0),
		Count("double holders", b["holders"], 0),
		Count("other", v.others(), 0),
	}
}

func (v *Verdict) others() int {
	n := 0
	for promise, times := range v.Broken {
		switch promise {
		case "lost", "doubled", "words twice", "order", "gap", "frames", "words order", "holders":
		default:
			n += times
		}
	}
	return n
}

// missed is the figure about words that people who were there never heard.
func (v *Verdict) missed() Figure {
	f := Count("words missed", v.Missed, 0)
	f.Got += fmt.Sprintf(" of %d", v.Words*12)
	for _, which := range v.MissedOf {
		f.Got += "\n       missed: " + which
	}
	return f
}

// times is the short or the long form of a fault.
func (o Options) times(short, long int) int {
	if o.Whole {
		return long
	}
	return short
}

// some waits a random time of the schedule.
func (g *Ground) some(ctx context.Context, from, to time.Duration) {
	wait(ctx, from+time.Duration(g.rng.Int64N(int64(to-from))))
}

// served waits until every node has acknowledged something for its people since
// a moment, at most 20 s, and gives how long that took.
func (g *Ground) served(ctx context.Context, since time.Time) time.Duration {
	left := map[int]bool{}
	for _, p := range g.People {
		left[int(p.at.Load())] = true
	}
	g.await(ctx, 20*time.Second, func() bool {
		for _, p := range g.People {
			if at := int(p.at.Load()); left[at] && p.answeredSince(since) {
				delete(left, at)
			}
		}
		return len(left) == 0
	})
	return time.Since(since)
}

// answeredSince says whether something the person sent after a moment was kept.
func (p *Person) answeredSince(since time.Time) bool {
	p.Hold()
	defer p.Free()
	for i := len(p.Book.Sent) - 1; i >= 0; i-- {
		s := &p.Book.Sent[i]
		if s.At.Before(since.Add(-time.Minute)) {
			return false
		}
		if done(s) && s.Form > 0 && s.AnsAt.After(since) {
			return true
		}
	}
	return false
}

// starts is how often nodes were started again.
func (g *Ground) starts() int {
	n := 0
	for _, node := range g.Nodes {
		n += int(node.starts.Load())
		if !node.Running() {
			n++
		}
	}
	return n
}

// normal waits until everybody is there, is shown to be, and is told of nobody
// who cannot be reached.
func (g *Ground) normal(ctx context.Context, after string) {
	if !g.await(ctx, 20*time.Second, func() bool { return g.apart() == 0 && g.away() == 0 && len(g.wrongly()) == 0 }) {
		wrongly := g.wrongly()
		g.find("normal", "%s: not as before 20 s after it was whole: %d away, %d told apart, %d shown as reconnecting and connected: %s",
			after, g.away(), g.apart(), len(wrongly), strings.Join(wrongly[:min(len(wrongly), 4)], ", "))
	}
}

// gather has people go to the node that is theirs, and waits for them.
func (g *Ground) gather(ctx context.Context) {
	g.gathering.Store(true)
	defer g.gathering.Store(false)
	if !g.await(ctx, backWithin, func() bool {
		for _, p := range g.People {
			if !p.up.Load() || p.at.Load() != p.home.Load() {
				return false
			}
		}
		return true
	}) {
		g.find("away", "not everybody came to their own node within %s", backWithin)
	}
}
