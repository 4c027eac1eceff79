package room

import "slices"

// roomSections is what everybody inside sees. It follows from the state alone, so
// that it changes by events only.
var roomSections = []section[RoomView]{
	part("phase", inPhase, func(v *RoomView) *PhaseView { return &v.Phase }, forAll((*State).phaseView), equal),
	part("format", inFormat, func(v *RoomView) *FormatView { return &v.Format }, forAll((*State).formatView), equal),
	part("seats", inSeats, func(v *RoomView) *[]SeatView { return &v.Seats }, forAll((*State).seatViews), slices.Equal[[]SeatView]),
	part("floor", inFloor, func(v *RoomView) **FloorView { return &v.Floor }, forAll((*State).floorView), samePtr),
	part("next", inNext, func(v *RoomView) *[]SeatID { return &v.Next }, forAll((*State).upNext), slices.Equal[[]SeatID]),
	part("door", inDoor, func(v *RoomView) *DoorState { return &v.Door }, func(s *State, _ SeatID) DoorState { return s.Form.Door }, equal),
	part("held", inHeld, func(v *RoomView) **HeldView { return &v.Held }, forAll((*State).heldView), samePtr),
	part("paused", inPaused, func(v *RoomView) **PausedView { return &v.Paused }, forAll((*State).pausedView), samePtr),
}

func (s *State) phaseView() PhaseView {
	p := s.Form.Plan.planned(s.Form.Phase)
	return PhaseView{Name: s.Form.Phase, Minutes: p.Minutes, Planned: p.Format, Next: s.Form.Plan.following(s.Form.Phase)}
}

func (s *State) formatView() FormatView {
	return s.format().shown(s, FormatView{Name: s.Form.Format})
}

func (s *State) seatViews() []SeatView {
	seats := make([]SeatView, 0, len(s.Form.Circle))
	for _, id := range s.Form.Circle {
		f := s.Form.Seats[id]
		v := SeatView{Seat: id, Name: f.Name, Role: s.roleOf(id)}
		switch l := s.Live.Seats[id]; {
		case f.Status == Out:
			v.State = "out"
		case f.Status != Here:
			continue
		case l.Shown:
			v.State = "reconnecting"
		default:
			v.State = "here"
		}
		seats = append(seats, v)
	}
	return seats
}

// floorView is nil while a turn is only offered (T5).
func (s *State) floorView() *FloorView {
	t := s.Live.Turn
	if !s.taken() {
		return nil
	}
	v := &FloorView{Seat: t.Seat, Stage: t.Stage, Invite: t.Invite}
	if t.Stage == Replying {
		v.Replies = max(t.Replies, 0)
	}
	return v
}

// upNext is the names up next (T7). Somebody who has been offered a turn and
// has not taken it is still first: the room does not learn of the offer, nor of
// what became of it (see [Gap]).
func (s *State) upNext() []SeatID {
	next := []SeatID{}
	first := s.firstUp()
	if first != House {
		next = append(next, first)
	}
	for _, id := range s.format().up(s) {
		if id != first {
			next = append(next, id)
		}
	}
	return next
}

func (s *State) heldView() *HeldView {
	if s.Form.Held == nil {
		return nil
	}
	return &HeldView{Why: s.Form.Held.Why, Closes: millis(s.closes())}
}

func (s *State) pausedView() *PausedView {
	if s.Live.Pause == nil {
		return nil
	}
	return &PausedView{Ends: millis(s.Live.Pause.Until)}
}
