package chaos

import (
	"context"
	"fmt"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"hearth/cmd/hearthload/crash"
	"hearth/hub/journal/kept"
)

// How long things may take before a look at everything.
const (
	backWithin   = 60 * time.Second // everybody is connected
	wholeWithin  = 30 * time.Second // no room is told that somebody cannot be reached
	answerWithin = 30 * time.Second // every command has an answer
	quietFor     = 1500 * time.Millisecond
)

// Settle makes the ground whole, waits for everybody, and has all commands
// answered. What does not come to rest is a broken promise.
func (g *Ground) Settle(ctx context.Context) {
	g.Commits.Arm(0)
	for _, n := range g.Nodes {
		n.PG.Whole()
		if n.Redis != nil {
			n.Redis.Whole()
		}
	}
	if !g.await(ctx, backWithin, func() bool { return g.away() == 0 }) {
		g.find("away", "%d people are not back %s after everything is whole", g.away(), backWithin)
	}
	if !g.await(ctx, wholeWithin, func() bool { return g.apart() == 0 }) {
		for _, r := range g.Rooms {
			if who := r.apart(); len(who) > 0 {
				g.find("apart", "session %s (split: %t): %s are still told that others cannot be reached, %s after everything is whole", r.Session, r.Split, strings.Join(who, ", "), wholeWithin)
			}
		}
	}
	g.hushed.Store(true)
	if !g.await(ctx, answerWithin, func() bool { return g.open() == 0 }) {
		g.find("unanswered", "%d commands have no answer after %s", g.open(), answerWithin)
	}
	wait(ctx, quietFor)
}

// await asks every 20 ms whether it is so; false when it was not in time.
func (g *Ground) await(ctx context.Context, most time.Duration, so func() bool) bool {
	ctx, cancel := context.WithTimeout(ctx, most)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !so() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return false
		}
	}
	return true
}

// away counts the people who are not connected.
func (g *Ground) away() int {
	n := 0
	for _, p := range g.People {
		p.mu.Lock()
		if !p.up.Load() && p.over == 0 {
			n++
		}
		p.mu.Unlock()
	}
	return n
}

// apart counts the people who were last told that others cannot be reached.
func (g *Ground) apart() int {
	n := 0
	for _, r := range g.Rooms {
		n += len(r.apart())
	}
	return n
}

// apart lists the people of a room who were last told so, and their nodes.
func (r *Room) apart() []string {
	var who []string
	for _, p := range r.All {
		p.mu.Lock()
		if l := len(p.log.Reach); l > 0 && p.log.Reach[l-1].Apart && p.over == 0 {
			who = append(who, fmt.Sprintf("%s on %s", p.Name, p.g.Nodes[p.at.Load()].Name))
		}
		p.mu.Unlock()
	}
	return who
}

// open counts the commands without an answer.
func (g *Ground) open() int {
	n := 0
	for _, p := range g.People {
		p.Hold()
		if p.up.Load() {
			n += len(p.Book.Open())
		}
		p.Free()
	}
	return n
}

// most findings of one promise that are kept; one is enough to fail.
const most = 5

func (g *Ground) find(promise, format string, args ...any) {
	g.found = append(g.found, promise+": "+fmt.Sprintf(format, args...))
}

// Verdict is what a look at everything since the last one gave.
type Verdict struct {
	Counts   crash.Counts
	Broken   map[string]int // findings, by promise
	Words    int            // texts that were acknowledged
	Missed   int            // of those, deliveries to people who were there that never came,
	MissedOf []string       // and what some of them were
	Faded    int            // those that others could not be reached with for longer than words live
	Turns    int            // acts on the floor that porcupine looked at
	Removals int            // people sent to the lobby
	LastSeen time.Duration  // longest time from a removal to the last frame of the room
	Ack      Spread         // from sending to the answer of what went into the journal
	Same     Spread         // from sending words to hearing them, on one node
	Cross    Spread         // the same, from one node to the other
	FormSame Spread         // from asking for a name to seeing it
	FormOver Spread
	Pauses   Spread // without a connection, those the driver did not cause
	Resumed  int    // connections that went on where the last one ended
	Reloaded int    // that began anew
}

// Inspect settles, looks at everything since the last time, and has everybody
// begin anew on the node that is theirs.
func (g *Ground) Inspect(ctx context.Context) (*Verdict, error) {
	g.Settle(ctx)
	defer g.hushed.Store(false)
	rows, err := g.journals(ctx)
	if err != nil {
		return nil, err
	}
	for _, p := range g.People {
		p.Hold()
		p.mu.Lock()
	}
	v := g.look(rows)
	for _, p := range g.People {
		p.mu.Unlock()
		p.Free()
	}
	return v, g.anew(ctx)
}

// journals reads what PostgreSQL holds, past the nodes and their wires.
func (g *Ground) journals(ctx context.Context) (map[string][]crash.Row, error) {
	all := make(map[string][]crash.Row, len(g.Rooms))
	for _, r := range g.Rooms {
		err := g.store.Tail(ctx, r.Session, 0, func(seq int64, key kept.CommandKey, _ []byte) error {
			all[r.Session] = append(all[r.Session], crash.Row{Seq: seq, Key: crash.Key{Seat: string(key.Seat), ID: key.ID}})
			return nil
		})
		if err != nil {
			return nil, fmt.Errorf("read the journal: %w", err)
		}
	}
	return all, nil
}

// look runs every check. All books and logs are held.
func (g *Ground) look(rows map[string][]crash.Row) *Verdict {
	v := &Verdict{Broken: map[string]int{}}
	people := make([]crash.Person, len(g.People))
	for i, p := range g.People {
		people[i] = crash.Person{Session: p.Session, Seat: p.Seat, Book: p.Book}
	}
	apart := make(map[string][]span, len(g.Rooms))
	for _, r := range g.Rooms {
		apart[r.Session] = g.story(r).apartTimes()
	}
	g.check.Unlike = func(session string, at time.Time) bool { return in(apart[session], at) }
	g.check.Found = nil
	g.check.Check(people, rows)
	v.Counts = g.check.Counts
	c := &looker{v: v, kept: map[string]int{}}
	for _, f := range g.check.Found {
		c.find(f.Promise, "%s", f.What)
	}
	for _, r := range g.Rooms {
		story := g.story(r)
		c.words(story)
		c.door(story)
		c.lefts(story)
		c.floor(story)
		c.ends(story)
		c.delays(story)
	}
	g.found = append(g.found, c.found...)
	for _, p := range g.People { // held by whoever looks
		if p.over != 0 {
			g.find("closed", "session %s: a connection was ended for good with %d at %s", p.Session, p.over, p.log.Downs[len(p.log.Downs)-1].From.Format(clock))
		}
	}
	return v
}

// anew has everybody say hello again, on the node that is theirs.
func (g *Ground) anew(ctx context.Context) error {
	var all errgroup.Group
	all.SetLimit(16)
	for _, p := range g.People {
		if p.over != 0 {
			continue
		}
		all.Go(func() error {
			done := make(chan error, 1)
			select {
			case p.fresh <- done:
			case <-ctx.Done():
				return ctx.Err()
			}
			return <-done
		})
	}
	if err := all.Wait(); err != nil {
		return fmt.Errorf("begin anew: %w", err)
	}
	g.hushed.Store(false)
	wait(ctx, time.Second)
	return nil
}
