// Package hub is the live side of hearth: which rooms are under way on this node,
// who comes into them, what nodes of one house tell each other, and how all of it
// begins and ends. What happens inside a room is package runtime's; its names that
// whoever makes a hub needs are given here too.
package hub

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"

	"hearth/hub/journal/kept"
	"hearth/hub/runtime"
	"hearth/room/group"
)

// What a hub is made of; see package runtime.
type (
	Config   = runtime.Config
	Limits   = runtime.Limits
	Rate     = runtime.Rate
	Metrics  = runtime.Metrics
	Journal  = runtime.Journal
	Store    = runtime.Store
	Endings  = runtime.Endings
	Presence = runtime.Presence
	Relay    = runtime.Relay
	// CommandKey makes a command unique: one id per seat (R2).
	CommandKey = kept.CommandKey
)

// Off is a Rate that limits nothing.
var Off = runtime.Off

// NewMetrics makes the collectors; [Metrics.Collectors] lists them for a registry.
func NewMetrics() *Metrics { return runtime.NewMetrics() }

// Errors of the hub's own methods, and of [Journal] and [Store].
var (
	ErrDraining  = errors.New("hub: going down, no new work")
	ErrOver      = runtime.ErrOver
	ErrConflict  = runtime.ErrConflict
	ErrDuplicate = runtime.ErrDuplicate
	ErrNotFound  = runtime.ErrNotFound
	ErrTaken     = runtime.ErrTaken
)

// Hub holds the live rooms of this node. All methods may be called by many
// goroutines.
type Hub struct {
	cfg     Config // with its defaults filled in
	log     *slog.Logger
	metrics *Metrics
	// node is what the rooms here share: workers, sockets, time. The hub makes a
	// room of it, and the room tells the hub when it leaves memory.
	node    *runtime.Node
	ready   atomic.Bool // takes new people: has started, and does not go down
	drained sync.Once
	others  others

	mu sync.Mutex // of the table; it is never held while a room is waited for
	// rooms are those in memory and those that are being loaded, by session. A
	// session has one room here at most: two would answer one person twice.
	rooms map[string]*runtime.Room
	down  bool // no new rooms, sockets or goroutines
}

// New returns a hub that is not yet ready: call [Hub.Start].
func New(cfg Config) *Hub {
	h := &Hub{rooms: make(map[string]*runtime.Room)}
	h.node = runtime.NewNode(cfg, h.forget)
	h.cfg = h.node.Config()
	h.log, h.metrics = h.cfg.Log, h.cfg.Metrics
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
		l = nil
	}
	if m := h.node.Upgrade(w, r, l, seat); m != nil {
		m.Start(h.Ready() && !over && h.seat(r.Context(), m, l), h.Ready())
	}
}

// seat makes a new socket known to its room. A room that was put down at this
// very moment is brought back.
func (h *Hub) seat(ctx context.Context, m *runtime.Member, l *runtime.Room) bool {
	for range 3 {
		if m.Join(l) {
			return true
		}
		again, err := h.room(ctx, l.ID())
		if err != nil {
			return false
		}
		l = again
	}
	return false
}

// unavailable answers a request for a socket while there can be none. Browsers do
// not show it: the client tries again, and another node may take it.
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
	h.node.Enter()
	return true
}
