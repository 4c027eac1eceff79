package room

import "time"

// careView is what the facilitators see beside the room.
func (s *State) careView() CareView {
	f, l := &s.Form, &s.Live
	return CareView{
		Lead: f.Lead, Wellbeing: f.Wellbeing, Alone: s.facilitators() <= 1,
		Waiting: s.waitingViews(), Clock: s.clockView(), People: s.personViews(), Removal: l.Removal,
		Swap: l.Swap, Break: l.Break, Rounds: s.roundsAsked(),
		PhaseEnds: s.phaseEnds(), Ready: s.ready(), Wrote: s.wroteViews(),
	}
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
