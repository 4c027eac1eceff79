package room

import "time"

// OpenFloor has no turns: nobody holds the floor, and a gentle pace limits how
// much one person posts.
const OpenFloor Format = "open"

type openFormat struct{ common }

var openFloor = &openFormat{common{FormatTraits{Name: OpenFloor, Free: true, Pace: &Span{Least: 5, Most: 120}}}}

// Events of the open floor; all of them only in memory.
type (
	// Paced sets the pace, in seconds per message.
	Paced struct {
		passing
		Seconds int
	}
	// RoundsAsked says that a seat asked for rounds.
	RoundsAsked struct {
		passing
		Seat SeatID
	}
)

var openEvents = []kind{
	declare[Paced]("paced", alteration{inFormat, allSeats, false}, nil),
	declare("rounds-asked", alteration{inRounds, oneSeat, false}, func(g *casting, _ RoundsAsked) { g.alert(Happening{Kind: "rounds-asked"}) }),
}

func (e RoundsAsked) about() SeatID { return e.Seat }

var openHandlers = []handler{on(facilitator, pace), on(insider, roundsPlease)}

// pace is how far apart one person's messages on the open floor are.
func (s *State) pace() time.Duration {
	if s.Live.Pace > 0 {
		return time.Duration(s.Live.Pace) * time.Second
	}
	return s.Form.Rules.OpenPace
}

// speak checks the pace, and that others come between.
func (f *openFormat) speak(s *State, now time.Time, id SeatID) (WordsKind, *Refusal) {
	switch {
	case s.listens(id):
		return "", listeningOn
	case s.Live.LastBy == id && s.Live.Row >= s.Form.Rules.OpenRow:
		return "", rowFull
	case now.Before(f.welcome(s, id)):
		return "", tooSoon
	}
	return SayShare, nil
}

func (*openFormat) welcome(s *State, id SeatID) time.Time {
	spoke := s.Live.Seats[id].Spoke
	if spoke.IsZero() {
		return time.Time{}
	}
	return spoke.Add(s.pace())
}

// said counts a message.
func (*openFormat) said(s *State, id SeatID, now time.Time) {
	if s.Live.LastBy != id {
		s.Live.LastBy, s.Live.Row = id, 0
	}
	s.Live.Row++
	s.live(id, func(l *SeatLive) { l.Spoke = now })
}

func (*openFormat) shown(s *State, v FormatView) FormatView {
	v.Pace = int(s.pace().Seconds())
	return v
}

func (*openFormat) may(s *State, id SeatID, v CanView) CanView {
	v.Rounds = s.Form.Held == nil && !s.Live.Seats[id].Rounds
	return v
}

func pace(d *decision, c Pace) *Refusal {
	switch {
	case d.s.Form.Format != OpenFloor:
		return notOpenFloor
	case !openFloor.of.Pace.has(c.Seconds):
		return paceRange
	}
	d.emit(Paced{Seconds: c.Seconds})
	return nil
}

func (e Paced) apply(s *State, _ time.Time) { s.Live.Pace = e.Seconds }

// roundsPlease ends the open floor when a second person asks.
func roundsPlease(d *decision, _ RoundsPlease) *Refusal {
	switch {
	case d.s.Form.Format != OpenFloor:
		return notOpenFloor
	case d.s.Form.Held != nil:
		return heldNow
	case d.s.Live.Seats[d.by].Rounds:
		return nil
	case d.s.roundsAsked():
		d.emit(FormatEnded{})
	default:
		d.emit(RoundsAsked{Seat: d.by})
	}
	return nil
}

func (s *State) roundsAsked() bool {
	for _, id := range s.Form.Circle {
		if s.here(id) && s.Live.Seats[id].Rounds {
			return true
		}
	}
	return false
}

func (e RoundsAsked) apply(s *State, _ time.Time) {
	s.live(e.Seat, func(l *SeatLive) { l.Rounds = true })
}

// resetOpen forgets who spoke when on the open floor.
func (s *State) resetOpen() {
	s.Live.Pace, s.Live.LastBy, s.Live.Row = 0, House, 0
	for id, l := range s.Live.Seats {
		if l.Rounds || !l.Spoke.IsZero() {
			l.Rounds, l.Spoke = false, time.Time{}
			s.setLive(id, l)
		}
	}
}
