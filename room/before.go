package room

import "slices"

// A decision works on a copy of the state, so that what comes of its first event
// can be decided in the same breath. Copying every seat for that would cost more
// than most decisions: the copy shares the seats with the room and remembers how
// each was before it changed it; in the end they are put back.

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

// copied is a copy of s for one decision. What Apply changes in place is the
// copy's own, or noted in was; other slices are shared, for Apply never writes
// into one.
func (s *State) copied() *State {
	c := *s
	c.was = new(before)
	c.Live.Words = slices.Clip(s.Live.Words)
	if s.Live.Turn != nil {
		turn := *s.Live.Turn
		c.Live.Turn = &turn
	}
	if r := s.Form.Round; r != nil {
		c.Form.Round = &Round{Seats: slices.Clone(r.Seats), At: r.At, Lap: r.Lap}
	}
	return &c
}
