package runtime

import (
	"context"

	"hearth/room"
)

// Presence knows which connections a seat has, over all nodes. A seat is the
// union of its connections. A connection has a number that is used once: the
// late clean-up of a dead socket carries its own, so it can never put out a seat
// that has come back on another. Safe for use by many goroutines.
type Presence interface {
	// Join adds a connection and says whether it is the seat's first. Joining
	// twice is the same as once; the second is not first.
	Join(ctx context.Context, session string, seat room.SeatID, conn uint64) (first bool, err error)
	// Leave takes that very connection away and says whether it was there and
	// the seat's last.
	Leave(ctx context.Context, session string, seat room.SeatID, conn uint64) (last bool, err error)
	// Here says whether the seat has a connection.
	Here(ctx context.Context, session string, seat room.SeatID) (bool, error)
	// Forget drops everything known of a session.
	Forget(ctx context.Context, session string) error
}
