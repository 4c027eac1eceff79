package fanout

import "testing"

// What people are shown as the id of words counts nothing of others.
func TestS06IdsCountNothingOfOthers(t *testing.T) {
	v, other := newVeil(), newVeil()
	for _, id := range []string{"w1", "w2", "w2000000001"} {
		shown := v.hide(id)
		if len(shown) != 23 || v.show(shown) != id || shown == other.hide(id) || other.show(shown) != "" || shown != veilOf(v.key).hide(id) {
			t.Errorf("%s is shown as %s, which stands for %q", id, shown, v.show(shown))
		}
	}
	for _, id := range []string{"w1", "", "w", "n1-ann", "wAAAAAAAAAAAAAAAAAAAAAA"} {
		if got := v.show(id); got != "" {
			t.Errorf("%q stands for %q", id, got)
		}
	}
	if v.hide("n1-ann") != "n1-ann" {
		t.Error("the id of a notice is hidden")
	}
}

// A seat's numbers follow each other, over a jump too, and what came after one
// can be counted as long as it was all for this seat.
func TestNumbersOfASeat(t *testing.T) {
	var c numbers
	for want := range int64(3) {
		if n := c.next(); n != (number{want + 1, want}) {
			t.Fatalf("number %d: %+v", want, n)
		}
	}
	c.jump(1000)
	if n := c.next(); n != (number{1001, 3}) {
		t.Fatalf("after the jump: %+v", n)
	}
	if n := c.next(); n != (number{1002, 1001}) {
		t.Fatalf("the one after: %+v", n)
	}
	missing := func(has, want int64) {
		t.Helper()
		if got, ok := c.missing(has); ok != (want >= 0) || ok && got != want {
			t.Errorf("who has %d misses %d (%v), want %d", has, got, ok, want)
		}
	}
	missing(0, 5)
	missing(3, 2)
	missing(4, -1) // nobody was ever sent it
	missing(1000, 2)
	missing(1002, 0)
	missing(1003, -1)
	if c.after(3) != (number{1001, 3}) || c.after(2) != (number{3, 2}) {
		t.Error("what is told again is numbered otherwise than it was")
	}
	c.jump(5000)
	missing(3, -1) // two jumps ago
	missing(1001, 1)
	c.jump(9000) // with nothing in between
	missing(1002, 0)
	missing(5000, -1)
	c.turn()
	missing(1002, -1)
	missing(9000, 0)
	c.whole()
	missing(9000, -1) // was away when everything was shown anew
	missing(9001, 0)
	if n := c.next(); n != (number{9002, 9001}) {
		t.Errorf("after the whole: %+v", n)
	}
}
