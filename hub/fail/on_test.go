//go:build failpoint

package fail

import (
	"slices"
	"testing"
)

// Only commands that ask for it make a room panic, at the place they name.
func TestPanicIsAskedFor(t *testing.T) {
	was := place
	t.Cleanup(func() { place = was })
	panics := func(armed, where, id string) (did bool) {
		place = armed
		defer func() { did = recover() != nil }()
		Panic(where, id)
		return false
	}
	for _, c := range []struct {
		armed, where, id string
		want             bool
	}{
		{PanicInRoom, PanicEarly, PanicEarly + "-1", true},
		{PanicInRoom, PanicLate, PanicLate + "-1", true},
		{PanicInRoom, PanicLate, PanicEarly + "-1", false},
		{PanicInRoom, PanicEarly, "7f1c2a90", false},
		{"", PanicEarly, PanicEarly + "-1", false},
	} {
		if got := panics(c.armed, c.where, c.id); got != c.want {
			t.Errorf("%+v: panicked %v", c, got)
		}
	}
}

// Clocks that are wrong put a list in another order than that of coming, the
// same each time, and every room has its own.
func TestByClockIsAnotherOrder(t *testing.T) {
	var came []string
	for c := 'a'; c <= 'z'; c++ {
		came = append(came, string(c))
	}
	list := slices.Clone(came)
	self := func(s string) string { return s }
	first := ByClock("room", list, self)
	if !slices.Equal(list, came) {
		t.Error("the list itself was changed")
	}
	if slices.Equal(first, came) || !slices.Equal(slices.Sorted(slices.Values(first)), came) {
		t.Errorf("not another order of the same: %v", first)
	}
	if !slices.Equal(ByClock("room", came, self), first) {
		t.Error("another order the second time")
	}
	if one := ByClock("elsewhere", []string{"q"}, self); !slices.Equal(one, []string{"q"}) {
		t.Errorf("another room's list: %v", one)
	}
}
