package chaos

import (
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"time"
)

// Way is a direction on a wire.
type Way int

// Ways.
const (
	ToServer Way = iota
	ToClient
	ways
)

// Wire is a TCP proxy on a free port of 127.0.0.1. It can be cut, hold what is
// sent one way or both, and delay. What is held is not lost: TCP would send it
// again, so it arrives when the wire is whole, unless somebody gave up before.
// Safe for use by many goroutines.
type Wire struct {
	ln net.Listener
	to string
	// tap looks at the bytes of one connection; nil when nobody looks.
	tap func() Tap

	mu    sync.Mutex
	cut   bool
	held  [ways]chan struct{} // closed: the way is free
	delay time.Duration
	links map[*link]struct{}
	ended bool
}

// Tap looks at what passes on one connection. Answer says what becomes of bytes
// on their way to the client: false cuts the connection before they are passed
// on.
type Tap interface {
	Ask(b []byte)
	Answer(b []byte) bool
}

type link struct {
	client, server net.Conn
	tap            Tap
	once           sync.Once
}

func (l *link) cut() {
	l.once.Do(func() {
		for _, c := range []net.Conn{l.client, l.server} {
			if t, ok := c.(*net.TCPConn); ok {
				_ = t.SetLinger(0)
			}
			_ = c.Close()
		}
	})
}

// NewWire is a wire to an address, whole.
func NewWire(to string, tap func() Tap) (*Wire, error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("open a wire: %w", err)
	}
	w := &Wire{ln: ln, to: to, tap: tap, links: map[*link]struct{}{}}
	for i := range w.held {
		w.held[i] = make(chan struct{})
		close(w.held[i])
	}
	go w.serve()
	return w, nil
}

// Addr is where the wire begins.
func (w *Wire) Addr() string { return w.ln.Addr().String() }

// Whole lets everything pass again, what was held first.
func (w *Wire) Whole() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.cut, w.delay = false, 0
	for i := range w.held {
		w.free(Way(i))
	}
}

func (w *Wire) free(way Way) {
	select {
	case <-w.held[way]:
	default:
		close(w.held[way])
	}
}

// Cut resets every connection, and each new one at once.
func (w *Wire) Cut() {
	w.mu.Lock()
	w.cut = true
	links := w.all()
	w.mu.Unlock()
	for _, l := range links {
		l.cut()
	}
}

func (w *Wire) all() []*link {
	links := make([]*link, 0, len(w.links))
	for l := range w.links {
		links = append(links, l)
	}
	return links
}

// Hold holds what is sent on the given ways, without a word to either side.
func (w *Wire) Hold(on ...Way) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, way := range on {
		select {
		case <-w.held[way]:
			w.held[way] = make(chan struct{})
		default: // held already
		}
	}
}

// Delay has everything take d longer on each way.
func (w *Wire) Delay(d time.Duration) {
	w.mu.Lock()
	w.delay = d
	w.mu.Unlock()
}

// Close ends the wire.
func (w *Wire) Close() {
	w.mu.Lock()
	w.ended = true
	w.mu.Unlock()
	_ = w.ln.Close()
	w.Whole()
	w.Cut()
}

func (w *Wire) serve() {
	for {
		client, err := w.ln.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err == nil {
			go w.join(client)
		}
	}
}

func (w *Wire) join(client net.Conn) {
	l := &link{client: client}
	w.mu.Lock()
	refuse := w.cut || w.ended
	w.mu.Unlock()
	if refuse {
		l.server = client
		l.cut()
		return
	}
	server, err := net.DialTimeout("tcp", w.to, 5*time.Second)
	if err != nil {
		l.server = client
		l.cut()
		return
	}
	l.server = server
	if w.tap != nil {
		l.tap = w.tap()
	}
	w.mu.Lock()
	w.links[l] = struct{}{}
	refuse = w.cut || w.ended
	w.mu.Unlock()
	if refuse {
		l.cut()
	}
	var done sync.WaitGroup
	done.Go(func() { w.pump(l, ToServer) })
	done.Go(func() { w.pump(l, ToClient) })
	done.Wait()
	w.mu.Lock()
	delete(w.links, l)
	w.mu.Unlock()
}

// pump carries bytes one way until the link ends.
func (w *Wire) pump(l *link, way Way) {
	defer l.cut()
	from, to := l.client, l.server
	if way == ToClient {
		from, to = to, from
	}
	buf := make([]byte, 32<<10)
	for {
		n, err := from.Read(buf)
		if n > 0 {
			free, delay := w.state(way)
			<-free
			if delay > 0 {
				rest(delay)
			}
			if !l.look(way, buf[:n]) {
				return
			}
			if _, err := to.Write(buf[:n]); err != nil {
				return
			}
		}
		if err != nil {
			if errors.Is(err, io.EOF) {
				free, _ := w.state(way) // an end is held like anything else
				<-free
			}
			return
		}
	}
}

func (w *Wire) state(way Way) (<-chan struct{}, time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.held[way], w.delay
}

func (l *link) look(way Way, b []byte) bool {
	if l.tap == nil {
		return true
	}
	if way == ToServer {
		l.tap.Ask(b)
		return true
	}
	return l.tap.Answer(b)
}

func rest(d time.Duration) {
	t := time.NewTimer(d)
	<-t.C
}
