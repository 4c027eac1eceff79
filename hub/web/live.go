package web

import (
	"bufio"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"syscall"

	"hearth/hub/house"
	"hearth/hub/limit"
	"hearth/hub/socket"
	"hearth/room"
	"hearth/room/group"
)

// closeNotYours tells a browser that it does not hold the seat and need not come
// back (docs/protocol.md §5). A refused upgrade would look like a lost
// connection to it, and it would try for ever.
const closeNotYours = 4401

const (
	liveAt    = "/api/live/"
	liveRoute = liveAt + "{seat}"
)

// straight is the way to a socket that passes by the router, which costs a
// whole house that comes back at once more than the guards do. The guards are
// those that every request passes, in their order, and the exact Origin.
func (s *Site) straight() http.Handler {
	guarded := s.calmly(s.bounded(s.rightHost(s.sameOrigin(s.exactOrigin(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.live(w, r, room.SeatID(r.URL.Path[len(liveAt):]))
	}))))))
	return s.loggedAs(guarded, func(*http.Request) string { return liveRoute })
}

// asksForSocket says whether the router would find just that. What it would have
// to look at twice, it is given.
func asksForSocket(r *http.Request) bool {
	seat, ok := strings.CutPrefix(r.URL.Path, liveAt)
	return ok && r.Method == http.MethodGet && r.URL.RawPath == "" && seat != "" && !strings.Contains(seat, "/")
}

// live hands the socket of a seat to the hub: GET /api/live/{seat}. A seat that
// is not there and one that another device holds get the same answer (A5).
func (s *Site) live(w http.ResponseWriter, r *http.Request, id room.SeatID) {
	from := s.cfg.Trusted.Client(r)
	if !s.strange.Allowed(from) && !s.seen.before(id, s.deviceOf(r)) {
		s.metrics.limited("stranger")
		s.fail(w, refuseBusy)
		return
	}
	place, ok := s.sockets.Enter(from)
	if !ok {
		s.metrics.limited("socket")
		s.fail(w, refuseBusy)
		return
	}
	watched := &watched{ResponseWriter: w, place: place}
	defer watched.done()
	seat, err := s.holding(r, id)
	switch {
	case errors.Is(err, house.RefuseMissing):
		s.strange.Failed(from)
		turnAway(watched, r)
	case err != nil:
		s.fail(w, err)
	default:
		s.keepers.note(seat, s.deviceOf(r))
		s.seen.note(id, s.deviceOf(r))
		s.cfg.Live.Serve(watched, r, seat)
	}
}

// holding finds the seat that this browser holds.
func (s *Site) holding(r *http.Request, seat room.SeatID) (group.Seat, error) {
	_, device, ok := s.device(r)
	if !ok {
		return group.Seat{}, house.RefuseMissing
	}
	return s.cfg.House.Holding(r.Context(), device, seat)
}

// turnAway upgrades only to say that this is not the browser's seat.
func turnAway(w http.ResponseWriter, r *http.Request) {
	conn, err := socket.Accept(w, r, deaf{}, socket.Limits{})
	if err != nil {
		return // it has been answered
	}
	conn.Start()
	conn.Close(closeNotYours, "not-yours")
}

// deaf hears nothing.
type deaf struct{}

func (deaf) Message(*socket.Conn, []byte) {}
func (deaf) Closed(*socket.Conn, error)   {}

// watched is a response whose connection, once taken over, is watched: the
// handler returns at once, but the place in the count is kept while it is open.
// The connection itself is handed on as it is, because the socket has a faster
// way with a plain TCP connection.
type watched struct {
	http.ResponseWriter
	place *limit.Place
	taken bool
}

// Unwrap lets http.ResponseController reach the writer below.
func (w *watched) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// Hijack takes the connection over.
func (w *watched) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, buffers, err := http.NewResponseController(w.ResponseWriter).Hijack()
	if err != nil {
		return nil, nil, err
	}
	under := conn
	if t, is := conn.(*tls.Conn); is { // hearth speaks https itself
		under = t.NetConn()
	}
	raw, ok := under.(syscall.Conn)
	if !ok {
		conn.Close()
		return nil, nil, errors.New("take over a connection: it cannot be watched")
	}
	descriptor, err := raw.SyscallConn()
	if err != nil {
		conn.Close()
		return nil, nil, fmt.Errorf("take over a connection: %w", err)
	}
	w.taken = true
	// A closed connection has no descriptor any more.
	w.place.Watch(func() bool { return descriptor.Control(func(uintptr) {}) == nil })
	return conn, buffers, nil
}

// done frees the place when nobody took the connection over.
func (w *watched) done() {
	if !w.taken {
		w.place.Leave()
	}
}
