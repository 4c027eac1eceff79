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

	"hearth/room"
	"hearth/room/group"
)

// Errors of the hub's own methods.
var (
	ErrDraining = errors.New("hub: going down, no new work")
	ErrOver     = errors.New("hub: the session is over")
	ErrBusy     = errors.New("hub: the room's mailbox is full")
)

// Config is what a Hub is made of. Journal, Store and Presence are needed;
// every other field has a default.
type Config struct {
	Journal  Journal
	Store    Store
	Presence Presence
	// Clock gives the time; default time.Now.
	Clock func() time.Time
	// Log receives happenings of operation; never names, words, tokens or
	// addresses. Default: nothing is logged.
	Log *slog.Logger
	// Limits are the walls of §2.4; a zero field means its default.
	Limits Limits
	// Metrics are counted into; default: counted, but registered nowhere.
	Metrics *Metrics
	// OnRemoved is told that a seat was removed for today, after its devices
	// were unbound: the open link of the session is rotated (walls §2.2, 4). It
	// is called once per removal, and again for each after a restart, on a
	// goroutine of its own.
	OnRemoved func(ctx context.Context, session string, seat room.SeatID)
}

// Hub holds the live rooms of this node. All methods may be called by many
// goroutines.
type Hub struct {
	cfg   Config
	ready atomic.Bool

	mu    sync.Mutex
	rooms map[string]*live
}

type live struct{}

// New returns a hub that is not yet ready: call [Hub.Start].
func New(cfg Config) *Hub { return &Hub{cfg: cfg, rooms: map[string]*live{}} }

// Start loads every live session from its journal. Rooms that were under way
// come back held (practice §3, "Facilitator drops"). Then the hub is ready. An
// error means that the store could not be read; a single room that cannot be
// loaded is logged and left out, it is tried again when somebody comes.
func (h *Hub) Start(ctx context.Context) error { return nil }

// Ready says whether the hub takes new people.
func (h *Hub) Ready() bool { return h.ready.Load() }

// Ensure makes the session's room live: from its journal, or as a new room on
// the newest charter version of its group. ErrOver if the session has closed,
// ErrNotFound if there is none.
func (h *Hub) Ensure(ctx context.Context, session string) error { return nil }

// Arrive says that a seat has opened its link; the room knows it from now on,
// at the door. Arriving twice is the same as once. It makes the room live.
func (h *Hub) Arrive(ctx context.Context, seat group.Seat) error { return nil }

// Serve upgrades the request to a WebSocket and runs the protocol for a seat
// that the caller has authenticated (cookie, Origin and Host are checked). It
// returns at once; the connection lives on. A request that cannot be upgraded
// has been answered when it returns.
func (h *Hub) Serve(w http.ResponseWriter, r *http.Request, seat group.Seat) {}

// Revoke closes a seat whose link was revoked or moved: its sockets are closed
// with 4410 within a second. Nothing happens if the room is not live.
func (h *Hub) Revoke(ctx context.Context, session string, seat room.SeatID) error { return nil }

// Moved closes the sockets that a seat has now, with 4410: another device took
// the seat over. The seat itself stays where it is.
func (h *Hub) Moved(ctx context.Context, session string, seat room.SeatID) error { return nil }

// CharterAdopted tells the group's rooms that are still in their lobby about
// its newest version; everybody there is asked again. Rooms further on keep
// the version they began with.
func (h *Hub) CharterAdopted(ctx context.Context, groupID string, version int) error { return nil }

// Shut closes a session from outside: the organiser ended it.
func (h *Hub) Shut(ctx context.Context, session string) error { return nil }

// SessionState is what may be known of a live session from outside.
type SessionState struct {
	Live    bool       `json:"live"` // a room is in memory here
	Phase   room.Phase `json:"phase,omitempty"`
	Held    bool       `json:"held"`
	Inside  int        `json:"inside"`  // seats that are here
	Waiting int        `json:"waiting"` // seats in the lobby
}

// SessionState says how a session stands now; the zero value if it is not live.
func (h *Hub) SessionState(session string) SessionState { return SessionState{} }

// Drain refuses new sockets, finishes what is queued, closes every socket with
// 1012 and a retry hint, and returns when all are gone or ctx ends; sockets
// that are left then are cut. The journal may be closed afterwards.
func (h *Hub) Drain(ctx context.Context) {}
