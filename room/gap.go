package room

import "time"

// After every turn the next one is offered by a timer, never by the command that
// ended the turn. So the journal's rows and command ids are the same whatever
// that was (A02).
//
// Nobody may read from the time that goes by, or from the names up next, who
// just listens, who passed and who said "later" (T3, T4, T5). So an offer that
// is not taken looks the same whatever became of it: the name stays first for a
// whole number of steps (Rules.OfferStep), and only then is the next turn
// offered. A listener is skipped without an offer, but takes one step too.

// Gap is the wait after a turn: none to speak of after one that was taken.
// After an offer that nobody took everybody still sees the seat as the first of
// the names up next, unless it was a second offer in a round: then nobody was
// named before either.
type Gap struct {
	// Seat is whose turn or offer it follows.
	Seat SeatID
	// Until is when the next turn may be offered; [GapEnded] comes with the tick then.
	Until time.Time
	// Unnamed: the seat is not among the names up next.
	Unnamed bool
}

type (
	// Skipped says that a go-round comes to somebody who is not offered turns.
	// Place is that seat's place in the round.
	Skipped struct {
		passing
		Seat  SeatID
		Place int
		Until time.Time
	}
	// GapEnded lets the next turn be offered.
	GapEnded struct{ passing }
)

var gapEvents = []kind{
	declare[Skipped]("skipped", alteration{inNext, nobody, false}, nil),
	declare[GapEnded]("gap-ended", alteration{inNext, nobody, false}, nil),
}

func (e Skipped) apply(s *State, _ time.Time) {
	s.Live.Skips = e.Place + 1
	s.Live.Gap = &Gap{Seat: e.Seat, Until: e.Until}
}

func (GapEnded) apply(s *State, _ time.Time) { s.Live.Gap = nil }

// afterTurn begins the gap after a turn: after an offer the rest of the step it
// ended in.
func (s *State) afterTurn(seat SeatID, now time.Time) {
	t := s.Live.Turn
	if t == nil || t.Stage != Offered {
		s.Live.Gap = &Gap{Seat: seat, Until: now, Unnamed: true}
		return
	}
	step := s.Form.Rules.OfferStep
	steps := max(1, (now.Sub(t.Since)+step-1)/step)
	s.Live.Gap = &Gap{Seat: t.Seat, Until: t.Since.Add(steps * step), Unnamed: s.format().unnamed(s)}
}

// firstUp is who everybody sees as the first of those up next: whoever is
// offered a turn and has not taken it, or was a moment ago.
func (s *State) firstUp() SeatID {
	switch t, gap := s.Form.Turn, s.Live.Gap; {
	case t != nil && !s.taken() && !s.format().unnamed(s):
		return t.Seat
	case t == nil && gap != nil && !gap.Unnamed && s.here(gap.Seat):
		return gap.Seat
	}
	return House
}
