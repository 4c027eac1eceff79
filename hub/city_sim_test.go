package hub_test

import (
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"hearth/room"
)

var (
	cities   = flag.Int("cities", 8, "how many seeds the simulation of real hubs plays")
	citySeed = flag.Uint64("city", 0, "one seed of it; 0: anew each time")
)

// citizen is one person of the simulation: a window at a time, on any node, and
// the commands that no answer has come to.
type citizen struct {
	seat    room.SeatID
	windows []*visit
	open    map[string]string
	asked   int
	back    time.Time // when it comes back after a cut
	acked   map[string]int64
	refused map[string]string
	again   map[string]bool // sent again, perhaps to another node
}

// visit is one window.
type visit struct {
	*person
	from  int64 // the number it resumed from
	told  int   // frames that were looked at
	ready bool
}

// TestSimRealHubs plays two or three real hubs from fresh seeds: people speak, lose
// their connections and come back to another node with what was not answered; nodes
// lose the others, restart, and have their clocks set. While nodes are sure of each
// other everybody hears the same in one order, nothing twice, and nobody speaks in
// another's turn; numbers never have a gap; and when all is calm, everybody has an
// answer to all they asked, what was acknowledged is in the journal once, and all
// nodes have one room (R1–R4, F12, T10).
func TestSimRealHubs(t *testing.T) {
	seeds := []uint64{*citySeed}
	if *citySeed == 0 {
		seeds = nil
		for range *cities {
			seeds = append(seeds, rand.Uint64()>>32)
		}
	}
	said := 0
	defer func() { t.Logf("%d words", said) }()
	for _, seed := range seeds {
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			inCity(t, seed, 2+int(seed%2), func(c *city) {
				c.severs = seed%4 < 2
				said += c.play(1500)
			})
		})
	}
	if said < 5*len(seeds) {
		t.Errorf("only %d words were checked in %d runs: this test has lost its subject", said, len(seeds))
	}
}

// play lets so much happen, then calm, and checks. It gives what check gives.
func (c *city) play(steps int) int {
	all := c.gather()
	for range steps {
		<-time.After(time.Duration(5+c.rng.IntN(120)) * time.Millisecond)
		for _, p := range all {
			c.tend(p)
		}
		switch n := c.rng.IntN(1000); {
		case n < 880:
			c.act(all[c.rng.IntN(len(all))])
		case n < 940:
			c.cutOff(all[c.rng.IntN(len(all))])
		case n < 948 && c.severs:
			c.sever(c.nodes[c.rng.IntN(len(c.nodes))])
		case n < 968:
			c.nodes[c.rng.IntN(len(c.nodes))].ahead.Add(int64(time.Duration(c.rng.IntN(60_000)-30_000) * time.Millisecond))
		case n < 971:
			q := c.nodes[c.rng.IntN(len(c.nodes))]
			from := time.Now()
			if q.cut {
				from = q.cutAt
			}
			c.down(q)
			<-time.After(time.Duration(c.rng.IntN(3000)) * time.Millisecond)
			c.open(q)
			c.uneasy = append(c.uneasy, unease{from, time.Now().Add(settles)})
		}
	}
	c.calm(all)
	return c.check(all)
}

// gather brings everybody in, on all nodes, in a queue.
func (c *city) gather() (all []*citizen) {
	for i, seat := range []room.SeatID{"lea", "wim", "ann", "ben", "cat", "dan"} {
		p := &citizen{seat: seat, open: map[string]string{}, acked: map[string]int64{}, refused: map[string]string{}, again: map[string]bool{}}
		all = append(all, p)
		c.come(p, c.nodes[i%len(c.nodes)], false)
		c.must(p, "knock", fmt.Sprintf(`"name":%q,"answer":"agree","digest":%q`, strings.ToUpper(string(seat[:1]))+string(seat[1:]), c.found.digest))
		if i > 1 {
			c.must(all[1], "greet", fmt.Sprintf(`"seat":%q`, seat))
			c.must(all[1], "admit", fmt.Sprintf(`"seat":%q`, seat))
		}
	}
	for _, phase := range []string{"opening", "check-in", "main"} {
		c.must(all[0], "phase", fmt.Sprintf(`"to":%q`, phase))
	}
	c.must(all[0], "begin", `"format":"queue"`)
	return all
}

// come opens a window on a node and says hello, or resumes; then says again what
// was not answered.
func (c *city) come(p *citizen, q *quarter, resume bool) {
	token, seq := p.position()
	v := &visit{person: q.dial(p.seat)}
	if !resume {
		token, seq = "", 0
	}
	v.from = seq
	v.write(fmt.Sprintf(`{"do":"hello","v":1,"resume":%q,"seq":%d}`, token, seq))
	p.windows = append(p.windows, v)
}

func (p *citizen) now() *visit { return p.windows[len(p.windows)-1] }

func (p *citizen) position() (token string, seq int64) {
	if len(p.windows) == 0 {
		return "", 0
	}
	v := p.now()
	seq = v.from
	for _, f := range v.since(0) {
		if f.Resume != "" {
			token = f.Resume
		}
		if f.T == "hello" || f.To != "" {
			seq = f.Seq
		}
	}
	return token, seq
}

// over says that the window's connection has ended.
func (v *visit) over() bool {
	select {
	case <-v.done:
		return true
	default:
		return false
	}
}

// tend hears what has come, and brings whoever lost the connection back.
func (c *city) tend(p *citizen) {
	v := p.now()
	fresh := v.since(v.told)
	v.told += len(fresh)
	for _, f := range fresh {
		if _, mine := p.open[f.Ref]; mine && f.T == "ack" {
			p.acked[f.Ref] = f.Form
			delete(p.open, f.Ref)
		} else if mine && f.T == "no" {
			p.refused[f.Ref] = f.Code
			delete(p.open, f.Ref)
		}
		if (f.T == "hello" || f.T == "resumed") && !v.ready {
			v.ready = true
			for _, id := range slices.Sorted(maps.Keys(p.open)) {
				p.again[id] = true
				v.write(p.open[id])
			}
		}
	}
	switch {
	case !v.over():
	case p.back.IsZero():
		p.back = time.Now().Add(time.Duration(100+c.rng.IntN(2000)) * time.Millisecond)
	case time.Now().After(p.back):
		p.back = time.Time{}
		c.come(p, c.nodes[c.rng.IntN(len(c.nodes))], c.rng.IntN(5) > 0)
	}
}

// send gives a command, and does not wait.
func (c *city) send(p *citizen, verb, fields string) string {
	p.asked++
	id := fmt.Sprintf("%s-%08d-%08d", p.seat, p.asked, c.rng.IntN(100_000_000))
	if fields != "" {
		fields = "," + fields
	}
	text := fmt.Sprintf(`{"do":%q,"id":%q%s}`, verb, id, fields)
	p.open[id] = text
	if v := p.now(); v.ready && !v.over() {
		v.write(text)
	}
	return id
}

// must gives a command until it is taken, while all is well.
func (c *city) must(p *citizen, verb, fields string) {
	c.t.Helper()
	for range 50 {
		for i := 0; i < 200 && !p.now().ready; i++ {
			c.settle(10*time.Millisecond, p)
		}
		id := c.send(p, verb, fields)
		for i := 0; i < 200 && p.open[id] != ""; i++ {
			c.settle(10*time.Millisecond, p)
		}
		if _, ok := p.acked[id]; ok {
			return
		}
		c.settle(200*time.Millisecond, p)
	}
	c.t.Fatalf("%s: %s was never taken: %v, open %v, ended %d", p.seat, verb, p.refused, p.open, p.now().ended)
}

func (c *city) settle(d time.Duration, people ...*citizen) {
	<-time.After(d)
	synctest.Wait()
	for _, p := range people {
		c.tend(p)
	}
}

// act lets a person do one thing that it may or may not do now.
func (c *city) act(p *citizen) {
	if len(p.open) > 3 {
		return
	}
	words := fmt.Sprintf(`"text":"%s %d"`, p.seat, p.asked+1)
	switch n := c.rng.IntN(20); {
	case p.seat == "lea" && n < 2:
		c.send(p, "carry-on", "")
	case p.seat == "lea" && n < 5:
		c.send(p, "begin", []string{`"format":"queue"`, `"format":"open"`, `"format":"go-round"`}[c.rng.IntN(3)])
	case (p.seat == "lea" || p.seat == "wim") && n < 10:
		c.send(p, "process", words)
	case n < 10:
		c.send(p, "share", words)
	case n < 13:
		c.send(p, "take", "")
	case n < 15:
		c.send(p, "hand", `"up":true`)
	case n < 16:
		c.send(p, "yield", "")
	case n < 17:
		c.send(p, "pass", "")
	case n < 18:
		c.send(p, "line", words)
	case n < 19:
		c.send(p, "step-out", "")
	default:
		c.send(p, "come-back", "")
	}
}

func (c *city) cutOff(p *citizen) {
	if v := p.now(); !v.over() {
		v.close()
	}
}

func (c *city) sever(q *quarter) {
	if q.cut {
		q.way.Mend()
		c.uneasy = append(c.uneasy, unease{q.cutAt, time.Now().Add(settles)})
	} else {
		q.way.Sever()
		q.cutAt = time.Now()
	}
	q.cut = !q.cut
}

// settles is how long nodes take to be sure of each other again: the store says for
// 12 s that a node is up.
const settles = 15 * time.Second

// unease is a time in which nodes were not sure of each other.
type unease struct{ from, to time.Time }

// calm mends everything and waits until everybody is back and has an answer to all
// they asked.
func (c *city) calm(all []*citizen) {
	for _, q := range c.nodes {
		if q.cut {
			c.sever(q)
		}
	}
	for range 600 {
		c.settle(100*time.Millisecond, all...)
		if !slices.ContainsFunc(all, func(p *citizen) bool { return p.now().over() || !p.now().ready || len(p.open) > 0 }) {
			break
		}
	}
	for _, p := range all {
		if p.now().over() || !p.now().ready || len(p.open) > 0 {
			c.t.Errorf("%s is not back a minute after all is calm: ended %d, open %v", p.seat, p.now().ended, p.open)
		}
	}
	c.settle(20*time.Second, all...)
}
