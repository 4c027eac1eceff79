package socket

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patience is how long a test waits for what must come.
const patience = 10 * time.Second

// ear is a Handler that keeps what it hears.
type ear struct {
	conn     *Conn
	messages chan string
	ended    chan *Ended
	onText   func(c *Conn, data []byte)
	late     func(string) // told of anything after Closed
	over     bool
}

func newEar(t testing.TB) *ear {
	return &ear{messages: make(chan string, 4096), ended: make(chan *Ended, 1),
		late: func(s string) { t.Error(s) }}
}

func (e *ear) Message(c *Conn, data []byte) {
	if e.over {
		e.late("a message came after Closed")
	}
	if e.onText != nil {
		e.onText(c, data)
		return
	}
	e.messages <- string(data)
}

func (e *ear) Closed(_ *Conn, err error) {
	if e.over {
		e.late("Closed came twice")
	}
	e.over = true
	e.ended <- err.(*Ended)
}

// end waits for Closed.
func (e *ear) end(t testing.TB) *Ended {
	t.Helper()
	select {
	case end := <-e.ended:
		return end
	case <-time.After(patience):
		t.Fatal("Closed did not come")
		return nil
	}
}

func (e *ear) text(t testing.TB) string {
	t.Helper()
	select {
	case s := <-e.messages:
		return s
	case <-time.After(patience):
		t.Fatal("no message came")
		return ""
	}
}

// house serves accepted connections; each is handed out before it is started.
type house struct {
	addr string
	ears chan *ear
	errs chan error
}

func serveOn(t testing.TB, l net.Listener, limits Limits, ready func(*Conn, *ear)) *house {
	h := &house{addr: l.Addr().String(), ears: make(chan *ear, 8192), errs: make(chan error, 64)}
	srv := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		e := newEar(t)
		c, err := Accept(w, r, e, limits)
		if err != nil {
			h.errs <- err
			return
		}
		e.conn = c
		if ready != nil {
			ready(c, e)
		}
		c.Start()
		h.ears <- e
	})}
	done := make(chan struct{})
	go func() { defer close(done); _ = srv.Serve(l) }()
	t.Cleanup(func() { _ = srv.Close(); <-done })
	return h
}

func serve(t testing.TB, limits Limits) *house {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return serveOn(t, l, limits, nil)
}

func (h *house) ear(t testing.TB) *ear {
	t.Helper()
	select {
	case e := <-h.ears:
		return e
	case <-time.After(patience):
		t.Fatal("no connection came")
		return nil
	}
}

const handshake = "GET /live HTTP/1.1\r\nHost: hearth.test\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
	"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
	"Sec-WebSocket-Protocol: hearth.v1\r\n"

// raw is a client that sends whatever bytes a test wants.
type raw struct {
	t testing.TB
	net.Conn
	r        *bufio.Reader
	response *http.Response
}

// dialRaw does the handshake, with early bytes in the same write.
func dialRaw(t testing.TB, addr string, early ...byte) *raw {
	t.Helper()
	nc, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { nc.Close() })
	return handshakeOn(t, nc, "", early)
}

func handshakeOn(t testing.TB, nc net.Conn, headers string, early []byte) *raw {
	t.Helper()
	_ = nc.SetDeadline(time.Now().Add(patience))
	if _, err := nc.Write(append([]byte(handshake+headers+"\r\n"), early...)); err != nil {
		t.Fatal(err)
	}
	c := &raw{t: t, Conn: nc, r: bufio.NewReader(nc)}
	resp, err := http.ReadResponse(c.r, nil)
	if err != nil {
		t.Fatal(err)
	}
	if resp.StatusCode != http.StatusSwitchingProtocols {
		t.Fatalf("status %d", resp.StatusCode)
	}
	c.response = resp
	return c
}

func (c *raw) send(parts ...[]byte) {
	c.t.Helper()
	if _, err := c.Write(bytes.Join(parts, nil)); err != nil {
		c.t.Fatal(err)
	}
}

// frame reads one frame.
func (c *raw) frame() (first byte, payload []byte, err error) {
	var h [2]byte
	if _, err := io.ReadFull(c.r, h[:]); err != nil {
		return 0, nil, err
	}
	n := uint64(h[1])
	switch n {
	case 126:
		var b [2]byte
		_, err = io.ReadFull(c.r, b[:])
		n = uint64(binary.BigEndian.Uint16(b[:]))
	case 127:
		var b [8]byte
		_, err = io.ReadFull(c.r, b[:])
		n = binary.BigEndian.Uint64(b[:])
	}
	if err != nil {
		return 0, nil, err
	}
	payload = make([]byte, n)
	_, err = io.ReadFull(c.r, payload)
	return h[0], payload, err
}

func (c *raw) wantText(want string) {
	c.t.Helper()
	first, payload, err := c.frame()
	if err != nil {
		c.t.Fatal(err)
	}
	if first != finText || string(payload) != want {
		c.t.Fatalf("got frame %#x %.60q, want text %.60q", first, payload, want)
	}
}

// closeCode reads until a close frame or the end of the connection.
func (c *raw) closeCode() int {
	for {
		first, payload, err := c.frame()
		switch {
		case err != nil:
			return Abnormal
		case first == finClose && len(payload) == 0:
			return NoStatus
		case first == finClose:
			return int(binary.BigEndian.Uint16(payload))
		}
	}
}

// wantGone checks that nothing follows and the server's side ends, then ends
// this side.
func (c *raw) wantGone() {
	c.t.Helper()
	rest, err := io.ReadAll(c.r)
	if len(rest) > 0 {
		c.t.Fatalf("%d bytes came after the close frame", len(rest))
	}
	var timeout net.Error
	if errors.As(err, &timeout) && timeout.Timeout() {
		c.t.Fatal("the connection stayed open")
	}
	c.Close()
}

// masked makes a client frame (RFC 6455 §5.2, §5.3).
func masked(first byte, payload []byte) []byte {
	b := appendHeader(nil, first, len(payload))
	b[1] |= 0x80
	key := [4]byte{0x37, 0xfa, 0x21, 0x3d}
	b = append(b, key[:]...)
	for i, x := range payload {
		b = append(b, x^key[i%4])
	}
	return b
}

func text(s string) []byte { return masked(finText, []byte(s)) }

// pipes is a Listener whose connections are net.Pipes, for fake time.
type pipes struct {
	next chan net.Conn
	shut chan struct{}
	once sync.Once
}

func newPipes() *pipes {
	return &pipes{next: make(chan net.Conn), shut: make(chan struct{})}
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.next:
		return c, nil
	case <-p.shut:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error   { p.once.Do(func() { close(p.shut) }); return nil }
func (p *pipes) Addr() net.Addr { return &net.UnixAddr{Name: "pipe", Net: "pipe"} }

func (p *pipes) dial(context.Context, string, string) (net.Conn, error) {
	client, server := net.Pipe()
	select {
	case p.next <- server:
		return client, nil
	case <-p.shut:
		return nil, net.ErrClosed
	}
}

// dialPipe connects a real client over an in-memory connection.
func dialPipe(t testing.TB, p *pipes) *websocket.Conn {
	t.Helper()
	tr := &http.Transport{DialContext: p.dial}
	t.Cleanup(tr.CloseIdleConnections)
	ws, resp, err := websocket.Dial(t.Context(), "ws://hearth.test/live", &websocket.DialOptions{
		HTTPClient: &http.Client{Transport: tr}, Subprotocols: []string{Protocol}})
	if err != nil {
		t.Fatal(err)
	}
	if resp.Body != nil {
		resp.Body.Close()
	}
	ws.SetReadLimit(-1)
	return ws
}

func number(i int) []byte { return fmt.Appendf(nil, `{"n":%d}`, i) }

func blank(n int) []byte { return []byte(strings.Repeat("x", n)) }

// pass lets time go by in a bubble of testing/synctest.
func pass(d time.Duration) { <-time.After(d) }
