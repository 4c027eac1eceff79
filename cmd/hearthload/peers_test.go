package main

import (
	"errors"
	"os"
	"os/exec"
	"testing"
	"time"

	"hearth/cmd/hearthload/crash"
	"hearth/cmd/hearthload/peers"
	"hearth/hub/fail"
	"hearth/hub/journal/pgtest"
)

func peersTest(t *testing.T) peers.Options {
	t.Helper()
	if testing.Short() {
		t.Skip("tries a real server with bad peers")
	}
	program, err := crash.Build(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d; run again with: hearthload peers -seed %d", seed, seed)
	return peers.Options{Program: program, Dir: t.TempDir(), Seed: seed, Say: os.Stderr}
}

// TestPeers tries the real binary with what peers can do to one node (F17, F18,
// F22, F24, F25, R6): nobody else notices, and nothing is left behind.
func TestPeers(t *testing.T) {
	o := peersTest(t)
	for _, p := range peers.Parts() {
		t.Run(p.Name, func(t *testing.T) {
			verdictOn(t, show(t.Context(), o, p, t.Output()))
		})
	}
}

// TestSeededBugs proves the checkers: each of the eight seeded bugs is found
// within a minute (walls §3.2).
func TestSeededBugs(t *testing.T) {
	o := peersTest(t)
	for _, bug := range fail.Bugs() {
		t.Run(bug, func(t *testing.T) { verdictOn(t, peers.Bugs(t.Context(), o, bug, t.Output())) })
	}
}

// verdictOn fails the test for an error. What takes two nodes is skipped on a
// machine without a PostgreSQL or a Redis, but not in CI.
func verdictOn(t *testing.T, err error) {
	t.Helper()
	if (errors.Is(err, pgtest.ErrNone) || errors.Is(err, exec.ErrNotFound)) && os.Getenv("CI") == "" {
		t.Skip(err)
	}
	if err != nil {
		t.Error(err)
	}
}
