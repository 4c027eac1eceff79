// Package kept holds the few names that the live side and every journal behind
// it must share: the key of a command and the answers a store can give. It is a
// leaf, so that package runtime can define its interfaces itself and no journal
// needs to import the hub.
package kept

import (
	"errors"

	"hearth/room"
)

// Answers of a journal or store. Anything else means that the promise could not
// be kept just now: nothing was acknowledged, ask again with the same key.
var (
	ErrConflict  = errors.New("journal: another writer was first") // read the tail, decide again
	ErrDuplicate = errors.New("journal: command id already kept")  // the first result stands
	ErrNotFound  = errors.New("store: not found")
	ErrTaken     = errors.New("store: taken") // a second device, a used-up link
)

// CommandKey makes a command unique: one id per seat (promise R2). Timers use
// the house seat and an id made from what fires.
type CommandKey struct {
	Seat room.SeatID
	ID   string
}
