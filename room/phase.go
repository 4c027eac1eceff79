package room

import "time"

// Events of phases and formats.
type (
	// PhaseMoved begins a later phase and ends the format.
	PhaseMoved struct {
		kept
		To Phase  `json:"to"`
		At Millis `json:"at"`
	}
	// FormatBegan starts a format. Order is the circle of a go-round.
	FormatBegan struct {
		kept
		Format Format   `json:"format"`
		Order  []SeatID `json:"order,omitempty"`
	}
	// FormatEnded gives the room back to the facilitators.
	FormatEnded struct{ kept }
)

var phaseEvents = []kind{
	declare("phase-moved", alteration{inPhase | inBreak | inPhaseEnds, allSeats, false}, func(g *casting, e PhaseMoved) { g.tell(Happening{Kind: "phase", Value: string(e.To)}) }),
	declare("format-began", alteration{inFormat | inNext | inRounds | inBreak, allSeats, false}, func(g *casting, e FormatBegan) { g.tell(Happening{Kind: "format", Value: string(e.Format)}) }),
	declare("format-ended", alteration{inFormat | inNext | inRounds, allSeats, false}, func(g *casting, _ FormatEnded) {
		g.tell(Happening{Kind: "format-ended", Value: string(g.c.room().Format.Name)})
	}),
}

var phaseHandlers = []handler{
	on(leader, movePhase), on(leader, end), on(facilitator, begin), on(facilitator, endFormat),
}

func movePhase(d *decision, c MovePhase) *Refusal {
	from, to := d.s.Form.Phase, c.To
	switch {
	case to.number() <= from.number():
		return notLaterPhase
	case to == Closed:
		return endAsks
	}
	if no := d.betweenTurns(); no != nil {
		return no
	}
	switch {
	case from == Lobby && !d.s.ready():
		return notEnough
	case to == AfterCare && !d.s.wellbeingHere():
		return noWellbeing
	}
	d.endFormat()
	d.emit(PhaseMoved{To: to, At: millis(d.now)})
	return nil
}

// betweenTurns: the lead may change what the room does.
func (d *decision) betweenTurns() *Refusal {
	switch {
	case d.s.Form.Held != nil:
		return heldNow
	case d.s.Live.Pause != nil:
		return pausedNow
	case d.s.taken():
		return turnRunning
	}
	return nil
}

// end ends the session. It is not a phase to move on to, so that nobody ends a
// session by moving on once too often.
func end(d *decision, _ End) *Refusal {
	if p := d.s.Form.Phase; p != Closing && p != AfterCare {
		return closeFirst
	}
	if no := d.betweenTurns(); no != nil {
		return no
	}
	d.endFormat()
	d.emit(SessionClosed{Why: "ended", At: millis(d.now)})
	return nil
}

// ready: two members and a facilitator are in, which is enough to start.
func (s *State) ready() bool {
	members := 0
	for _, id := range s.Form.Circle {
		if s.here(id) && s.powers(id).Member {
			members++
		}
	}
	return members >= 2 && s.facilitatorsHere() > 0
}

func (e PhaseMoved) apply(s *State, _ time.Time) {
	s.Form.Tally.enter(e.To, e.At)
	s.Form.Phase, s.Form.PhaseSince = e.To, e.At
	s.Live.Break = false
}

// withdraw takes back an offer that nobody has taken. The seat keeps its place:
// it was not the person who let the turn go.
func (d *decision) withdraw() {
	if t := d.s.Form.Turn; t != nil && !d.s.taken() {
		d.emit(TurnClosed{Turn: t.Turn, Seat: t.Seat, Later: true, Kept: true})
	}
}

// endFormat ends whatever format runs. No turn may be taken.
func (d *decision) endFormat() {
	d.withdraw()
	if d.s.Form.Format != NoFormat {
		d.emit(FormatEnded{})
	}
}

func begin(d *decision, c Begin) *Refusal {
	f, known := formatNamed(c.Format)
	switch minutes := f.traits().Minutes; {
	case !known:
		return unknownFormat
	case !d.s.leads(d.by) && !f.traits().Host:
		return leadOnly
	case d.s.Form.Phase == Lobby:
		return notStarted
	case minutes != nil && c.Minutes != 0 && !minutes.has(c.Minutes):
		return minutesRange
	}
	if no := d.betweenTurns(); no != nil {
		return no
	}
	d.endFormat()
	f.begin(d, c)
	return nil
}

func (e FormatBegan) apply(s *State, _ time.Time) {
	s.Form.Format = e.Format
	s.Form.Tally.use(e.Format)
	s.resetOpen()
	s.format().began(s, e)
}

func endFormat(d *decision, _ EndFormat) *Refusal {
	switch {
	case d.s.Form.Format == NoFormat:
		return noFormat
	case !d.s.leads(d.by) && !d.s.format().traits().Host:
		return leadOnly
	case d.s.taken():
		return turnRunning
	}
	d.endFormat()
	return nil
}

func (FormatEnded) apply(s *State, _ time.Time) { s.clearFormat() }

func (s *State) clearFormat() {
	s.Form.Format, s.Form.Round, s.Form.Hands = NoFormat, nil, nil
	s.Live.SilenceEnds, s.Live.Gap, s.Live.Skips = time.Time{}, nil, 0
	s.resetOpen()
	for id, l := range s.Live.Seats {
		if l.MayUndo || l.Kept || l.AsFirst || !l.AgainAt.IsZero() {
			l.MayUndo, l.First, l.AsFirst, l.Kept, l.AgainAt = false, false, false, false, time.Time{}
			s.setLive(id, l)
		}
	}
}

// settleFormat ends a format that is over, or offers the next turn. A private
// offer is all that a machine ever makes (T5).
func (d *decision) settleFormat() bool {
	s := d.s
	if s.frozen() || s.Form.Turn != nil || s.over(d.now) || s.Live.Gap != nil {
		return false
	}
	switch next := s.format().step(s); {
	case next.skip != House:
		d.emit(Skipped{Seat: next.skip, Place: next.place, Until: d.now.Add(s.Form.Rules.OfferStep)})
	case next.offer != House:
		d.emit(TurnOpened{Turn: s.Form.Turns + 1, Seat: next.offer})
	case next.over:
		d.emit(FormatEnded{})
	default:
		return false
	}
	return true
}
