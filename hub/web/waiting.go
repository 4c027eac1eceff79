package web

import (
	"net"
	"net/http"
	"sync"

	"hearth/hub/limit"
)

// waiting caps the connections of one network that have not become a socket:
// opening thousands and saying little costs a stranger nothing (A21).
type waiting struct {
	trusted limit.Trusted
	count   *limit.Sockets

	mu     sync.Mutex
	places map[net.Conn]*limit.Place
}

// follow is told of every connection's life by net/http.
func (w *waiting) follow(conn net.Conn, state http.ConnState) {
	switch state {
	case http.StateNew:
		w.enter(conn)
	case http.StateHijacked, http.StateClosed:
		w.leave(conn)
	}
}

func (w *waiting) enter(conn net.Conn) {
	from := limit.Address(conn.RemoteAddr().String())
	if w.trusted.Holds(from) {
		return // it carries many people, who are counted by what it says of them
	}
	place, ok := w.count.Enter(from)
	if !ok {
		conn.Close()
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.places == nil {
		w.places = make(map[net.Conn]*limit.Place)
	}
	w.places[conn] = place
}

func (w *waiting) leave(conn net.Conn) {
	w.mu.Lock()
	place := w.places[conn]
	delete(w.places, conn)
	w.mu.Unlock()
	if place != nil {
		place.Leave()
	}
}
