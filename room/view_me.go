package room

import "slices"

// meSections is one seat's own view. Whatever alters something of a seat may alter
// any of it.
var meSections = []section[MeView]{
	part("you", everything, func(v *MeView) *YouView { return &v.You }, (*State).youView, sameYouView),
	part("door", everything, func(v *MeView) *MeDoor { return &v.Door }, (*State).meDoor, equal),
	part("offer", everything, func(v *MeView) **OfferView { return &v.Offer }, (*State).offerView, samePtr),
	part("turn", everything, func(v *MeView) **TurnView { return &v.Turn }, (*State).turnView, samePtr),
	part("can", everything, func(v *MeView) *CanView { return &v.Can }, (*State).canView, equal),
	part("quiet", everything, func(v *MeView) **QuietView { return &v.Quiet }, func(s *State, id SeatID) *QuietView { return s.Form.Seats[id].Quiet }, samePtr),
	part("notices", everything, func(v *MeView) *[]Notice { return &v.Notices }, (*State).notices, slices.Equal[[]Notice]),
	part("swap_asked", everything, func(v *MeView) *bool { return &v.SwapAsked }, (*State).swapAsked, equal),
	part("line", everything, func(v *MeView) *LineView { return &v.Line }, (*State).lineView, equal),
}

func (s *State) notices(id SeatID) []Notice {
	if list := s.Form.Seats[id].Notices; list != nil {
		return list
	}
	return []Notice{}
}

// swapAsked: the other facilitator would like to swap.
func (s *State) swapAsked(id SeatID) bool {
	return s.facilitates(id) && s.Live.Swap != House && s.Live.Swap != id
}

func (s *State) lineView(id SeatID) LineView {
	other := s.onTheLine(id)
	v := LineView{Open: other != House && s.online(other)}
	if s.here(id) {
		v.Seat = other
	}
	return v
}

func (s *State) youView(id SeatID) YouView {
	f, l := s.Form.Seats[id], s.Live.Seats[id]
	return YouView{
		Seat: id, Name: f.Name, Role: s.roleOf(id), Status: f.Status, Listening: s.listens(id),
		Needs: l.Needs, Answer: f.Answer, Why: f.Why,
	}
}

// meDoor is what a waiting person may know. Somebody removed learns nothing more.
func (s *State) meDoor(id SeatID) MeDoor {
	f := s.Form.Seats[id]
	if f.Status == Removed {
		return MeDoor{State: DoorLocked}
	}
	return MeDoor{State: s.Form.Door, Greeted: f.Greeted, Ready: s.facilitatorsHere() > 0, Closed: s.closed()}
}

func (s *State) offerView(id SeatID) *OfferView {
	t := s.Live.Turn
	if t == nil || t.Seat != id || t.Stage != Offered {
		return nil
	}
	return &OfferView{Turn: s.Form.Seats[id].Offers, Until: millis(t.Until), Again: s.Form.Turn.Again}
}

func (s *State) turnView(id SeatID) *TurnView {
	t := s.Live.Turn
	if t == nil || t.Seat != id || t.Stage == Offered {
		return nil
	}
	v := &TurnView{Turn: s.Form.Seats[id].Offers, Stage: t.Stage, Soft: millis(t.Soft), Cue: t.Cue, Invite: t.Invite}
	if v.Invite == "" {
		v.Invite = JustHear
	}
	return v
}

// canView is what the composer and the buttons allow now. It agrees with what
// Decide would say, but for the pace of the open floor, which From tells.
func (s *State) canView(id SeatID) CanView {
	if !s.here(id) || !s.powers(id).Speaks {
		return CanView{}
	}
	var c CanView
	t := s.Live.Turn
	mine := t != nil && t.Seat == id
	c.Share, c.Reply, c.From = s.canSpeak(id)
	c.HandUp = s.handUp(id)
	c.Hand = s.format().traits().Hands && !c.HandUp && !s.quieted(id) && !s.listens(id) &&
		(s.Form.Turn == nil || s.Form.Turn.Seat != id)
	c.UndoPass, c.Kept = s.Live.Seats[id].MayUndo, s.Live.Seats[id].Kept
	c.Invite = mine && s.Form.Phase == Main && (t.Stage == Speaking || t.Stage == Replying)
	c.Process = s.mayProcess(id)
	return s.format().may(s, id, c)
}

// canSpeak asks at a time when nobody is too soon.
func (s *State) canSpeak(id SeatID) (share, reply bool, from Millis) {
	at := s.format().welcome(s, id)
	kind, no := s.floorFor(at, id)
	if no != nil {
		return false, false, 0
	}
	return true, kind == SayReply, millis(at)
}
