package hub

import "testing"

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
}
