package room

import (
	"slices"
	"time"
)

// Events of the door.
type (
	// Arrived says that a seat has opened its link.
	Arrived struct {
		kept
		Seat SeatID `json:"seat"`
		Role Role   `json:"role"`
	}
	// Knocked keeps a name and an answer to the charter.
	Knocked struct {
		kept
		Seat     SeatID `json:"seat"`
		Name     string `json:"name"`
		Skeleton string `json:"skeleton"`
		Answer   Answer `json:"answer"`
		Digest   string `json:"digest"`
		Claims   SeatID `json:"claims,omitempty"`
		Open     bool   `json:"open,omitempty"`
		Knocks   bool   `json:"knocks,omitempty"`
	}
	// SeatGreeted says that a human has welcomed a waiting person (C24).
	SeatGreeted struct {
		kept
		Seat SeatID `json:"seat"`
	}
	// SeatAdmitted lets a seat in at the next turn boundary.
	SeatAdmitted struct {
		kept
		Seat SeatID `json:"seat"`
	}
	// Entered says that a seat is in the room; Back, that it had stepped out.
	Entered struct {
		kept
		Seat SeatID `json:"seat"`
		At   Millis `json:"at"`
		Back bool   `json:"back,omitempty"`
	}
	// SentBack puts a seat into the lobby again.
	SentBack struct {
		kept
		Seat SeatID `json:"seat"`
	}
	// DoorSet opens, half-closes or locks the door.
	DoorSet struct {
		kept
		State DoorState `json:"state"`
	}
	// Renamed gives a seat another name.
	Renamed struct {
		kept
		Seat     SeatID `json:"seat"`
		Name     string `json:"name"`
		Skeleton string `json:"skeleton"`
	}
)

var entryEvents = []kind{
	declare[Arrived]("arrived", alteration{inWrote, oneSeat, true}, nil),
	declare("knocked", alteration{inWaiting | inWrote, oneSeat, false}, func(g *casting, e Knocked) { g.alert(Happening{Kind: "waiting", Seat: e.Seat}) }),
	declare("greeted", alteration{inWaiting, oneSeat, false}, func(g *casting, e SeatGreeted) { g.whisper(e.Seat, Happening{Kind: "greeted"}) }),
	declare[SeatAdmitted]("admitted", alteration{inWaiting, oneSeat, false}, nil),
	declare("entered", alteration{everything, allSeats, true}, func(g *casting, e Entered) {
		kind := "entered"
		if e.Back {
			kind = "back"
		}
		g.tell(Happening{Kind: kind, Seat: e.Seat})
	}),
	declare("sent-back", alteration{everything, allSeats, true}, func(g *casting, e SentBack) { g.gone(e.Seat, "left") }),
	declare("door-set", alteration{inDoor, allSeats, false}, func(g *casting, e DoorSet) { g.tell(Happening{Kind: "door", Value: string(e.State)}) }),
	declare("renamed", alteration{inSeats | inWaiting | inWrote, oneSeat, false}, func(g *casting, e Renamed) {
		if _, inside := g.shown(e.Seat); inside {
			g.tell(Happening{Kind: "renamed", Seat: e.Seat})
		}
	}),
}

func (e Arrived) about() SeatID      { return e.Seat }
func (e Knocked) about() SeatID      { return e.Seat }
func (e SeatGreeted) about() SeatID  { return e.Seat }
func (e SeatAdmitted) about() SeatID { return e.Seat }
func (e Renamed) about() SeatID      { return e.Seat }

var entryHandlers = []handler{
	on(house, arrive),
	on(anySeat, knock).trainees(), on(facilitator, greet), on(facilitator, admit), on(facilitator, toLobby),
	on(facilitator, setDoor), on(knocked, rename).trainees(),
}

func arrive(d *decision, c Arrive) *Refusal {
	f, known := d.s.Form.Seats[c.Seat]
	switch {
	case c.Seat == House:
		return noSuchSeat
	case !c.Role.Powers().Knocks:
		return unknownRole
	case f.Status == Removed:
		return removedToday
	case f.Why == "moved":
		return seatMoved
	case f.Why == "revoked":
		return linkClosed
	case known && f.Status != Left && f.Role == c.Role:
		return nil
	}
	d.emit(Arrived{Seat: c.Seat, Role: c.Role})
	return nil
}

func (e Arrived) apply(s *State, _ time.Time) {
	f, known := s.Form.Seats[e.Seat]
	if !known {
		s.Form.Arrived = with(s.Form.Arrived, e.Seat)
		f.No = int32(len(s.Form.Arrived)) //nolint:gosec // a session has few seats
	}
	f.Role = e.Role
	if !known || f.Status == Left {
		f.Status, f.Why = AtDoor, ""
	}
	s.setSeat(e.Seat, f)
}

func knock(d *decision, c Knock) *Refusal {
	if no := d.knockable(c); no != nil {
		return no
	}
	if _, known := d.s.Form.Seats[d.by]; !known {
		d.emit(Arrived{Seat: d.by, Role: c.Role})
	}
	if !d.s.online(d.by) {
		// Whoever can knock is connected, whatever order the hub tells it in.
		d.emit(Online{Seat: d.by})
	}
	f := &d.s.Form
	d.emit(Knocked{
		Seat: d.by, Name: c.Name, Skeleton: c.Skeleton, Answer: c.Answer, Digest: c.Digest,
		Claims: c.Claims, Open: c.Open, Knocks: f.Door != DoorOpen,
	})
	d.emit(Preferred{Seat: d.by, Listening: c.Listening, Needs: c.Needs})
	if d.s.byLink(d.by) {
		d.emit(SeatAdmitted{Seat: d.by})
	}
	return nil
}

// knockable checks a knock: the seat, the name, then the answer.
func (d *decision) knockable(c Knock) *Refusal {
	f := d.s.Form.Seats[d.by]
	role := f.Role
	if role == "" {
		role = c.Role
	}
	switch {
	case !role.Powers().Knocks:
		return unknownRole
	case f.Status.placed():
		return alreadyInside
	case f.Status == Left && f.Why == "moved":
		return seatMoved
	case f.Status == Left && f.Why == "revoked":
		return linkClosed
	case c.Name == "":
		return nameNeeded
	case d.s.nameTaken(d.by, c.Claims, c.Skeleton, c.Name):
		return nameTaken
	case c.Answer != Agree && c.Answer != Concern:
		return answerNeeded
	case c.Digest != d.s.Form.Charter.Digest:
		return charterChanged
	case !listed(c.Needs):
		return unknownNeed
	case c.Answer == Concern && role.Powers().Tools:
		return facilitatorsAgree
	}
	return nil
}

// nameTaken: somebody present or waiting looks the same by name, or somebody
// removed today did (walls §2.5). The seat itself and the one it claims to be do
// not count.
func (s *State) nameTaken(by, claims SeatID, skeleton, name string) bool {
	key := likeness(skeleton, name)
	for _, id := range s.Form.Arrived {
		f := s.Form.Seats[id]
		if id != by && !s.replaces(id, claims) && f.Status.near() && likeness(f.Skeleton, f.Name) == key {
			return true
		}
	}
	return slices.Contains(s.Form.Blocked, key)
}

// likeness is what two look-alike names share; the name itself without a skeleton.
func likeness(skeleton, name string) string {
	if skeleton == "" {
		return name
	}
	return skeleton
}

func (e Knocked) apply(s *State, _ time.Time) {
	s.seat(e.Seat, func(f *SeatForm) {
		f.Status, f.Why, f.Greeted = Waiting, "", false
		f.Name, f.Skeleton, f.Answer, f.Digest = e.Name, e.Skeleton, e.Answer, e.Digest
		f.Claims, f.Open, f.Knocks = e.Claims, e.Open, e.Knocks
	})
}

func greet(d *decision, c Greet) *Refusal {
	f := d.s.Form.Seats[c.Seat]
	if f.Status != Waiting {
		return notWaiting
	}
	if !f.Greeted {
		d.emit(SeatGreeted{Seat: c.Seat})
	}
	return nil
}

func (e SeatGreeted) apply(s *State, _ time.Time) {
	s.seat(e.Seat, func(f *SeatForm) { f.Greeted = true })
}

func admit(d *decision, c Admit) *Refusal {
	f := d.s.Form.Seats[c.Seat]
	late := d.s.Form.Phase.number() >= Closing.number() && !f.Entered
	switch {
	case f.Status != Waiting:
		return notWaiting
	case !f.Greeted:
		return greetFirst
	case d.s.Form.Door == DoorLocked:
		return doorLocked
	case late:
		return closingNow
	case f.Role.Powers().Member && d.s.inside(f.Claims) >= d.s.Form.Plan.Seats:
		return roomFull
	}
	d.emit(SeatAdmitted{Seat: c.Seat})
	d.takePlace(c.Seat)
	return nil
}

// inside counts participants who have a place, but for those whose place would
// be taken.
func (s *State) inside(claimed SeatID) int {
	n := 0
	for _, id := range s.Form.Arrived {
		f := s.Form.Seats[id]
		if f.Role.Powers().Member && s.placed(id) && !s.replaces(id, claimed) {
			n++
		}
	}
	return n
}

func (e SeatAdmitted) apply(s *State, _ time.Time) {
	s.seat(e.Seat, func(f *SeatForm) { f.Status = Admitted })
	s.inherit(e.Seat)
}

// settleEntry lets in who may come in now: one at a time, in order of arrival.
func (d *decision) settleEntry() bool {
	open := d.s.boundary()
	for _, id := range d.s.Form.Arrived {
		f := d.s.Form.Seats[id]
		back := f.Status == Out && d.s.Live.Seats[id].Back
		// A held room waits for somebody who facilitates, even while somebody speaks.
		rescue := d.s.Form.Held != nil && d.s.byLink(id)
		if (open || rescue) && d.s.online(id) && (back || f.Status == Admitted) {
			d.emit(Entered{Seat: id, At: millis(d.now), Back: back})
			return true
		}
	}
	return false
}

func (e Entered) apply(s *State, _ time.Time) {
	first := !s.Form.Seats[e.Seat].Entered
	s.seat(e.Seat, func(f *SeatForm) { f.Status, f.Why, f.OutSince, f.Entered = Here, "", 0, true })
	s.live(e.Seat, func(l *SeatLive) { l.Back = false })
	if first {
		s.Form.Circle = with(s.Form.Circle, e.Seat)
		s.Form.Tally.Entered++
	}
	s.format().entered(s, e.Seat)
}

func toLobby(d *decision, c ToLobby) *Refusal {
	f := d.s.Form.Seats[c.Seat]
	switch {
	case f.Status != Here && f.Status != Admitted && f.Status != Out:
		return noSuchSeat
	case d.s.byLink(c.Seat):
		return notForFacilitators
	}
	d.emit(SentBack{Seat: c.Seat})
	d.emit(d.act(Acted{Act: "sent-back", Seat: c.Seat}))
	return nil
}

func (e SentBack) apply(s *State, _ time.Time) {
	s.seat(e.Seat, func(f *SeatForm) { f.Status, f.Why, f.Greeted, f.OutSince = Waiting, "sent-back", false, 0 })
	s.leaves(e.Seat)
}

func setDoor(d *decision, c SetDoor) *Refusal {
	want := DoorLocked
	if !c.Locked {
		want = d.s.unlocked(d.now)
	}
	if want != d.s.Form.Door {
		d.emit(DoorSet{State: want})
	}
	return nil
}

// unlocked is how a door stands that is not locked: open until a while after
// the start, then people knock.
func (s *State) unlocked(now time.Time) DoorState {
	if now.Before(s.Form.Plan.Start.Add(s.Form.Rules.OpenDoor)) {
		return DoorOpen
	}
	return DoorKnock
}

func (e DoorSet) apply(s *State, _ time.Time) { s.Form.Door = e.State }

func rename(d *decision, c Rename) *Refusal {
	switch {
	case c.Name == "":
		return nameNeeded
	case d.s.here(d.by) && d.s.taken():
		return turnRunning
	case d.s.nameTaken(d.by, d.s.Form.Seats[d.by].Claims, c.Skeleton, c.Name):
		return nameTaken
	}
	d.emit(Renamed{Seat: d.by, Name: c.Name, Skeleton: c.Skeleton})
	return nil
}

func (e Renamed) apply(s *State, _ time.Time) {
	s.seat(e.Seat, func(f *SeatForm) { f.Name, f.Skeleton = e.Name, e.Skeleton })
}
