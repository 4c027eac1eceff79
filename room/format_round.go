package room

import (
	"slices"
	"time"
)

// GoRound goes round the circle: each open seat is offered one turn in seat
// order, then those who said "later" once more.
const GoRound Format = "go-round"

type roundFormat struct{ common }

var goRound = &roundFormat{common{FormatTraits{Name: GoRound}}}

func (*roundFormat) begin(d *decision, c Begin) {
	d.emit(FormatBegan{Format: c.Format, Order: d.s.roundOrder()})
}

func (*roundFormat) began(s *State, e FormatBegan) {
	s.Form.Rounds++
	s.Form.Round = newRound(e.Order)
}

// roundOrder is the circle of those who are here, begun one seat further each time.
func (s *State) roundOrder() []SeatID {
	var order []SeatID
	for _, id := range s.Form.Circle {
		if s.here(id) && s.powers(id).Speaks {
			order = append(order, id)
		}
	}
	if len(order) == 0 {
		return nil
	}
	start := s.Form.Rounds % len(order)
	return slices.Concat(order[start:], order[:start])
}

func (*roundFormat) step(s *State) step {
	if seat, place := s.skip(); seat != House {
		return step{skip: seat, place: place}
	}
	return step{offer: s.nextInRound()}
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

// skip finds the seat that a go-round comes to and that is not offered turns. A
// lost connection is seen by everybody and needs no step.
func (s *State) skip() (seat SeatID, place int) {
	r := s.Form.Round
	for i := max(r.At, s.Live.Skips); i < len(r.Seats); i++ {
		switch id := r.Seats[i].Seat; {
		case r.Seats[i].Done || !s.here(id) || !s.online(id):
		case s.wantsTurns(id):
			return House, 0
		default:
			return id, i
		}
	}
	return House, 0
}

// idle: nobody is left to offer a turn to, and nobody is just being skipped.
func (*roundFormat) idle(s *State) bool {
	skip, _ := s.skip()
	return skip == House && s.Live.Gap == nil && !s.againAsked() && s.nextInRound() == House
}

// ends leaves a while after the last turn, to undo a pass (T3).
func (*roundFormat) ends(s *State) time.Time {
	if s.Live.IdleSince.IsZero() {
		return time.Time{}
	}
	return latest(s.Live.IdleSince.Add(s.Form.Rules.UndoFor), s.roundWaitsUntil())
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

func (*roundFormat) mayAgain(s *State, id SeatID) bool {
	i := s.Form.Round.index(id)
	return i >= 0 && s.Form.Round.Seats[i].Done
}

// entered puts a late arrival at the end of the round, or in the place of the
// seat that it replaces.
func (*roundFormat) entered(s *State, id SeatID) {
	if !s.powers(id).Speaks {
		return
	}
	r, claimed := s.Form.Round, s.Form.Seats[id].Claims
	if claimed != House && r.index(id) < 0 {
		for i, x := range r.Seats {
			if !s.placed(x.Seat) && (x.Seat == claimed || s.Form.Seats[x.Seat].Claims == claimed) {
				r.Seats[i].Seat = id
				return
			}
		}
	}
	r.join(id)
}

func (*roundFormat) opened(s *State, id SeatID) (again bool) {
	if i := s.Form.Round.index(id); i >= 0 {
		again = s.Form.Round.Seats[i].Offers > 0
	}
	s.Form.Round.offered(id)
	return again
}

func (*roundFormat) closed(s *State, e TurnClosed, _ bool) {
	switch {
	case e.Kept:
		s.Form.Round.unoffered(e.Seat)
	case !e.Later:
		s.Form.Round.done(e.Seat, true)
	}
}

func (*roundFormat) again(s *State, id SeatID) { s.Form.Round.done(id, false) }

// up is who comes up in the first lap. The names simply move on, so that nobody
// can tell who passed, who listens and who said "later". In the second lap
// nobody is named: it is for those who did.
func (*roundFormat) up(s *State) []SeatID {
	up := []SeatID{}
	for _, x := range s.Form.Round.Seats[s.ahead():] {
		if !x.Done && s.here(x.Seat) {
			up = append(up, x.Seat)
		}
	}
	return up
}

// ahead is where the first lap stands for everybody to see.
func (s *State) ahead() int { return max(s.Form.Round.At, min(s.Live.Skips, len(s.Form.Round.Seats))) }

// unnamed: a second offer is only for those who did not take the first.
func (*roundFormat) unnamed(s *State) bool { return s.Form.Turn != nil && s.Form.Turn.Again }
