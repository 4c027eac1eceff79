package room

import "time"

// Format is how turns are taken. The zero Format means that no format runs:
// the facilitators hold the room and may post process lines.
type Format string

// NoFormat is no format at all.
const NoFormat Format = ""

// FormatTraits is what may be known of a format before it runs. Every browser is
// sent those of all formats, so that no list of them stands anywhere else.
type FormatTraits struct {
	Name    Format `json:"name"`
	Host    bool   `json:"host,omitempty"`    // wellbeing may begin and end it too, not only the lead
	Still   bool   `json:"still,omitempty"`   // nobody speaks and nobody comes in while it runs
	Free    bool   `json:"free,omitempty"`    // nobody holds the floor: words of everybody are welcome
	Hands   bool   `json:"hands,omitempty"`   // a turn is asked for with a hand
	Minutes *Span  `json:"minutes,omitempty"` // how long it may be asked to last; nil: as long as it takes
	Pace    *Span  `json:"pace,omitempty"`    // seconds from one message of a person to the next; nil: no pace
}

// Span is the least and the most that something may be set to.
type Span struct {
	Least int `json:"least"`
	Most  int `json:"most"`
}

// has says whether n is in the span; in no span nothing is.
func (s *Span) has(n int) bool { return s != nil && n >= s.Least && n <= s.Most }

// format is what differs from one format to the next (practice §2.4): one file
// each. The rules that all have in common (T1 to T13) ask it, and no other file
// knows one format from another. [common] has the answers that most formats
// share. A format keeps nothing itself: it reads the state, and writes to it
// only in the methods that say so, which run while an event is applied.
type format interface {
	traits() *FormatTraits

	// begin decides to begin the format: it emits FormatBegan, and whatever
	// belongs to the beginning.
	begin(d *decision, c Begin)
	// step says what comes next while no turn is open.
	step(s *State) step
	// idle: nobody is left who could be offered a turn. How long that has been
	// so is Live.IdleSince.
	idle(s *State) bool
	// ends is when the format ends by itself if nothing happens; zero: it does not.
	ends(s *State) time.Time
	// speak says as what a seat may speak that does not have the open turn, and
	// why not. Replies to it are not asked about.
	speak(s *State, now time.Time, id SeatID) (WordsKind, *Refusal)
	// welcome is from when a seat's next words are; zero: at any time.
	welcome(s *State, id SeatID) time.Time
	// mayAgain: the lead may come back to this seat, which is here.
	mayAgain(s *State, id SeatID) bool

	// These write to the state. began: the format has just begun. entered: a seat
	// has come in. opened: a turn was offered; the result says that it is the
	// second and last offer. closed: a turn is over, and no longer open; again
	// says that it was the second offer. again: a seat gets another go. said: a
	// seat has spoken while no turn was open.
	began(s *State, e FormatBegan)
	entered(s *State, id SeatID)
	opened(s *State, id SeatID) bool
	closed(s *State, e TurnClosed, again bool)
	again(s *State, id SeatID)
	said(s *State, id SeatID, now time.Time)

	// up is who comes up next, as everybody may see it (T7), whatever became of
	// an offer that is under way.
	up(s *State) []SeatID
	// unnamed: whoever is offered the open turn was not among those up next.
	unnamed(s *State) bool
	// shown adds what everybody is shown of the format while it runs. It takes and
	// gives a value: a pointer would cost each share an allocation.
	shown(s *State, v FormatView) FormatView
	// may adds what the format lets a seat do.
	may(s *State, id SeatID, v CanView) CanView
}

// step is what a format does next. The zero step waits.
type step struct {
	offer SeatID // whose turn is offered
	skip  SeatID // who is passed over without an offer, at this place in the round
	place int
	over  bool // the format is over
}

// formats are all that there are, in the order in which people choose from them.
var formats = []format{goRound, handQueue, openFloor, silence}

// formatNamed finds a format; false for none of that name.
func formatNamed(name Format) (format, bool) {
	for _, f := range formats {
		if f.traits().Name == name {
			return f, true
		}
	}
	return noFormatRuns, false
}

// format is the one under way.
func (s *State) format() format {
	f, _ := formatNamed(s.Form.Format)
	return f
}

// Formats are the traits of every format, in the order in which people choose
// from them.
func Formats() []FormatTraits {
	all := make([]FormatTraits, len(formats))
	for i, f := range formats {
		all[i] = *f.traits()
	}
	return all
}

// FormatNames are the names of [Formats].
func FormatNames() []Format {
	names := make([]Format, len(formats))
	for i, f := range formats {
		names[i] = f.traits().Name
	}
	return names
}

// Plannable says whether a plan may name this format for a phase: any that there
// is, or none.
func (f Format) Plannable() bool {
	_, known := formatNamed(f)
	return known || f == NoFormat
}

// common is what formats have in common: turns belong to whoever is offered
// them, and nothing happens by itself.
type common struct{ of FormatTraits }

func (c *common) traits() *FormatTraits { return &c.of }

func (*common) begin(d *decision, c Begin)                { d.emit(FormatBegan{Format: c.Format}) }
func (*common) step(*State) step                          { return step{} }
func (*common) idle(*State) bool                          { return false }
func (*common) ends(*State) time.Time                     { return time.Time{} }
func (*common) welcome(*State, SeatID) time.Time          { return time.Time{} }
func (*common) mayAgain(*State, SeatID) bool              { return false }
func (*common) began(*State, FormatBegan)                 {}
func (*common) entered(*State, SeatID)                    {}
func (*common) opened(*State, SeatID) bool                { return false }
func (*common) closed(*State, TurnClosed, bool)           {}
func (*common) again(*State, SeatID)                      {}
func (*common) said(*State, SeatID, time.Time)            {}
func (*common) up(*State) []SeatID                        { return nil }
func (*common) unnamed(*State) bool                       { return false }
func (*common) shown(_ *State, v FormatView) FormatView   { return v }
func (*common) may(_ *State, _ SeatID, v CanView) CanView { return v }
func (*common) speak(*State, time.Time, SeatID) (WordsKind, *Refusal) {
	return "", notYourTurn
}

// between is what runs while no format does.
type between struct{ common }

var noFormatRuns = &between{}

func (*between) speak(*State, time.Time, SeatID) (WordsKind, *Refusal) { return "", noFloor }
