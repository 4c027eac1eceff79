package journal

import (
	"context"

	"hearth/room"
)

// A ground is what the log and the tables stand on: one of the databases. Its
// methods may be called by many goroutines.
type ground interface {
	// write does fn in a transaction, alone among all who write the tables, on
	// any node. If fn fails, what it did is undone. fn may be done a second time
	// after the first was undone.
	write(ctx context.Context, fn func(*write) error) error
	// sealOf gives the session's seal; the first to ask makes its key.
	// [kept.ErrNotFound] if the session is unknown or over.
	sealOf(ctx context.Context, session string) (*seal, error)
	// findSeal gives the session's seal, or nil when it has no key.
	findSeal(ctx context.Context, session string) (*seal, error)
	// groupSeal gives a group's seal, made if it has none and make says so; nil when
	// it has none.
	groupSeal(ctx context.Context, id string, make bool) (*seal, error)
	// readPage reads the next rows of a session's log after a number.
	readPage(ctx context.Context, session string, after int64) ([]sealedRow, error)
	// held reads a seat that is bound, and to what: the most frequent question.
	// [sql.ErrNoRows] if it is not.
	held(ctx context.Context, seat room.SeatID) (holder, error)
	// among is the condition "is one of these", with its one value.
	among(ids []string) (clause string, value any)
	// leftovers are questions for how many things are there that should have been
	// erased.
	leftovers() []string
	// unbind are the statements that unbind the seats of a session whose key is
	// gone.
	unbind() []string
}

// tables is what a store does alike on every database: the tables around the
// log, and reading the log.
type tables struct {
	on   ground
	read querier
}
