package room

import "time"

// Events of holding and closing.
type (
	// HeldBegan holds the room: "no-facilitator" or "restart".
	HeldBegan struct {
		kept
		Why string `json:"why"`
		At  Millis `json:"at"`
	}
	// HeldEnded lets it carry on.
	HeldEnded struct{ kept }
	// SessionClosed ends the session for everybody: "ended" by the lead,
	// "after-care" by its clock, "held" gently, "missed" when it never began,
	// "cancelled" by the organiser before it had begun, or "shut" afterwards.
	SessionClosed struct {
		kept
		Why string `json:"why"`
		At  Millis `json:"at"`
	}
)

// Why a room is held.
const (
	heldNoFacilitator = "no-facilitator"
	heldRestart       = "restart"
)

var closingEvents = []kind{
	declare("held", alteration{inHeld, allSeats, false}, func(g *casting, e HeldBegan) { g.tell(Happening{Kind: "held", Value: e.Why}) }),
	declare("carried-on", alteration{inHeld, allSeats, false}, func(g *casting, _ HeldEnded) { g.tell(Happening{Kind: "carry-on"}) }),
	declare[SessionClosed]("closed", alteration{everything, allSeats, true}, nil),
}

var closingHandlers = []handler{on(house, shut).quietlyLate()}

func (e HeldBegan) apply(s *State, _ time.Time) {
	if s.Form.Held == nil {
		s.Form.Tally.Held++
	}
	s.Form.Held = &Hold{Why: e.Why, Since: e.At}
}

func (HeldEnded) apply(s *State, _ time.Time) { s.Form.Held = nil }

func shut(d *decision, _ Shut) *Refusal {
	why := "shut"
	if d.s.Form.Phase == Lobby {
		why = "cancelled"
	}
	d.emit(SessionClosed{Why: why, At: millis(d.now)})
	return nil
}

func (e SessionClosed) apply(s *State, _ time.Time) {
	f := &s.Form
	f.Tally.enter(Closed, e.At)
	f.Tally.Why = e.Why
	f.Phase, f.PhaseSince = Closed, e.At
	f.Turn, f.Held, f.Lead, f.Wellbeing = nil, nil, House, House
	s.clearFormat()
	for id, seat := range f.Seats {
		if seat.Status != Removed && seat.Status != Left {
			seat.Status, seat.Why, seat.OutSince = Left, "closed", 0
			if e.Why == "cancelled" {
				seat.Why = e.Why
			}
			s.setSeat(id, seat)
		}
	}
	s.Live.Turn, s.Live.Pause, s.Live.Removal, s.Live.Swap, s.Live.Break = nil, nil, nil, House, false
}
