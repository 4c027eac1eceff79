package room

import (
	"slices"
	"time"
)

// State is one live session. Form is what the journal keeps; Live is what only
// memory keeps. A new State is not open yet: its first command must be [Open].
//
// A State belongs to one goroutine. Its fields are exported for views, records
// and tests; only [State.Apply] may change them.
type State struct {
	Form Form
	Live Live

	was *before // set while a decision is under way that will be undone
}

// New returns a session that nobody has opened.
func New() *State {
	return &State{
		Form: Form{Seats: map[SeatID]SeatForm{}},
		Live: Live{Seats: map[SeatID]SeatLive{}},
	}
}

// Form is everything that durable events build. Applying the same durable
// events in the same order always gives the same Form, whatever the times they
// are applied at. It holds no words and no times of turns (A02).
type Form struct {
	// Count is how many durable events have been applied. It only grows, by one each.
	Count int
	// Opened is true from the first of them on; nothing else can happen before.
	Opened bool
	// Plan, Rules and Charter change in the lobby only. Rules have their defaults.
	Plan    Plan
	Rules   Rules
	Charter CharterRef
	// Replanned counts changes of the plan. Whoever introduces the session to
	// people does so anew when it has risen.
	Replanned int

	// Phase only moves on, in the order of the phases. Once it is Closed, nothing
	// changes any more.
	Phase      Phase
	PhaseSince Millis
	Door       DoorState

	// Seats are all that ever opened their links; none is taken away. Arrived has the
	// same seats, each once, in the order in which they did: SeatForm.No counts it.
	Seats   map[SeatID]SeatForm
	Arrived []SeatID
	// Circle has the seats that have been in the room, each once, in the order in which
	// they first came in: the order of seats for everybody.
	Circle []SeatID

	// Lead holds the floor's tools, Wellbeing the door's; zero: nobody. Both may be the
	// same seat. Whoever has a duty is in the room.
	Lead      SeatID
	Wellbeing SeatID

	FloorForm

	// Held: no facilitator is here, or the room is just back from a restart; no turn is
	// offered meanwhile. Nil once the room is closed.
	Held    *Hold
	Blocked []string // look-alike skeletons of removed people's names, for today
	Acts    int      // number of the last act of moderation; it only grows
	Tally   Tally
}

// FloorForm is what is durable of whose turn it is. All of it but the two counts is
// empty while there is no format.
type FloorForm struct {
	Format Format
	// Round is how a go-round stands; nil in every other format.
	Round  *Round
	Rounds int // go-rounds begun; rotates where the next one starts
	// Hands are raised hands of people in the room, in the order in which they are
	// asked; a seat has one at most.
	Hands []RaisedHand
	// Turn is offered or taken; the journal cannot tell which. Its number is Turns.
	Turn  *OpenTurn
	Turns int // number of the last turn; it only grows
}

// SeatForm is what the journal knows of one seat.
type SeatForm struct {
	No       int32 // counts seats as they arrive, from 1
	Role     Role  // by link; who leads now is Form.Lead
	Status   Status
	Why      string // see YouView.Why
	Name     string
	Skeleton string
	Answer   Answer
	Digest   string // of the charter version the answer was given to
	Greeted  bool
	Knocks   bool // knocked after the open door
	Open     bool // came by the open link
	Claims   SeatID
	Entered  bool   // has been in the room today: it is in Form.Circle
	OutSince Millis // while Out, and only then
	HadTurn  bool   // T11; the same for a turn that was passed
	Offers   int    // how often it was offered a turn
	Quiet    *QuietView
	Notices  []Notice
}

// RaisedHand is one raised hand.
type RaisedHand struct {
	Seat  SeatID
	Again bool // was offered once and said "later", or did not answer
}

// OpenTurn is a turn that was offered and is not closed.
type OpenTurn struct {
	// Turn counts turns from 1, over all formats of the session: Form.Turns while it is
	// the newest, which it always is.
	Turn int
	// Seat is whose turn it is, or would be.
	Seat  SeatID
	Again bool // the second, last offer
}

// Hold is a room without a facilitator, or just back from a restart.
type Hold struct {
	// Why is "no-facilitator" or "restart".
	Why string
	// Since is the moment of the journal, so that a restart does not lengthen it.
	Since Millis
}

// Live is what only memory knows. A restart empties it; nodes that share a room
// tell each other all of it.
type Live struct {
	// Seats has nobody who is not in Form.Seats. Who is missing is not connected.
	Seats map[SeatID]SeatLive
	// Turn is what happens inside Form.Turn, of the same number and seat; nil without
	// one, and after a restart.
	Turn *LiveTurn

	// Words says who said what, in the order of their numbers, without the texts.
	Words  []Word
	Number int32 // of the last words

	Gap   *Gap     // after an offer that nobody took
	Skips int      // how far a go-round has skipped listeners, one step each
	Wrote []SeatID // who wrote on their line while nobody who answers was connected

	Pause         *Pausing
	SilenceEnds   time.Time
	IdleSince     time.Time // the format has had nobody to offer a turn to since
	NoFacilitator time.Time // nobody who facilitates is connected here since
	Pace          int       // open floor: seconds per message; zero: Rules.OpenPace
	LastBy        SeatID    // open floor: who posted last
	Row           int       // open floor: how many in a row
	Swap          SeatID    // who has tapped swap: lead or wellbeing, until the other does
	Break         bool      // somebody asked for a break
	Removal       *RemovalView
}

// SeatLive is what only memory knows of one seat.
type SeatLive struct {
	// Online: it has a connection on some node. LostAt is since when it has none, and
	// Shown says that the room has been told; both are zero while it is connected.
	Online bool
	LostAt time.Time
	Shown  bool

	Listening bool // by its own choice; a concern makes a listener too, see listens
	Needs     []Need
	// Back: it has asked to come back from Out. False while it is here, so that nobody
	// who steps out again seems to have asked already.
	Back    bool
	MayUndo bool      // T3: passed, and may ask for the turn again
	First   bool      // the turn that was passed would have been their first (T11)
	AsFirst bool      // queue: goes before second turns, though HadTurn (T11)
	Kept    bool      // did not answer two offers: none is made until they ask (T5)
	AgainAt time.Time // gets another go in this round; zero: no
	Spoke   time.Time // open floor: last message
	Rounds  bool      // open floor, and only there: asked for rounds
}

// LiveTurn is what happens inside the open turn. It ends with Form.Turn.
type LiveTurn struct {
	// Turn and Seat are those of Form.Turn.
	Turn  int
	Seat  SeatID
	Stage Stage
	Since time.Time // offered since
	// Until is when an offer, a moment or the replies end; zero: no limit.
	Until time.Time
	// Soft is when the planned time is used up, which ends nothing; zero: there is no
	// soft timer. OverAt is when facilitators get their note (T10), Over that they have
	// it; neither is there without Soft.
	Soft   time.Time
	OverAt time.Time
	Over   bool
	Cue    string
	Invite Invite
	// Replies are still welcome: Rules.Replies at most, and none while it is offered.
	Replies int
	Cued    int // timed cues already given: the minute, the time
}

// Pausing is a level 2 pause. It ends by itself at Until, or when a facilitator ends
// it; the clocks of turns stand still meanwhile.
type Pausing struct{ Began, Until time.Time }

// Word says whose words are, so that they can be taken back. Seats are numbers
// (SeatForm.No), so that a long talk stays small in memory.
type Word struct {
	// No is the number in their id. It counts words of all kinds, so it is never shown
	// as it is. It rises through Live.Words, but for words that other nodes have named.
	No int32
	// Owner is who said them, and may take them back.
	Owner int32
	With  int32 // a line: the seat whose line it is; zero: words to the room
	Other int32 // a line: the facilitator at the other end
	At    Millis
	// Gone: they were taken back, or wiped. Their place stays: to take the same words
	// back twice is no mistake.
	Gone bool
}

// millis is t in Unix milliseconds; the zero time is zero.
func millis(t time.Time) Millis {
	if t.IsZero() {
		return 0
	}
	return Millis(t.UnixMilli())
}

// Time is m as a time in UTC; zero is the zero time.
func (m Millis) Time() time.Time {
	if m == 0 {
		return time.Time{}
	}
	return time.UnixMilli(int64(m)).UTC()
}

// seat changes one seat's form.
func (s *State) seat(id SeatID, change func(*SeatForm)) {
	f := s.Form.Seats[id]
	change(&f)
	s.setSeat(id, f)
}

// live changes what memory knows of one seat.
func (s *State) live(id SeatID, change func(*SeatLive)) {
	l := s.Live.Seats[id]
	change(&l)
	s.setLive(id, l)
}

// setSeat and setLive are the only ways in which Apply writes into the seats.
func (s *State) setSeat(id SeatID, f SeatForm) {
	if s.was != nil {
		s.was.forms = note(s.was.forms, s.Form.Seats, id)
	}
	s.Form.Seats[id] = f
}

func (s *State) setLive(id SeatID, l SeatLive) {
	if s.was != nil {
		s.was.lives = note(s.was.lives, s.Live.Seats, id)
	}
	s.Live.Seats[id] = l
}

// Apply adds one event to the state. It cannot fail. now is used for Live facts
// only, never for Form.
func (s *State) Apply(now time.Time, e Event) {
	e.apply(s, now)
	if e.durable() {
		s.Form.Count++
	}
	if _, words := e.(Said); !words {
		s.since(now)
	}
}

// since keeps the two clocks that start when something stops being true.
func (s *State) since(now time.Time) {
	keep(&s.Live.NoFacilitator, !s.facilitated(), now)
	free := s.Form.Turn == nil && !s.frozen()
	keep(&s.Live.IdleSince, free && s.format().idle(s), now)
}

func keep(since *time.Time, holds bool, now time.Time) {
	switch {
	case !holds:
		*since = time.Time{}
	case since.IsZero():
		*since = now
	}
}

// Status is where a seat is; empty for a seat the room has never heard of.
func (s *State) Status(seat SeatID) Status { return s.Form.Seats[seat].Status }

func (s *State) here(id SeatID) bool   { return s.Form.Seats[id].Status == Here }
func (s *State) online(id SeatID) bool { return s.Live.Seats[id].Online }
func (s *State) closed() bool          { return s.Form.Phase == Closed }

// frozen: no turn may be offered or taken.
func (s *State) frozen() bool { return s.Form.Held != nil || s.Live.Pause != nil || s.closed() }

// taken: somebody holds the floor (T1). An offer is not a floor (T5).
func (s *State) taken() bool { return s.Live.Turn != nil && s.Live.Turn.Stage != Offered }

// boundary: people may come in, and process lines may be posted (T2).
func (s *State) boundary() bool {
	return !s.taken() && !s.format().traits().Still && s.Live.Pause == nil
}

// listens: skipped without an offer (T4). A concern makes a listener for today.
func (s *State) listens(id SeatID) bool {
	return s.Live.Seats[id].Listening || s.Form.Seats[id].Answer == Concern
}

func (s *State) quieted(id SeatID) bool { return s.Form.Seats[id].Quiet != nil }

// wantsTurns: may be offered a turn once connected.
func (s *State) wantsTurns(id SeatID) bool {
	return s.here(id) && s.powers(id).Speaks && !s.listens(id) && !s.quieted(id)
}

// offerable: may be offered a turn now.
func (s *State) offerable(id SeatID) bool {
	return s.wantsTurns(id) && s.online(id) && !s.Live.Seats[id].Kept
}

// without is list less one element, in a new slice.
func without[T comparable](list []T, x T) []T {
	var kept []T
	for _, v := range list {
		if v != x {
			kept = append(kept, v)
		}
	}
	return kept
}

// with is list and one more element, in a new slice.
func with[T any](list []T, x T) []T { return append(slices.Clip(list), x) }
