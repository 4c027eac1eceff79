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

// Kind of the event.
func (HandSet) Kind() string { return "hand" }

var queueHandlers = []handler{on(insider, hand)}

func hand(d *decision, c Hand) *Refusal {
	s := d.s
	up := s.handUp(d.by)
	switch {
	case s.Form.Format != HandQueue:
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

// upInQueue is the hands in order: first turns before second turns (T11), then
// as they were raised.
func (s *State) upInQueue() []SeatID {
	first, second := []SeatID{}, []SeatID(nil)
	for _, h := range s.Form.Hands {
		if s.Form.Seats[h.Seat].HadTurn && !s.Live.Seats[h.Seat].AsFirst {
			second = append(second, h.Seat)
		} else {
			first = append(first, h.Seat)
		}
	}
	return append(first, second...)
}

func (s *State) nextInQueue() SeatID {
	for _, id := range s.upInQueue() {
		if s.offerable(id) {
			return id
		}
	}
	return House
}

// handsWait: somebody's hand is up who will be offered a turn.
func (s *State) handsWait() bool {
	return slices.ContainsFunc(s.Form.Hands, func(h RaisedHand) bool { return !s.Live.Seats[h.Seat].Kept })
}
