// Package socket is one WebSocket connection: lean, hostile-proof, and ignorant
// of rooms. It reads whole text messages into a [Handler] and sends [Frame]s
// that were encoded once for all their receivers.
//
// Reading is one goroutine per connection. It waits high up on its stack with
// no buffer in its hands, so that an idle connection costs about 4 KiB of stack
// and little else. Parsing is coder/websocket's.
//
// Writing has no goroutine. [Conn.Push] tries one write that does not wait;
// only what the kernel does not take at once is queued, and a goroutine lives
// as long as something is queued. Nothing that another goroutine calls ever
// waits for the peer.
package socket

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/coder/websocket"
)

// Protocol is the subprotocol that every client must ask for.
const Protocol = "hearth.v1"

// Handler receives what happens on a connection. The connection's reader calls
// it, one call at a time.
type Handler interface {
	// Message is given one whole text message of valid UTF-8. data is only valid
	// during the call; copy what must stay. It must be quick and must not wait:
	// until it returns nothing else is read, pings and closes included. A
	// message that the peer cut off never comes.
	Message(c *Conn, data []byte)
	// Closed is called exactly once, after the last Message. err is an *[Ended].
	Closed(c *Conn, err error)
}

// Conn is one connection. Its methods may be called by any goroutine, also from
// inside a Handler, and never wait for the peer.
type Conn struct {
	h       Handler
	limits  *Limits
	nc      net.Conn
	raw     syscall.RawConn // nil where writing without waiting is not possible
	ws      *websocket.Conn
	state   atomic.Int32 // changed under mu
	started atomic.Bool

	in inbox // the reader's own

	mu  sync.Mutex
	out outbox
	end *Ended // set once, when state leaves open
	by  time.Time
}

// The states of a connection, in the only order they are passed through.
const (
	open    int32 = iota
	closing       // our close frame is on its way; the peer's answer is awaited
	halted        // as closing, but nothing the peer says is looked at any more
	dropped       // nothing is read or written any more
)

// epoch is the zero of clock.
var epoch = time.Now()

// clock is monotonic time in a form that fits into an atomic.
func clock() time.Duration { return time.Since(epoch) }

// Accept upgrades a request to a connection. It answers every request that it
// refuses and then returns an error; a request must ask for [Protocol]. The
// caller has checked Origin and Host and holds the device to its rights.
//
// Nothing is read until [Conn.Start], so that the caller can store the
// connection first. Every accepted connection must be given Start, Close or
// Drop. The HTTP handler may return at once, which frees what net/http holds.
func Accept(w http.ResponseWriter, r *http.Request, h Handler, l Limits) (*Conn, error) {
	c := &Conn{h: h, limits: l.resolve()}
	u := &upgrade{ResponseWriter: w, c: c}
	if !asksFor(r, Protocol) {
		u.refuse(http.StatusBadRequest)
		return nil, errors.New("socket: upgrade refused: subprotocol not asked for")
	}
	ws, err := websocket.Accept(u, r, &websocket.AcceptOptions{
		Subprotocols: []string{Protocol},
		// The library lets a missing Origin pass and compares the host with the
		// client's own Host header. The caller has already compared both with
		// the configured public address (walls §0.4, A1, A2).
		InsecureSkipVerify: true,
		// The library's default today; said here because it must stay so: each
		// compressed connection costs 1.2 MB and leaks by length (A20).
		CompressionMode: websocket.CompressionDisabled,
		OnPingReceived:  c.onPing,
	})
	if err != nil {
		// The library's error quotes the request's headers, which must not
		// reach a log.
		status := u.status
		if status == 0 {
			status = http.StatusInternalServerError
		}
		u.refuse(status)
		return nil, fmt.Errorf("socket: upgrade refused with status %d", status)
	}
	c.ws = ws
	// Accept has put its own chain of readers under the buffer. The wire gives
	// the carried bytes itself, so the buffer can lie directly on it.
	c.in.br.Reset((*wire)(c))
	ws.SetReadLimit(int64(c.limits.Message))
	return c, nil
}

// Start lets the reader run. Calling it again does nothing.
func (c *Conn) Start() {
	if c.started.CompareAndSwap(false, true) {
		go c.read()
	}
}

// attach takes over the network connection at the upgrade. The byte budget
// begins here and not earlier, because a proxy's keep-alive connection has
// carried other people's requests before.
func (c *Conn) attach(nc net.Conn, carried []byte) (*bufio.Reader, *bufio.Writer) {
	c.nc = nc
	if size := c.limits.SendBuffer; size > 0 {
		if b, ok := nc.(interface{ SetWriteBuffer(int) error }); ok {
			_ = b.SetWriteBuffer(size) // a refusal only means the kernel's own size
		}
	}
	now := clock()
	c.in.ahead, c.in.at = carried, now
	c.in.budget = budget{left: int64(c.limits.ReadBurst), at: now}
	size := slowReader
	if c.raw = rawOf(nc); c.raw != nil {
		size = aheadReader
		c.in.fillFn, c.out.writeFn = c.fill, c.writeOnce
	}
	c.in.br = bufio.NewReaderSize((*wire)(c), size)
	return c.in.br, bufio.NewWriterSize((*wire)(c), controlFrame)
}

func asksFor(r *http.Request, protocol string) bool {
	for _, line := range r.Header.Values("Sec-WebSocket-Protocol") {
		for offer := range strings.SplitSeq(line, ",") {
			if strings.TrimSpace(offer) == protocol {
				return true
			}
		}
	}
	return false
}
