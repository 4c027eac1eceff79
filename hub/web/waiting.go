package web

import (
	"container/list"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"sync"

	"hearth/hub/limit"
)

// waiting caps the connections of one network that have not become a socket:
// opening thousands and saying little costs a stranger nothing (A21). When a
// network is at its cap, the one of this address that has kept us waiting for
// longest, for the rest of a request or for a next one, makes room: whoever
// sends half a request 128 times keeps nobody behind the same address out (S12).
type waiting struct {
	trusted limit.Trusted
	count   *limit.Sockets

	mu    sync.Mutex
	known map[net.Conn]*guest
	slow  map[netip.Addr]*list.List // of guests that we wait for, longest first
}

// guest is one connection in the count.
type guest struct {
	conn  net.Conn
	from  netip.Addr
	place *limit.Place
	at    *list.Element // in slow; nil while we are at work for it
}

// watch has every connection of a server counted.
func (w *waiting) watch(server *http.Server) {
	server.ConnState = w.follow
	server.ConnContext = func(ctx context.Context, conn net.Conn) context.Context {
		return context.WithValue(ctx, connKey{}, conn)
	}
	next := server.Handler
	server.Handler = http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if conn, ok := r.Context().Value(connKey{}).(net.Conn); ok {
			if r.ContentLength == 0 {
				w.settle(conn)
			} else {
				r.Body = &body{ReadCloser: r.Body, whole: func() { w.settle(conn) }}
			}
		}
		next.ServeHTTP(rw, r)
	})
}

type connKey struct{}

// body says when all of it has come.
type body struct {
	io.ReadCloser
	whole func()
}

func (b *body) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if errors.Is(err, io.EOF) {
		b.whole()
	}
	return n, err
}

// follow is told of every connection's life by net/http.
func (w *waiting) follow(conn net.Conn, state http.ConnState) {
	switch state {
	case http.StateNew:
		w.enter(conn)
	case http.StateIdle:
		w.mu.Lock()
		defer w.mu.Unlock()
		if g := w.known[conn]; g != nil {
			w.await(g)
		}
	case http.StateHijacked, http.StateClosed:
		w.mu.Lock()
		defer w.mu.Unlock()
		w.forget(w.known[conn])
	}
}

func (w *waiting) enter(conn net.Conn) {
	from := limit.Address(conn.RemoteAddr().String())
	if w.trusted.Holds(from) {
		return // it carries many people, who are counted by what it says of them
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	place, ok := w.count.Enter(from)
	if !ok && w.makeRoom(from) {
		place, ok = w.count.Enter(from)
	}
	if !ok {
		hangUp(conn)
		return
	}
	if w.known == nil {
		w.known, w.slow = make(map[net.Conn]*guest), make(map[netip.Addr]*list.List)
	}
	g := &guest{conn: conn, from: from, place: place}
	w.known[conn] = g
	w.await(g)
}

// makeRoom closes the connection of this address that we have waited for longest.
func (w *waiting) makeRoom(from netip.Addr) bool {
	all := w.slow[from]
	if all == nil {
		return false
	}
	g := all.Front().Value.(*guest)
	w.forget(g)
	hangUp(g.conn)
	return true
}

// hangUp closes a connection without a word; that of TLS could wait for the peer.
func hangUp(conn net.Conn) {
	if secure, is := conn.(*tls.Conn); is {
		conn = secure.NetConn()
	}
	conn.Close()
}

// settle: a request has come whole.
func (w *waiting) settle(conn net.Conn) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if g := w.known[conn]; g != nil {
		w.noWait(g)
	}
}

func (w *waiting) await(g *guest) {
	w.noWait(g)
	all := w.slow[g.from]
	if all == nil {
		all = list.New()
		w.slow[g.from] = all
	}
	g.at = all.PushBack(g)
}

func (w *waiting) noWait(g *guest) {
	if g.at == nil {
		return
	}
	all := w.slow[g.from]
	all.Remove(g.at)
	if g.at = nil; all.Len() == 0 {
		delete(w.slow, g.from)
	}
}

func (w *waiting) forget(g *guest) {
	if g == nil {
		return
	}
	w.noWait(g)
	delete(w.known, g.conn)
	g.place.Leave()
}
