package hub_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"hearth/hub"
	"hearth/hub/latetest"
	"hearth/room"
)

// TestTwoNodesSayTheSameInTheSameOrder: people of one room sit on two nodes and
// speak at the same time; everybody hears everything once, in one order (R3).
func TestTwoNodesSayTheSameInTheSameOrder(t *testing.T) {
	c := newTown(t)
	all := c.openFloor(1)
	all["lea"].ok("pace", `"seconds":5`)
	var talk sync.WaitGroup
	for _, seat := range []room.SeatID{"lea", "wim"} {
		talk.Go(func() {
			for i := range 20 {
				all[seat].ok("process", fmt.Sprintf(`"text":"%s %d"`, seat, i))
			}
		})
	}
	talk.Wait()
	all["ann"].ok("share", `"text":"the last"`)
	var want []string
	for seat, g := range all {
		g.hears("the last")
		got := g.words()
		if want == nil {
			want = got
		}
		if len(got) != 41 || !slices.Equal(got, want) {
			t.Errorf("%s heard %d: %q\nothers %q", seat, len(got), got, want)
		}
	}
}

// TestPeopleComeBackToTheOtherNode: a window that lost its connection resumes on
// another node and is told what it missed, once (R3, T13). Its token is good
// once, on any node (A29).
func TestPeopleComeBackToTheOtherNode(t *testing.T) {
	c := newTown(t)
	all := c.openFloor(1)
	all["lea"].ok("process", `"text":"before"`)
	all["ann"].hears("before")
	token, seq := all["ann"].position()
	all["ann"].leave()
	all["lea"].ok("process", `"text":"meanwhile"`)
	all["ben"].hears("meanwhile")

	back := c.visit(1, "ann", token, seq)
	back.hears("meanwhile")
	if back.seen()[0].T != "resumed" || !slices.Equal(back.words(), []string{"meanwhile"}) {
		t.Errorf("came back with %s and heard %q", back.seen()[0].T, back.words())
	}
	again := c.visit(0, "ann", token, seq)
	if again.seen()[0].T != "hello" || len(again.words()) != 0 {
		t.Errorf("a spent token gave %s and %q", again.seen()[0].T, again.words())
	}
}

// TestA12RevokedOnEveryNode: a link that is revoked on one node closes the
// sockets on the other.
func TestA12RevokedOnEveryNode(t *testing.T) {
	c := newTown(t)
	all := c.openFloor(1)
	start := time.Now()
	c.must(c.nodes[1].hub.Revoke(context.Background(), session, "ann"))
	<-all["ann"].done
	t.Logf("closed with %d after %s (1 s)", all["ann"].ended, time.Since(start).Round(time.Millisecond))
	if all["ann"].ended != 4410 {
		t.Errorf("the socket was closed with %d", all["ann"].ended)
	}
	c.must(c.nodes[0].hub.Moved(context.Background(), session, "ben")) // to another device: the seat stays
	<-all["ben"].done
	if all["ben"].ended != 4410 {
		t.Errorf("the old device's socket was closed with %d", all["ben"].ended)
	}
	c.nodes[0].hub.Peek(session, func(s *room.State) {
		if s.Status("ann") != room.Left || s.Status("ben") != room.Here {
			t.Errorf("ann is %s, ben is %s", s.Status("ann"), s.Status("ben"))
		}
	})
}

// TestF16DrainHandsRoomsOver: a node that goes down lets the other take its rooms
// over; people resume there and miss nothing, those too whose room was on that
// node alone.
func TestF16DrainHandsRoomsOver(t *testing.T) {
	c := newTown(t)
	all := c.openFloor(0)
	all["lea"].ok("process", `"text":"before"`)
	all["wim"].hears("before")
	for until := time.Now().Add(20 * time.Second); ; <-time.After(20 * time.Millisecond) { // each knows that the other is up
		if c.nodes[0].hub.NodesUp() == 2 && c.nodes[1].hub.NodesUp() == 2 {
			break
		}
		if time.Now().After(until) {
			t.Fatal("the nodes never heard of each other")
		}
	}
	c.nodes[0].down()
	for seat, g := range all {
		<-g.done
		if g.ended != 1012 {
			t.Errorf("%s was closed with %d", seat, g.ended)
		}
	}
	token, seq := all["lea"].position()
	lea := c.visit(1, "lea", token, seq)
	lea.ok("process", `"text":"after"`)
	token, seq = all["wim"].position()
	wim := c.visit(1, "wim", token, seq)
	wim.hears("after")
	if lea.seen()[0].T != "resumed" || wim.seen()[0].T != "resumed" || !slices.Equal(wim.words(), []string{"after"}) {
		t.Errorf("lea came back with %s, wim with %s and heard %q", lea.seen()[0].T, wim.seen()[0].T, wim.words())
	}
	c.nodes[1].hub.Peek(session, func(s *room.State) {
		if s.Form.Held != nil || s.Form.Phase != room.Main {
			t.Errorf("the room is held (%+v), in phase %s", s.Form.Held, s.Form.Phase)
		}
	})
}

// TestWindowsOnTwoNodesAreOneSeat: a person with a window on each node is here as
// long as one of them is (two tabs are one seat).
func TestWindowsOnTwoNodesAreOneSeat(t *testing.T) {
	c := newTown(t)
	all := c.openFloor(1)
	second := c.visit(0, "ben", "", 0)
	all["ben"].leave()
	online := func() (is bool) {
		c.nodes[1].hub.Peek(session, func(s *room.State) { is = s.Live.Seats["ben"].Online })
		return is
	}
	all["lea"].ok("process", `"text":"later"`)
	all["wim"].hears("later")
	if !online() {
		t.Error("ben is lost, though a window of his is open on the other node")
	}
	second.leave()
	for until := time.Now().Add(20 * time.Second); online(); <-time.After(5 * time.Millisecond) {
		if time.Now().After(until) {
			t.Fatal("nobody noticed that ben's last window is gone")
		}
	}
}

// TestTheEndIsTheEndOnEveryNode: a session that the organiser ends on one node
// ends for everybody, and its journal is erased once.
func TestTheEndIsTheEndOnEveryNode(t *testing.T) {
	c := newTown(t)
	all := c.openFloor(1)
	c.must(c.nodes[1].hub.Shut(context.Background(), session))
	for seat, g := range all {
		<-g.done
		if g.ended != 4404 {
			t.Errorf("%s was closed with %d", seat, g.ended)
		}
	}
	for i, n := range c.nodes {
		for until := time.Now().Add(20 * time.Second); ; <-time.After(10 * time.Millisecond) {
			if err := n.hub.Ensure(context.Background(), session); errors.Is(err, hub.ErrOver) {
				break
			}
			if time.Now().After(until) {
				t.Fatalf("node %d still has the room", i)
			}
		}
	}
	if kept, err := c.nodes[0].store.Record(context.Background(), session); err != nil || len(kept) < 10 {
		t.Errorf("the record is %q, %v", kept, err)
	}
}

// TestR6SentAwayWhileRedisStandsStill: who is sent to the lobby by somebody on the other
// node sees nothing of the room a second later, even if the nodes cannot reach each
// other and do not know it yet.
func TestR6SentAwayWhileRedisStandsStill(t *testing.T) {
	c := newTown(t)
	all := c.openFloor(1)
	ann, wim := all["ann"], all["wim"]
	const who = `"seat":"ann"`
	for range 6 {
		seen := len(ann.seen())
		late := latetest.Watch()
		c.must(c.redis.Pause())
		wim.ok("to-lobby", who)
		from := time.Now()
		ann.await("the lobby", func(f frame) bool { return slices.ContainsFunc(ann.seen()[seen:], outside) })
		took := time.Since(from)
		t.Logf("outside %v after the acknowledgement", took.Round(time.Millisecond))
		if took > time.Second+late() {
			t.Error("she was left in the room")
		}
		c.must(c.redis.Cont())
		wim.await("Redis", func(frame) bool { return wim.do("greet", who).T == "ack" })
		wim.ok("admit", who)
		ann.await("the room", func(frame) bool {
			return slices.ContainsFunc(ann.seen()[seen:], func(f frame) bool { return f.T == "hello" && f.Room != nil })
		})
	}
}

func outside(f frame) bool { return f.T == "hello" && f.Room == nil }
