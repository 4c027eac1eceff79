package fail

import (
	"slices"
	"testing"
)

// Every place is listed once: a crash test that walks Points misses none.
func TestPlacesAreListedOnce(t *testing.T) {
	if got := len(Points()); got != 8 {
		t.Fatalf("there are %d places, want 8 (F2)", got)
	}
	sorted := slices.Sorted(slices.Values(append(Points(), Bugs()...)))
	if len(slices.Compact(sorted)) != 16 {
		t.Fatal("a name is used twice, or there are not eight bugs (walls §3.2)")
	}
}

// A build that is handed to people cannot be made to crash or to misbehave.
func TestNothingIsBuiltInWithoutTheTag(t *testing.T) {
	if Built {
		t.Skip("built with the tag failpoint")
	}
	t.Setenv("HEARTH_BUG", NoCommandID)
	t.Setenv("HEARTH_FAILPOINT", AfterDecode+":1")
	Point(AfterDecode)
	t.Setenv("HEARTH_FAILPOINT", PanicInRoom)
	Panic(PanicEarly, PanicEarly+"-1")
	if Bug(NoCommandID) {
		t.Fatal("a seeded bug is in an ordinary build")
	}
}
