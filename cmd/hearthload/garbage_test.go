package main

import (
	"testing"
	"time"

	"hearth/cmd/hearthload/drive"
	"hearth/cmd/hearthload/garbage"
)

// TestGarbage sends the real binary what no browser sends (F4, F19, F20, F21):
// nothing comes of it, each connection ends with the right code, and the other
// rooms' p99 stays within 100 ms.
func TestGarbage(t *testing.T) {
	if testing.Short() {
		t.Skip("sends garbage to a real server for a minute")
	}
	program, err := drive.Build(t.Context(), t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d; run again with: hearthload garbage -seed %d", seed, seed)
	o := garbage.Options{Program: program, Dir: t.TempDir(), Each: 1000, Cuts: 200, Seed: seed, Say: t.Output()}
	for _, part := range garbageParts {
		t.Run(part.name, func(t *testing.T) {
			if err := throw(t.Context(), o, part.run, t.Output()); err != nil {
				t.Error(err)
			}
		})
	}
}
