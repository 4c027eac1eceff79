package peers

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/textproto"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"hearth/cmd/hearthload/drive"
)

// patience is how long an answer may take.
const patience = 10 * time.Second

// narrow dials with the smallest receive buffer the kernel gives, so that not
// reading is felt by the server soon.
func narrow(ctx context.Context, network, addr string) (net.Conn, error) {
	d := net.Dialer{Timeout: patience, Control: func(_, _ string, c syscall.RawConn) error {
		return c.Control(func(fd uintptr) { _ = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_RCVBUF, 4096) })
	}}
	return d.DialContext(ctx, network, addr)
}

// raw is a WebSocket that can end in any way.
type raw struct {
	c  net.Conn
	br *bufio.Reader
}

type dialer func(ctx context.Context, network, addr string) (net.Conn, error)

// upgrade opens the socket of a member's seat and says nothing yet.
func upgrade(ctx context.Context, m *drive.Member, dial dialer) (*raw, error) {
	host := strings.TrimPrefix(m.House.URL, "http://")
	c, err := dial(ctx, "tcp", host)
	if err != nil {
		return nil, fmt.Errorf("connect: %w", err)
	}
	_ = c.SetDeadline(time.Now().Add(patience))
	r := &raw{c: c, br: bufio.NewReaderSize(c, 2048)}
	if _, err = io.WriteString(c, request(m, host)); err == nil {
		err = r.upgraded()
	}
	if err != nil {
		_ = c.Close()
		return nil, err
	}
	return r, nil
}

func request(m *drive.Member, host string) string {
	return fmt.Sprintf("GET /api/live/%s HTTP/1.1\r\nHost: %s\r\nOrigin: %s\r\nCookie: %s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"+
		"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: hearth.v1\r\n\r\n",
		m.Seat, host, m.House.URL, m.Cookie)
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
	_, err = head.ReadMIMEHeader()
	return err
}

// hello says hello and waits for the answer.
func (r *raw) hello() error {
	if err := r.send(`{"do":"hello","v":1}`); err != nil {
		return err
	}
	for range 8 {
		_, b, err := r.next()
		if err != nil {
			return fmt.Errorf("wait for hello: %w", err)
		}
		if strings.Contains(string(b[:min(len(b), 16)]), `"hello"`) {
			return nil
		}
	}
	return errors.New("wait for hello: none came")
}

// greeted is a connection that has said hello.
func greeted(ctx context.Context, m *drive.Member, dial dialer) (*raw, error) {
	r, err := upgrade(ctx, m, dial)
	if err != nil {
		return nil, err
	}
	if err := r.hello(); err != nil {
		_ = r.c.Close()
		return nil, err
	}
	return r, nil
}

// next reads one frame of the server.
func (r *raw) next() (op byte, payload []byte, err error) {
	var h [10]byte
	if _, err := io.ReadFull(r.br, h[:2]); err != nil {
		return 0, nil, err
	}
	n := uint64(h[1] & 0x7f)
	switch n {
	case 126:
		_, err = io.ReadFull(r.br, h[2:4])
		n = uint64(binary.BigEndian.Uint16(h[2:]))
	case 127:
		_, err = io.ReadFull(r.br, h[2:])
		n = binary.BigEndian.Uint64(h[2:])
	}
	if err != nil || n > 1<<20 {
		return 0, nil, errors.Join(err, errors.New("the server's frame has no sensible length"))
	}
	payload = make([]byte, n)
	_, err = io.ReadFull(r.br, payload)
	return h[0] & 0x0f, payload, err
}

// over reads until the server has closed, and gives its close code; 1006 when
// there was none.
func (r *raw) over() int {
	for {
		op, b, err := r.next()
		switch {
		case err != nil:
			return 1006
		case op == opClose && len(b) >= 2:
			return int(binary.BigEndian.Uint16(b))
		case op == opClose:
			return 1005
		}
	}
}

// Opcodes (RFC 6455 §5.2).
const (
	opText  = 1
	opClose = 8
)

func (r *raw) send(text string) error {
	if _, err := r.c.Write(frame(opText, []byte(text))); err != nil {
		return fmt.Errorf("send: %w", err)
	}
	return nil
}

// frame is one masked frame of at most 64 KiB.
func frame(op byte, payload []byte) []byte {
	b := []byte{0x80 | op}
	if n := len(payload); n > 125 {
		b = binary.BigEndian.AppendUint16(append(b, 0x80|126), uint16(n))
	} else {
		b = append(b, 0x80|byte(n))
	}
	mask := [4]byte{0x5a, 0x13, 0xc7, 0x9e}
	b = append(b, mask[:]...)
	for i, c := range payload {
		b = append(b, c^mask[i&3])
	}
	return b
}

// fin closes without a word; reset closes with RST; half ends only this side.
func (r *raw) fin()   { _ = r.c.Close() }
func (r *raw) reset() { reset(r.c) }
func (r *raw) half()  { _ = r.c.(interface{ CloseWrite() error }).CloseWrite() }

func reset(c net.Conn) {
	if t, ok := c.(*net.TCPConn); ok {
		_ = t.SetLinger(0)
	}
	_ = c.Close()
}
