package room

import "time"

// Event is something that has happened. Each event is its own struct; there are
// no others than those of this package. Events are values.
type Event interface {
	// Kind is a stable word, the same in the journal.
	Kind() string
	apply(s *State, now time.Time)
	durable() bool
}

// Durable says whether an event belongs in the journal. It follows from the
// event's type alone.
func Durable(e Event) bool { return e.durable() }

// kept marks events that the journal keeps; passing, those that only memory does.
type (
	kept    struct{}
	passing struct{}
)

func (kept) durable() bool    { return true }
func (kept) keeps()           {}
func (passing) durable() bool { return false }
