package room

import "slices"

// Effect is what the world outside does about what has happened in a room. The
// room knows none of those who do it.
type Effect interface{ effect() }

// Effects. Each may be asked for again after a restart, or by another node: doing
// it twice must be the same as doing it once.
type (
	// Finish keeps the record of a session that is over, and erases the rest.
	Finish struct{}
	// Dismiss closes the connections of a seat that has left or was removed.
	Dismiss struct {
		Seat   SeatID
		Status Status
	}
	// Unbind takes a removed seat from its devices, and makes the links lead
	// nowhere by which its person could come again.
	Unbind struct{ Seat SeatID }
	// Hear opens the way for the voices of these seats, and closes it for all
	// others (T1, R6).
	Hear struct{ Seats []SeatID }
)

func (Finish) effect()  {}
func (Dismiss) effect() {}
func (Unbind) effect()  {}
func (Hear) effect()    {}

// Outline is what of a room's state has effects outside. The zero value is that of
// a room that nobody knows yet. It shares nothing with the state.
type Outline struct {
	closed  bool
	seats   []SeatID // in the order of coming, as Form.Arrived
	at      []Status // where each is
	audible []SeatID
}

// Outline gives the outline of the state now, in the memory of one that is not
// needed any more, or in a new one.
func (s *State) Outline(in Outline) Outline {
	in.closed = s.closed()
	in.seats = append(in.seats[:0], s.Form.Arrived...)
	in.at = in.at[:0]
	for _, id := range s.Form.Arrived {
		in.at = append(in.at, s.Status(id))
	}
	in.audible = s.audible(in.audible[:0])
	return in
}

// Audible are the seats whose voice the room may hear now, in the order of the
// circle. While somebody has the floor, it is they alone, then those whose replies
// they asked for (T1, T8); on the open floor, everybody but listeners. Between turns
// and in a pause it is the facilitators, as with process lines (T2). Nobody else is
// heard in a pause or in a room that is held, nobody at all in a silence, and nobody
// ever from the lobby, from outside, or in quiet time.
func (s *State) Audible() []SeatID { return s.audible(nil) }

func (s *State) audible(list []SeatID) []SeatID {
	if s.closed() {
		return list
	}
	for _, id := range s.Form.Circle {
		if s.here(id) && s.online(id) && s.powers(id).Speaks && s.mayBeHeard(id) {
			list = append(list, id)
		}
	}
	return list
}

func (s *State) mayBeHeard(id SeatID) bool {
	switch t := s.Live.Turn; {
	case s.mayProcess(id):
		return true
	case s.quieted(id) || s.Live.Pause != nil:
		return false
	case t != nil && t.Stage == Replying:
		return s.mayReply(id) == nil
	case s.taken():
		return t.Seat == id && t.Stage == Speaking
	}
	return s.Form.Held == nil && s.format().traits().Free && !s.listens(id)
}

// Effects says what is to be done about what has happened between two outlines of
// one room, in the order in which it is to be done. From the zero outline it is
// all that stands.
func Effects(before, after *Outline) []Effect {
	if after.closed {
		if before.closed {
			return nil
		}
		return []Effect{Hear{}, Finish{}}
	}
	var todo []Effect
	if !slices.Equal(before.audible, after.audible) {
		todo = append(todo, Hear{slices.Clone(after.audible)})
	}
	for i, id := range after.seats {
		at := after.at[i]
		if at == before.statusOf(id, i) {
			continue
		}
		switch at {
		case Left:
			todo = append(todo, Dismiss{id, at})
		case Removed:
			todo = append(todo, Dismiss{id, at}, Unbind{id})
		}
	}
	return todo
}

// Stirs says whether events may have effects: words alone have none, but for a
// reply, which may be the last that is welcome.
func Stirs(events []Event) bool {
	return slices.ContainsFunc(events, func(e Event) bool {
		w, words := e.(Said)
		return !words || w.Words.Kind == SayReply
	})
}

// statusOf is where a seat is in the outline; it stands at i, if the state grew
// from it.
func (o *Outline) statusOf(id SeatID, i int) Status {
	if i >= len(o.seats) || o.seats[i] != id {
		i = slices.Index(o.seats, id)
	}
	if i < 0 {
		return ""
	}
	return o.at[i]
}
