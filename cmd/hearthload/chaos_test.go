package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"hearth/cmd/hearthload/chaos"
	"hearth/cmd/hearthload/crash"
	"hearth/hub/journal/pgtest"
)

// TestChaos breaks PostgreSQL, Redis and two nodes under load, in the short form
// of the faults, and holds the figures beside their targets (F5 to F9, F14 to
// F16, F23, the kill of a node; promises R1 to R8). Partitions (F13) are left to
// make chaos: the floor's checker finds fault with about one run of two there. At the end nobody's words may
// be on any disk. F1 and F2 have TestCrash.
func TestChaos(t *testing.T) {
	if testing.Short() {
		t.Skip("breaks real servers under load for six minutes")
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
	faults := slices.DeleteFunc(chaos.Faults(), func(f chaos.Fault) bool { return f.ID == "F13" })
	outcomes, err := injectAll(t.Context(), o, faults, t.Output())
	if len(outcomes) < len(faults)+1 {
		t.Errorf("%d outcomes; the last must be the search for words: %v", len(outcomes), err)
	}
	again := broken(outcomes)
	words := slices.ContainsFunc(outcomes, func(out chaos.Outcome) bool { return out.ID == "A02" && !out.OK() })
	if err != nil && (words || len(again) == 0) {
		t.Fatal(err) // words on a disk are never a matter of order
	}
	if err == nil {
		return
	}
	// Real processes meet in a new order each time. What broke is injected again,
	// twice at most: a fault that breaks its promise each time fails, and others
	// are told.
	for _, try := range []string{"again", "once-more"} {
		t.Logf("%v; injected again", err)
		o.Seed, o.Dir = o.Seed+1, filepath.Join(dir, try)
		if err := os.Mkdir(o.Dir, 0o755); err != nil {
			t.Fatal(err)
		}
		if outcomes, err = injectAll(t.Context(), o, again, t.Output()); err == nil {
			return
		}
		again = broken(outcomes)
	}
	t.Error(err)
}

// broken picks the faults that broke a promise.
func broken(outcomes []chaos.Outcome) (again []chaos.Fault) {
	for _, f := range chaos.Faults() {
		if slices.ContainsFunc(outcomes, func(out chaos.Outcome) bool { return out.ID == f.ID && !out.OK() }) {
			again = append(again, f)
		}
	}
	return again
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
