package conform

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func reachesAll(t *testing.T, h House) {
	a, b := h.Open(), h.Open()
	onA, onB := listen(t, a, "s"), listen(t, b, "s")
	publish(t, a, "s", "one")
	publish(t, b, "s", "two")
	for _, e := range []*ear{onA, onB} {
		got := texts(e.count(2))
		slices.Sort(got)
		if !slices.Equal(got, []string{"one", "two"}) {
			t.Errorf("heard %v", got)
		}
		if e.told() != 0 {
			t.Errorf("fresh %d times, want none: nothing was missed", e.told())
		}
	}
}

// oneOrder is what a room on several nodes rests on.
func oneOrder(t *testing.T, h House) {
	const each, writers = 100, 4
	nodes := []Relay{h.Open(), h.Open(), h.Open()}
	var ears []*ear
	for _, n := range nodes {
		ears = append(ears, listen(t, n, "s"))
	}
	var all sync.WaitGroup
	for i, n := range nodes {
		for w := range writers {
			all.Go(func() {
				for m := range each {
					publish(t, n, "s", fmt.Sprintf("%d.%d.%d", i, w, m))
				}
			})
		}
	}
	all.Wait()
	total := each * writers * len(nodes)
	first := texts(ears[0].count(total))
	for i, e := range ears {
		got := texts(e.count(total))
		if len(got) != total {
			t.Errorf("node %d heard %d messages, want %d", i, len(got), total)
		}
		if !slices.Equal(got, first) {
			t.Errorf("node %d heard another order than node 0", i)
		}
	}
}

func sendersOrder(t *testing.T, h House) {
	a, b := h.Open(), h.Open()
	e := listen(t, b, "s")
	var want []string
	for i := range 200 {
		want = append(want, fmt.Sprint(i))
		publish(t, a, "s", fmt.Sprint(i))
	}
	if got := texts(e.count(len(want))); !slices.Equal(got, want) {
		t.Errorf("heard %v", got)
	}
}

func channelsApart(t *testing.T, h House) {
	a, b := h.Open(), h.Open()
	s, r := listen(t, a, "s"), listen(t, a, "r")
	publish(t, b, "s", "for s")
	publish(t, b, "house", "for nobody here")
	publish(t, b, "r", "for r")
	s.settle(b, "s")
	r.settle(b, "r")
	if got := texts(s.all()); !slices.Equal(got, []string{"for s", "last"}) {
		t.Errorf("s heard %v", got)
	}
	if got := texts(r.all()); !slices.Equal(got, []string{"for r", "last"}) {
		t.Errorf("r heard %v", got)
	}
}

func sizes(t *testing.T, h House) {
	a, b := h.Open(), h.Open()
	e := listen(t, b, "s")
	var want [][]byte
	for _, n := range []int{0, 1, 1000, 64 << 10, 256 << 10} {
		m := bytes.Repeat([]byte{byte(n), 0, '\r', '\n'}, n/4+1)[:n]
		want = append(want, m)
		if err := a.Publish(t.Context(), at(t, "s"), m); err != nil {
			t.Fatal(err)
		}
	}
	for i, got := range e.count(len(want)) {
		if !bytes.Equal(got, want[i]) {
			t.Errorf("message of %d bytes arrived as %d others", len(want[i]), len(got))
		}
	}
}

func twoOnOne(t *testing.T, h House) {
	a := h.Open()
	one, two := listen(t, a, "s"), listen(t, a, "s")
	publish(t, a, "s", "both")
	one.count(1)
	two.count(1)
	one.cancel()
	two.settle(a, "s")
	if got := texts(two.all()); !slices.Equal(got, []string{"both", "last"}) {
		t.Errorf("heard %v", got)
	}
	if n := len(one.all()); n != 1 {
		t.Errorf("the one that was cancelled heard %d messages, want 1", n)
	}
}

func cancelled(t *testing.T, h House) {
	a, b := h.Open(), h.Open()
	stays, goes := listen(t, a, "s"), listen(t, a, "s")
	alone := listen(t, a, "r")
	goes.cancel()
	goes.cancel() // twice is the same as once
	alone.cancel()
	publish(t, b, "s", "late")
	publish(t, b, "r", "late")
	stays.settle(b, "s")
	after := listen(t, a, "r")
	after.settle(b, "r")
	if len(goes.all()) != 0 || len(alone.all()) != 0 {
		t.Errorf("heard %v and %v after cancel", texts(goes.all()), texts(alone.all()))
	}
}

func leaveAndEnter(t *testing.T, h House) {
	a, b := h.Open(), h.Open()
	for i := range 50 {
		e := listen(t, a, "s")
		m := fmt.Sprint(i)
		publish(t, b, "s", m)
		if got := texts(e.count(1)); got[0] != m {
			t.Fatalf("round %d: heard %v", i, got)
		}
		e.cancel()
	}
}

func oneAtATime(t *testing.T, h House) {
	a, b := h.Open(), h.Open()
	var inside, most, heard atomic.Int32
	enough := make(chan struct{})
	const total = 200
	for _, channel := range []string{"s", "r"} {
		if _, err := a.Subscribe(t.Context(), at(t, channel), func([]byte) {
			most.Store(max(most.Load(), inside.Add(1)))
			if heard.Add(1) == total {
				close(enough)
			}
			inside.Add(-1)
		}, func() {}); err != nil {
			t.Fatal(err)
		}
	}
	for range total / 2 {
		publish(t, b, "s", "x")
		publish(t, b, "r", "x")
	}
	select {
	case <-enough:
	case <-time.After(patience):
		t.Fatalf("%d of %d heard", heard.Load(), total)
	}
	if most.Load() != 1 {
		t.Errorf("%d calls at a time, want one", most.Load())
	}
}

func manyChannels(t *testing.T, h House) {
	a, b := h.Open(), h.Open()
	const n = 1000
	ears := make([]*ear, n)
	var all sync.WaitGroup
	for part := range 20 {
		all.Go(func() {
			for i := part; i < n; i += 20 {
				ears[i] = listen(t, a, fmt.Sprint("room", i))
			}
		})
	}
	all.Wait()
	for i := range n {
		publish(t, b, fmt.Sprint("room", i), fmt.Sprint(i))
	}
	for i, e := range ears {
		if got := texts(e.count(1)); len(got) != 1 || got[0] != fmt.Sprint(i) {
			t.Errorf("room %d heard %v", i, got)
		}
	}
}

func breaks(t *testing.T, h House) {
	a, b := h.Open(), h.Open()
	onA, onB, other := listen(t, a, "s"), listen(t, b, "s"), listen(t, a, "r")
	publish(t, a, "s", "before")
	onA.count(1)
	onB.count(1)
	h.Break()
	eventually(t, h.Within, "both are down", func() bool { return !a.Up() && !b.Up() })
	began := time.Now()
	if err := a.Publish(t.Context(), at(t, "s"), []byte("during")); err == nil {
		t.Error("published while it was down")
	}
	if took := time.Since(began); took > 300*time.Millisecond {
		t.Errorf("to refuse took %v", took)
	}
	began = time.Now()
	late := listen(t, b, "late")
	gone := listen(t, b, "late")
	gone.cancel()
	if took := time.Since(began); took > 300*time.Millisecond {
		t.Errorf("to subscribe took %v", took)
	}
	h.Mend()
	eventually(t, h.Within, "both are up", func() bool { return a.Up() && b.Up() })
	for _, e := range []*ear{onA, onB, other, late} {
		e.until("told that it may have missed something", func(_ [][]byte, fresh int) bool { return fresh > 0 })
	}
	late.settle(a, "late")
	if gone.told() != 0 || len(gone.all()) != 0 {
		t.Error("one that was cancelled while it was down is called")
	}
	publish(t, b, "s", "after")
	for _, e := range []*ear{onA, onB} {
		e.settle(a, "s")
		if got := strings.Join(texts(e.all()), " "); !strings.Contains(got, "after last") || strings.Count(got, "before") != 1 || strings.Contains(got, "during") {
			t.Errorf("heard %q", got)
		}
	}
}

func subscribedLater(t *testing.T, h House) {
	a, b := h.Open(), h.Open()
	h.Break()
	eventually(t, h.Within, "both are down", func() bool { return !a.Up() && !b.Up() })
	h.Mend()
	eventually(t, h.Within, "both are up", func() bool { return a.Up() && b.Up() })
	e := listen(t, a, "s")
	e.settle(b, "s")
	if e.told() != 0 {
		t.Errorf("fresh %d times, want none: its subscription is the first", e.told())
	}
	h.Break()
	eventually(t, h.Within, "both are down", func() bool { return !a.Up() && !b.Up() })
	h.Mend()
	e.until("told of the second break", func(_ [][]byte, fresh int) bool { return fresh > 0 })
}

func closed(t *testing.T, h House) {
	a, b := h.Open(), h.Open()
	onA, onB := listen(t, a, "s"), listen(t, b, "s")
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	if a.Up() {
		t.Error("a closed relay is up")
	}
	if err := a.Publish(t.Context(), at(t, "s"), []byte("x")); err == nil {
		t.Error("published after closing")
	}
	if _, err := a.Subscribe(t.Context(), at(t, "s"), func([]byte) {}, func() {}); err == nil {
		t.Error("subscribed after closing")
	}
	onA.cancel() // as one that is late does
	onB.settle(b, "s")
	if len(onA.all()) != 0 {
		t.Errorf("heard %v after closing", texts(onA.all()))
	}
	if err := a.Close(); err != nil {
		t.Errorf("close again: %v", err)
	}
}

func ended(t *testing.T, h House) {
	a := h.Open()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := a.Publish(ctx, at(t, "s"), []byte("x")); err == nil {
		t.Error("published")
	}
	if _, err := a.Subscribe(ctx, at(t, "s"), func([]byte) {}, func() {}); err == nil {
		t.Error("subscribed")
	}
	listen(t, a, "s").settle(a, "s") // and nothing is broken by it
}

// standsAtOnce: a replica that asks the others once it has subscribed must not
// miss the answer.
func standsAtOnce(t *testing.T, h House) {
	a, b := h.Open(), h.Open()
	for i := range 100 {
		name := fmt.Sprint("room", i)
		e := listen(t, a, name)
		publish(t, b, name, "answer")
		e.count(1)
	}
}
