package room

import (
	"slices"
	"time"
)

// HandSet raises or lowers a hand.
type HandSet struct {
	kept
	Seat SeatID `json:"seat"`
	Up   bool   `json:"up"`
}

var handEvents = []kind{
	declare[HandSet]("hand", alteration{inNext, oneSeat, false}, nil),
}

func (e HandSet) about() SeatID { return e.Seat }

var handHandlers = []handler{on(insider, hand)}

func hand(d *decision, c Hand) *Refusal {
	s := d.s
	up := s.handUp(d.by)
	switch {
	case !s.format().traits().Hands:
		return noQueue
	case c.Up == up:
		return nil
	case c.Up && s.quieted(d.by):
		return quietTime
	case c.Up && s.listens(d.by):
		return listeningOn
	case c.Up && s.Form.Turn != nil && s.Form.Turn.Seat == d.by:
		return yoursAlready
	}
	d.emit(HandSet{Seat: d.by, Up: c.Up})
	return nil
}

func (e HandSet) apply(s *State, _ time.Time) {
	s.lowerHand(e.Seat)
	if e.Up {
		s.Form.Hands = with(s.Form.Hands, RaisedHand{Seat: e.Seat})
	}
}

func (s *State) handUp(id SeatID) bool {
	return slices.ContainsFunc(s.Form.Hands, func(h RaisedHand) bool { return h.Seat == id })
}

func (s *State) lowerHand(id SeatID) {
	for _, h := range s.Form.Hands {
		if h.Seat == id {
			s.Form.Hands = without(s.Form.Hands, h)
		}
	}
}

// firstHand puts a hand before all others.
func (s *State) firstHand(h RaisedHand) {
	s.Form.Hands = slices.Insert(slices.Clone(s.Form.Hands), 0, h)
}
