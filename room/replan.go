package room

import "time"

// PlanSet replaces the plan of a session that has not begun: its time, its
// seats, its phases. Everybody at the door and in the lobby is shown the new one.
type PlanSet struct {
	kept
	Plan  Plan  `json:"plan"`
	Rules Rules `json:"rules"`
}

// Kind of the event.
func (PlanSet) Kind() string { return "plan-set" }

var planHandlers = []handler{on(house, setPlan).quietlyLate()}

func setPlan(d *decision, c SetPlan) *Refusal {
	if d.s.Form.Phase != Lobby {
		return sessionRunning
	}
	d.emit(PlanSet{Plan: c.Plan, Rules: c.Rules.WithDefaults()})
	early := d.now.Before(c.Plan.Start.Add(d.s.Form.Rules.OpenDoor))
	if early && d.s.Form.Door == DoorKnock {
		d.emit(DoorSet{State: DoorOpen})
	}
	return nil
}

func (e PlanSet) apply(s *State, _ time.Time) {
	s.Form.Plan, s.Form.Rules = e.Plan, e.Rules
	s.Form.Replanned++
}
