package main

import (
	"os"
	"testing"
	"time"

	"hearth/cmd/hearthload/crash"
	"hearth/cmd/hearthload/peers"
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
			if err := show(t.Context(), o, p, t.Output()); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestSeededBugs proves the checkers: each of the eight seeded bugs is found
// within a minute (walls §3.2).
func TestSeededBugs(t *testing.T) {
	if err := peers.Bugs(t.Context(), peersTest(t), "", t.Output()); err != nil {
		t.Error(err)
	}
}
