package room

import (
	"slices"
	"time"
)

// What the house sets before a session begins.
type (
	// Opened starts the session in its lobby.
	Opened struct {
		kept
		Plan    Plan       `json:"plan"`
		Rules   Rules      `json:"rules"`
		Charter CharterRef `json:"charter"`
		At      Millis     `json:"at"`
	}
	// CharterSet replaces the charter; everybody who agreed to another is at the door again.
	CharterSet struct {
		kept
		Charter CharterRef `json:"charter"`
	}
	// PlanSet replaces the plan of a session that has not begun: its time, its
	// seats, its phases. Everybody at the door and in the lobby is shown the new one.
	PlanSet struct {
		kept
		Plan  Plan  `json:"plan"`
		Rules Rules `json:"rules"`
	}
)

var openingEvents = []kind{
	declare[Opened]("opened", alteration{everything, allSeats, true}, nil),
	declare[CharterSet]("charter-set", alteration{everything, allSeats, true}, nil),
	declare[PlanSet]("plan-set", alteration{everything, allSeats, true}, nil),
}

var openingHandlers = []handler{on(house, openRoom), on(house, setCharter), on(house, setPlan).quietlyLate()}

func openRoom(d *decision, c Open) *Refusal {
	if d.s.Form.Opened {
		return alreadyOpen
	}
	c.Plan.Start = c.Plan.Start.UTC().Round(0)
	c.Plan.Phases = slices.Clone(c.Plan.Phases)
	if c.Plan.Seats <= 0 {
		c.Plan.Seats = 12
	}
	d.emit(Opened{Plan: c.Plan, Rules: c.Rules.WithDefaults(), Charter: c.Charter, At: millis(d.now)})
	return nil
}

func (e Opened) apply(s *State, _ time.Time) {
	f := &s.Form
	f.Opened, f.Plan, f.Rules, f.Charter = true, e.Plan, e.Rules, e.Charter
	f.Phase, f.PhaseSince, f.Door = Lobby, e.At, DoorOpen
	f.Tally.Opened = e.At
	f.Tally.enter(Lobby, e.At)
}

func setCharter(d *decision, c SetCharter) *Refusal {
	if d.s.Form.Phase != Lobby {
		return sessionRunning
	}
	if c.Charter != d.s.Form.Charter {
		d.emit(CharterSet{Charter: c.Charter})
	}
	return nil
}

func (e CharterSet) apply(s *State, _ time.Time) {
	s.Form.Charter = e.Charter
	for _, id := range s.Form.Arrived {
		f := s.Form.Seats[id]
		if f.Status.near() && f.Digest != e.Charter.Digest {
			s.seat(id, func(f *SeatForm) { f.Status, f.Why, f.Greeted, f.OutSince = AtDoor, "charter-changed", false, 0 })
		}
	}
}

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
