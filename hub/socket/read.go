package socket

import (
	"bufio"
	"context"
	"errors"
	"io"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/coder/websocket"
)

// inbox is what the reader keeps. Nobody else touches it.
type inbox struct {
	br     *bufio.Reader // the library's
	ahead  []byte        // read from the network, not yet parsed
	chunk  *[]byte       // what ahead is a part of, to give back; nil if it is not pooled
	budget budget
	pings  tally
	at     time.Duration // clock() of the last bytes
	err    error         // why reading from the network ended

	fillFn func(fd uintptr) bool // Conn.fill, made once
	filled int
}

const (
	chunkSize   = 4 << 10
	messageSize = 2 << 10  // what a pooled message buffer begins with
	messageKeep = 64 << 10 // a larger one is not kept
	lingerBytes = 64 << 10 // read and thrown away after our close frame
)

var (
	chunks   = sync.Pool{New: func() any { b := make([]byte, chunkSize); return &b }}
	messages = sync.Pool{New: func() any { b := make([]byte, messageSize); return &b }}
)

var errHalted = errors.New("socket: halted")

// read is the reader. Its frame stays small and it waits in await, at the top of
// its stack: a stack that a Message has grown shrinks back at the next
// collections, because hardly anything of it is in use while it waits.
func (c *Conn) read() {
	var err error
	for err == nil {
		if err = c.await(); err == nil {
			err = c.message()
		}
	}
	c.finish(err)
}

// await returns when there is something to parse.
func (c *Conn) await() error {
	if c.raw == nil || len(c.in.ahead) > 0 || c.in.br.Buffered() > 0 {
		return nil
	}
	return c.more()
}

// more waits for bytes and puts them ahead. No buffer is held while it waits.
func (c *Conn) more() error {
	if c.state.Load() >= halted {
		return errHalted
	}
	c.in.filled = 0
	err := c.raw.Read(c.in.fillFn)
	if err == nil {
		err = c.in.err
	}
	if err == nil && c.in.filled == 0 {
		err = io.EOF
	}
	if err != nil {
		c.in.err = err
		return err
	}
	return c.received(c.in.filled)
}

// readSlow reads where bytes cannot be fetched ahead.
func (c *Conn) readSlow(p []byte) (int, error) {
	if c.state.Load() >= halted {
		return 0, errHalted
	}
	n, err := c.nc.Read(p)
	if n > 0 {
		// An error that came with bytes comes again with the next read.
		return n, c.received(n)
	}
	if err != nil {
		c.in.err = err
	}
	return 0, err
}

// received counts bytes of the peer against the budget.
func (c *Conn) received(n int) error {
	c.in.at = clock()
	if !c.in.budget.take(n, c.in.at, c.limits) {
		c.fail(RulesBroken, ErrFlood)
		return errHalted
	}
	return nil
}

func (in *inbox) release() {
	if in.chunk != nil {
		chunks.Put(in.chunk)
	}
	in.ahead, in.chunk = nil, nil
}

// message reads one message and gives it to the handler.
func (c *Conn) message() error {
	// Background: a context that can end costs the library a timer per frame.
	// Reads end by the connection's own deadlines.
	typ, r, err := c.ws.Reader(context.Background())
	if err != nil {
		return err
	}
	if typ != websocket.MessageText {
		c.fail(NotText, ErrNotText)
		return errHalted
	}
	buf := messages.Get().(*[]byte)
	data, err := readAll(r, (*buf)[:0])
	if err == nil && c.in.err != nil {
		// The library takes the end of the network connection between two
		// fragments for the end of the message (walls §0.3, F4). A message that
		// is whole never needs another read, so a read that failed says that
		// this one was cut.
		err = ErrCut
	}
	if err == nil && !utf8.Valid(data) {
		c.fail(NotUTF8, ErrNotUTF8)
		err = errHalted
	}
	if err == nil && c.state.Load() == open {
		c.h.Message(c, data)
	}
	if cap(data) <= messageKeep {
		*buf = data[:0]
		messages.Put(buf)
	}
	return err
}

// readAll is io.ReadAll into a buffer that is already there.
func readAll(r io.Reader, b []byte) ([]byte, error) {
	for {
		if len(b) == cap(b) {
			b = append(b, 0)[:len(b)]
		}
		n, err := r.Read(b[len(b):cap(b)])
		b = b[:len(b)+n]
		if err == io.EOF {
			return b, nil
		}
		if err != nil {
			return b, err
		}
	}
}

// onPing is called by the library, in the reader, for every ping. It must not
// wait for the reader.
func (c *Conn) onPing(context.Context, []byte) bool {
	if c.state.Load() != open {
		return false
	}
	if !c.in.pings.add(clock(), c.limits.Pings, c.limits.PingWindow) {
		c.fail(RulesBroken, ErrPings)
		return false
	}
	return true
}

// finish ends the connection and tells the handler. err is what ended reading.
func (c *Conn) finish(err error) {
	_ = c.ws.CloseNow() // gives back what the library holds; never closes nc
	if c.settle(err) {
		c.linger()
	}
	c.in.release()
	c.mu.Lock()
	c.abort(ErrDropped)
	end := c.end
	c.mu.Unlock()
	c.release()
	c.h.Closed(c, end)
}

// settle makes sure that the end has a reason and says whether the peer should
// be given time to read our close frame.
func (c *Conn) settle(err error) (wait bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	answered := websocket.CloseStatus(err) != -1
	if c.state.Load() == open {
		if c.in.err != nil {
			cause := scrub(c.in.err)
			if err == ErrCut {
				cause = ErrCut
			}
			c.abort(cause)
			return false
		}
		// The library refuses unmasked frames and impossible lengths without
		// telling the peer.
		c.bye(NotProtocol, "", ErrProtocol, true)
	}
	c.end.resolve(answered)
	if c.in.err != nil || c.state.Load() == dropped {
		return false // nobody is there any more, or time is up
	}
	_ = c.nc.SetReadDeadline(c.by) // CloseNow has moved it into the past
	c.out.after = halfClose
	if answered {
		c.out.after = fullClose
	}
	if !c.out.writing {
		c.flushed()
	}
	return c.state.Load() != dropped
}

// linger throws away what the peer still sends until it has closed its side:
// closing with unread bytes would make the kernel reset the connection, and the
// peer would never see the close code.
func (c *Conn) linger() {
	buf := chunks.Get().(*[]byte)
	defer chunks.Put(buf)
	for left := lingerBytes; left > 0; {
		n, err := c.nc.Read(*buf)
		if err != nil {
			return
		}
		left -= n
	}
}
