package socket

import (
	"sync"
	"time"
)

// drainSize is how much waiting output goes into one write. Copying small
// frames together is as fast as writev and needs no vectors.
const drainSize = 16 << 10

var drains = sync.Pool{New: func() any { b := make([]byte, drainSize); return &b }}

// outbox is what waits to be written. All of it is guarded by Conn.mu.
type outbox struct {
	queue   []waiting
	head    int  // of queue
	skip    int  // bytes of queue[head] that are already written
	bytes   int  // waiting or in the writer's hands
	writing bool // a writer lives; only it may write
	timed   bool // the write deadline is set
	after   after

	writeFn func(fd uintptr) bool // Conn.writeOnce, made once
	offer   []byte                // its argument
	took    int                   // its results
	err     error
}

type waiting struct {
	f  *Frame
	at time.Duration
}

// after is what the writer does to the network connection when all is written.
type after uint8

const (
	stay after = iota
	halfClose
	fullClose
)

// Push sends a frame, or queues it if the peer is slow. Frames arrive in the
// order of the calls. It never waits; over the limits of the outbox the
// connection is closed with [Slow]. On a connection that is closing it does
// nothing.
func (c *Conn) Push(f *Frame) {
	c.mu.Lock()
	if c.state.Load() == open {
		c.send(f)
	}
	c.mu.Unlock()
}

// PushLoan is Push for a frame that is lent: the Loan may be set anew as soon as
// it returns.
func (c *Conn) PushLoan(l *Loan) {
	c.mu.Lock()
	if c.state.Load() == open {
		if n, more := c.atOnce(l.wire); more {
			c.enqueue(l.frame(), n)
		}
	}
	c.mu.Unlock()
}

func (c *Conn) busy() bool { return c.out.writing }

// send writes what the kernel takes at once and queues the rest.
func (c *Conn) send(f *Frame) {
	if n, more := c.atOnce(f.wire); more {
		c.enqueue(f, n)
	}
}

// atOnce writes what the kernel takes of a frame at once. more says that what
// comes after n bytes has to be queued.
func (c *Conn) atOnce(wire []byte) (n int, more bool) {
	if c.raw == nil || c.busy() {
		return 0, true
	}
	n, err := c.tryWrite(wire)
	if err != nil {
		c.abort(scrub(err))
		return 0, false
	}
	return n, n < len(wire)
}

// tryWrite is one write(2) that does not wait.
func (c *Conn) tryWrite(p []byte) (int, error) {
	o := &c.out
	o.offer, o.took, o.err = p, 0, nil
	err := c.raw.Write(o.writeFn)
	o.offer = nil
	if err == nil {
		err = o.err
	}
	return o.took, err
}

// enqueue queues a frame of which skip bytes are written.
func (c *Conn) enqueue(f *Frame, skip int) {
	o, l, now := &c.out, c.limits, clock()
	size := len(f.wire) - skip
	if n := len(o.queue) - o.head; n > 0 {
		over := l.Frames >= 0 && n >= l.Frames ||
			l.Bytes >= 0 && o.bytes+size > l.Bytes ||
			l.Age >= 0 && now-o.queue[o.head].at >= l.Age
		if over {
			c.bye(Slow, "slow", ErrSlow, true)
			return
		}
	}
	if skip > 0 {
		o.skip = skip // the queue is empty: only the first frame is begun
	}
	c.append(f, size, now)
}

func (c *Conn) append(f *Frame, size int, now time.Duration) {
	o := &c.out
	o.queue = append(o.queue, waiting{f, now})
	o.bytes += size
	if !o.writing {
		o.writing = true
		go c.drain()
	}
}

// discard forgets what waits, but for a frame that is already begun: a frame
// must not be cut where another follows.
func (o *outbox) discard() {
	keep := o.head
	if o.skip > 0 {
		keep++
	}
	for i := keep; i < len(o.queue); i++ {
		o.bytes -= len(o.queue[i].f.wire)
		o.queue[i] = waiting{}
	}
	o.queue = o.queue[:keep]
}

// drain is the writer. It lives while something waits.
func (c *Conn) drain() {
	buf := drains.Get().(*[]byte)
	defer drains.Put(buf)
	for {
		p := c.take((*buf)[:0])
		if p == nil {
			return
		}
		n, err := c.nc.Write(p)
		c.mu.Lock()
		c.out.bytes -= n
		if err != nil {
			c.abort(scrub(err))
		}
		c.mu.Unlock()
	}
}

// take collects what the writer writes next. Without anything to write it ends
// the writer's life and returns nil.
func (c *Conn) take(b []byte) []byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	o := &c.out
	if c.state.Load() == open && o.head < len(o.queue) &&
		c.limits.Age >= 0 && clock()-o.queue[o.head].at >= c.limits.Age {
		c.bye(Slow, "slow", ErrSlow, true)
	}
	if c.state.Load() == dropped || o.head == len(o.queue) {
		o.queue, o.head, o.writing = nil, 0, false
		if c.state.Load() != dropped {
			c.flushed()
		}
		return nil
	}
	if first := o.queue[o.head].f.wire[o.skip:]; len(first) > cap(b) {
		// A piece at a time, each with a deadline of its own: a large snapshot
		// on a slow line is not a mute peer. Frames do not change, so the piece
		// need not be copied.
		b = first[:cap(b)]
		o.skip += len(b)
	} else {
		for o.head < len(o.queue) {
			next := o.queue[o.head].f.wire[o.skip:]
			if len(b)+len(next) > cap(b) {
				break
			}
			b = append(b, next...)
			o.pop()
		}
	}
	c.setWriteDeadline()
	return b
}

func (o *outbox) pop() {
	o.queue[o.head] = waiting{}
	o.head++
	o.skip = 0
	if o.head >= 64 && o.head*2 >= len(o.queue) {
		n := copy(o.queue, o.queue[o.head:])
		clear(o.queue[n:])
		o.queue, o.head = o.queue[:n], 0
	}
}

// setWriteDeadline bounds the write that comes next.
func (c *Conn) setWriteDeadline() {
	var by time.Time
	if c.limits.WriteWait >= 0 {
		by = time.Now().Add(c.limits.WriteWait)
	}
	if c.state.Load() != open && (by.IsZero() || c.by.Before(by)) {
		by = c.by
	}
	_ = c.nc.SetWriteDeadline(by) // an error means a closed connection, which the write will say
	c.out.timed = true
}

// flushed is called when nothing waits any more.
func (c *Conn) flushed() {
	if c.out.timed {
		// A deadline left behind would fail the next write that does not wait.
		_ = c.nc.SetWriteDeadline(time.Time{})
		c.out.timed = false
	}
	switch c.out.after {
	case halfClose:
		if h, ok := c.nc.(interface{ CloseWrite() error }); ok && c.raw != nil {
			_ = h.CloseWrite()
		}
	case fullClose:
		c.hangUp()
	}
}
