package drive

import (
	"context"
	crand "crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/coder/websocket"
)

// Errors of a member's connection.
var (
	ErrGone   = errors.New("drive: connection is gone")
	ErrNoSeat = errors.New("drive: the member holds no seat")
)

// Member is one person's browser: a cookie, a seat, at most one connection.
type Member struct {
	House  *House
	Seat   string
	Cookie string
	Name   string
	Role   string

	// Book, when set, keeps every command and every numbered frame.
	Book *Book
	// Mute leaves the server's pings unanswered.
	Mute bool
	// Tag is the caller's; a Listener may read it.
	Tag any

	Frames  atomic.Int64 // frames received
	Missing atomic.Int64 // faults of the chain: missing
	Order   atomic.Int64 // faults of the chain: repeated, out of order

	on atomic.Pointer[Listener]

	mu sync.Mutex // guards talk
	talk
}

// talk is what a member knows of its connection, the present one or the last.
type talk struct {
	ws      *websocket.Conn
	gone    chan struct{}
	why     error
	waits   map[string]chan Reply
	chain   Chain
	epoch   string
	resume  string
	digest  string
	hello   []byte
	helloed chan struct{} // closed at the first hello or resumed of a connection
	inside  bool
	changed chan struct{} // closed and renewed at each hello
	fault   error
}

// Listener is called with each frame, on the reader's goroutine; line must not
// be kept.
type Listener func(m *Member, h Head, line []byte)

// Listen sets the listener; nil takes it away.
func (m *Member) Listen(l Listener) {
	if l == nil {
		m.on.Store(nil)
		return
	}
	m.on.Store(&l)
}

// Reply is the server's answer to a command.
type Reply struct {
	Code string // empty: acknowledged
	Form int64  // number in the journal; 0 when not durable
}

// NewID makes a fresh command id, a random UUID.
func NewID() string {
	var b [16]byte
	binary.NativeEndian.PutUint64(b[:8], random64())
	binary.NativeEndian.PutUint64(b[8:], random64())
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	var out [36]byte
	hex.Encode(out[0:8], b[0:4])
	hex.Encode(out[9:13], b[4:6])
	hex.Encode(out[14:18], b[6:8])
	hex.Encode(out[19:23], b[8:10])
	hex.Encode(out[24:36], b[10:16])
	out[8], out[13], out[18], out[23] = '-', '-', '-', '-'
	return string(out[:])
}

func random64() uint64 {
	var b [8]byte
	_, _ = crand.Read(b[:])
	return binary.NativeEndian.Uint64(b[:])
}

// Dial opens the socket without saying anything yet.
func (m *Member) Dial(ctx context.Context) (*websocket.Conn, error) {
	if m.Seat == "" {
		return nil, ErrNoSeat
	}
	h := http.Header{"Origin": {m.House.URL}}
	if m.Cookie != "" {
		h.Set("Cookie", m.Cookie)
	}
	ws, resp, err := websocket.Dial(ctx, m.House.URL+"/api/live/"+m.Seat, &websocket.DialOptions{
		HTTPClient: m.House.HTTP, HTTPHeader: h, Subprotocols: []string{"hearth.v1"},
	})
	if err != nil {
		if resp != nil {
			return nil, fmt.Errorf("open the socket: status %d: %w", resp.StatusCode, err)
		}
		return nil, fmt.Errorf("open the socket: %w", err)
	}
	ws.SetReadLimit(1 << 20)
	return ws, nil
}

// Connect opens the socket and says hello, with the resume token when fresh is
// false and there is one, and waits for the server's hello or resumed.
func (m *Member) Connect(ctx context.Context, fresh bool) error {
	ctx, cancel := context.WithTimeout(ctx, 15*time.Second)
	defer cancel()
	ws, err := m.Dial(ctx)
	if err != nil {
		return err
	}
	m.mu.Lock()
	m.ws, m.gone, m.helloed = ws, make(chan struct{}), make(chan struct{})
	if m.waits == nil {
		m.waits = map[string]chan Reply{}
	}
	if m.changed == nil {
		m.changed = make(chan struct{})
	}
	hi := []byte(`{"do":"hello","v":1}`)
	if !fresh && m.resume != "" {
		hi = fmt.Appendf(nil, `{"do":"hello","v":1,"resume":%q,"seq":%d}`, m.resume, m.chain.Seq())
	}
	gone, helloed := m.gone, m.helloed
	m.mu.Unlock()
	go m.read(ws, gone, helloed)
	if err := ws.Write(context.Background(), websocket.MessageText, hi); err != nil {
		return fmt.Errorf("say hello: %w", err)
	}
	select {
	case <-helloed:
		return nil
	case <-gone:
		return fmt.Errorf("wait for hello: %w", m.Why())
	case <-ctx.Done():
		_ = ws.CloseNow()
		return fmt.Errorf("wait for hello: %w", ctx.Err())
	}
}

// Drop cuts the connection without a word and waits for the reader to end.
func (m *Member) Drop() {
	m.mu.Lock()
	ws, gone := m.ws, m.gone
	m.mu.Unlock()
	if ws != nil {
		_ = ws.CloseNow()
		<-gone
	}
}

// Gone is closed when the present connection has ended.
func (m *Member) Gone() <-chan struct{} {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.gone
}

// Why is the error that ended the last connection.
func (m *Member) Why() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	return errors.Join(ErrGone, m.why)
}

// Fault is the first fault of the chain, if there was one.
func (m *Member) Fault() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.fault
}

func (m *Member) read(ws *websocket.Conn, gone, helloed chan struct{}) {
	buf := make([]byte, 0, 2048)
	var err error
	for err == nil {
		buf, err = readMessage(ws, buf[:0])
		for rest := buf; err == nil && len(rest) > 0; {
			var line []byte
			line, rest = cutLine(rest)
			if len(line) > 0 {
				helloed = m.frame(ws, line, helloed)
			}
		}
	}
	_ = ws.CloseNow()
	m.mu.Lock()
	m.why = err
	m.inside = false
	m.mu.Unlock()
	close(gone)
}

func readMessage(ws *websocket.Conn, buf []byte) ([]byte, error) {
	_, r, err := ws.Reader(context.Background())
	if err != nil {
		return buf, err
	}
	for {
		if len(buf) == cap(buf) {
			buf = append(buf, 0)[:len(buf)]
		}
		n, err := r.Read(buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		if errors.Is(err, io.EOF) {
			return buf, nil
		}
		if err != nil {
			return buf, err
		}
	}
}

func cutLine(b []byte) (line, rest []byte) {
	for i, c := range b {
		if c == '\n' {
			return b[:i], b[i+1:]
		}
	}
	return b, nil
}
