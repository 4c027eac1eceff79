package socket

import (
	"crypto/tls"
	"errors"
	"io"
	"net"
	"os"
	"strconv"
	"syscall"
	"time"
)

// Close codes that the socket itself uses (docs/protocol.md §5). Others are the
// hub's.
const (
	NormalClosure = 1000
	NotProtocol   = 1002
	NotText       = 1003
	NoStatus      = 1005 // never on the wire: the peer's close frame was empty
	Abnormal      = 1006 // never on the wire: the connection ended without a close frame
	NotUTF8       = 1007
	RulesBroken   = 1008
	TooLarge      = 1009
	Slow          = 4008
)

// What ends a connection, besides the peer and the network.
var (
	ErrProtocol = errors.New("not our protocol")
	ErrNotText  = errors.New("not a text message")
	ErrNotUTF8  = errors.New("not valid UTF-8")
	ErrTooLarge = errors.New("message over the limit")
	ErrFlood    = errors.New("read budget spent")
	ErrPings    = errors.New("too many pings")
	ErrSlow     = errors.New("too much was waiting")
	ErrCut      = errors.New("message cut off")
	ErrAsked    = errors.New("closed on request")
	ErrDropped  = errors.New("dropped on request")
)

// Ended is the error that [Handler].Closed is given: how a connection came to
// its end. It holds no word and no address of the peer.
type Ended struct {
	Code int   // of the first close frame, sent or received; Abnormal if there was none
	Peer bool  // the peer closed first
	Err  error // one of the errors above, or why the network failed; nil if Peer
}

// Error says it in one line for operators.
func (e *Ended) Error() string {
	text := "socket: ended with " + strconv.Itoa(e.Code)
	if e.Peer {
		text = "socket: ended by the peer with " + strconv.Itoa(e.Code)
	}
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}

// Unwrap gives the cause.
func (e *Ended) Unwrap() error { return e.Err }

// Close says goodbye with a code and a short reason (cut to 123 bytes): what is
// queued still goes out if the peer takes it, then the close frame; at the
// latest after Limits.CloseWait the connection is gone. No Message comes after
// Close has returned, except one that is under way. Closing again does nothing.
func (c *Conn) Close(code int, reason string) {
	c.mu.Lock()
	c.bye(code, reason, ErrAsked, false)
	c.mu.Unlock()
	c.Start() // a connection that was never started ends in its reader, too
}

// Drop ends the connection at once, without a close frame. What the kernel has
// not sent yet is lost.
func (c *Conn) Drop() {
	c.mu.Lock()
	c.abort(ErrDropped)
	c.mu.Unlock()
	c.Start()
}

// fail closes the connection because of what the peer did.
func (c *Conn) fail(code int, cause error) {
	c.mu.Lock()
	c.bye(code, "", cause, true)
	c.mu.Unlock()
}

// bye sends the close frame and begins the wait for the peer's answer. halt
// says that neither what is queued nor what the peer says matters any more.
func (c *Conn) bye(code int, reason string, cause error, halt bool) {
	if c.state.Load() != open {
		return
	}
	c.end = &Ended{Code: code, Err: cause}
	c.by = time.Now().Add(max(c.limits.CloseWait, 0))
	if halt {
		c.out.discard()
		c.state.Store(halted)
	} else {
		c.state.Store(closing)
	}
	f := closeFrame(code, reason)
	n := 0
	if c.raw != nil && !c.busy() {
		var err error
		if n, err = c.tryWrite(f.wire); err != nil {
			c.abort(scrub(err))
			return
		}
	}
	if n < len(f.wire) {
		if n > 0 {
			c.out.skip = n
		}
		c.append(f, len(f.wire)-n, clock())
		_ = c.nc.SetWriteDeadline(c.by)
		c.out.timed = true
	}
	_ = c.nc.SetReadDeadline(c.by)
}

// abort gives the connection up. What is still unsent is thrown away, by the
// kernel too, which would otherwise keep it for a mute peer for minutes.
func (c *Conn) abort(cause error) {
	if c.state.Load() == dropped {
		return
	}
	if c.end == nil {
		c.end = &Ended{Code: Abnormal, Err: cause}
	}
	if t, ok := c.nc.(*net.TCPConn); ok && (c.out.bytes > 0 || c.end.Code == Abnormal) {
		_ = t.SetLinger(0)
	}
	c.hangUp()
}

// hangUp ends every read and write that is under way; the reader then closes
// the network connection. Only the reader does, because closing waits until
// nobody uses the descriptor, and no caller of Push or Drop may have to wait.
func (c *Conn) hangUp() {
	c.state.Store(dropped)
	c.out.queue, c.out.head, c.out.skip = nil, 0, 0
	_ = c.nc.SetDeadline(past) // fails only where it is not needed any more
}

// past is a deadline that ends a read or write at once.
var past = time.Unix(1, 0)

// release closes the network connection.
func (c *Conn) release() {
	nc := c.nc
	if t, ok := nc.(*tls.Conn); ok {
		nc = t.NetConn() // closing TLS itself would wait for the peer
	}
	_ = nc.Close() // nothing can be done about a failed close
}

// errLibrary marks a close frame that the library wrote until it is known
// whether it answers the peer's close frame or refuses what the peer sent.
var errLibrary = errors.New("closed by the library")

// resolve puts the cause in the place of errLibrary. answered says that a close
// frame of the peer has come.
func (e *Ended) resolve(answered bool) {
	switch {
	case e.Err != errLibrary:
	case answered:
		e.Peer, e.Err = true, nil
	case e.Code == TooLarge:
		e.Err = ErrTooLarge
	default:
		e.Err = ErrProtocol
	}
}

// scrub takes addresses out of network errors, which must not reach a log.
func scrub(err error) error {
	var no syscall.Errno
	switch {
	case errors.As(err, &no):
		return no
	case errors.Is(err, os.ErrDeadlineExceeded):
		return os.ErrDeadlineExceeded
	case errors.Is(err, net.ErrClosed):
		return net.ErrClosed
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return io.EOF
	}
	return errors.New("network error")
}
