package main

import (
	"testing"
	"time"

	"hearth/cmd/hearthload/canary"
	"hearth/cmd/hearthload/drive"
)

// TestCanary puts unique words, names and tokens through every input of the
// real binary: none is in its log, its metrics, its error pages or, for words
// and tokens, its data folder; after the close names are gone as well. Core
// files are off.
func TestCanary(t *testing.T) {
	if testing.Short() {
		t.Skip("plays a session against a real server")
	}
	program, err := drive.Build(t.Context(), t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d; run again with: hearthload canary -seed %d", seed, seed)
	o := canary.Options{Program: program, Dir: t.TempDir(), Seed: seed, Say: t.Output()}
	t.Run("nothing is found", func(t *testing.T) {
		if err := fly(t.Context(), o, t.Output()); err != nil {
			t.Error(err)
		}
	})
	t.Run("a pass looks like a share", func(t *testing.T) {
		o := o
		o.Dir = t.TempDir()
		if err := canary.Alike(t.Context(), o); err != nil {
			t.Error(err)
		}
	})
}
