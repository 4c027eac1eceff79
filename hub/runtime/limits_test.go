package runtime

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// Each rate at limit-1, limit and limit+1 (walls §2.4), and full again later.
func TestRatesAtTheirLimits(t *testing.T) {
	start := time.Date(2026, 11, 3, 19, 0, 0, 0, time.UTC)
	for _, r := range []Rate{{PerSecond: 2, Burst: 20}, {PerSecond: 1, Burst: 5}, {PerSecond: 50, Burst: 50}} {
		var b bucket
		take := func(now time.Time) bool { return b.take(now, r) }
		for n := 1; n <= r.Burst+1; n++ {
			if got, want := take(start), n <= r.Burst; got != want {
				t.Errorf("%v: number %d was taken: %v, want %v", r, n, got, want)
			}
		}
		one := time.Duration(float64(time.Second) / r.PerSecond)
		if take(start.Add(one - time.Millisecond)) {
			t.Errorf("%v: taken a millisecond too early", r)
		}
		if !take(start.Add(one)) {
			t.Errorf("%v: not taken when it was time", r)
		}
	}
	var free bucket
	for range 10_000 {
		if !free.take(start, Off) {
			t.Fatal("a limit that is off limits")
		}
	}
}

// Three excesses within ten seconds are answered; the fourth closes. The window
// begins anew after it.
func TestStrikesAtTheirLimit(t *testing.T) {
	start := time.Date(2026, 11, 3, 19, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		last time.Duration
		out  bool
	}{{10*time.Second - time.Millisecond, true}, {10 * time.Second, false}} {
		limits, s := Limits{}.withDefaults(), strikes{}
		for n := range 3 {
			if s.add(start, &limits) {
				t.Fatalf("out after %d", n+1)
			}
		}
		if got := s.add(start.Add(c.last), &limits); got != c.out {
			t.Errorf("the fourth after %v: out %v, want %v", c.last, got, c.out)
		}
	}
}

func TestIDs(t *testing.T) {
	for id, want := range map[string]bool{
		"1234567": false, "12345678": true, strings.Repeat("x", 64): true, strings.Repeat("x", 65): false,
		"with space": false, "quote\"quote": false, "üüüüüüüü": false, fmt.Sprintf("%036d", 7): true,
	} {
		if goodID(id) != want {
			t.Errorf("%q: %v, want %v", id, !want, want)
		}
	}
}
