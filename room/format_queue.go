package room

import (
	"slices"
	"time"
)

// HandQueue offers turns to raised hands: first raised, first offered, and first
// turns before second turns (T11).
const HandQueue Format = "queue"

type queueFormat struct{ common }

var handQueue = &queueFormat{common{FormatTraits{Name: HandQueue, Hands: true}}}

func (*queueFormat) step(s *State) step {
	for _, id := range s.upInQueue() {
		if s.offerable(id) {
			return step{offer: id}
		}
	}
	return step{}
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

func (*queueFormat) up(s *State) []SeatID { return s.upInQueue() }

// idle: no hand is up of somebody who will be offered a turn.
func (*queueFormat) idle(s *State) bool {
	return !slices.ContainsFunc(s.Form.Hands, func(h RaisedHand) bool { return !s.Live.Seats[h.Seat].Kept })
}

func (*queueFormat) ends(s *State) time.Time {
	if s.Live.IdleSince.IsZero() {
		return time.Time{}
	}
	return s.Live.IdleSince.Add(s.Form.Rules.QueueIdle)
}

func (*queueFormat) mayAgain(s *State, id SeatID) bool {
	return s.Form.Seats[id].HadTurn && !s.handUp(id)
}

func (*queueFormat) opened(s *State, id SeatID) (again bool) {
	for _, h := range s.Form.Hands {
		again = again || h.Seat == id && h.Again
	}
	return again
}

// closed raises the hand of who said "later" anew: at the end, or in its old
// place when nobody who was asked let the turn go.
func (*queueFormat) closed(s *State, e TurnClosed, again bool) {
	switch {
	case !e.Later || !s.here(e.Seat) || s.handUp(e.Seat):
	case e.Kept:
		s.firstHand(RaisedHand{Seat: e.Seat, Again: again})
	default:
		s.Form.Hands = with(s.Form.Hands, RaisedHand{Seat: e.Seat, Again: true})
	}
}

func (*queueFormat) again(s *State, id SeatID) {
	if s.here(id) && !s.handUp(id) {
		s.firstHand(RaisedHand{Seat: id})
	}
}
