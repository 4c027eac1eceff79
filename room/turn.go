package room

import "time"

// Events of turns. The two durable ones carry no time, and are the same for a
// turn that was spoken, kept in silence or passed (A02).
type (
	// TurnOpened offers a turn, privately.
	TurnOpened struct {
		kept
		Turn int    `json:"turn"`
		Seat SeatID `json:"seat"`
	}
	// TurnClosed ends it; Later says that it comes back to this seat, and Kept
	// that it does so in its old place, because nobody who was asked let it go.
	TurnClosed struct {
		kept
		Turn  int    `json:"turn"`
		Seat  SeatID `json:"seat"`
		Later bool   `json:"later,omitempty"`
		Kept  bool   `json:"kept,omitempty"`
	}

	// Taken gives the floor to the offered seat.
	Taken struct{ passing }
	// MomentHeld keeps a moment of silence in the offered turn.
	MomentHeld struct{ passing }
	// Passed lets a seat undo until the format ends (T3). First: the turn would
	// have been the person's first (T11).
	Passed struct {
		passing
		Seat  SeatID
		First bool
	}
	// Reoffered offers the open turn again after a restart, without a time limit.
	Reoffered struct{ passing }
	// StillGoing keeps the floor (T6).
	StillGoing struct{ passing }
	// CueGiven is a private cue to the speaker: "minute", "time" or "finish" (T10).
	CueGiven struct {
		passing
		Cue string
	}
	// OverTime is a note to the facilitators (T10). Nothing is cut.
	OverTime struct{ passing }
	// TimeGiven is the lead's "more time" (T10).
	TimeGiven struct{ passing }
)

var turnEvents = []kind{
	declare("turn-opened", alteration{inNext, oneSeat, false}, func(g *casting, e TurnOpened) { g.whisper(e.Seat, Happening{Kind: "offer"}) }),
	declare("turn-closed", alteration{inFloor | inNext | inClock, allSeats, false}, func(g *casting, e TurnClosed) {
		// The room never learns of a turn that was offered and not taken (T5).
		if f := g.c.room().Floor; f != nil && f.Seat == e.Seat {
			g.tell(Happening{Kind: "floor-free", Seat: e.Seat})
		}
	}),
	declare("taken", alteration{inFloor | inNext | inClock, allSeats, false}, func(g *casting, _ Taken) { g.tell(Happening{Kind: "floor", Seat: g.holder()}) }),
	declare("moment", alteration{inFloor | inNext | inClock, allSeats, false}, func(g *casting, _ MomentHeld) { g.tell(Happening{Kind: "moment", Seat: g.holder()}) }),
	declare[Passed]("passed", alteration{0, oneSeat, false}, nil),
	declare("reoffered", alteration{inNext, holder, false}, func(g *casting, _ Reoffered) { g.whisper(g.holder(), Happening{Kind: "offer"}) }),
	declare[StillGoing]("still", alteration{inClock, holder, false}, nil),
	declare("cue", alteration{inClock, holder, false}, func(g *casting, e CueGiven) { g.whisper(g.holder(), Happening{Kind: "cue", Value: e.Cue}) }),
	declare("over-time", alteration{inClock, holder, false}, func(g *casting, _ OverTime) { g.alert(Happening{Kind: "over-time", Seat: g.holder()}) }),
	declare[TimeGiven]("time-given", alteration{inClock, holder, false}, nil),
}

func (e TurnOpened) about() SeatID { return e.Seat }
func (e Passed) about() SeatID     { return e.Seat }

var turnHandlers = []handler{
	on(insider, take), on(insider, later), on(insider, pass), on(insider, holdTurn), on(insider, undoPass),
	on(insider, yield), on(insider, still),
	on(leader, giveTime), on(leader, finishThought), on(leader, weWillComeBack),
}

// mine is the open turn of the seat that acts; nil if it has none.
func (d *decision) mine() *LiveTurn {
	if t := d.s.Live.Turn; t != nil && t.Seat == d.by {
		return t
	}
	return nil
}

// open is the open turn to change. Without one it is a turn that nobody sees:
// Apply cannot fail.
func (s *State) open() *LiveTurn {
	if s.Live.Turn == nil {
		return &LiveTurn{}
	}
	return s.Live.Turn
}

// offer finds the turn offered to the seat that acts.
func (d *decision) offer() *Refusal {
	if t := d.mine(); t == nil || t.Stage != Offered {
		return noOffer
	}
	return nil
}

// closeTurn ends the open turn.
func (d *decision) closeTurn(later bool) {
	t := d.s.Form.Turn
	d.emit(TurnClosed{Turn: t.Turn, Seat: t.Seat, Later: later})
}

func (e TurnOpened) apply(s *State, now time.Time) {
	f := &s.Form
	turn := &OpenTurn{Turn: e.Turn, Seat: e.Seat}
	f.Turns = e.Turn
	turn.Again = s.format().opened(s, e.Seat)
	s.lowerHand(e.Seat)
	f.Turn = turn
	s.seat(e.Seat, func(f *SeatForm) { f.Offers++ })
	s.live(e.Seat, func(l *SeatLive) { l.MayUndo, l.First, l.AsFirst = false, false, false })
	s.Live.Turn = &LiveTurn{Turn: e.Turn, Seat: e.Seat, Stage: Offered, Since: now, Until: now.Add(f.Rules.OfferFor)}
}

func (e TurnClosed) apply(s *State, now time.Time) {
	again := s.Form.Turn != nil && s.Form.Turn.Again
	if !e.Kept {
		s.afterTurn(e.Seat, now)
	}
	s.Form.Turn, s.Live.Turn = nil, nil
	if !e.Later {
		s.seat(e.Seat, func(f *SeatForm) { f.HadTurn = true })
	}
	s.format().closed(s, e, again)
}

func take(d *decision, _ Take) *Refusal {
	t := d.mine()
	switch {
	case t == nil || t.Stage != Offered && t.Stage != Moment:
		return noOffer
	case d.s.Form.Held != nil:
		return heldNow
	case d.s.Live.Pause != nil:
		return pausedNow
	}
	d.emit(Taken{})
	return nil
}

func (Taken) apply(s *State, now time.Time) {
	t := s.open()
	t.Stage, t.Until = Speaking, time.Time{}
	if s.Form.Rules.TimersOff {
		return
	}
	length := s.turnTime()
	if s.slow(t.Seat) {
		length *= 2
	}
	t.softly(s.Form.Rules, now, now.Add(length))
}

// turnTime is the soft time of a turn in this phase.
func (s *State) turnTime() time.Duration {
	if s.Form.Phase == Main {
		return s.Form.Rules.ShareTurn
	}
	return s.Form.Rules.CheckInTurn
}

// softly sets the soft time, and which cues are still to come.
func (t *LiveTurn) softly(r Rules, now, soft time.Time) {
	t.Soft, t.OverAt = soft, soft.Add(r.Grace)
	t.Cue, t.Over = "", false
	t.Cued = 0
	if !soft.Add(-r.Cue).After(now) {
		t.Cued = 1
	}
}

func later(d *decision, _ Later) *Refusal {
	if no := d.offer(); no != nil {
		return no
	}
	d.notNow()
	return nil
}

// notNow is "later" (T5). The second time it is a pass.
func (d *decision) notNow() {
	if d.s.Form.Turn.Again {
		d.passTurn()
	} else {
		d.closeTurn(true)
	}
}

// passTurn closes an offer as a pass (T3).
func (d *decision) passTurn() {
	seat := d.s.Form.Turn.Seat
	first := !d.s.Form.Seats[seat].HadTurn
	d.closeTurn(false)
	d.emit(Passed{Seat: seat, First: first})
}

func pass(d *decision, _ Pass) *Refusal {
	t := d.mine()
	switch {
	case t == nil:
		return noOffer
	case t.Stage == Offered:
		d.passTurn()
	default:
		d.closeTurn(false)
	}
	return nil
}

func (e Passed) apply(s *State, _ time.Time) {
	s.live(e.Seat, func(l *SeatLive) { l.MayUndo, l.First = true, e.First })
}

func holdTurn(d *decision, _ HoldTurn) *Refusal {
	if no := d.offer(); no != nil {
		return no
	}
	if d.s.Form.Held != nil {
		return heldNow
	}
	if d.s.Live.Pause != nil {
		return pausedNow
	}
	d.emit(MomentHeld{})
	return nil
}

func (MomentHeld) apply(s *State, now time.Time) {
	t := s.open()
	t.Stage, t.Until = Moment, now.Add(s.Form.Rules.MomentFor)
}

func yield(d *decision, _ Yield) *Refusal {
	t := d.mine()
	switch {
	case t == nil || t.Stage == Offered:
		return noTurn
	case t.Stage == Speaking && t.welcomes() && d.s.Form.Phase == Main:
		d.emit(RepliesOpened{})
	default:
		d.closeTurn(false)
	}
	return nil
}

func still(d *decision, _ Still) *Refusal {
	t := d.mine()
	if t == nil || t.Stage != Speaking {
		return noTurn
	}
	if t.Cue != "" || t.Over {
		d.emit(StillGoing{})
	}
	return nil
}

func (StillGoing) apply(s *State, now time.Time) {
	t := s.open()
	t.Cue, t.Over = "", false
	if again := now.Add(s.Form.Rules.Grace); !t.Soft.IsZero() && again.After(t.OverAt) {
		t.OverAt = again
	}
}

// speaking finds a turn that has words in it.
func (d *decision) speaking() *Refusal {
	if t := d.s.Live.Turn; t == nil || t.Stage != Speaking {
		return noTurn
	}
	return nil
}

func giveTime(d *decision, _ GiveTime) *Refusal {
	if no := d.speaking(); no != nil {
		return no
	}
	if d.s.Live.Turn.Soft.IsZero() {
		return timersOff
	}
	d.emit(TimeGiven{})
	return nil
}

func (TimeGiven) apply(s *State, now time.Time) {
	t := s.open()
	from := t.Soft
	if now.After(from) {
		from = now
	}
	t.softly(s.Form.Rules, now, from.Add(s.Form.Rules.MoreTime))
}

func finishThought(d *decision, _ FinishThought) *Refusal {
	if no := d.speaking(); no != nil {
		return no
	}
	d.emit(CueGiven{Cue: "finish"})
	return nil
}

func (e CueGiven) apply(s *State, _ time.Time) {
	t := s.open()
	t.Cue = e.Cue
	switch e.Cue {
	case "minute":
		t.Cued = 1
	case "time":
		t.Cued = 2
	}
}

func (OverTime) apply(s *State, _ time.Time) { s.open().Over = true }

func weWillComeBack(d *decision, c WeWillComeBack) *Refusal {
	t := d.s.Live.Turn
	open := t != nil && (c.Seat == t.Seat || c.Seat == House && t.Stage != Offered)
	switch {
	case open && t.Stage == Replying:
		d.emit(RepliesDone{})
	case open:
		d.closeTurn(true)
	case c.Seat == House:
		return noTurn
	case d.s.mayHaveAgain(c.Seat):
		d.emit(AgainAsked{Seat: c.Seat})
	default:
		return nothingToComeBack
	}
	return nil
}

func (Reoffered) apply(s *State, now time.Time) {
	if t := s.Form.Turn; t != nil {
		s.Live.Turn = &LiveTurn{Turn: t.Turn, Seat: t.Seat, Stage: Offered, Since: now}
	}
}

// settleTurn ends a turn that cannot go on, and offers one again that a restart
// left open.
func (d *decision) settleTurn() bool {
	open, live := d.s.Form.Turn, d.s.Live.Turn
	if open == nil {
		return false
	}
	held := d.s.Form.Held != nil
	offered := live == nil || live.Stage == Offered
	switch {
	case !d.s.here(open.Seat), d.s.quieted(open.Seat) && (offered || live.Stage != Replying):
		d.closeTurn(true) // whatever it was: the journal cannot tell (A02)
	case offered && !d.s.wantsTurns(open.Seat):
		d.closeTurn(true)
	case live != nil && offered && held:
		d.withdraw()
	case live == nil && !held:
		d.emit(Reoffered{})
	default:
		return false
	}
	return true
}
