package room

import "slices"

// A decision applies its events to the room's own state, so that what comes of
// them can be decided in the same breath, and in the end puts everything back.
// Copying the seats for that would cost more than most decisions.

// before is how the seats were that a decision has changed, in the order of the
// changes.
type before struct {
	forms []changed[SeatForm]
	lives []changed[SeatLive]
}

type changed[T any] struct {
	in    map[SeatID]T
	id    SeatID
	was   T
	known bool
}

func note[T any](list []changed[T], in map[SeatID]T, id SeatID) []changed[T] {
	was, known := in[id]
	return append(list, changed[T]{in, id, was, known})
}

// putBack undoes the changes, the last one first.
func (b *before) putBack() {
	putBack(b.forms)
	putBack(b.lives)
}

func putBack[T any](list []changed[T]) {
	for _, c := range slices.Backward(list) {
		if c.known {
			c.in[c.id] = c.was
		} else {
			delete(c.in, c.id)
		}
	}
}

// remember lets s note in b how its seats were. What Apply changes in place is
// made anew; other slices stay, for Apply never writes into one.
func (s *State) remember(b *before) {
	s.was = b
	s.Live.Words = slices.Clip(s.Live.Words)
	if s.Live.Turn != nil {
		turn := *s.Live.Turn
		s.Live.Turn = &turn
	}
	if r := s.Form.Round; r != nil {
		s.Form.Round = &Round{Seats: slices.Clone(r.Seats), At: r.At, Lap: r.Lap}
	}
}
