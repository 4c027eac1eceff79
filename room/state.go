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
	Count   int // durable events applied so far
	Opened  bool
	Plan    Plan
	Rules   Rules // with defaults filled in
	Charter CharterRef
	// Replanned counts changes of the plan. Whoever introduces the session to
	// people does so anew when it has risen.
	Replanned int

	Phase      Phase
	PhaseSince Millis
	Door       DoorState

	Seats   map[SeatID]SeatForm
	Arrived []SeatID // in the order in which they opened their links
	Circle  []SeatID // in the order in which they first came in: the seat order

	Lead      SeatID // who holds the floor's tools; zero: nobody
	Wellbeing SeatID // who holds the door's tools; may be the same seat as Lead

	Format Format
	Round  *Round // go-round only
	Rounds int    // go-rounds begun; rotates where the next one starts
	Hands  []RaisedHand
	Turn   *OpenTurn // offered or taken; the journal cannot tell which
	Turns  int       // number of the last turn

	Held    *Hold
	Blocked []string // look-alike skeletons of removed people's names, for today
	Acts    int      // number of the last act of moderation
	Tally   Tally
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
	Entered  bool   // has been in the room today
	OutSince Millis // while Out
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
	Turn  int
	Seat  SeatID
	Again bool // the second, last offer
}

// Hold is a room without a facilitator, or just back from a restart.
type Hold struct {
	Why   string
	Since Millis
}

// Live is what only memory knows. A restart empties it.
type Live struct {
	Seats map[SeatID]SeatLive
	Turn  *LiveTurn // what happens inside Form.Turn; nil after a restart

	Words  []Word // who said what; no texts
	Number int32  // of the last words

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
	Swap          SeatID    // who has tapped swap
	Break         bool      // somebody asked for a break
	Removal       *RemovalView
}

// SeatLive is what only memory knows of one seat.
type SeatLive struct {
	Online    bool
	LostAt    time.Time
	Shown     bool // "reconnecting" is shown
	Listening bool
	Needs     []Need
	Back      bool      // wants to come back from Out
	MayUndo   bool      // T3: passed, and may ask for the turn again
	First     bool      // the turn that was passed would have been their first (T11)
	AsFirst   bool      // queue: goes before second turns, though HadTurn (T11)
	Kept      bool      // did not answer two offers: none is made until they ask (T5)
	AgainAt   time.Time // gets another go in this round; zero: no
	Spoke     time.Time // open floor: last message
	Rounds    bool      // open floor: asked for rounds
}

// LiveTurn is what happens inside the open turn.
type LiveTurn struct {
	Turn    int
	Seat    SeatID
	Stage   Stage
	Since   time.Time // offered since
	Until   time.Time // offered, moment, replies: when that ends; zero: no limit
	Soft    time.Time // zero: no soft timer
	OverAt  time.Time // when facilitators get their note (T10)
	Cue     string
	Over    bool
	Invite  Invite
	Replies int // still welcome
	Cued    int // timed cues already given: the minute, the time
}

// Pausing is a level 2 pause.
type Pausing struct{ Began, Until time.Time }

// Word says whose words are, so that they can be taken back. Seats are numbers
// (SeatForm.No), so that a long talk stays small in memory.
type Word struct {
	No    int32 // the number in their id
	Owner int32
	With  int32 // a line: the seat whose line it is; zero: words to the room
	Other int32 // a line: the facilitator at the other end
	At    Millis
	Gone  bool
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
