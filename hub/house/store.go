package house

import (
	"context"
	"time"

	"hearth/charter"
	"hearth/room"
	"hearth/room/group"
)

// Store is what the house keeps, noun by noun. Every method is one transaction, and
// gives the errors of package kept. Safe for use by many goroutines.
type Store interface {
	Groups
	Charters
	Sessions
	Endings
	Seats
	Links
	Devices
	Organisers
	Lines
	Reviews
}

// Groups are those of the house.
type Groups interface {
	CreateGroup(ctx context.Context, g group.Group, draft charter.Text) error
	UpdateGroup(ctx context.Context, g group.Group) error
	Groups(ctx context.Context) ([]group.Group, error) // newest first
	Group(ctx context.Context, id string) (group.Group, error)
	// DeleteGroup erases a group with its sessions, links, records and charters, also
	// from backups, by destroying its key. ErrTaken while a session is not over.
	DeleteGroup(ctx context.Context, id string) error
}

// Charters are the drafts and versions of groups' charters.
type Charters interface {
	Draft(ctx context.Context, groupID string) (charter.Text, error)
	SaveDraft(ctx context.Context, groupID string, t charter.Text) error
	// Adopt keeps t as the next version; versions never change afterwards.
	Adopt(ctx context.Context, groupID string, t charter.Text, at time.Time) (charter.Version, error)
	Versions(ctx context.Context, groupID string) ([]charter.Version, error) // newest first
	Version(ctx context.Context, groupID string, number int) (charter.Version, error)
}

// Sessions are those that were planned, with their seats and links.
type Sessions interface {
	// CreateSession keeps the session with its first seats and links.
	CreateSession(ctx context.Context, s group.Session, seats []group.Seat, links []group.Link) error
	Sessions(ctx context.Context, groupID string) ([]group.Session, error) // newest first
	Session(ctx context.Context, id string) (group.Session, error)
	// UpdateSession keeps another title, start, plan and rules of a session that is
	// not over, and lets its links open until expires. ErrNotFound otherwise.
	UpdateSession(ctx context.Context, s group.Session, expires time.Time) error
}

// Endings are what is done at the end of a session, and what stays of it.
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
	Record(ctx context.Context, session string) ([]byte, error)
}

// Seats are who may come into a session, and on which device.
type Seats interface {
	Seats(ctx context.Context, session string) ([]group.Seat, error)
	Seat(ctx context.Context, id room.SeatID) (group.Seat, error)
	// Bind ties a seat to a device (the SHA-256 of its cookie). If another
	// device holds it: ErrTaken, unless move, which moves the seat.
	Bind(ctx context.Context, seat room.SeatID, device [32]byte, move bool) error
	// AddSeat keeps a seat bound to a device (a second device that claims a seat).
	AddSeat(ctx context.Context, seat group.Seat, device [32]byte) error
	// Holds says whether the device is bound to the seat, and the seat.
	Holds(ctx context.Context, device [32]byte, seat room.SeatID) (group.Seat, error)
}

// Links lead to seats.
type Links interface {
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
	// Label keeps the organiser's own note of whom a link is for, sealed with the
	// session's key, until the session is over. An empty label takes it away.
	Label(ctx context.Context, link, label string) error
}

// Devices are known by their cookies alone.
type Devices interface {
	// Forget unbinds a device from everything; it gives the seats that it held.
	Forget(ctx context.Context, device [32]byte) ([]group.Seat, error)
	// Renew makes everything that a device holds the fresh device's.
	Renew(ctx context.Context, device, fresh [32]byte) error
	// DeviceKey is what the house knows its own device cookies by.
	DeviceKey(ctx context.Context) ([]byte, error)
}

// Organisers are the link and the devices of those who organise.
type Organisers interface {
	// Organiser returns the organiser link in force; ErrNotFound on a new house.
	Organiser(ctx context.Context) (group.Link, error)
	// FirstOrganiser keeps the first organiser link of a house. ErrTaken if there is
	// one in force, of whatever node.
	FirstOrganiser(ctx context.Context, l group.Link) error
	// SetOrganiser voids earlier organiser links, and their devices, and keeps l.
	SetOrganiser(ctx context.Context, l group.Link) error
	BindOrganiser(ctx context.Context, device [32]byte, at time.Time) error
	// IsOrganiser also notes the day. A device that was idle for
	// [group.OrganiserIdle] is no organiser's.
	IsOrganiser(ctx context.Context, device [32]byte, at time.Time) (bool, error)
	OrganiserDevices(ctx context.Context, asking [32]byte, at time.Time) ([]group.Device, error)
	// VoidOrganiser takes a device's rights away. ErrNotFound if none has the id.
	VoidOrganiser(ctx context.Context, id string) error
}

// Lines are the helplines: one list for the house.
type Lines interface {
	// Helplines gives the list of helplines and its digest; ErrNotFound in a house
	// that has none yet.
	Helplines(ctx context.Context) (digest, list string, err error)
	// KeepHelplines puts a list in the place of the one with the digest before
	// (empty: none). ErrConflict when another is there.
	KeepHelplines(ctx context.Context, before, digest, list string) error
}

// Reviews are acts of moderation that are to be looked at again.
type Reviews interface {
	// Reviews lists what is to be looked at again in a group, the oldest first.
	Reviews(ctx context.Context, groupID string, now time.Time) ([]group.Review, error)
	// Reviewed erases what was to be looked at again of a session. ErrNotFound if
	// there is nothing.
	Reviewed(ctx context.Context, session string) error
	// EraseOldReviews erases what nobody has looked at for 90 days.
	EraseOldReviews(ctx context.Context, now time.Time) error
}
