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
