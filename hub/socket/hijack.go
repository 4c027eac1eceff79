package socket

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"io"
	"net"
	"net/http"
	"time"
	"unicode/utf8"
)

// Sizes of the buffers that live as long as a connection. net/http would give
// 4 KiB each way.
const (
	aheadReader  = 32  // bytes come from a pooled buffer; this only holds a header
	slowReader   = 512 // where the library's buffer is the only one
	controlFrame = 128 // the library writes nothing but control frames (≤ 127 bytes)
)

// upgrade is the ResponseWriter that the library sees. It hands over the
// connection with small buffers, and says every refusal in the form that all
// errors of this server have.
type upgrade struct {
	http.ResponseWriter
	c      *Conn
	status int // of a refusal by the library
}

// Hijack hands over the connection. Bytes of the peer that net/http has already
// read are carried over: without that one connection in five hangs.
func (u *upgrade) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	nc, brw, err := http.NewResponseController(u.ResponseWriter).Hijack()
	if err != nil {
		return nil, nil, err
	}
	var carried []byte
	if n := brw.Reader.Buffered(); n > 0 {
		early, _ := brw.Reader.Peek(n)
		carried = append(carried, early...)
	}
	br, bw := u.c.attach(nc, carried)
	return (*wire)(u.c), bufio.NewReadWriter(br, bw), nil
}

// WriteHeader lets only the upgrade itself through; a refusal is remembered.
func (u *upgrade) WriteHeader(status int) {
	if status == http.StatusSwitchingProtocols {
		u.ResponseWriter.WriteHeader(status)
		return
	}
	u.status = status
}

// Write swallows the library's words, which quote the request.
func (u *upgrade) Write(p []byte) (int, error) { return len(p), nil }

func (u *upgrade) refuse(status int) {
	h := u.Header()
	h.Set("Content-Type", "application/json")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-store")
	u.ResponseWriter.WriteHeader(status)
	_, _ = io.WriteString(u.ResponseWriter,
		`{"code":"socket","say":"This address is only for the page itself. Please open your link again."}`+"\n")
}

// wire is the network connection as the library sees it: reads go through the
// budget, control frames join the outbox.
type wire Conn

// Read gives bytes of the peer to the library's buffer.
func (w *wire) Read(p []byte) (int, error) {
	c := (*Conn)(w)
	if len(c.in.ahead) == 0 {
		if c.raw == nil {
			return c.readSlow(p)
		}
		if err := c.more(); err != nil {
			return 0, err
		}
	}
	if c.state.Load() >= halted {
		return 0, errHalted
	}
	n := copy(p, c.in.ahead)
	if c.in.ahead = c.in.ahead[n:]; len(c.in.ahead) == 0 {
		c.in.release()
	}
	return n, nil
}

// Write takes a control frame of the library: an answer to a ping, or a close
// frame with which it answers the peer's or refuses what came. It never waits.
func (w *wire) Write(p []byte) (int, error) {
	c := (*Conn)(w)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.state.Load() != open {
		// Nothing may follow our close frame (RFC 6455 §5.5.1).
		return len(p), nil
	}
	if p[0]&opMask != opClose {
		if n, more := c.atOnce(p); more { // p is the library's
			c.enqueue(&Frame{wire: bytes.Clone(p)}, n)
		}
		return len(p), nil
	}
	code, cause := NoStatus, errLibrary
	if len(p) >= 4 {
		code = int(binary.BigEndian.Uint16(p[2:]))
		if !utf8.Valid(p[4:]) {
			code, cause = NotUTF8, ErrNotUTF8 // the peer's reason, echoed (RFC 6455 §5.5.1)
		}
	}
	c.bye(code, "", cause, true)
	return len(p), nil
}

// Close is the library's wish to end a read that has stalled. The socket closes
// the network connection itself, after what is queued has gone.
func (w *wire) Close() error { return w.nc.SetReadDeadline(past) }

func (w *wire) LocalAddr() net.Addr                { return w.nc.LocalAddr() }
func (w *wire) RemoteAddr() net.Addr               { return w.nc.RemoteAddr() }
func (w *wire) SetDeadline(t time.Time) error      { return w.nc.SetDeadline(t) }
func (w *wire) SetReadDeadline(t time.Time) error  { return w.nc.SetReadDeadline(t) }
func (w *wire) SetWriteDeadline(t time.Time) error { return w.nc.SetWriteDeadline(t) }
