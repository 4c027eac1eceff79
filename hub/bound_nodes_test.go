package hub_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/coder/websocket"
)

// S01: a facilitator's link is opened on a new device through the other node. The
// old device's commands are taken for a second at most where Redis is there, for
// five where it is not, whenever it went away; and never again afterwards.
func TestS01AnOldDeviceLosesItsPowersOnEveryNode(t *testing.T) {
	c := newTown(t)
	ctx := context.Background()
	old := c.nodes[0]
	server := holding(old.hub, old.store)
	t.Cleanup(server.Close)
	c.must(old.store.Bind(ctx, "lea", device("d0"), true))
	dial := func(t *testing.T, n int, from string) *websocket.Conn {
		t.Helper()
		ws := held(server, "lea", from)
		if ws == nil {
			t.Fatalf("device %d of the lead is not let in", n)
		}
		_ = ws.Write(ctx, websocket.MessageText, []byte(`{"do":"hello","v":1}`))
		return ws
	}
	first := dial(t, 0, "d0")
	if !taken(first, "knock-0001", `"do":"knock","name":"Lea","answer":"agree","digest":"`+c.digest+`"`) {
		t.Fatal("the lead cannot knock")
	}
	_ = first.CloseNow()
	c.visit(1, "ann", "", 0) // the room is on both nodes
	nothing, kill, again := func() {}, c.redis.Kill, func() { c.must(c.redis.Again()) }
	for i, k := range []struct {
		name                  string
		before, during, after func()
		within                time.Duration
	}{
		{"with Redis", nothing, nothing, nothing, time.Second},
		{"Redis stopped before", kill, nothing, nothing, 5 * time.Second},
		{"and back after", nothing, nothing, again, 5 * time.Second},
		{"stopped during", nothing, kill, again, 5 * time.Second},
		{"stopped after", nothing, nothing, kill, 5 * time.Second},
	} {
		t.Run(k.name, func(t *testing.T) {
			mine, next := fmt.Sprint("d", i), fmt.Sprint("d", i+1)
			k.before()
			ws := dial(t, i, mine)
			defer func() { _ = ws.CloseNow() }()
			n := 0
			may := func() bool { n++; return obeyed(ws, fmt.Sprintf("remind-%d-%06d", i, n)) }
			mustSoon(t, may)
			moved := time.Now()
			c.must(c.nodes[1].store.Bind(ctx, "lea", device(next), true))
			k.during()
			c.must(c.nodes[1].hub.Moved(ctx, session, "lea"))
			k.after()
			last := lastObeyed(may, moved, k.within+2*time.Second)
			t.Logf("the old device was obeyed for %v", last)
			if last > k.within {
				t.Errorf("the old device was obeyed for %v, want %v at most", last, k.within)
			}
			if held(server, "lea", mine) != nil {
				t.Error("the old device is let in again")
			}
		})
	}
}

// lastObeyed asks for so long after the move, and gives when it was obeyed last.
func lastObeyed(may func() bool, moved time.Time, long time.Duration) (last time.Duration) {
	for time.Since(moved) < long {
		asked := time.Since(moved)
		if may() {
			last = asked
		}
		<-time.After(20 * time.Millisecond)
	}
	return last
}

// mustSoon waits until the lead may do something at all.
func mustSoon(t *testing.T, may func() bool) {
	t.Helper()
	for until := time.Now().Add(20 * time.Second); !may(); <-time.After(100 * time.Millisecond) {
		if time.Now().After(until) {
			t.Fatal("the lead cannot remind before the move: this test would not notice anything")
		}
	}
}
