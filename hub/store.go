package hub

import (
	"context"
	"time"

	"hearth/charter"
	"hearth/hub/cluster"
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

// Store keeps what is around the rooms: groups, charters, sessions, seats,
// links, devices, records. Every method is one transaction. Safe for use by
// many goroutines.
type Store interface {
	CreateGroup(ctx context.Context, g group.Group, draft charter.Text) error
	UpdateGroup(ctx context.Context, g group.Group) error
	Groups(ctx context.Context) ([]group.Group, error) // newest first
	Group(ctx context.Context, id string) (group.Group, error)
	// DeleteGroup erases a group with its sessions, links, records and charters, also
	// from backups, by destroying its key. ErrTaken while a session is not over.
	DeleteGroup(ctx context.Context, id string) error
	Draft(ctx context.Context, groupID string) (charter.Text, error)
	SaveDraft(ctx context.Context, groupID string, t charter.Text) error
	// Adopt keeps t as the next version; versions never change afterwards.
	Adopt(ctx context.Context, groupID string, t charter.Text, at time.Time) (charter.Version, error)
	Versions(ctx context.Context, groupID string) ([]charter.Version, error) // newest first
	Version(ctx context.Context, groupID string, number int) (charter.Version, error)

	// CreateSession keeps the session with its first seats and links.
	CreateSession(ctx context.Context, s group.Session, seats []group.Seat, links []group.Link) error
	Sessions(ctx context.Context, groupID string) ([]group.Session, error) // newest first
	Session(ctx context.Context, id string) (group.Session, error)
	LiveSessions(ctx context.Context) ([]group.Session, error)
	SetLive(ctx context.Context, id string) error
	// UpdateSession keeps another title, start, plan and rules of a session that is
	// not over, and lets its links open until expires. ErrNotFound otherwise.
	UpdateSession(ctx context.Context, s group.Session, expires time.Time) error
	Seats(ctx context.Context, session string) ([]group.Seat, error)
	Seat(ctx context.Context, id room.SeatID) (group.Seat, error)

	Links(ctx context.Context, session string) ([]group.Link, error)
	LinkByHash(ctx context.Context, hash [32]byte) (group.Link, error)
	AddLink(ctx context.Context, l group.Link, seat *group.Seat) error
	// RotateLink voids link old and keeps l in its place, leading to the same seat.
	// Devices bound to the seat stay bound.
	RotateLink(ctx context.Context, old string, l group.Link) error
	// RevokeLink voids the link, revokes its seat and unbinds its devices.
	RevokeLink(ctx context.Context, id string) (group.Link, error)
	// UseOpen counts one use of an open link and keeps the new seat, bound to
	// the device. ErrTaken when used up.
	UseOpen(ctx context.Context, link string, seat group.Seat, device [32]byte) error

	// GiveBack takes a seat back that an open link made, as if it had not been used.
	GiveBack(ctx context.Context, link string, seat room.SeatID) error

	// Bind ties a seat to a device (the SHA-256 of its cookie). If another
	// device holds it: ErrTaken, unless move, which moves the seat.
	Bind(ctx context.Context, seat room.SeatID, device [32]byte, move bool) error
	// AddSeat keeps a seat bound to a device (a second device that claims a seat).
	AddSeat(ctx context.Context, seat group.Seat, device [32]byte) error
	// Holds says whether the device is bound to the seat, and the seat.
	Holds(ctx context.Context, device [32]byte, seat room.SeatID) (group.Seat, error)
	// Bound gives the generation of each seat of some sessions that a device holds:
	// 1 for its first device, one more with each move.
	Bound(ctx context.Context, sessions []string) (map[room.SeatID]int64, error)
	// RevokeSeat marks a seat revoked and unbinds its devices (removal, level 5).
	RevokeSeat(ctx context.Context, seat room.SeatID) error
	// Held lists the seats that a device holds, of sessions that are not over.
	Held(ctx context.Context, device [32]byte) ([]group.Seat, error)
	// Forget unbinds a device from everything; it gives the seats that it held.
	Forget(ctx context.Context, device [32]byte) ([]group.Seat, error)
	// Renew makes everything that a device holds the fresh device's.
	Renew(ctx context.Context, device, fresh [32]byte) error
	// DeviceKey is what the house knows its own device cookies by.
	DeviceKey(ctx context.Context) ([]byte, error)
	BindOrganiser(ctx context.Context, device [32]byte, at time.Time) error
	// IsOrganiser also notes the day. A device that was idle for
	// [group.OrganiserIdle] is no organiser's.
	IsOrganiser(ctx context.Context, device [32]byte, at time.Time) (bool, error)
	OrganiserDevices(ctx context.Context, asking [32]byte, at time.Time) ([]group.Device, error)
	// VoidOrganiser takes a device's rights away. ErrNotFound if none has the id.
	VoidOrganiser(ctx context.Context, id string) error
	// Organiser returns the organiser link in force; ErrNotFound on a new house.
	Organiser(ctx context.Context) (group.Link, error)
	// FirstOrganiser keeps the first organiser link of a house. ErrTaken if there is
	// one in force, of whatever node.
	FirstOrganiser(ctx context.Context, l group.Link) error
	// SetOrganiser voids earlier organiser links, and their devices, and keeps l.
	SetOrganiser(ctx context.Context, l group.Link) error

	// Helplines gives the list of helplines and its digest; ErrNotFound in a house
	// that has none yet.
	Helplines(ctx context.Context) (digest, list string, err error)
	// KeepHelplines puts a list in the place of the one with the digest before
	// (empty: none). ErrConflict when another is there.
	KeepHelplines(ctx context.Context, before, digest, list string) error

	// MakeRoom frees what is kept aside for ending sessions, if the disk is nearly
	// full (F10). It is called before a session is ended.
	MakeRoom(ctx context.Context)
	// Finish keeps the content-free record, erases the session's journal, seats'
	// names and bindings, and marks the session over, in one transaction.
	// Afterwards the erased bytes are not in the data folder. Finishing twice is
	// the same as once; the first record stands. It needs no key: a session that
	// nobody can open any more can still be ended.
	Finish(ctx context.Context, session string, record []byte, at time.Time) error
	Record(ctx context.Context, session string) ([]byte, error)
	// KeepReview keeps what must be looked at again of a session, until Reviewed,
	// or for 90 days after its end. Keeping it twice is the same as once.
	KeepReview(ctx context.Context, session string, acts []byte, at time.Time) error
	// EraseOldReviews erases what nobody has looked at for 90 days.
	EraseOldReviews(ctx context.Context, now time.Time) error
	// Reviews lists what is to be looked at again in a group, the oldest first.
	Reviews(ctx context.Context, groupID string, now time.Time) ([]group.Review, error)
	// Reviewed erases what was to be looked at again of a session. ErrNotFound if
	// there is nothing.
	Reviewed(ctx context.Context, session string) error
	// Label keeps the organiser's own note of whom a link is for, sealed with the
	// session's key, until the session is over. An empty label takes it away.
	Label(ctx context.Context, link, label string) error

	// Nodes that share the store beat in it. Beat waits for no other writer, and at
	// most 3 s.
	cluster.Store

	// Check says whether a write succeeds now (for /readyz).
	Check(ctx context.Context) error
	Close() error
}
