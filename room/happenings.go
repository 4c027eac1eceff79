package room

// casting is one Cast call under way.
type casting struct {
	c *Caster // what people were shown before
	s *State  // after everything was applied

	on    []happeningTo
	unsay []string // the room's words that are gone
	words []Cast   // words, and words gone from lines
}

type happeningTo struct {
	to Audience
	Happening
}

// tell, alert and whisper let the room, the facilitators or one seat learn of it.
func (g *casting) tell(h Happening)              { g.let(Audience{Kind: ToRoom}, h) }
func (g *casting) alert(h Happening)             { g.let(Audience{Kind: ToCare}, h) }
func (g *casting) whisper(s SeatID, h Happening) { g.let(Audience{ToMe, s}, h) }

func (g *casting) let(to Audience, h Happening) { g.on = append(g.on, happeningTo{to, h}) }

// shown finds a seat in the circle as it was last shown.
func (g *casting) shown(id SeatID) (SeatView, bool) {
	for _, v := range g.c.room().Seats {
		if v.Seat == id {
			return v, true
		}
	}
	return SeatView{}, false
}

func (g *casting) gone(id SeatID, kind string) {
	if v, was := g.shown(id); was {
		g.tell(Happening{Kind: kind, Seat: id, Name: v.Name})
	}
}

// happens says what an event is called for the announcer. Most events have no
// name: what they change is in the views.
var happens = map[string]func(*casting, Event){
	Entered{}.Kind(): when(func(g *casting, e Entered) {
		kind := "entered"
		if e.Back {
			kind = "back"
		}
		g.tell(Happening{Kind: kind, Seat: e.Seat})
	}),
	SeatLeft{}.Kind():    when(func(g *casting, e SeatLeft) { g.gone(e.Seat, "left") }),
	SentBack{}.Kind():    when(func(g *casting, e SentBack) { g.gone(e.Seat, "left") }),
	SeatRemoved{}.Kind(): when(func(g *casting, e SeatRemoved) { g.gone(e.Seat, "removed") }),
	SteppedOut{}.Kind():  when(func(g *casting, e SteppedOut) { g.tell(Happening{Kind: "stepped-out", Seat: e.Seat}) }),
	LostShown{}.Kind():   when(func(g *casting, e LostShown) { g.tell(Happening{Kind: "reconnecting", Seat: e.Seat}) }),
	Online{}.Kind(): when(func(g *casting, e Online) {
		if v, _ := g.shown(e.Seat); v.State == "reconnecting" {
			g.tell(Happening{Kind: "reconnected", Seat: e.Seat})
		}
	}),
	Renamed{}.Kind(): when(func(g *casting, e Renamed) {
		if _, inside := g.shown(e.Seat); inside {
			g.tell(Happening{Kind: "renamed", Seat: e.Seat})
		}
	}),
	RolesSet{}.Kind(): when(func(g *casting, e RolesSet) {
		if e.Was != House && e.Lead != House && e.Lead != e.Was {
			g.tell(Happening{Kind: "lead-changed", Seat: e.Lead, Was: e.Was})
		}
	}),
	Knocked{}.Kind():     when(func(g *casting, e Knocked) { g.alert(Happening{Kind: "waiting", Seat: e.Seat}) }),
	SeatGreeted{}.Kind(): when(func(g *casting, e SeatGreeted) { g.whisper(e.Seat, Happening{Kind: "greeted"}) }),
	DoorSet{}.Kind():     when(func(g *casting, e DoorSet) { g.tell(Happening{Kind: "door", Value: string(e.State)}) }),

	PhaseMoved{}.Kind():  when(func(g *casting, e PhaseMoved) { g.tell(Happening{Kind: "phase", Value: string(e.To)}) }),
	FormatBegan{}.Kind(): when(func(g *casting, e FormatBegan) { g.tell(Happening{Kind: "format", Value: string(e.Format)}) }),
	FormatEnded{}.Kind(): when(func(g *casting, _ FormatEnded) {
		g.tell(Happening{Kind: "format-ended", Value: string(g.c.room().Format.Name)})
	}),

	TurnOpened{}.Kind(): when(func(g *casting, e TurnOpened) { g.whisper(e.Seat, Happening{Kind: "offer"}) }),
	Reoffered{}.Kind():  when(func(g *casting, _ Reoffered) { g.whisper(g.holder(), Happening{Kind: "offer"}) }),
	Taken{}.Kind():      when(func(g *casting, _ Taken) { g.tell(Happening{Kind: "floor", Seat: g.holder()}) }),
	MomentHeld{}.Kind(): when(func(g *casting, _ MomentHeld) { g.tell(Happening{Kind: "moment", Seat: g.holder()}) }),
	RepliesOpened{}.Kind(): when(func(g *casting, _ RepliesOpened) {
		g.tell(Happening{Kind: "replies", Seat: g.holder()})
	}),
	TurnClosed{}.Kind(): when(func(g *casting, e TurnClosed) {
		// The room never learns of a turn that was offered and not taken (T5).
		if f := g.c.room().Floor; f != nil && f.Seat == e.Seat {
			g.tell(Happening{Kind: "floor-free", Seat: e.Seat})
		}
	}),
	CueGiven{}.Kind():    when(func(g *casting, e CueGiven) { g.whisper(g.holder(), Happening{Kind: "cue", Value: e.Cue}) }),
	OverTime{}.Kind():    when(func(g *casting, _ OverTime) { g.alert(Happening{Kind: "over-time", Seat: g.holder()}) }),
	RoundsAsked{}.Kind(): when(func(g *casting, _ RoundsAsked) { g.alert(Happening{Kind: "rounds-asked"}) }),
	BreakAsked{}.Kind():  when(func(g *casting, _ BreakAsked) { g.alert(Happening{Kind: "break-asked"}) }),

	Reminded{}.Kind(): when(func(g *casting, e Reminded) { g.tell(Happening{Kind: "remind", Principle: e.Principle}) }),
	Acted{}.Kind(): when(func(g *casting, e Acted) {
		if e.Seat != House {
			g.whisper(e.Seat, Happening{Kind: "notice", Value: e.Act})
		}
	}),
	PauseBegan{}.Kind(): when(func(g *casting, _ PauseBegan) { g.tell(Happening{Kind: "paused"}) }),
	PauseEnded{}.Kind(): when(func(g *casting, _ PauseEnded) { g.tell(Happening{Kind: "carry-on"}) }),
	HeldBegan{}.Kind():  when(func(g *casting, e HeldBegan) { g.tell(Happening{Kind: "held", Value: e.Why}) }),
	HeldEnded{}.Kind():  when(func(g *casting, _ HeldEnded) { g.tell(Happening{Kind: "carry-on"}) }),

	Said{}.Kind():   when((*casting).said),
	Unsaid{}.Kind(): when((*casting).unsaid),
}

func when[E Event](do func(*casting, E)) func(*casting, Event) {
	return func(g *casting, e Event) { do(g, e.(E)) }
}

// holder has the open turn.
func (g *casting) holder() SeatID {
	if g.s.Live.Turn == nil {
		return House
	}
	return g.s.Live.Turn.Seat
}

// said shows words to whom they are for: the room, or the two ends of a line.
func (g *casting) said(e Said) {
	w := e.Words
	if w.With == House {
		g.words = append(g.words, Cast{To: Audience{Kind: ToRoom}, Words: &w})
		return
	}
	for _, id := range ends(w.With, e.Other, w.Kind) {
		g.words = append(g.words, Cast{To: Audience{ToMe, id}, Words: &w})
	}
}

// ends is who sees words of a line or a nudge: whose line it is, and who
// answers it. A nudge goes to the person alone.
func ends(with, other SeatID, kind WordsKind) []SeatID {
	if kind == SayNudge || other == with || other == House {
		return []SeatID{with}
	}
	return []SeatID{with, other}
}

func (g *casting) unsaid(e Unsaid) {
	for _, id := range e.IDs {
		w, known := g.s.word(id)
		switch {
		case !known:
		case w.With == 0:
			g.unsay = append(g.unsay, id)
		default:
			for _, end := range ends(g.s.numbered(w.With), g.s.numbered(w.Other), SayLine) {
				g.words = append(g.words, Cast{To: Audience{ToMe, end}, Unsay: []string{id}})
			}
		}
	}
	if e.Hidden {
		g.tell(Happening{Kind: "words-hidden"})
	}
}
