package main

import (
	"errors"
	"os"
	"os/exec"
	"testing"
	"time"

	"hearth/cmd/hearthload/chaos"
	"hearth/cmd/hearthload/crash"
	"hearth/hub/journal/pgtest"
)

// TestChaos breaks PostgreSQL, Redis and two nodes under load, in the short form
// of the faults, and holds the figures beside their targets (F5 to F9, F13 to
// F16, F23, the kill of a node; promises R1 to R8). At the end nobody's words may
// be on any disk. F1 and F2 have TestCrash.
func TestChaos(t *testing.T) {
	if testing.Short() {
		t.Skip("breaks real servers under load for five minutes")
	}
	needed(t)
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d; run again with: hearthload chaos -seed %d", seed, seed)
	program, err := crash.Build(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	dir, err := chaosFolder()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	o := chaos.Options{Program: program, Dir: dir, Seed: seed, Say: os.Stderr}
	faults := chaos.Faults()
	outcomes, err := injectAll(t.Context(), o, faults, t.Output())
	if err != nil {
		t.Error(err)
	}
	if len(outcomes) < len(faults)+1 {
		t.Errorf("%d outcomes; the last must be the search for words", len(outcomes))
	}
}

// needed skips where there is no PostgreSQL or Redis, but never in CI.
func needed(t *testing.T) {
	t.Helper()
	_, err := exec.LookPath("redis-server")
	switch err = errors.Join(err, pgtest.Find()); {
	case err == nil:
	case os.Getenv("CI") != "":
		t.Fatal(err)
	default:
		t.Skip(err)
	}
}
