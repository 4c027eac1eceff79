package drive

import "fmt"

// Chain follows the numbers of one connection and finds what is missing or
// out of order (docs/protocol.md §2: each number follows the one before it,
// whatever the stream, unless prev says where it goes on from).
type Chain struct{ hello, last int64 }

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
	c.hello, c.last = seq, seq
}

// Follow checks one numbered frame and moves on to it.
func (c *Chain) Follow(h Head) error {
	last := c.last
	c.last = max(h.Seq, last)
	switch {
	case h.Seq <= last || h.Seq <= h.Prev:
		return Fault{To: h.To, Seq: h.Seq, Prev: h.Prev, After: last}
	case h.Prev > last:
		return Fault{To: h.To, Seq: h.Seq, Prev: h.Prev, After: last, Missing: true}
	case last > c.hello && h.Prev != last:
		// prev below what we have already seen: the server's idea of what
		// this seat saw is not ours.
		return Fault{To: h.To, Seq: h.Seq, Prev: h.Prev, After: last}
	}
	return nil
}

// Seq is the highest number seen.
func (c *Chain) Seq() int64 { return c.last }
