package room

import (
	"slices"
	"time"
)

// careSections is what the facilitators see beside the room.
var careSections = []section[CareView]{
	part("lead", inPosts, func(v *CareView) *SeatID { return &v.Lead }, func(s *State, _ SeatID) SeatID { return s.Form.Lead }, equal),
	part("wellbeing", inPosts, func(v *CareView) *SeatID { return &v.Wellbeing }, func(s *State, _ SeatID) SeatID { return s.Form.Wellbeing }, equal),
	part("alone", inPosts, func(v *CareView) *bool { return &v.Alone }, func(s *State, _ SeatID) bool { return s.facilitators() <= 1 }, equal),
	part("waiting", inWaiting, func(v *CareView) *[]WaitingView { return &v.Waiting }, forAll((*State).waitingViews), sameList(sameWaitingView)),
	part("clock", inClock, func(v *CareView) **ClockView { return &v.Clock }, forAll((*State).clockView), samePtr),
	part("people", inPeople, func(v *CareView) *[]PersonView { return &v.People }, forAll((*State).personViews), sameList(samePersonView)),
	part("removal", inRemoval, func(v *CareView) **RemovalView { return &v.Removal }, func(s *State, _ SeatID) *RemovalView { return s.Live.Removal }, samePtr),
	part("swap", inSwap, func(v *CareView) *SeatID { return &v.Swap }, func(s *State, _ SeatID) SeatID { return s.Live.Swap }, equal),
	part("break", inBreak, func(v *CareView) *bool { return &v.Break }, func(s *State, _ SeatID) bool { return s.Live.Break }, equal),
	part("rounds", inRounds, func(v *CareView) *bool { return &v.Rounds }, forAll((*State).roundsAsked), equal),
	part("phase_ends", inPhaseEnds, func(v *CareView) *Millis { return &v.PhaseEnds }, forAll((*State).phaseEnds), equal),
	part("ready", inPosts, func(v *CareView) *bool { return &v.Ready }, forAll((*State).ready), equal),
	part("wrote", inWrote, func(v *CareView) *[]WroteView { return &v.Wrote }, forAll((*State).wroteViews), slices.Equal[[]WroteView]),
}

func (s *State) wroteViews() []WroteView {
	wrote := []WroteView{}
	for _, id := range s.Live.Wrote {
		f := s.Form.Seats[id]
		wrote = append(wrote, WroteView{Seat: id, Name: f.Name, Gone: f.Status == Left || f.Status == Removed})
	}
	return wrote
}

func (s *State) waitingViews() []WaitingView {
	waiting := []WaitingView{}
	for _, id := range s.Form.Arrived {
		f, l := s.Form.Seats[id], s.Live.Seats[id]
		if f.Status != Waiting && f.Status != Admitted {
			continue
		}
		waiting = append(waiting, WaitingView{
			Seat: id, Name: f.Name, Role: f.Role, Listening: s.listens(id), Needs: l.Needs,
			Greeted: f.Greeted, Concern: f.Answer == Concern, Open: f.Open, Claims: f.Claims,
			Knocks: f.Knocks, Admitted: f.Status == Admitted, Lost: !l.Online,
		})
	}
	return waiting
}

// clockView is the soft clock of the turn that has been taken (T10).
func (s *State) clockView() *ClockView {
	t := s.Live.Turn
	if t == nil || t.Stage != Speaking {
		return nil
	}
	return &ClockView{Seat: t.Seat, Soft: millis(t.Soft), Over: t.Over}
}

func (s *State) personViews() []PersonView {
	people := []PersonView{}
	for _, id := range s.Form.Circle {
		f, l := s.Form.Seats[id], s.Live.Seats[id]
		if f.Status != Here && f.Status != Out {
			continue
		}
		p := PersonView{
			Seat: id, Listening: s.listens(id), Needs: l.Needs, Concern: f.Answer == Concern, OutSince: f.OutSince,
		}
		if f.Quiet != nil {
			p.QuietUntil = f.Quiet.Until
		}
		people = append(people, p)
	}
	return people
}

// phaseEnds is when the phase would end by its plan.
func (s *State) phaseEnds() Millis {
	minutes := s.Form.Plan.planned(s.Form.Phase).Minutes
	if minutes == 0 {
		return 0
	}
	return s.Form.PhaseSince + Millis(time.Duration(minutes)*time.Minute/time.Millisecond)
}
