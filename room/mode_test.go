package room

import "testing"

// A mode gives people what it says, and one that nobody knows gives them nothing.
func TestModes(t *testing.T) {
	for mode, want := range map[Mode]Mode{"": InWriting, InWriting: InWriting, "hologram": InWriting} {
		if got := mode.Known(); got != want {
			t.Errorf("%q is known as %q, want %q", mode, got, want)
		}
		if mode.Media() != (Media{}) {
			t.Errorf("%q uses %+v", mode, mode.Media())
		}
	}
	if AllMedia() != (Media{}) {
		t.Errorf("somebody uses %+v", AllMedia())
	}
	modes["by telephone"] = Media{Microphone: true}
	defer delete(modes, "by telephone")
	if m := Mode("by telephone"); m.Known() != m || !m.Media().Microphone || AllMedia() != (Media{Microphone: true}) {
		t.Errorf("a mode of its own: %q, %+v, all %+v", m.Known(), m.Media(), AllMedia())
	}
	// It is part of the plan: whoever waits is shown another plan when it changes.
	plan := Plan{Session: "s1", Seats: 8}
	if other := plan; plan.Same(func() Plan { other.Mode = "by telephone"; return other }()) {
		t.Error("a plan in another mode is the same")
	}
}
