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

// Kind of each event.
func (PhaseMoved) Kind() string  { return "phase-moved" }
func (FormatBegan) Kind() string { return "format-began" }
func (FormatEnded) Kind() string { return "format-ended" }

var phaseHandlers = []handler{
	on(leader, movePhase), on(facilitator, begin), on(facilitator, endFormat),
}

func movePhase(d *decision, c MovePhase) *Refusal {
	from, to := d.s.Form.Phase, c.To
	switch {
	case to.number() <= from.number():
		return notLaterPhase
	case to == Closed && from != Closing && from != AfterCare:
		return closeFirst
	case d.s.Form.Held != nil:
		return heldNow
	case d.s.Live.Pause != nil:
		return pausedNow
	case d.s.taken():
		return turnRunning
	case from == Lobby && !d.s.ready():
		return notEnough
	case to == AfterCare && !d.s.wellbeingHere():
		return noWellbeing
	}
	d.endFormat()
	if to == Closed {
		d.emit(SessionClosed{Why: "ended", At: millis(d.now)})
		return nil
	}
	d.emit(PhaseMoved{To: to, At: millis(d.now)})
	return nil
}

// ready: two members and a facilitator are in, which is enough to start.
func (s *State) ready() bool {
	members := 0
	for _, id := range s.Form.Circle {
		if s.here(id) && s.Form.Seats[id].Role == Participant {
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
	s := d.s
	switch {
	case c.Format != GoRound && c.Format != HandQueue && c.Format != OpenFloor && c.Format != Silence:
		return unknownFormat
	case !s.leads(d.by) && c.Format != Silence:
		return leadOnly
	case s.Form.Phase == Lobby:
		return notStarted
	case s.Form.Held != nil:
		return heldNow
	case s.Live.Pause != nil:
		return pausedNow
	case s.taken():
		return turnRunning
	case c.Format == Silence && (c.Minutes < 0 || c.Minutes > 5):
		return minutesRange
	}
	d.endFormat()
	e := FormatBegan{Format: c.Format}
	if c.Format == GoRound {
		e.Order = d.s.roundOrder()
	}
	d.emit(e)
	if c.Format == Silence {
		d.emit(SilenceSet{Until: d.now.Add(d.s.silenceFor(c.Minutes))})
	}
	return nil
}

func (e FormatBegan) apply(s *State, _ time.Time) {
	s.Form.Format = e.Format
	s.Form.Tally.use(e.Format)
	s.resetOpen()
	if e.Format == GoRound {
		s.Form.Rounds++
		s.Form.Round = newRound(e.Order)
	}
	if e.Format == Silence {
		s.Live.Break = false
	}
}

func endFormat(d *decision, _ EndFormat) *Refusal {
	switch {
	case d.s.Form.Format == NoFormat:
		return noFormat
	case !d.s.leads(d.by) && d.s.Form.Format != Silence:
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
	s.Live.SilenceEnds = time.Time{}
	s.resetOpen()
	for id, l := range s.Live.Seats {
		if l.MayUndo || !l.AgainAt.IsZero() {
			l.MayUndo, l.AgainAt = false, time.Time{}
			s.setLive(id, l)
		}
	}
}

// settleFormat ends a format that is over, or offers the next turn. A private
// offer is all that a machine ever makes (T5).
func (d *decision) settleFormat() bool {
	s := d.s
	if s.frozen() || s.Form.Turn != nil || s.over(d.now) {
		return false
	}
	next, over := House, false
	switch s.Form.Format {
	case GoRound:
		next = s.nextInRound()
		over = next == House && !d.roundWaits() && !s.againAsked()
	case HandQueue:
		next = s.nextInQueue()
	case Silence:
		over = s.Live.SilenceEnds.IsZero()
	}
	switch {
	case next != House:
		d.emit(TurnOpened{Turn: s.Form.Turns + 1, Seat: next})
	case over:
		d.emit(FormatEnded{})
	default:
		return false
	}
	return true
}
