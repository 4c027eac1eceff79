package room

import (
	"fmt"
	"slices"
	"testing"
)

// broken lists what the comments on the fields of a state promise and this one does
// not keep.
func broken(s *State) (all []string) {
	must := func(holds bool, format string, args ...any) {
		if !holds {
			all = append(all, fmt.Sprintf(format, args...))
		}
	}
	seatsHold(&s.Form, must)
	turnsHold(s, must)
	memoryHolds(s, must)
	return all
}

// must notes what does not hold.
type must = func(holds bool, format string, args ...any)

func seatsHold(f *Form, must must) {
	must(f.Opened == (f.Count > 0), "opened %v after %d rows", f.Opened, f.Count)
	must(len(f.Arrived) == len(f.Seats), "%d arrived, %d seats", len(f.Arrived), len(f.Seats))
	for i, id := range f.Arrived {
		seat, known := f.Seats[id]
		must(known && seat.No == int32(i+1), "%s is number %d, and came as %d", id, seat.No, i+1)
	}
	must(once(f.Circle), "twice in the circle: %v", f.Circle)
	for id, seat := range f.Seats {
		must(seat.Entered == slices.Contains(f.Circle, id), "%s entered %v, circle %v", id, seat.Entered, f.Circle)
		must(seat.Status != Here || seat.Entered, "%s is here and never came in", id)
		must((seat.OutSince != 0) == (seat.Status == Out), "%s is %s, out since %d", id, seat.Status, seat.OutSince)
		must(len(seat.Name) > 0 || seat.Status == AtDoor || !seat.Entered, "%s is inside without a name", id)
	}
	for _, lead := range []SeatID{f.Lead, f.Wellbeing} {
		must(lead == "" || f.Seats[lead].Status == Here, "%s has a duty and is %s", lead, f.Seats[lead].Status)
	}
}

func turnsHold(s *State, must must) {
	f, l := &s.Form, &s.Live
	must(f.Round == nil || f.Format == GoRound, "a round in %q", f.Format)
	must(f.Format != GoRound || f.Round != nil, "a go-round without its round")
	if r := f.Round; r != nil {
		must(r.At >= 0 && r.At <= len(r.Seats) && r.Lap >= 0 && r.Lap <= len(r.Seats), "a round of %d stands at %d, %d", len(r.Seats), r.At, r.Lap)
		var seats []SeatID
		for _, x := range r.Seats {
			seats = append(seats, x.Seat)
		}
		must(once(seats), "a seat is twice in the round: %v", seats)
	}
	hands := []SeatID{}
	for _, h := range f.Hands {
		hands = append(hands, h.Seat)
	}
	must(once(hands), "two hands of one seat: %v", hands)
	must(f.Turn == nil || f.Turn.Turn == f.Turns, "turn %v, the last is %d", f.Turn, f.Turns)
	must(f.Turn == nil || f.Format != NoFormat, "a turn without a format")
	must(f.Phase != Closed || f.Turn == nil && f.Held == nil, "closed, with turn %v, hold %v", f.Turn, f.Held)
	must(l.Turn == nil || f.Turn != nil && l.Turn.Turn == f.Turn.Turn && l.Turn.Seat == f.Turn.Seat, "live turn %v, turn %v", l.Turn, f.Turn)
	if t := l.Turn; t != nil {
		must(t.Replies >= 0 && t.Replies <= f.Rules.Replies && (t.Stage != Offered || t.Replies == 0), "%d replies are welcome", t.Replies)
		must(!t.Soft.IsZero() || !t.Over && t.OverAt.IsZero(), "over a time that is not set")
	}
}

func memoryHolds(s *State, must must) {
	f, l := &s.Form, &s.Live
	for id, seat := range l.Seats {
		form, known := f.Seats[id]
		must(known, "memory knows of %s, who never came", id)
		must(seat.LostAt.IsZero() || !seat.Online, "%s is connected, and lost since %v", id, seat.LostAt)
		must(!seat.Shown || !seat.Online, "%s is connected, and shown as lost", id)
		must(!seat.Back || form.Status != Here, "%s is here and wants to come back", id)
		must(!seat.Rounds || f.Format == OpenFloor, "%s asks for rounds in %q", id, f.Format)
	}
	for i, w := range l.Words {
		must(w.No <= l.Number && (i == 0 || l.Words[i-1].No < w.No), "words %d after others, of %d", w.No, l.Number)
		must(s.numbered(w.Owner) != House, "words of nobody: %d", w.Owner)
	}
	must(l.Swap == "" || l.Swap == f.Lead || l.Swap == f.Wellbeing, "%s has tapped swap", l.Swap)
}

func once(list []SeatID) bool {
	seen := map[SeatID]bool{}
	for _, id := range list {
		if seen[id] {
			return false
		}
		seen[id] = true
	}
	return true
}

// TestBrokenStatesAreSeen: each look of broken can fail.
func TestBrokenStatesAreSeen(t *testing.T) {
	for name, spoil := range map[string]func(*State){
		"count":        func(s *State) { s.Form.Count = 0 },
		"arrived":      func(s *State) { s.Form.Arrived = s.Form.Arrived[1:] },
		"circle":       func(s *State) { s.Form.Circle = append(s.Form.Circle, "p1") },
		"entered":      func(s *State) { s.seat("p1", func(f *SeatForm) { f.Entered = false }) },
		"out since":    func(s *State) { s.seat("p1", func(f *SeatForm) { f.OutSince = 7 }) },
		"name":         func(s *State) { s.seat("p1", func(f *SeatForm) { f.Name = "" }) },
		"lead":         func(s *State) { s.Form.Lead = "nobody" },
		"round":        func(s *State) { s.Form.Round = nil },
		"other format": func(s *State) { s.Form.Format = HandQueue },
		"place":        func(s *State) { s.Form.Round.At = 99 },
		"lap":          func(s *State) { s.Form.Round.Lap = -1 },
		"twice":        func(s *State) { s.Form.Round.Seats = append(s.Form.Round.Seats, s.Form.Round.Seats[0]) },
		"hands":        func(s *State) { s.Form.Hands = []RaisedHand{{Seat: "p1"}, {Seat: "p1"}} },
		"turns":        func(s *State) { s.Form.Turns++ },
		"closed":       func(s *State) { s.Form.Phase = Closed },
		"live turn":    func(s *State) { s.Live.Turn.Seat = "nobody" },
		"live seat":    func(s *State) { s.live("nobody", func(*SeatLive) {}) },
		"words":        func(s *State) { s.Live.Words = []Word{{No: s.Live.Number + 1, Owner: 1}} },
		"swap":         func(s *State) { s.Live.Swap = "p1" },
	} {
		w := newWorld(t)
		w.must(House, Open{Plan: testPlan(), Charter: testCharter})
		w.enter("lea", "sam", "p1", "p2")
		w.must("lea", MovePhase{To: Main})
		w.must("lea", Begin{Format: GoRound})
		if all := broken(w.s); len(all) > 0 {
			t.Fatalf("%s: broken before it is spoilt: %q", name, all)
		}
		if spoil(w.s); len(broken(w.s)) == 0 {
			t.Errorf("%s: nobody sees it", name)
		}
	}
}
