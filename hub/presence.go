package hub

import (
	"context"

	"hearth/room"
)

// ConnID names one connection, unique for ever. A dead socket's clean-up that
// comes late carries its own ConnID, so it can never put out a seat that has
// come back on another connection.
type ConnID uint64

// Presence knows which connections a seat has, over all nodes. A seat is the
// union of its connections. Safe for use by many goroutines.
type Presence interface {
	// Join adds a connection and says whether it is the seat's first. Joining
	// twice is the same as once; the second is not first.
	Join(ctx context.Context, session string, seat room.SeatID, conn ConnID) (first bool, err error)
	// Leave takes that very connection away and says whether it was there and
	// the seat's last.
	Leave(ctx context.Context, session string, seat room.SeatID, conn ConnID) (last bool, err error)
	// Here says whether the seat has a connection.
	Here(ctx context.Context, session string, seat room.SeatID) (bool, error)
	// Forget drops everything known of a session.
	Forget(ctx context.Context, session string) error
}
