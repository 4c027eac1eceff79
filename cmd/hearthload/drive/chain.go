package drive

import "fmt"

// Chain follows the numbers of one connection and finds what is missing or
// out of order (docs/protocol.md §2: prev must be the last number of this
// stream that this seat saw, or lie under the last snapshot).
type Chain struct {
	hello int64
	last  [streams]int64
}

// Fault is a frame that did not follow.
type Fault struct {
	To               Stream
	Seq, Prev, After int64
	Missing          bool // false: out of order or repeated
}

func (f Fault) Error() string {
	what := "repeated or out of order"
	if f.Missing {
		what = "frames missing before it"
	}
	return fmt.Sprintf("stream %d: seq %d prev %d after %d: %s", f.To, f.Seq, f.Prev, f.After, what)
}

// Snapshot begins again at a hello frame's number.
func (c *Chain) Snapshot(seq int64) {
	c.hello = seq
	c.last = [streams]int64{}
}

// Follow checks one numbered frame and moves on to it.
func (c *Chain) Follow(h Head) error {
	last := c.last[h.To]
	floor := max(last, c.hello)
	defer func() { c.last[h.To] = max(h.Seq, last) }()
	switch {
	case h.Seq <= floor || h.Seq <= h.Prev:
		return Fault{To: h.To, Seq: h.Seq, Prev: h.Prev, After: floor}
	case h.Prev > floor:
		return Fault{To: h.To, Seq: h.Seq, Prev: h.Prev, After: floor, Missing: true}
	case last > c.hello && h.Prev != last:
		// prev below what we have already seen: the server's idea of what
		// this seat saw is not ours.
		return Fault{To: h.To, Seq: h.Seq, Prev: h.Prev, After: floor}
	}
	return nil
}

// Seq is the highest number seen.
func (c *Chain) Seq() int64 {
	top := c.hello
	for _, s := range c.last {
		top = max(top, s)
	}
	return top
}
