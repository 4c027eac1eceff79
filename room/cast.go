package room

// Cast is what one audience is shown of what was just applied. The hub numbers
// it, encodes it once, and sends it to every connection of the audience.
// Exactly one of Words and (Set, On, Unsay) is used; Whole stands alone.
type Cast struct {
	To Audience
	// Set holds the sections of that audience's view that changed, by their
	// JSON names, with their new values.
	Set map[string]any
	// On names happenings for the announcer and for motion; it carries no
	// state.
	On []Happening
	// Unsay lists ids of words that leave every screen (take back, hide).
	Unsay []string
	// Words is something somebody said.
	Words *Words
	// Whole asks for a full snapshot to this seat: it has just entered, come
	// back, or taken on or laid down a facilitator's tools.
	Whole bool
}

// Happening is one line for the announcer; state is never read from it.
type Happening struct {
	// Kind is one of: entered, left, stepped-out, back, reconnecting, reconnected,
	// renamed, floor, floor-free, moment, replies, format, format-ended, phase,
	// door, remind, paused, carry-on, held, lead-changed, removed, words-hidden,
	// waiting (care), break-asked (care), over-time (care), rounds-asked (care),
	// greeted, offer, cue, notice (me).
	Kind      string `json:"kind"`
	Seat      SeatID `json:"seat,omitempty"`
	Was       SeatID `json:"was,omitempty"`       // lead-changed: who led before
	Name      string `json:"name,omitempty"`      // left, removed: the seat is gone from the view
	Principle string `json:"principle,omitempty"` // remind
	Value     string `json:"value,omitempty"`     // phase, format, door, cue: the new value
}

// WordsKind is what sort of words these are.
type WordsKind string

// Kinds of words.
const (
	SayShare   WordsKind = "share"
	SayReply   WordsKind = "reply"
	SayProcess WordsKind = "process"
	SayLine    WordsKind = "line"  // private line between a seat and wellbeing
	SayNudge   WordsKind = "nudge" // comes with the notice of the same id
)

// Words are said once, kept Rules.Tail in memory, and never written down.
type Words struct {
	ID   string    `json:"id"`
	Kind WordsKind `json:"kind"`
	Seat SeatID    `json:"seat"`           // who said it
	With SeatID    `json:"with,omitempty"` // line: the seat whose line it is
	Text string    `json:"text"`
	At   Millis    `json:"at"`
}
