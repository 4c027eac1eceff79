package limit_test

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"hearth/hub/limit"
	"hearth/hub/remote"
	"hearth/hub/remote/redistest"
)

var clusterKey = [32]byte{9, 8, 7}

// nodes are the tries of n nodes that share a Redis and a clock.
func nodes(t *testing.T, s *redistest.Server, n int, now *time.Time) []*limit.Tries {
	t.Helper()
	client, err := remote.Open(t.Context(), remote.Options{URL: s.URL()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	clock := func() time.Time { return *now }
	all := make([]*limit.Tries, n)
	for i := range all {
		shared := limit.NewRedis(client.Client(), clusterKey)
		shared.Now = clock
		all[i] = &limit.Tries{PerMinute: limit.Scopes{Narrow: 10, Middle: 40, Wide: 80}, Everybody: 100, Now: clock, Shared: shared}
	}
	return all
}

var guesser = netip.MustParseAddr("192.0.2.1")

// TestTriesOverAllNodes: who guesses at one node after the other gets no more
// guesses than at one (A23).
func TestTriesOverAllNodes(t *testing.T) {
	now := time.Unix(1_763_752_200, 0)
	all := nodes(t, redistest.Start(t, redistest.Options{}), 3, &now)
	let := 0
	for i := range 30 {
		if n := all[i%3]; n.Allowed(guesser) {
			let++
			n.Failed(guesser)
		}
	}
	if let != 10 {
		t.Errorf("%d guesses were let through, want 10", let)
	}
	if !all[0].Allowed(netip.MustParseAddr("192.0.2.2")) {
		t.Error("a neighbour was refused")
	}
	now = now.Add(2 * time.Minute)
	if !all[1].Allowed(guesser) {
		t.Error("refused after two quiet minutes")
	}
}

func TestTriesOverAllNodesAndEverybody(t *testing.T) {
	now := time.Unix(1_763_752_200, 0)
	all := nodes(t, redistest.Start(t, redistest.Options{}), 2, &now)
	for i := range 100 {
		if !all[i%2].Failed(netip.MustParseAddr(fmt.Sprintf("192.0.2.%d", i))) {
			t.Fatalf("failure %d was over the limit of 100", i+1)
		}
	}
	stranger := netip.MustParseAddr("198.51.100.1")
	if all[0].Failed(stranger) || all[1].Failed(stranger) {
		t.Error("failure 101 was within the limit")
	}
	if !all[0].Allowed(netip.MustParseAddr("198.51.100.2")) {
		t.Error("a good link must still open while somebody else guesses")
	}
}

// TestNoAddressInRedis: whoever reads Redis learns nothing of who tried (A36).
func TestNoAddressInRedis(t *testing.T) {
	s := redistest.Start(t, redistest.Options{})
	heard, err := s.Monitor()
	if err != nil {
		t.Fatal(err)
	}
	now := time.Unix(1_763_752_200, 0)
	all := nodes(t, s, 1, &now)
	all[0].Failed(guesser)
	all[0].Failed(netip.MustParseAddr("2001:db8:1:2::1"))
	all[0].Allowed(guesser)
	if err := heard.Settle(s); err != nil {
		t.Fatal(err)
	}
	text := strings.Join(heard.Close(), "\n")
	if !strings.Contains(text, "hearth:try:") {
		t.Fatal("nothing was counted: the test has lost its subject")
	}
	for _, shown := range []string{"192.0.2", "2001:db8", "c0000201"} {
		if strings.Contains(text, shown) {
			t.Errorf("%q was sent to Redis", shown)
		}
	}
}

// TestTriesWhileRedisStalls: each node goes by its own count, and only one in a
// while waits.
func TestTriesWhileRedisStalls(t *testing.T) {
	s := redistest.Start(t, redistest.Options{})
	now := time.Unix(1_763_752_200, 0)
	n := nodes(t, s, 1, &now)[0]
	n.Failed(guesser)
	if err := s.Pause(); err != nil {
		t.Fatal(err)
	}
	began, let := time.Now(), 1
	for range 30 {
		if n.Allowed(guesser) {
			let++
			n.Failed(guesser)
		}
	}
	took := time.Since(began)
	t.Logf("60 questions while Redis stalled took %v", took.Round(time.Millisecond))
	if took > 300*time.Millisecond {
		t.Error("everybody waited")
	}
	if let != 10 {
		t.Errorf("%d guesses were let through, want the node's own 10", let)
	}
	if err := s.Cont(); err != nil {
		t.Fatal(err)
	}
}
