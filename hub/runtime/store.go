package runtime

import (
	"context"
	"time"

	"hearth/charter"
	"hearth/hub/journal/kept"
	"hearth/room"
	"hearth/room/group"
)

// Errors that a [Journal] or [Store] gives. Anything else means that the store
// could not keep its promise just now: nothing was acknowledged, ask again with
// the same key. They live in package kept, so that a journal need not import
// the hub.
var (
	ErrConflict  = kept.ErrConflict  // another writer was first: read the tail, decide again
	ErrDuplicate = kept.ErrDuplicate // command id already kept: the first result stands
	ErrNotFound  = kept.ErrNotFound
	ErrTaken     = kept.ErrTaken // a second device, a used-up link
)

// CommandKey makes a command unique: one id per seat (R2). Timers use the house
// seat and an id made from what fires.
type CommandKey = kept.CommandKey

// Journal is the durable, totally ordered log of each live session's form.
// It holds no words and no times. Safe for use by many goroutines.
type Journal interface {
	// Append writes rows as after+1, after+2, … in one commit and returns the
	// last number. When it returns nil the rows survive kill -9 and power loss.
	// ErrConflict: after is not the last number. ErrDuplicate: key is already
	// kept; seq is then the last number of the first result. ErrNotFound: the
	// session is unknown or over. It may share a commit with other sessions
	// (group commit). If ctx ends meanwhile it is not known whether the rows
	// stand: ask again with the same key.
	Append(ctx context.Context, session string, after int64, key CommandKey, rows [][]byte) (seq int64, err error)
	// Tail calls fn with every row after a number, in order. A session that is
	// unknown or over has no rows; that is no error.
	Tail(ctx context.Context, session string, after int64, fn func(seq int64, key CommandKey, row []byte) error) error
	// Heads gives the last number of each session's log, in one question; 0 for a
	// session without rows. A session that is unknown or over is missing.
	Heads(ctx context.Context, sessions []string) (map[string]int64, error)
}

// Store is what rooms need of what is kept around them. Every method is one
// transaction. Safe for use by many goroutines.
type Store interface {
	Sessions
	Charters
	Bindings
	Endings
}

// Sessions are what rooms are opened from.
type Sessions interface {
	// Session gives a session in any state, with its plan as it is now. ErrNotFound.
	Session(ctx context.Context, id string) (group.Session, error)
	Sessions(ctx context.Context, groupID string) ([]group.Session, error) // newest first
	// LiveSessions lists those that have begun and are not over, of all groups.
	LiveSessions(ctx context.Context) ([]group.Session, error)
	// SetLive marks a scheduled session as begun, before its first row. One that has
	// begun stays as it is.
	SetLive(ctx context.Context, id string) error
	// Group gives the group of a session: contact, policy, region. ErrNotFound.
	Group(ctx context.Context, id string) (group.Group, error)
}

// Charters are the versions of groups' charters.
type Charters interface {
	Versions(ctx context.Context, groupID string) ([]charter.Version, error) // newest first
	// Version gives one version, which never changes. ErrNotFound.
	Version(ctx context.Context, groupID string, number int) (charter.Version, error)
}

// Bindings say which device a seat is on.
type Bindings interface {
	// Bound gives the generation of each seat of some sessions that a device holds:
	// 1 for its first device, one more with each move.
	Bound(ctx context.Context, sessions []string) (map[room.SeatID]int64, error)
	// Seat gives a seat with its role and link, revoked or not. ErrNotFound.
	Seat(ctx context.Context, id room.SeatID) (group.Seat, error)
	// RevokeSeat marks a seat revoked and unbinds its devices (removal, level 5).
	RevokeSeat(ctx context.Context, seat room.SeatID) error
}

// Endings are what is done at the end of a session.
type Endings interface {
	// MakeRoom frees what is kept aside for ending sessions, if the disk is nearly
	// full (F10). It is called before a session is ended.
	MakeRoom(ctx context.Context)
	// Finish keeps the content-free record, erases the session's journal, seats'
	// names and bindings, and marks the session over, in one transaction.
	// Afterwards the erased bytes are not in the data folder. Finishing twice is
	// the same as once; the first record stands. It needs no key: a session that
	// nobody can open any more can still be ended.
	Finish(ctx context.Context, session string, record []byte, at time.Time) error
	// KeepReview keeps what must be looked at again of a session, until Reviewed,
	// or for 90 days after its end. Keeping it twice is the same as once.
	KeepReview(ctx context.Context, session string, acts []byte, at time.Time) error
}
