package room

import (
	"slices"
	"time"
)

// Round is a go-round: everybody in circle order once, then whoever said
// "later" once more.
type Round struct {
	Seats []RoundSeat
	At    int // first lap: where it goes on
	Lap   int // second lap: where it goes on; zero before it has begun
}

// RoundSeat is one seat's part in a go-round. Done is the same for a turn that
// was spoken and one that was passed (A02).
type RoundSeat struct {
	Seat   SeatID
	Offers int
	Done   bool
}

func newRound(order []SeatID) *Round {
	r := &Round{Seats: make([]RoundSeat, len(order))}
	for i, id := range order {
		r.Seats[i].Seat = id
	}
	return r
}

func (r *Round) index(id SeatID) int {
	return slices.IndexFunc(r.Seats, func(x RoundSeat) bool { return x.Seat == id })
}

// join puts a late arrival at the end. r belongs to the state being changed.
func (r *Round) join(id SeatID) {
	if r.index(id) < 0 {
		r.Seats = with(r.Seats, RoundSeat{Seat: id})
	}
}

// offered moves the laps on. A seat behind the first lap's place is in the
// second, and then the first is over for everybody.
func (r *Round) offered(id SeatID) {
	i := r.index(id)
	if i < 0 {
		return
	}
	r.Seats[i].Offers++
	switch {
	case i >= r.At:
		r.At = i + 1
	case i >= r.Lap:
		r.At, r.Lap = len(r.Seats), i+1
	}
}

// unoffered moves the laps back to a seat whose offer was withdrawn.
func (r *Round) unoffered(id SeatID) {
	i := r.index(id)
	if i < 0 {
		return
	}
	r.Seats[i].Offers--
	switch i + 1 {
	case r.Lap:
		r.Lap = i
	case r.At:
		r.At = i
	}
}

// roundOrder is the circle of those who are here, begun one seat further each time.
func (s *State) roundOrder() []SeatID {
	var order []SeatID
	for _, id := range s.Form.Circle {
		if s.here(id) && roles[s.Form.Seats[id].Role].speaks {
			order = append(order, id)
		}
	}
	if len(order) == 0 {
		return nil
	}
	start := s.Form.Rounds % len(order)
	return slices.Concat(order[start:], order[:start])
}

// laps visits the seats that are not done, in the order in which they come up.
func (r *Round) laps(visit func(RoundSeat) bool) {
	for _, part := range [][]RoundSeat{r.Seats[r.At:], r.Seats[r.Lap:r.At], r.Seats[:r.Lap]} {
		for _, x := range part {
			if !x.Done && visit(x) {
				return
			}
		}
	}
}

func (s *State) nextInRound() (next SeatID) {
	s.Form.Round.laps(func(x RoundSeat) bool {
		if s.offerable(x.Seat) {
			next = x.Seat
		}
		return next != House
	})
	return next
}

// roundWaitsUntil: somebody who has not had a turn has just lost the connection.
// The round gives them as long as a lost speaker.
func (s *State) roundWaitsUntil() (until time.Time) {
	s.Form.Round.laps(func(x RoundSeat) bool {
		l := s.Live.Seats[x.Seat]
		if end := l.LostAt.Add(s.Form.Rules.LostSpeaker); s.wantsTurns(x.Seat) && !l.Online && end.After(until) {
			until = end
		}
		return false
	})
	return until
}

// upInRound is who comes up in the first lap, as everybody may see it (T7). The
// names simply move on, so that nobody can tell who passed, who listens and who
// said "later". In the second lap nobody is named: it is for those who did.
func (s *State) upInRound() []SeatID {
	up := []SeatID{}
	for _, x := range s.Form.Round.Seats[s.ahead():] {
		if !x.Done && s.here(x.Seat) {
			up = append(up, x.Seat)
		}
	}
	return up
}

// roundDone: nobody is left to offer a turn to, and nobody is just being skipped.
func (s *State) roundDone() bool {
	skip, _ := s.skip()
	return skip == House && s.Live.Gap == nil && !s.againAsked() && s.nextInRound() == House
}
