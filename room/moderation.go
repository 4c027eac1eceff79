package room

import (
	"strconv"
	"time"

	"hearth/charter"
)

// Events of moderation.
type (
	// Acted keeps one act: which, at which level, resting on which charter
	// line, and for which reason. Never what was said (M8).
	Acted struct {
		kept
		N         int    `json:"n"`
		Act       string `json:"act"` // see Notice.Kind
		Level     int    `json:"level,omitempty"`
		Seat      SeatID `json:"seat,omitempty"`
		By        SeatID `json:"by,omitempty"`
		With      SeatID `json:"with,omitempty"` // the facilitator who confirmed
		Principle string `json:"principle,omitempty"`
		Reason    Reason `json:"reason,omitempty"`
		Until     Millis `json:"until,omitempty"`
		Urgent    bool   `json:"urgent,omitempty"`
	}
	// QuietEnded ends quiet time by the clock.
	QuietEnded struct {
		kept
		Seat SeatID `json:"seat"`
	}
	// Reminded is a charter line shown to everybody; it names nobody and is not kept (level 0).
	Reminded struct {
		passing
		Principle string
	}
	// PauseBegan and PauseEnded freeze the floor and give it back (level 2).
	PauseBegan struct{ passing }
	PauseEnded struct{ passing }
	// BreakAsked says that somebody would like a break; nobody knows who.
	BreakAsked struct{ passing }
)

var moderationEvents = []kind{
	declare("acted", alteration{inPeople, oneSeat, false}, func(g *casting, e Acted) {
		if e.Seat != House {
			g.whisper(e.Seat, Happening{Kind: "notice", Value: e.Act})
		}
	}),
	declare[QuietEnded]("quiet-ended", alteration{inPeople, oneSeat, false}, nil),
	declare("reminded", alteration{}, func(g *casting, e Reminded) { g.tell(Happening{Kind: "remind", Principle: e.Principle}) }),
	declare("pause-began", alteration{inPaused | inClock | inBreak, allSeats, false}, func(g *casting, _ PauseBegan) { g.tell(Happening{Kind: "paused"}) }),
	declare("pause-ended", alteration{inPaused | inClock | inBreak, allSeats, false}, func(g *casting, _ PauseEnded) { g.tell(Happening{Kind: "carry-on"}) }),
	declare("break-asked", alteration{inBreak, nobody, false}, func(g *casting, _ BreakAsked) { g.alert(Happening{Kind: "break-asked"}) }),
}

func (e Acted) about() SeatID      { return e.Seat }
func (e QuietEnded) about() SeatID { return e.Seat }

var moderationHandlers = []handler{
	on(facilitator, remind), on(facilitator, nudge), on(facilitator, pauseFloor), on(facilitator, quiet), on(facilitator, unquiet),
	on(facilitator, carryOn), on(insider, askBreak),
}

// rests checks that an act names a line of the charter (M3). It is one of a
// closed list: the journal must not be a place for words (M8).
func rests(principle string) *Refusal {
	if !charter.Principle(principle).Known() {
		return principleNeeded
	}
	return nil
}

// reasoned checks that a reason is one of the list.
func reasoned(r Reason) *Refusal {
	switch r {
	case OverOthers, Hurtful, Privacy, Harassment, Threat, Raid, NotWell, OtherWhy:
		return nil
	}
	return reasonNeeded
}

// act numbers an act and says who made it.
func (d *decision) act(a Acted) Acted {
	a.N, a.By = d.s.Form.Acts+1, d.by
	return a
}

// noticeID is the id of a seat's next notice. It counts this seat's alone: how many
// acts there were of others is nothing that a number may tell (S06).
func (s *State) noticeID(id SeatID) string {
	return "n" + strconv.Itoa(len(s.Form.Seats[id].Notices)+1) + "-" + string(id)
}

func (e Acted) apply(s *State, _ time.Time) {
	s.Form.Acts = e.N
	s.Form.Tally.act(e)
	if e.Seat == House {
		return
	}
	n := Notice{
		ID: s.noticeID(e.Seat), Kind: e.Act, Level: e.Level,
		Principle: e.Principle, Reason: e.Reason, Until: e.Until, Urgent: e.Urgent,
	}
	s.seat(e.Seat, func(f *SeatForm) {
		f.Notices = with(f.Notices, n)
		switch e.Act {
		case "quiet":
			f.Quiet = &QuietView{Until: e.Until, Principle: e.Principle, Reason: e.Reason}
		case "unquiet":
			f.Quiet = nil
		}
	})
}

func remind(d *decision, c Remind) *Refusal {
	if no := rests(c.Principle); no != nil {
		return no
	}
	d.emit(Reminded{Principle: c.Principle})
	return nil
}

func (Reminded) apply(*State, time.Time) {}

// concerns checks whom an act is about: somebody inside or waiting, not oneself.
func (d *decision) concerns(id SeatID) *Refusal {
	switch d.s.Form.Seats[id].Status {
	case Waiting, Admitted, Here, Out:
	default:
		return noSuchSeat
	}
	if id == d.by {
		return notYourself
	}
	return nil
}

func nudge(d *decision, c Nudge) *Refusal {
	if no := d.concerns(c.Seat); no != nil {
		return no
	}
	if no := rests(c.Principle); no != nil {
		return no
	}
	if c.Text != "" {
		if no := sayable(c.Text); no != nil {
			return no
		}
	}
	id := d.s.noticeID(c.Seat)
	d.emit(d.act(Acted{Act: "nudge", Level: 1, Seat: c.Seat, Principle: c.Principle}))
	if c.Text != "" {
		w := Words{ID: id, Kind: SayNudge, Seat: d.by, With: c.Seat, Text: c.Text, At: millis(d.now)}
		d.say(Said{Words: w})
	}
	return nil
}

func pauseFloor(d *decision, c Pause) *Refusal {
	s := d.s
	if c.Seat == House && s.taken() && s.Live.Turn.Seat != d.by {
		c.Seat = s.Live.Turn.Seat
	}
	if c.Seat != House {
		if no := d.concerns(c.Seat); no != nil {
			return no
		}
	}
	switch {
	case s.Form.Phase == Lobby:
		return notStarted
	case s.Live.Pause != nil:
		return pausedNow
	case s.Form.Held != nil:
		return heldNow
	case s.format().traits().Still:
		return silenceNow
	}
	if no := rests(c.Principle); no != nil {
		return no
	}
	d.emit(PauseBegan{})
	d.emit(d.act(Acted{Act: "pause", Level: 2, Seat: c.Seat, Principle: c.Principle}))
	return nil
}

func (PauseBegan) apply(s *State, now time.Time) {
	s.Live.Pause = &Pausing{Began: now, Until: now.Add(s.Form.Rules.PauseMax)}
	s.Live.Break = false
}

// apply gives the floor back first, with the time the pause took.
func (PauseEnded) apply(s *State, now time.Time) {
	if p, t := s.Live.Pause, s.Live.Turn; p != nil && t != nil {
		took := now.Sub(p.Began)
		for _, at := range []*time.Time{&t.Until, &t.Soft, &t.OverAt} {
			if !at.IsZero() {
				*at = at.Add(took)
			}
		}
	}
	s.Live.Pause = nil
}

func quiet(d *decision, c Quiet) *Refusal {
	if no := d.concerns(c.Seat); no != nil {
		return no
	}
	if no := rests(c.Principle); no != nil {
		return no
	}
	if no := reasoned(c.Reason); no != nil {
		return no
	}
	r := d.s.Form.Rules
	length := time.Duration(c.Minutes) * time.Minute
	if c.Minutes == 0 {
		length = r.QuietFor
	}
	switch {
	case d.s.byLink(c.Seat):
		return notForFacilitators
	case length < time.Minute || length > r.QuietMax:
		return minutesRange
	}
	d.emit(d.act(Acted{
		Act: "quiet", Level: 3, Seat: c.Seat, Principle: c.Principle, Reason: c.Reason, Until: millis(d.now.Add(length)),
	}))
	return nil
}

func unquiet(d *decision, c Unquiet) *Refusal {
	if !d.s.quieted(c.Seat) {
		return notQuiet
	}
	d.emit(d.act(Acted{Act: "unquiet", Seat: c.Seat}))
	return nil
}

func (e QuietEnded) apply(s *State, _ time.Time) {
	s.seat(e.Seat, func(f *SeatForm) { f.Quiet = nil })
}

// carryOn ends a hold or a pause.
func carryOn(d *decision, _ CarryOn) *Refusal {
	if d.s.Form.Held == nil && d.s.Live.Pause == nil {
		return nothingToCarryOn
	}
	if d.s.Live.Pause != nil {
		d.emit(PauseEnded{})
	}
	if d.s.Form.Held != nil {
		d.emit(HeldEnded{})
	}
	return nil
}

func askBreak(d *decision, _ AskBreak) *Refusal {
	if !d.s.Live.Break {
		d.emit(BreakAsked{})
	}
	return nil
}

func (BreakAsked) apply(s *State, _ time.Time) { s.Live.Break = true }
