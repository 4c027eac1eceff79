package room

import (
	"slices"
	"time"
)

// Events of coming, going and being connected.
type (
	// Online and Offline follow a seat's connections.
	Online struct {
		passing
		Seat SeatID
	}
	Offline struct {
		passing
		Seat SeatID
	}
	// LostShown shows the room that a seat is reconnecting.
	LostShown struct {
		passing
		Seat SeatID
	}
	// Preferred is what a person set for themselves (T4); never journalled.
	Preferred struct {
		passing
		Seat      SeatID
		Listening bool
		Needs     []Need
	}
	// WantsBack says that a person who stepped out comes back at the next boundary.
	WantsBack struct {
		passing
		Seat SeatID
	}
	// Wiped says that everything passing is gone: the server has restarted.
	Wiped struct{ passing }
	// SteppedOut says that a seat is out; it is kept.
	SteppedOut struct {
		kept
		Seat SeatID `json:"seat"`
		At   Millis `json:"at"`
	}
	// SeatLeft says that a seat is given up: "left", "lost", "moved" or "revoked".
	SeatLeft struct {
		kept
		Seat SeatID `json:"seat"`
		Why  string `json:"why"`
		At   Millis `json:"at"`
	}
)

var presenceEvents = []kind{
	declare("online", alteration{inSeats | inHeld | inPosts | inWaiting, nobody, false}, func(g *casting, e Online) {
		if v, _ := g.shown(e.Seat); v.State == "reconnecting" {
			g.tell(Happening{Kind: "reconnected", Seat: e.Seat})
		}
	}),
	declare[Offline]("offline", alteration{inHeld | inPosts | inWaiting, nobody, false}, nil),
	declare("lost-shown", alteration{inSeats, nobody, false}, func(g *casting, e LostShown) { g.tell(Happening{Kind: "reconnecting", Seat: e.Seat}) }),
	declare[Preferred]("preferred", alteration{inWaiting | inPeople | inClock, oneSeat, false}, nil),
	declare[WantsBack]("wants-back", alteration{}, nil),
	declare[Wiped]("wiped", alteration{everything, allSeats, true}, nil),
	declare("stepped-out", alteration{everything, allSeats, true}, func(g *casting, e SteppedOut) { g.tell(Happening{Kind: "stepped-out", Seat: e.Seat}) }),
	declare("left", alteration{everything, allSeats, true}, func(g *casting, e SeatLeft) { g.gone(e.Seat, "left") }),
}

func (e Preferred) about() SeatID { return e.Seat }

var presenceHandlers = []handler{
	on(house, connected).quietlyLate(), on(house, lost).quietlyLate(), on(house, restarted).quietlyLate(), on(house, revoke).quietlyLate(),
	on(anySeat, prefs).trainees(), on(insider, stepOut).trainees(), on(knocked, comeBack).trainees(), on(anySeat, leave).trainees(),
}

func connected(d *decision, c Connected) *Refusal {
	if _, known := d.s.Form.Seats[c.Seat]; !known {
		return noSuchSeat
	}
	if !d.s.online(c.Seat) {
		d.emit(Online{Seat: c.Seat})
	}
	return nil
}

func (e Online) apply(s *State, _ time.Time) {
	s.live(e.Seat, func(l *SeatLive) { l.Online, l.LostAt, l.Shown = true, time.Time{}, false })
}

func lost(d *decision, c Lost) *Refusal {
	if _, known := d.s.Form.Seats[c.Seat]; !known {
		return noSuchSeat
	}
	if d.s.online(c.Seat) {
		d.emit(Offline{Seat: c.Seat})
	}
	return nil
}

func (e Offline) apply(s *State, now time.Time) {
	s.live(e.Seat, func(l *SeatLive) { l.Online, l.LostAt, l.Shown = false, now, false })
}

func (e LostShown) apply(s *State, _ time.Time) {
	s.live(e.Seat, func(l *SeatLive) { l.Shown = true })
}

func prefs(d *decision, c Prefs) *Refusal {
	f, known := d.s.Form.Seats[d.by]
	if !known || f.Status == Left {
		return notInside
	}
	if !listed(c.Needs) {
		return unknownNeed
	}
	l := d.s.Live.Seats[d.by]
	if l.Listening == c.Listening && slices.Equal(l.Needs, c.Needs) {
		return nil
	}
	d.emit(Preferred{Seat: d.by, Listening: c.Listening, Needs: c.Needs})
	if d.s.listens(d.by) && d.s.handUp(d.by) {
		d.emit(HandSet{Seat: d.by})
	}
	return nil
}

func (e Preferred) apply(s *State, now time.Time) {
	slow := s.slow(e.Seat)
	s.live(e.Seat, func(l *SeatLive) { l.Listening, l.Needs = e.Listening, slices.Clone(e.Needs) })
	if t := s.Live.Turn; t != nil && t.Seat == e.Seat && !slow && s.slow(e.Seat) && !t.Soft.IsZero() {
		t.softly(s.Form.Rules, now, t.Soft.Add(s.turnTime()))
	}
}

// listed: every need is one of the list, once. Facilitators see them, so they
// are no place for words.
func listed(needs []Need) bool {
	for i, n := range needs {
		switch n {
		case MoreTime, ScreenReader, PlainWords, Interpreter, Supporter, Breaks:
		default:
			return false
		}
		if slices.Contains(needs[:i], n) {
			return false
		}
	}
	return true
}

// slow: this person's soft timers run twice as long (T10).
func (s *State) slow(id SeatID) bool { return slices.Contains(s.Live.Seats[id].Needs, MoreTime) }

func stepOut(d *decision, _ StepOut) *Refusal {
	d.emit(SteppedOut{Seat: d.by, At: millis(d.now)})
	return nil
}

func (e SteppedOut) apply(s *State, _ time.Time) {
	s.seat(e.Seat, func(f *SeatForm) { f.Status, f.OutSince = Out, e.At })
	s.leaves(e.Seat)
}

// leaves takes a seat that is no longer Here out of what is Here.
func (s *State) leaves(id SeatID) {
	s.lowerHand(id)
	s.live(id, func(l *SeatLive) { l.Back = false })
}

func comeBack(d *decision, _ ComeBack) *Refusal {
	switch {
	case d.s.Form.Seats[d.by].Status != Out:
		return alreadyInside
	case d.s.Live.Seats[d.by].Back:
		return nil
	}
	d.emit(WantsBack{Seat: d.by})
	return nil
}

func (e WantsBack) apply(s *State, _ time.Time) {
	s.live(e.Seat, func(l *SeatLive) { l.Back = true })
}

func leave(d *decision, _ Leave) *Refusal {
	f, known := d.s.Form.Seats[d.by]
	if !known {
		return notInside
	}
	if f.Status != Left {
		d.emit(SeatLeft{Seat: d.by, Why: "left", At: millis(d.now)})
	}
	return nil
}

func revoke(d *decision, c Revoke) *Refusal {
	f, known := d.s.Form.Seats[c.Seat]
	switch {
	case !known:
		return noSuchSeat
	case f.Status == Removed || f.Why == "revoked":
		return nil
	}
	d.emit(SeatLeft{Seat: c.Seat, Why: "revoked", At: millis(d.now)})
	return nil
}

func (e SeatLeft) apply(s *State, _ time.Time) {
	s.seat(e.Seat, func(f *SeatForm) { f.Status, f.Why, f.OutSince, f.Greeted = Left, e.Why, 0, false })
	s.leaves(e.Seat)
}

// restarted follows a reload from the journal. A room under way is held until a
// facilitator carries on.
func restarted(d *decision, _ Restarted) *Refusal {
	d.emit(Wiped{})
	if d.s.Form.Phase != Lobby && d.s.anybodyInside() {
		d.emit(HeldBegan{Why: heldRestart, At: millis(d.now)})
	}
	return nil
}

func (Wiped) apply(s *State, now time.Time) {
	s.Live = Live{Seats: map[SeatID]SeatLive{}}
	for _, id := range s.Form.Arrived {
		s.Live.Seats[id] = SeatLive{LostAt: now, Shown: true}
	}
}

func (s *State) anybodyInside() bool {
	for _, f := range s.Form.Seats {
		if f.Status == Here || f.Status == Out || f.Status == Admitted {
			return true
		}
	}
	return false
}
