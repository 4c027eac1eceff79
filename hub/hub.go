// Package hub is the live side of hearth: the rooms that are under way, the
// mailbox and the one worker of each, the connections of its people, and the
// frames that go out to them.
//
// The rules of a session are in package room, which is pure. The hub brings
// what is not pure: time, ids, the journal, the sockets. It sees the journal
// and presence only as interfaces that it defines itself ([Journal], [Store],
// [Presence]); package main wires the implementations.
package hub

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"hearth/hub/cluster"
	"hearth/hub/socket"
	"hearth/room"
	"hearth/room/group"
)

// Errors of the hub's own methods.
var (
	ErrDraining = errors.New("hub: going down, no new work")
	ErrOver     = errors.New("hub: the session is over")
)

// Config is what a Hub is made of. Journal, Store and Presence are needed;
// every other field has a default.
type Config struct {
	Journal  Journal
	Store    Store
	Presence Presence
	// Relay is how this node speaks with others, and Members, needed with it, its place among them:
	// the caller joins before Start, and leaves after Drain. Without a Relay there are
	// no others.
	Relay   Relay
	Members *cluster.Membership
	// Clock is the machine's, and may jump: rooms in memory do not follow it then.
	// Default time.Now.
	Clock func() time.Time
	// Log receives happenings of operation; never names, words, tokens or
	// addresses. Default: nothing is logged.
	Log *slog.Logger
	// Limits are the walls of §2.4; a zero field means its default.
	Limits Limits
	// Metrics are counted into; default: counted, but registered nowhere.
	Metrics *Metrics
	// Record makes the content-free record of a room that has closed (practice
	// §5). It is called by the room's worker and must only read. Default: the
	// record of package room/record, as JSON.
	Record func(*room.State) ([]byte, error)
	// Effects are told of everything that rooms bring about, in order, by each
	// room's worker: they must not wait. See [room.Effects].
	Effects []func(session string, e room.Effect)
	// OnRemoved is told that a seat was removed for today, before its devices
	// are unbound: the open link of the session is rotated (walls §2.2, 4). It
	// is called once per removal, and again after a restart if the server died
	// over it, on a goroutine of its own.
	OnRemoved func(ctx context.Context, session string, seat room.SeatID)
}

// Hub holds the live rooms of this node. All methods may be called by many
// goroutines.
type Hub struct {
	cfg     Config
	limits  Limits
	log     *slog.Logger
	metrics *Metrics
	time    steady
	clock   func() time.Time // time.now
	doers   []func(*live, time.Time, room.Effect)
	ready   atomic.Bool
	conns   atomic.Uint64 // number of the last connection
	silent  atomic.Bool   // the journal let somebody wait too long, and has answered nobody since

	base    context.Context // ends when the hub stops
	stop    context.CancelFunc
	drained sync.Once
	open    sync.WaitGroup // sockets
	workers workers

	sweeper sweeper
	others  others

	mu    sync.Mutex
	rooms map[string]*live
	down  bool // no new rooms, sockets or goroutines
}

// New returns a hub that is not yet ready: call [Hub.Start].
func New(cfg Config) *Hub {
	if cfg.Clock == nil {
		cfg.Clock = time.Now
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.Metrics == nil {
		cfg.Metrics = NewMetrics()
	}
	h := &Hub{
		cfg: cfg, limits: cfg.Limits.withDefaults(), log: cfg.Log, metrics: cfg.Metrics, time: steady{wall: cfg.Clock},
		doers: doers(), workers: workers{work: make(chan *live), stopped: make(chan struct{})}, rooms: make(map[string]*live),
	}
	h.clock = h.time.now
	h.base, h.stop = context.WithCancel(context.Background())
	return h
}

// Ready says whether the hub takes new people.
func (h *Hub) Ready() bool { return h.ready.Load() }

// Serve upgrades the request to a WebSocket and runs the protocol for a seat
// that the caller has authenticated (cookie, Origin and Host are checked). It
// returns at once; the connection lives on. A request that cannot be upgraded
// has been answered when it returns.
func (h *Hub) Serve(w http.ResponseWriter, r *http.Request, seat group.Seat) {
	l, err := h.room(r.Context(), seat.Session)
	over := errors.Is(err, ErrOver)
	if err != nil && !over || !h.enter() {
		unavailable(w)
		return
	}
	if over {
		l = h.nowhere()
	}
	m := h.newMember(l, seat)
	conn, err := socket.Accept(w, r, m, h.limits.Socket)
	if err != nil {
		h.metrics.Joins.WithLabelValues("refused").Inc()
		h.open.Done()
		return
	}
	m.conn, m.Out = conn, conn
	h.metrics.Connections.WithLabelValues("hello").Inc()
	h.sweeper.add(m)
	switch {
	case !h.Ready():
		m.spoke.Store(true)
		conn.Close(closeRestart, retryIn(time.Second))
	case over || !h.seat(r.Context(), m):
		m.spoke.Store(true)
		conn.Close(closeOver, "over")
	}
	conn.Start()
}

// seat makes a new socket known to its room. A room that was put down at this
// very moment is brought back.
func (h *Hub) seat(ctx context.Context, m *member) bool {
	for range 3 {
		l := m.room
		if l.post(letter{do: func(l *live) { l.attach(m) }}) {
			return true
		}
		again, err := h.room(ctx, l.session.ID)
		if err != nil {
			return false
		}
		m.room = again
	}
	return false
}

func unavailable(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Retry-After", "2")
	w.WriteHeader(http.StatusServiceUnavailable)
	_, _ = w.Write([]byte(`{"code":"unavailable","say":"The server is just starting or stopping. Please try again in a moment."}` + "\n"))
}

// enter counts a socket in, unless the hub is going down.
func (h *Hub) enter() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.down || !h.ready.Load() {
		return false
	}
	h.open.Add(1)
	return true
}

// spawn runs something in the background that Drain waits for.
func (h *Hub) spawn(do func()) {
	h.workers.tasks.Add(1)
	go func() {
		defer h.workers.tasks.Done()
		do()
	}()
}

// after runs something small later, unless the hub has stopped by then.
func (h *Hub) after(wait time.Duration, do func()) {
	h.spawn(func() {
		if h.pause(h.base, wait) {
			do()
		}
	})
}
