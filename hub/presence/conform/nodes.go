package conform

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// Node is one node's end of a presence that several share: hub.Presence and
// cluster.Leases.
type Node interface {
	Presence
	Hold(ctx context.Context, session string) error
	Release(ctx context.Context, session string) error
	Holders(ctx context.Context, session string) ([]string, error)
	Alive() (nodes []string, ok bool)
}

// Nodes is a presence that several nodes share.
type Nodes struct {
	// Open gives a new node an end of it.
	Open func(name string) Node
	// Kill lets a node die without a word.
	Kill func(Node)
	// Gone is how long at most a dead node still counts.
	Gone time.Duration
}

// RunNodes checks a presence of several nodes; open gives a new, empty one for
// each part.
func RunNodes(t *testing.T, open func(*testing.T) Nodes) {
	t.Helper()
	parts := map[string]func(*testing.T, Nodes){
		"a seat is the union of its connections on all nodes":   union,
		"equal numbers on two nodes are two connections":        equalNumbers,
		"a late clean-up on one node leaves the other's alone":  lateOnOther,
		"across nodes exactly one is first and one is last":     oneAcross,
		"holders are the others that hold a room":               holders,
		"a dead node's connections and rooms soon do not count": deadNode,
		"a forgotten session is empty everywhere":               forgottenEverywhere,
	}
	for name, part := range parts {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			part(t, open(t))
		})
	}
}

func two(t *testing.T, n Nodes) (a, b *keeper) {
	t.Helper()
	return &keeper{t: t, p: n.Open("a")}, &keeper{t: t, p: n.Open("b")}
}

func (k *keeper) node() Node { return k.p.(Node) }

func (k *keeper) do(err error) {
	k.t.Helper()
	if err != nil {
		k.t.Error(err)
	}
}

func (k *keeper) holders(session string, want ...string) {
	k.t.Helper()
	got, err := k.node().Holders(k.t.Context(), session)
	if err != nil || !slices.Equal(got, want) {
		k.t.Errorf("holders: got %v, %v, want %v", got, err, want)
	}
}

func union(t *testing.T, n Nodes) {
	a, b := two(t, n)
	a.want("first", a.join("s", "ann", 1), true)
	b.here("s", "ann", true)
	b.want("on another node too", b.join("s", "ann", 2), false)
	a.want("one of two nodes", a.leave("s", "ann", 1), false)
	a.here("s", "ann", true)
	b.want("the other", b.leave("s", "ann", 2), true)
	a.here("s", "ann", false)
	a.want("first again", a.join("s", "ann", 3), true)
}

func equalNumbers(t *testing.T, n Nodes) {
	a, b := two(t, n)
	a.want("first", a.join("s", "ann", 7), true)
	b.want("the same number elsewhere", b.join("s", "ann", 7), false)
	a.want("one of two", a.leave("s", "ann", 7), false)
	b.here("s", "ann", true)
	b.want("the other", b.leave("s", "ann", 7), true)
}

// lateOnOther is a person whose node did not notice that they had come back on
// another.
func lateOnOther(t *testing.T, n Nodes) {
	a, b := two(t, n)
	a.join("s", "ann", 1)
	b.join("s", "ann", 1)
	a.want("the late end of the old socket", a.leave("s", "ann", 1), false)
	a.want("told twice", a.leave("s", "ann", 1), false)
	a.here("s", "ann", true)
	b.here("s", "ann", true)
}

func oneAcross(t *testing.T, n Nodes) {
	a, b := two(t, n)
	const each = 32
	var firsts, lasts atomic.Int32
	round := func(do func(*keeper, uint64) bool, count *atomic.Int32) {
		var all sync.WaitGroup
		for i := range 2 * each {
			k := a
			if i%2 == 1 {
				k = b
			}
			all.Go(func() {
				if do(k, uint64(i/2+1)) {
					count.Add(1)
				}
			})
		}
		all.Wait()
	}
	round(func(k *keeper, c uint64) bool { return k.join("s", "ann", c) }, &firsts)
	round(func(k *keeper, c uint64) bool { return k.leave("s", "ann", c) }, &lasts)
	if firsts.Load() != 1 || lasts.Load() != 1 {
		t.Errorf("%d first and %d last, want one of each", firsts.Load(), lasts.Load())
	}
	a.here("s", "ann", false)
}

func holders(t *testing.T, n Nodes) {
	a, b := two(t, n)
	c := &keeper{t: t, p: n.Open("c")}
	a.holders("s")
	a.do(a.node().Hold(t.Context(), "s"))
	a.do(a.node().Hold(t.Context(), "s"))
	a.holders("s")
	b.holders("s", "a")
	b.do(b.node().Hold(t.Context(), "s"))
	c.do(c.node().Hold(t.Context(), "s"))
	a.holders("s", "b", "c")
	a.holders("r")
	a.do(a.node().Release(t.Context(), "s"))
	a.do(a.node().Release(t.Context(), "s"))
	b.holders("s", "c")
}

func deadNode(t *testing.T, n Nodes) {
	a, b := two(t, n)
	a.join("s", "ann", 1)
	a.join("s", "ann", 2)
	b.join("s", "ben", 1)
	b.join("s", "ann", 3)
	b.do(b.node().Hold(t.Context(), "s"))
	a.holders("s", "b")
	within(t, 5*time.Second, "the node is listed", func() bool {
		nodes, ok := a.node().Alive()
		return ok && slices.Contains(nodes, "b")
	})
	n.Kill(b.node())
	within(t, n.Gone, "the dead node is not listed", func() bool {
		nodes, ok := a.node().Alive()
		return ok && !slices.Contains(nodes, "b")
	})
	a.here("s", "ben", false)
	a.holders("s")
	a.want("one of two", a.leave("s", "ann", 1), false)
	a.want("the last that lives", a.leave("s", "ann", 2), true)
	again := &keeper{t: t, p: n.Open("d")}
	again.want("first after a dead one", again.join("s", "ben", 1), true)
}

func forgottenEverywhere(t *testing.T, n Nodes) {
	a, b := two(t, n)
	a.join("s", "ann", 1)
	b.join("s", "ben", 1)
	b.join("r", "ben", 2)
	b.do(b.node().Hold(t.Context(), "s"))
	a.do(a.p.Forget(t.Context(), "s"))
	b.do(b.p.Forget(t.Context(), "s"))
	b.here("s", "ann", false)
	a.here("s", "ben", false)
	a.holders("s")
	a.here("r", "ben", true)
	a.want("a late end", a.leave("s", "ann", 1), false)
}

// within waits for something and prints how long it took.
func within(t *testing.T, limit time.Duration, what string, is func() bool) {
	t.Helper()
	began := time.Now()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !is() {
		if time.Since(began) > limit {
			t.Fatalf("%s: not within %v", what, limit)
		}
		<-tick.C
	}
	t.Logf("%s: after %v (at most %v)", what, time.Since(began).Round(time.Millisecond), limit)
}
