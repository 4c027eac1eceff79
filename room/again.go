package room

import "time"

// Events of another go in a round.
type (
	// AgainAsked says that a seat that is done gets another go: the person
	// undid a pass, or the lead came back to them. The row is written by the
	// timer that follows at once, so that no command id in the journal tells
	// that it was the person, and so that there had been a pass (A02).
	AgainAsked struct {
		passing
		Seat SeatID
	}
	// TurnAgain gives a seat that was done another go in this round.
	TurnAgain struct {
		kept
		Seat SeatID `json:"seat"`
	}
)

// Kind of each event.
func (AgainAsked) Kind() string { return "again-asked" }
func (TurnAgain) Kind() string  { return "turn-again" }

func undoPass(d *decision, _ UndoPass) *Refusal {
	if !d.s.Live.Seats[d.by].MayUndo {
		return nothingToUndo
	}
	d.emit(AgainAsked{Seat: d.by})
	return nil
}

func (e AgainAsked) apply(s *State, now time.Time) {
	s.live(e.Seat, func(l *SeatLive) { l.MayUndo, l.AgainAt = false, now })
}

func (e TurnAgain) apply(s *State, _ time.Time) {
	s.done(e.Seat, false)
	s.live(e.Seat, func(l *SeatLive) { l.MayUndo, l.AgainAt = false, time.Time{} })
}

// againTimers are due at once.
func (s *State) againTimers(visit func(timer)) {
	for _, id := range s.Form.Arrived {
		if at := s.Live.Seats[id].AgainAt; !at.IsZero() {
			visit(timer{at: at, what: "again", seat: id})
		}
	}
}

// againAsked: somebody is about to get another go, so the round is not over.
func (s *State) againAsked() bool {
	for _, id := range s.Form.Arrived {
		if !s.Live.Seats[id].AgainAt.IsZero() {
			return true
		}
	}
	return false
}
