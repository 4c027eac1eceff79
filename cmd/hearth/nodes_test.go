package main

import (
	"strings"
	"testing"
	"time"

	"hearth/hub/journal/pgtest"
)

// TestSecondNodeNeedsRedis: on one database, a node that others would not hear is
// refused in one line, and nothing is left of it.
func TestSecondNodeNeedsRedis(t *testing.T) {
	args := database(t, pgtest.Shared(t).Database(t))
	first := serveIn(t, t.TempDir(), append(args, "--node-name", "north")...)
	second := append([]string{"serve", "--listen", "127.0.0.1:0", "--metrics-listen", "off", "--node-name", "south"}, args...)
	for range 2 {
		got := hearthRun(t, nil, second...)
		if got.code != 1 || got.out != "" || strings.Count(got.errs, "\n") != 1 || !strings.Contains(got.errs, "(north)") || !strings.Contains(got.errs, "--redis-url") {
			t.Fatalf("a second node ended with %d\n%s%s", got.code, got.out, got.errs)
		}
	}
	if code := first.stop(); code != 0 {
		t.Fatalf("ended with %d\n%s", code, first.errs)
	}
	// What was stopped is gone at once; what was killed, as soon as its own address
	// is taken again under its own name.
	killed := serveIn(t, t.TempDir(), append(args, "--node-name", "south")...)
	killed.kill()
	again := serveIn(t, t.TempDir(), append(args, "--node-name", "south")...)
	if status, text := again.get("/readyz", ""); status != 200 {
		t.Errorf("/readyz says %d %s", status, text)
	}
}

// TestTwoOfOneName: a node that takes another for its own dead self finds out and
// goes.
func TestTwoOfOneName(t *testing.T) {
	if testing.Short() {
		t.Skip("waits for a beat to run out")
	}
	args := append(database(t, pgtest.Shared(t).Database(t)), "--node-name", "north")
	first := serveIn(t, t.TempDir(), args...)
	second := serveIn(t, t.TempDir(), args...)
	if code := second.ends(40 * time.Second); code != 1 || !strings.Contains(second.errs.String(), "same name") {
		t.Errorf("the second ended with %d\n%s", code, second.errs)
	}
	if status, _ := first.get("/readyz", ""); status != 200 {
		t.Errorf("the first is not ready: %d", status)
	}
}
