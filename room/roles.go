package room

import "time"

// RolesSet says who leads and who holds wellbeing. Was led before.
type RolesSet struct {
	kept
	Lead      SeatID `json:"lead,omitempty"`
	Wellbeing SeatID `json:"wellbeing,omitempty"`
	Was       SeatID `json:"was,omitempty"`
}

// SwapTapped says that a facilitator would like to swap; zero takes it back.
type SwapTapped struct {
	passing
	Seat SeatID
}

var roleEvents = []kind{
	declare("roles-set", alteration{inSeats | inPosts | inSwap, allSeats, true}, func(g *casting, e RolesSet) {
		if e.Was != House && e.Lead != House && e.Lead != e.Was {
			g.tell(Happening{Kind: "lead-changed", Seat: e.Lead, Was: e.Was})
		}
	}),
	declare[SwapTapped]("swap-tapped", alteration{inSwap, allSeats, false}, nil),
}

var roleHandlers = []handler{on(facilitator, swap)}

// powers are what a seat's link lets it do.
func (s *State) powers(id SeatID) Powers { return s.Form.Seats[id].Role.Powers() }

// byLink: the seat's link makes it a facilitator. Nobody else is ever given a
// facilitator's tools (practice §8, rule 15).
func (s *State) byLink(id SeatID) bool {
	return s.powers(id).Tools
}

// facilitates: holds a facilitator's tools.
func (s *State) facilitates(id SeatID) bool {
	return id != House && (id == s.Form.Lead || id == s.Form.Wellbeing)
}

// leads: holds the floor's tools. In a lobby that waits for its lead, wellbeing does.
func (s *State) leads(id SeatID) bool {
	return id != House && (id == s.Form.Lead || s.Form.Lead == House && id == s.Form.Wellbeing)
}

// roleOf is the role a seat has now.
func (s *State) roleOf(id SeatID) Role {
	switch {
	case id == House:
		return ""
	case id == s.Form.Lead:
		return Lead
	case id == s.Form.Wellbeing:
		return Wellbeing
	case s.here(id) && s.byLink(id):
		return Participant
	}
	return s.Form.Seats[id].Role
}

// facilitatorsHere counts the seats that hold tools and are in the room.
func (s *State) facilitatorsHere() int {
	n := 0
	if s.here(s.Form.Lead) {
		n++
	}
	if s.Form.Wellbeing != s.Form.Lead && s.here(s.Form.Wellbeing) {
		n++
	}
	return n
}

// facilitators counts facilitators who are here and connected.
func (s *State) facilitators() int {
	n := 0
	for _, id := range s.Form.Circle {
		if s.byLink(id) && s.here(id) && s.online(id) {
			n++
		}
	}
	return n
}

func (s *State) facilitated() bool { return s.facilitators() > 0 }

// wellbeingHere: somebody who is here and connected has wellbeing's duties.
func (s *State) wellbeingHere() bool {
	id := s.Form.Wellbeing
	if id == House {
		id = s.Form.Lead
	}
	return s.here(id) && s.online(id)
}

// settlePosts fills and hands over the two sets of tools, and drops what only
// made sense before.
func (d *decision) settlePosts() bool {
	f := d.s.Form
	lead, well := d.s.posts(d.now)
	if lead != f.Lead || well != f.Wellbeing {
		d.emit(RolesSet{Lead: lead, Wellbeing: well, Was: f.Lead})
		return true
	}
	if r := d.s.Live.Removal; r != nil && (!d.s.removable(r.Seat) || !d.s.facilitates(r.By)) {
		d.emit(RemovalDropped{})
		return true
	}
	return false
}

// posts says who should hold which tools now (practice §3, "Facilitator drops").
func (s *State) posts(now time.Time) (lead, well SeatID) {
	lead, well = s.Form.Lead, s.Form.Wellbeing
	if !s.here(lead) {
		lead = House
	}
	if !s.here(well) {
		well = House
	}
	if lead != House && s.lostFor(lead, s.Form.Rules.LeadLost, now) {
		if heir := s.heir(lead, well); heir != House {
			lead, well = heir, heir
		}
	}
	under := s.Form.Phase != Lobby
	if under && lead == House {
		lead = well
	}
	for _, id := range s.Form.Circle {
		if s.byLink(id) && s.here(id) && s.online(id) && id != lead && id != well {
			lead, well = place(id, s.Form.Seats[id].Role, lead, well)
		}
	}
	if under && lead == House {
		lead = well
	}
	if under && well == House {
		well = lead
	}
	return lead, well
}

// place finds a facilitator who has just come in something to do. Somebody who
// leads goes on leading: who comes back takes wellbeing, until both tap swap.
func place(id SeatID, role Role, lead, well SeatID) (newLead, newWell SeatID) {
	free := well == House || well == lead
	switch {
	case role.Powers().Floor && lead == House:
		return id, well
	case free:
		return lead, id
	case lead == House:
		return id, well
	}
	return lead, well
}

// heir is who leads when the lead is lost: wellbeing, or another facilitator.
func (s *State) heir(lead, well SeatID) SeatID {
	if well != lead && well != House && s.online(well) {
		return well
	}
	for _, id := range s.Form.Circle {
		if id != lead && s.byLink(id) && s.here(id) && s.online(id) {
			return id
		}
	}
	return House
}

// lostFor: the seat's connection has been lost for so long.
func (s *State) lostFor(id SeatID, d time.Duration, now time.Time) bool {
	l := s.Live.Seats[id]
	return !l.Online && !now.Before(l.LostAt.Add(d))
}

func (e RolesSet) apply(s *State, _ time.Time) {
	s.Form.Lead, s.Form.Wellbeing = e.Lead, e.Wellbeing
	s.Live.Swap = House
}

// swap changes the two sets of tools over when both have tapped.
func swap(d *decision, _ Swap) *Refusal {
	f := d.s.Form
	switch {
	case f.Lead == House || f.Wellbeing == House || f.Lead == f.Wellbeing:
		return aloneHere
	case d.s.Live.Swap == d.by:
		d.emit(SwapTapped{})
	case d.s.Live.Swap == House:
		d.emit(SwapTapped{Seat: d.by})
	default:
		d.emit(RolesSet{Lead: f.Wellbeing, Wellbeing: f.Lead, Was: f.Lead})
	}
	return nil
}

func (e SwapTapped) apply(s *State, _ time.Time) { s.Live.Swap = e.Seat }
