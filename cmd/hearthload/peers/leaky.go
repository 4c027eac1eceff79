package peers

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"net"
	"strconv"
	"sync"
	"sync/atomic"

	"hearth/cmd/hearthload/drive"
)

// leaky is a proxy before Redis that loses published messages without a word,
// as a full buffer anywhere on the way does: one in a few of those that are not
// large and not what a node says to itself. Everything else passes.
type leaky struct {
	to    string
	l     net.Listener
	one   int64 // in so many; zero: none
	seen  atomic.Int64
	lost  atomic.Int64
	shut  atomic.Bool // nothing passes: what comes is closed at once
	mu    sync.Mutex
	conns []net.Conn
}

// losesBelow is the size from which messages are not lost: whole rooms, which
// are the answer to having lost something.
const losesBelow = 3000

func newLeaky(to string, one int) (*leaky, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listen: %w", err)
	}
	p := &leaky{to: to, l: l, one: int64(one)}
	go p.accept()
	return p, nil
}

func (p *leaky) accept() {
	for {
		from, err := p.l.Accept()
		if err != nil {
			return
		}
		if p.shut.Load() {
			_ = from.Close()
			continue
		}
		to, err := drive.Spread(context.Background(), "tcp", p.to)
		if err != nil {
			_ = from.Close()
			continue
		}
		p.mu.Lock()
		p.conns = append(p.conns, from, to)
		p.mu.Unlock()
		go func() {
			defer to.Close()
			_, _ = bufio.NewReader(from).WriteTo(to)
		}()
		go p.answers(to, from)
	}
}

// answers passes on what Redis says, but for what is lost.
func (p *leaky) answers(from, to net.Conn) {
	defer to.Close()
	in := bufio.NewReaderSize(from, 64<<10)
	for {
		said, err := value(in, nil)
		if err != nil {
			return
		}
		if p.loses(said) {
			continue
		}
		if _, err := to.Write(said); err != nil {
			return
		}
	}
}

func (p *leaky) loses(said []byte) bool {
	published := (said[0] == '>' || said[0] == '*') && bytes.Contains(said[:min(len(said), 20)], []byte("$7\r\nmessage\r\n"))
	// A node that does not hear itself knows that its relay is gone; that is F7.
	probe := bytes.Contains(said[:min(len(said), 60)], []byte("{probe-"))
	if !published || probe || p.one == 0 || len(said) > losesBelow || p.seen.Add(1)%p.one != 0 {
		return false
	}
	p.lost.Add(1)
	return true
}

// value reads one value of the Redis protocol, as it stands, after what is in out.
func value(in *bufio.Reader, out []byte) ([]byte, error) {
	line, err := in.ReadBytes('\n')
	if err != nil {
		return nil, err
	}
	out = append(out, line...)
	n, _ := strconv.Atoi(string(bytes.TrimRight(line[1:], "\r\n"))) // a status is no number, and has no more to it
	switch line[0] {
	case '$', '=', '!':
		if n < 0 {
			return out, nil
		}
		at := len(out)
		out = append(out, make([]byte, n+2)...)
		for at < len(out) {
			got, err := in.Read(out[at:])
			if err != nil {
				return nil, err
			}
			at += got
		}
		return out, nil
	case '*', '~', '>':
	case '%':
		n *= 2
	default:
		return out, nil
	}
	for range n {
		if out, err = value(in, out); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// cut takes the way to Redis away; mend gives it back.
func (p *leaky) cut() {
	p.shut.Store(true)
	p.drop()
}

func (p *leaky) mend() { p.shut.Store(false) }

func (p *leaky) close() {
	_ = p.l.Close()
	p.drop()
}

func (p *leaky) drop() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range p.conns {
		_ = c.Close()
	}
	p.conns = nil
}
