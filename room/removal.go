package room

import (
	"time"

	"hearth/charter"
)

// Events of removal, level 5 and the urgent door.
type (
	// SeatRemoved closes a seat for today and blocks its name.
	SeatRemoved struct {
		kept
		Seat SeatID `json:"seat"`
		At   Millis `json:"at"`
	}
	// RemovalAsked waits for the other facilitator.
	RemovalAsked struct {
		passing
		RemovalView
	}
	// RemovalDropped ends the wait.
	RemovalDropped struct{ passing }
)

var removalEvents = []kind{
	declare("removed", alteration{everything, allSeats, true}, func(g *casting, e SeatRemoved) { g.gone(e.Seat, "removed") }),
	declare[RemovalAsked]("removal-asked", alteration{inRemoval, nobody, false}, nil),
	declare[RemovalDropped]("removal-dropped", alteration{inRemoval, nobody, false}, nil),
}

var removalHandlers = []handler{
	on(facilitator, remove), on(facilitator, confirmRemove), on(facilitator, dropRemove), on(facilitator, urgentDoor),
}

// removable: somebody inside or at the door, who does not facilitate.
func (s *State) removable(id SeatID) bool {
	return s.Status(id).near() && !s.byLink(id)
}

func remove(d *decision, c Remove) *Refusal {
	if no := d.concerns(c.Seat); no != nil {
		return no
	}
	if no := rests(c.Principle); no != nil {
		return no
	}
	if no := reasoned(c.Reason); no != nil {
		return no
	}
	ask := RemovalView{Seat: c.Seat, By: d.by, Principle: c.Principle, Reason: c.Reason}
	waiting := d.s.Live.Removal
	switch {
	case d.s.byLink(c.Seat):
		return notForFacilitators
	case c.Urgent:
		d.removeNow(ask, House, true)
	case waiting != nil && waiting.Seat == c.Seat && waiting.By != d.by:
		d.removeNow(*waiting, d.by, false)
	case waiting != nil:
		return removalWaiting
	case !d.s.another(d.by):
		return needsSecond
	default:
		d.emit(RemovalAsked{RemovalView: ask})
	}
	return nil
}

// another facilitator is here and connected.
func (s *State) another(than SeatID) bool {
	for _, id := range []SeatID{s.Form.Lead, s.Form.Wellbeing} {
		if id != than && s.here(id) && s.online(id) {
			return true
		}
	}
	return false
}

// removeNow removes a person: the act first, so that they are told why (M3).
func (d *decision) removeNow(r RemovalView, confirmed SeatID, urgent bool) {
	a := d.act(Acted{
		Act: "removed", Level: 5, Seat: r.Seat, Principle: r.Principle, Reason: r.Reason, With: confirmed, Urgent: urgent,
	})
	a.By = r.By
	d.emit(a)
	d.emit(SeatRemoved{Seat: r.Seat, At: millis(d.now)})
}

func (e SeatRemoved) apply(s *State, _ time.Time) {
	f := s.Form.Seats[e.Seat]
	s.Form.Blocked = with(s.Form.Blocked, likeness(f.Skeleton, f.Name))
	s.seat(e.Seat, func(f *SeatForm) { f.Status, f.Why, f.OutSince, f.Quiet = Removed, "", 0, nil })
	s.leaves(e.Seat)
}

func (e RemovalAsked) apply(s *State, _ time.Time) {
	r := e.RemovalView
	s.Live.Removal = &r
}

func (RemovalDropped) apply(s *State, _ time.Time) { s.Live.Removal = nil }

func confirmRemove(d *decision, c ConfirmRemove) *Refusal {
	r := d.s.Live.Removal
	switch {
	case r == nil || r.Seat != c.Seat:
		return noRemoval
	case r.By == d.by:
		return needsOther
	}
	d.removeNow(*r, d.by, false)
	return nil
}

func dropRemove(d *decision, c DropRemove) *Refusal {
	if r := d.s.Live.Removal; r == nil || r.Seat != c.Seat {
		return noRemoval
	}
	d.emit(RemovalDropped{})
	return nil
}

// urgentDoor locks the door, hides the last words and, with a seat, removes
// that person at once (level U).
func urgentDoor(d *decision, c UrgentDoor) *Refusal {
	if no := reasoned(c.Reason); no != nil {
		return no
	}
	if c.Seat != House {
		if no := d.concerns(c.Seat); no != nil {
			return no
		}
		if d.s.byLink(c.Seat) {
			return notForFacilitators
		}
	}
	if d.s.Form.Door != DoorLocked {
		d.emit(DoorSet{State: DoorLocked})
	}
	if ids := d.s.lastWords(d.now); len(ids) > 0 {
		d.emit(Unsaid{IDs: ids, Hidden: true})
	}
	d.emit(d.act(Acted{Act: "urgent", Reason: c.Reason, Urgent: true}))
	if c.Seat != House {
		// In an emergency nobody has time to choose a line: what was at stake is safety (M3).
		d.removeNow(RemovalView{Seat: c.Seat, By: d.by, Principle: string(charter.Safety), Reason: c.Reason}, House, true)
	}
	return nil
}
