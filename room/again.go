package room

import "time"

// Events of another go.
type (
	// AgainAsked says that a seat that is done gets another go: the person
	// undid a pass, or the lead came back to them. The row is written by the
	// timer that follows at once, so that no command id in the journal tells
	// that it was the person, and so that there had been a pass (A02).
	AgainAsked struct {
		passing
		Seat SeatID
	}
	// TurnAgain gives a seat that was done another go: in a round after everybody,
	// in the queue as the first hand.
	TurnAgain struct {
		kept
		Seat SeatID `json:"seat"`
	}
	// TurnKept says that a seat did not answer two offers. The turn is kept for
	// them until they ask; no answer is never a pass (T5).
	TurnKept struct {
		passing
		Seat SeatID
	}
	// TurnWanted says that a person whose turn was kept is there again.
	TurnWanted struct {
		passing
		Seat SeatID
	}
)

var againEvents = []kind{
	declare[AgainAsked]("again-asked", alteration{inNext, oneSeat, false}, nil), // as a first hand, or not any more
	declare[TurnAgain]("turn-again", alteration{inNext, oneSeat, false}, nil),
	declare[TurnKept]("turn-kept", alteration{0, oneSeat, false}, nil),
	declare[TurnWanted]("turn-wanted", alteration{inNext, oneSeat, false}, nil),
}

func (e AgainAsked) about() SeatID { return e.Seat }
func (e TurnAgain) about() SeatID  { return e.Seat }
func (e TurnKept) about() SeatID   { return e.Seat }
func (e TurnWanted) about() SeatID { return e.Seat }

// unanswered is "later" too, and never a pass: the person may not have seen the
// offer. The second time it is kept until they ask (T5).
func (d *decision) unanswered() {
	seat, again := d.s.Form.Turn.Seat, d.s.Form.Turn.Again
	d.closeTurn(true)
	if again {
		d.emit(TurnKept{Seat: seat})
	}
}

func (e TurnKept) apply(s *State, _ time.Time) {
	s.live(e.Seat, func(l *SeatLive) { l.Kept = true })
}

func undoPass(d *decision, _ UndoPass) *Refusal {
	switch l := d.s.Live.Seats[d.by]; {
	case l.Kept:
		d.emit(TurnWanted{Seat: d.by})
	case l.MayUndo:
		d.emit(AgainAsked{Seat: d.by})
	default:
		return nothingToUndo
	}
	return nil
}

func (e AgainAsked) apply(s *State, now time.Time) {
	s.live(e.Seat, func(l *SeatLive) {
		l.AsFirst = l.MayUndo && l.First
		l.MayUndo, l.First, l.AgainAt = false, false, now
	})
}

func (e TurnAgain) apply(s *State, _ time.Time) {
	s.live(e.Seat, func(l *SeatLive) { l.MayUndo, l.First, l.Kept, l.AgainAt = false, false, false, time.Time{} })
	s.format().again(s, e.Seat)
}

func (e TurnWanted) apply(s *State, _ time.Time) {
	s.live(e.Seat, func(l *SeatLive) { l.Kept = false })
}

// mayHaveAgain: the lead may come back to this seat.
func (s *State) mayHaveAgain(id SeatID) bool {
	return s.here(id) && s.format().mayAgain(s, id)
}

// againTimers are due at once, but for a gap: what follows a pass must be written
// in the same order as what follows a turn that was spoken (A02).
func (s *State) againTimers(visit func(timer)) {
	if s.Live.Gap != nil {
		return
	}
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
