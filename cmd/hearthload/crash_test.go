package main

import (
	"os"
	"testing"
	"time"

	"hearth/cmd/hearthload/crash"
	"hearth/hub/fail"
)

// TestCrash kills the real binary under load (F1, F2; promises R1, R2, R3, R7):
// at 30 random moments and at each place on a command's path nothing that was
// acknowledged is lost, doubled or out of order, and everybody is back within
// 5 s. That the same checker finds seeded bugs is in TestSeededBugs.
func TestCrash(t *testing.T) {
	if testing.Short() {
		t.Skip("kills a real server under load for two minutes")
	}
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d; run again with: hearthload crash -seed %d", seed, seed)
	program, err := crash.Build(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	o := crash.Options{Program: program, Dir: t.TempDir(), Kills: 30, Rooms: 20, Seed: seed, Say: os.Stderr}
	t.Run("random moments", func(t *testing.T) {
		r, err := crash.Kill(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		verdict(t, r)
		if r.Counts.Durable < 1000 || r.Counts.Frames < 10_000 {
			t.Errorf("too little happened to prove anything: %+v", r.Counts)
		}
	})
	t.Run("every place", func(t *testing.T) {
		r, err := crash.Points(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		verdict(t, r)
	})
}

// TestPowerIsCut is F3: the row of each command is synced before its
// acknowledgement is sent, and whatever a disk may lose when the power goes, what
// was acknowledged is there and the database is whole. A server that acknowledges
// too early is found by the same checks.
func TestPowerIsCut(t *testing.T) {
	if testing.Short() {
		t.Skip("traces a real server under load")
	}
	program, err := crash.Build(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	seed := uint64(time.Now().UnixNano())
	t.Run("hearth", func(t *testing.T) {
		o := crash.Options{Program: program, Dir: t.TempDir(), Kills: 50, Rooms: 4, Seed: seed, Say: os.Stderr}
		r, err := crash.CutPower(t.Context(), o, 1000)
		if err != nil {
			t.Fatal(err)
		}
		if err := toldOfPower(t.Output(), r); err != nil {
			t.Error(err)
		}
		if r.Acked < 1000 || r.Cuts != 50 || r.Left < 10_000 {
			t.Errorf("too little happened to prove anything: %+v", r)
		}
	})
	t.Run("one that acknowledges before it commits", func(t *testing.T) {
		o := crash.Options{Program: program, Dir: t.TempDir(), Kills: 10, Rooms: 2, Seed: seed, Say: os.Stderr}
		r, err := crash.CutPower(t.Context(), o, 200, "HEARTH_BUG="+fail.AckBeforeCommit)
		if err != nil {
			t.Fatal(err)
		}
		if r.Ordered == r.Acked || len(r.Found) == 0 {
			t.Errorf("it was not found: %+v", r)
		}
	})
}

func verdict(t *testing.T, r *crash.Result) {
	t.Helper()
	if err := told(t.Output(), t.Name(), r); err != nil {
		t.Error(err)
	}
}
