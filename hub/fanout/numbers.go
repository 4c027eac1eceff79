package fanout

// A seat's frames are numbered for that seat alone, over all its streams: its
// numbers are a function of what it was sent, and tell nothing of what others
// were (S06). All sockets of a seat, and all nodes that share its room, number
// them alike.

// number is a frame's number for one seat, and the one before it.
type number struct{ seq, prev int64 }

// head is one line of a flush for one seat.
type head struct {
	at int32 // in the lines of the flush
	n  number
}

// numbers counts the frames of one seat. The zero value has sent none.
type numbers struct {
	n     int64 // of the last frame
	since int64 // its audiences have been these since this frame; resuming goes back no further
	was   int64 // the numbers went on from here
	base  int64 // to here; 0: they never jumped
}

// next numbers one frame more.
func (c *numbers) next() number {
	n := c.after(c.n)
	c.n = n.seq
	return n
}

// after is the number of the frame that follows one.
func (c *numbers) after(has int64) number {
	if c.base != 0 && (has == c.was || has == c.base && c.n == c.base) {
		return number{c.base + 1, c.was}
	}
	return number{has + 1, has}
}

// missing is how many frames came after one; ok is false when that cannot be
// said, or when they were not all for whoever asks.
func (c *numbers) missing(has int64) (count int64, ok bool) {
	switch {
	case has < c.since || has > c.n:
		return 0, false
	case c.base == 0 || has >= c.base:
		return c.n - has, true
	case has <= c.was:
		return c.n - c.base + c.was - has, true
	}
	return 0, false
}

// jump lets the numbers go on from another one, which must be higher.
func (c *numbers) jump(to int64) {
	if c.base == 0 || c.n != c.base {
		c.since = max(c.since, c.base)
		c.was = c.n
	}
	c.base, c.n = to, to
}

// turn says that the audiences of the seat are others from now on.
func (c *numbers) turn() { c.since = c.n }

// whole says that the seat is shown the whole anew. That takes a number, so that
// a page that was away meanwhile is known not to have seen it.
func (c *numbers) whole() {
	c.n++
	c.turn()
}
