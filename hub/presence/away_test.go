package presence_test

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"hearth/hub/presence"
	"hearth/hub/remote/redistest"
	"hearth/room"
)

// answersWithin is how long any call may take, whatever Redis does: 200 ms and
// what a busy machine adds.
const answersWithin = 350 * time.Millisecond

type timed struct {
	t    *testing.T
	most time.Duration
}

func (k *timed) call(what string, do func()) {
	k.t.Helper()
	began := time.Now()
	do()
	took := time.Since(began)
	k.most = max(k.most, took)
	if took > answersWithin {
		k.t.Errorf("%s took %v, more than %v", what, took, answersWithin)
	}
}

func until(t *testing.T, limit time.Duration, what string, is func() bool) time.Duration {
	t.Helper()
	began := time.Now()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for !is() {
		if time.Since(began) > limit {
			t.Fatalf("%s: not within %v", what, limit)
		}
		<-tick.C
	}
	return time.Since(began)
}

func join(t *testing.T, p *presence.Redis, session string, seat room.SeatID, conn uint64) bool {
	t.Helper()
	first, err := p.Join(t.Context(), session, seat, conn)
	if err != nil {
		t.Errorf("join: %v", err)
	}
	return first
}

func leave(t *testing.T, p *presence.Redis, session string, seat room.SeatID, conn uint64) bool {
	t.Helper()
	last, err := p.Leave(t.Context(), session, seat, conn)
	if err != nil {
		t.Errorf("leave: %v", err)
	}
	return last
}

func here(t *testing.T, p *presence.Redis, session string, seat room.SeatID) bool {
	t.Helper()
	is, err := p.Here(t.Context(), session, seat)
	if err != nil {
		t.Errorf("here: %v", err)
	}
	return is
}

func holds(t *testing.T, p *presence.Redis, session string, node string) bool {
	t.Helper()
	nodes, err := p.Holders(t.Context(), session)
	return err == nil && slices.Contains(nodes, node)
}

func alive(p *presence.Redis) bool {
	_, ok := p.Alive()
	return ok
}

// TestAwayAndBack: Redis is gone, stalls, or comes back empty (F7, F8). Every
// call is answered from the node's own connections meanwhile, and soon after
// presence is right again, with what changed while it was away.
func TestAwayAndBack(t *testing.T) {
	t.Parallel()
	faults := map[string]struct {
		o          redistest.Options
		away, back func(*redistest.Server) error
	}{
		"killed and empty": {redistest.Options{}, kill, (*redistest.Server).Again},
		"killed and kept":  {redistest.Options{AOF: true, Settings: []string{"appendfsync", "always"}}, kill, (*redistest.Server).Again},
		"killed over TLS":  {redistest.Options{TLS: true}, kill, (*redistest.Server).Again},
		"stalled":          {redistest.Options{}, (*redistest.Server).Pause, (*redistest.Server).Cont},
		"stalled for longer than leases run": {redistest.Options{}, (*redistest.Server).Pause, func(s *redistest.Server) error {
			<-time.After(13 * time.Second)
			return s.Cont()
		}},
		"paused": {redistest.Options{}, paused, func(*redistest.Server) error { return nil }},
	}
	for name, f := range faults {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := redistest.Start(t, f.o)
			a, b := node(t, s, "a"), node(t, s, "b")
			join(t, a, "s", "ann", 1)
			join(t, a, "s", "cem", 4)
			join(t, b, "s", "ben", 2)
			_, _ = a.Hold(t.Context(), "s"), b.Hold(t.Context(), "r")
			if err := f.away(s); err != nil {
				t.Fatal(err)
			}
			whileAway(t, a)
			if err := f.back(s); err != nil {
				t.Fatal(err)
			}
			took := until(t, 10*time.Second, "presence is right again", func() bool {
				return alive(a) && alive(b) && here(t, b, "s", "dee") && here(t, a, "s", "ben") &&
					!here(t, b, "s", "ann") && !here(t, b, "s", "cem") && holds(t, b, "q", "a") && !holds(t, b, "s", "a") && holds(t, a, "r", "b")
			})
			t.Logf("right again %v after Redis was back", took.Round(time.Millisecond))
			if leave(t, b, "s", "ben", 2) != true || join(t, b, "s", "dee", 3) != false {
				t.Error("first and last are not of all nodes")
			}
		})
	}
}

func kill(s *redistest.Server) error {
	s.Kill()
	return nil
}

// paused is a Redis that answers nobody for a while (F8).
func paused(s *redistest.Server) error {
	_, err := s.Do("CLIENT", "PAUSE", 2000, "ALL")
	return err
}

// whileAway: ann and cem leave a, dee comes, and a holds q instead of s.
func whileAway(t *testing.T, a *presence.Redis) {
	t.Helper()
	k := &timed{t: t}
	k.call("leave", func() {
		if !leave(t, a, "s", "ann", 1) {
			t.Error("by this node's own connections it was the last")
		}
	})
	k.call("join", func() {
		if !join(t, a, "s", "dee", 5) {
			t.Error("by this node's own connections it was the first")
		}
	})
	k.call("join again", func() {
		if join(t, a, "s", "dee", 6) {
			t.Error("a second one was first")
		}
	})
	k.call("leave", func() { leave(t, a, "s", "cem", 4) })
	k.call("here", func() {
		if here(t, a, "s", "cem") {
			t.Error("who left is here")
		}
	})
	k.call("hold", func() {
		if err := a.Hold(t.Context(), "q"); err != nil {
			t.Error(err)
		}
	})
	k.call("release", func() {
		if err := a.Release(t.Context(), "s"); err != nil {
			t.Error(err)
		}
	})
	k.call("holders", func() {
		if _, err := a.Holders(t.Context(), "r"); !errors.Is(err, presence.ErrAway) {
			t.Errorf("holders: %v, want ErrAway", err)
		}
	})
	if nodes, ok := a.Alive(); ok || !slices.Contains(nodes, "a") {
		t.Errorf("alive: %v, %v", nodes, ok)
	}
	t.Logf("the longest call took %v", k.most.Round(time.Millisecond))
}

// TestOnlyTheFirstWaits: a room has one thread, and a hundred rooms must not each
// wait for a Redis that stalls.
func TestOnlyTheFirstWaits(t *testing.T) {
	s := redistest.Start(t, redistest.Options{})
	p := node(t, s, "a")
	if err := s.Pause(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Cont() }()
	began := time.Now()
	var all sync.WaitGroup
	for i := range 20 {
		all.Go(func() {
			for j := range 50 {
				join(t, p, string(rune('a'+i)), "ann", uint64(j))
			}
		})
	}
	all.Wait()
	took := time.Since(began)
	t.Logf("1000 calls of 20 rooms took %v", took.Round(time.Millisecond))
	if took > 2*answersWithin {
		t.Error("more than the first waited")
	}
}

// TestStartsWithoutRedis: a node that starts while Redis is down serves, and is
// seen when Redis comes.
func TestStartsWithoutRedis(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t, redistest.Options{})
	b := node(t, s, "b")
	s.Kill()
	began := time.Now()
	a := node(t, s, "a")
	if took := time.Since(began); took > 4*time.Second {
		t.Errorf("the start took %v", took)
	}
	if !join(t, a, "s", "ann", 1) {
		t.Error("not first")
	}
	if err := s.Again(); err != nil {
		t.Fatal(err)
	}
	until(t, 10*time.Second, "seen by the other", func() bool { return alive(b) && here(t, b, "s", "ann") })
}

// TestManyAreBackSoon: ten thousand connections are written again after Redis has
// lost everything.
func TestManyAreBackSoon(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t, redistest.Options{})
	a, b := node(t, s, "a"), node(t, s, "b")
	for i := range 10_000 {
		join(t, a, "s"+string(rune('0'+i%100)), room.SeatID(rune('0'+i/100)), uint64(i))
	}
	if err := s.Wipe(); err != nil {
		t.Fatal(err)
	}
	took := until(t, 10*time.Second, "all are back", func() bool {
		for i := range 100 {
			if !here(t, b, "s"+string(rune('0'+i)), room.SeatID(rune('0'+99))) {
				return false
			}
		}
		return true
	})
	t.Logf("10,000 connections are back %v after the wipe", took.Round(time.Millisecond))
}

// TestQuietNodeAsksLittle: 200 connections that do nothing cost Redis nothing;
// the node costs a few commands.
func TestQuietNodeAsksLittle(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t, redistest.Options{})
	p := node(t, s, "a")
	for i := range 200 {
		join(t, p, "s"+string(rune('0'+i%20)), room.SeatID(rune('0'+i)), uint64(i))
	}
	heard, err := s.Monitor()
	if err != nil {
		t.Fatal(err)
	}
	<-time.After(10 * time.Second)
	if err := heard.Settle(s); err != nil {
		t.Fatal(err)
	}
	own, rooms := 0, 0
	for _, line := range heard.Close() {
		switch {
		case strings.Contains(line, "settled-"), strings.Contains(line, "+OK"):
		case strings.Contains(line, "hearth:pres"), strings.Contains(line, "hearth:hold"), strings.Contains(line, "hearth:idx"):
			rooms++
		default:
			own++
		}
	}
	t.Logf("in 10 s: %d commands of the node, %d for 200 connections", own, rooms)
	if rooms != 0 {
		t.Errorf("%d commands for connections that do nothing", rooms)
	}
	if own == 0 || own > 20 {
		t.Errorf("%d commands of the node, want some and at most 20", own)
	}
}

// TestLeavesInOrder: a node that goes in order leaves nothing behind.
func TestLeavesInOrder(t *testing.T) {
	s := redistest.Start(t, redistest.Options{})
	a, b := node(t, s, "a"), node(t, s, "b")
	join(t, a, "s", "ann", 1)
	_ = a.Hold(t.Context(), "s")
	if !here(t, b, "s", "ann") || !holds(t, b, "s", "a") {
		t.Fatal("not seen")
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	if here(t, b, "s", "ann") || holds(t, b, "s", "a") {
		t.Error("still seen")
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	if keys, err := s.Do("KEYS", "*"); err != nil || len(keys.([]any)) != 0 {
		t.Errorf("left behind: %v, %v", keys, err)
	}
}

// TestAliveAcrossAWipe: that Redis has forgotten who lives is no news of a death.
func TestAliveAcrossAWipe(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t, redistest.Options{})
	a, b := node(t, s, "a"), node(t, s, "b")
	both := func(p *presence.Redis) bool {
		nodes, ok := p.Alive()
		return ok && slices.Equal(nodes, []string{"a", "b"})
	}
	until(t, 5*time.Second, "both know both", func() bool { return both(a) && both(b) })
	if err := s.Wipe(); err != nil {
		t.Fatal(err)
	}
	until(t, 10*time.Second, "both have said again that they live", func() bool {
		for _, p := range []*presence.Redis{a, b} {
			// One that could not ask just now says so; that is no news of a death either.
			if nodes, ok := p.Alive(); ok && !slices.Equal(nodes, []string{"a", "b"}) {
				t.Fatalf("one is not listed for a while: %v", nodes)
			}
		}
		n, err := s.Do("ZCOUNT", "hearth:nodes", 1, "+inf")
		return err == nil && n == int64(2) && both(a) && both(b)
	})
}
