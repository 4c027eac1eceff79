// Package garbage sends hearth what no browser sends: 32 kinds of broken
// frames and messages (F21), messages cut at every byte (F4), and floods of
// control frames (F19, F20), while other rooms go on with their session.
package garbage

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/textproto"
	"strings"
	"time"

	"hearth/cmd/hearthload/drive"
)

// Opcodes (RFC 6455 §5.2).
const (
	opContinue = 0
	opText     = 1
	opBinary   = 2
	opClose    = 8
	opPing     = 9
	opPong     = 10
)

// raw is a WebSocket written byte by byte.
type raw struct {
	c  net.Conn
	br *bufio.Reader
}

// patience is how long an answer may take.
const patience = 5 * time.Second

// dial upgrades for a member's seat and, when greet is set, says hello and
// waits for the answer.
func dial(m *drive.Member, greet bool) (*raw, error) {
	host := strings.TrimPrefix(m.House.URL, "http://")
	ctx, cancel := timeLimit()
	defer cancel()
	c, err := drive.Spread(ctx, "tcp", host)
	if err != nil {
		return nil, fmt.Errorf("connect: %w", err)
	}
	_ = c.SetDeadline(time.Now().Add(patience))
	_, err = fmt.Fprintf(c, "GET /api/live/%s HTTP/1.1\r\nHost: %s\r\nOrigin: %s\r\nCookie: %s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"+
		"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: hearth.v1\r\n\r\n",
		m.Seat, host, m.House.URL, m.Cookie)
	r := &raw{c: c, br: bufio.NewReaderSize(c, 4096)}
	if err == nil {
		err = r.upgraded()
	}
	if err == nil && greet {
		err = r.hello()
	}
	if err != nil {
		r.drop()
		return nil, err
	}
	return r, nil
}

func (r *raw) upgraded() error {
	head := textproto.NewReader(r.br)
	line, err := head.ReadLine()
	if err != nil {
		return fmt.Errorf("upgrade: %w", err)
	}
	if !strings.Contains(line, " 101 ") {
		return fmt.Errorf("upgrade: %s", line)
	}
	h, err := head.ReadMIMEHeader()
	if err != nil {
		return fmt.Errorf("upgrade: %w", err)
	}
	if ext := http.Header(h).Get("Sec-WebSocket-Extensions"); ext != "" {
		return fmt.Errorf("upgrade: an extension was negotiated (A20): %s", ext)
	}
	return nil
}

func (r *raw) hello() error {
	if _, err := r.c.Write(frame(opText, []byte(`{"do":"hello","v":1}`))); err != nil {
		return fmt.Errorf("say hello: %w", err)
	}
	for range 8 {
		op, b, err := r.next()
		if err != nil {
			return fmt.Errorf("wait for hello: %w", err)
		}
		if op == opText && strings.Contains(string(b[:min(len(b), 16)]), `"hello"`) {
			return nil
		}
	}
	return errors.New("wait for hello: none came")
}

// next reads one frame of the server.
func (r *raw) next() (op byte, payload []byte, err error) {
	var h [2]byte
	if _, err := io.ReadFull(r.br, h[:]); err != nil {
		return 0, nil, err
	}
	n := uint64(h[1] & 0x7f)
	var ext [8]byte
	switch n {
	case 126:
		_, err = io.ReadFull(r.br, ext[6:])
		n = binary.BigEndian.Uint64(ext[:])
	case 127:
		_, err = io.ReadFull(r.br, ext[:])
		n = binary.BigEndian.Uint64(ext[:])
	}
	if err != nil || n > 1<<20 {
		return 0, nil, errors.Join(err, errors.New("the server's frame has no sensible length"))
	}
	payload = make([]byte, n)
	_, err = io.ReadFull(r.br, payload)
	return h[0] & 0x0f, payload, err
}

// ending is how a connection ended.
type ending struct {
	code int // close code; 1006 when there was none
	no   int // refusals on the way
	ack  int // acknowledgements on the way
}

// end reads until the server has closed.
func (r *raw) end() ending {
	var e ending
	for {
		op, b, err := r.next()
		if err != nil {
			e.code = 1006
			return e
		}
		switch op {
		case opClose:
			e.code = 1005
			if len(b) >= 2 {
				e.code = int(binary.BigEndian.Uint16(b))
			}
			return e
		case opText:
			e.count(b)
		}
	}
}

func (e *ending) count(b []byte) {
	e.no += strings.Count(string(b), `{"t":"no"`)
	e.ack += strings.Count(string(b), `{"t":"ack"`)
}

// answers reads until n commands have been answered or the server has closed.
func (r *raw) answers(n int) ending {
	var e ending
	for e.no+e.ack < n {
		op, b, err := r.next()
		switch {
		case err != nil:
			e.code = 1006
			return e
		case op == opClose:
			e.code = int(binary.BigEndian.Uint16(append(b, 0, 0)))
			return e
		case op == opText:
			e.count(b)
		}
	}
	return e
}

// drop closes without a word.
func (r *raw) drop() { _ = r.c.Close() }

// reset closes with RST.
func (r *raw) reset() {
	if t, ok := r.c.(*net.TCPConn); ok {
		_ = t.SetLinger(0)
	}
	_ = r.c.Close()
}

// wire is one frame with every bit free to be wrong.
type wire struct {
	op       byte
	rsv      byte // three bits
	more     bool // FIN is 0
	bare     bool // not masked
	payload  []byte
	announce uint64 // this length instead of the true one, in eight bytes
	long     bool   // the true length in eight bytes
}

var mask = [4]byte{0x5a, 0x13, 0xc7, 0x9e}

func (w wire) bytes() []byte {
	first := w.op | w.rsv<<4
	if !w.more {
		first |= 0x80
	}
	masked := byte(0x80)
	if w.bare {
		masked = 0
	}
	b := []byte{first}
	n := uint64(len(w.payload))
	switch {
	case w.announce != 0:
		b = binary.BigEndian.AppendUint64(append(b, masked|127), w.announce)
	case w.long || n > 0xffff:
		b = binary.BigEndian.AppendUint64(append(b, masked|127), n)
	case n > 125 && w.op < 8:
		b = binary.BigEndian.AppendUint16(append(b, masked|126), uint16(n))
	case n > 125: // a control frame that is too long
		b = binary.BigEndian.AppendUint16(append(b, masked|126), uint16(n))
	default:
		b = append(b, masked|byte(n))
	}
	if w.bare {
		return append(b, w.payload...)
	}
	b = append(b, mask[:]...)
	for i, c := range w.payload {
		b = append(b, c^mask[i&3])
	}
	return b
}

func frame(op byte, payload []byte) []byte { return wire{op: op, payload: payload}.bytes() }

func text(s string) []byte { return frame(opText, []byte(s)) }
