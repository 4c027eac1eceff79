package room

// sections is a set of sections of the room's and the facilitators' views.
type sections uint32

const (
	inPhase sections = 1 << iota
	inFormat
	inSeats
	inFloor
	inNext
	inDoor
	inHeld
	inPaused

	inPosts // lead, wellbeing, alone, ready
	inWaiting
	inClock
	inPeople
	inRemoval
	inSwap
	inBreak
	inRounds
	inPhaseEnds
	inWrote

	everything sections = 1<<iota - 1
)

// reach says whose own view an event may change.
type reach uint8

const (
	nobody  reach = iota
	oneSeat       // the seat the event is about
	holder        // whoever has the open turn
	allSeats
)

// alteration is what an event may change in what people are shown. Too much costs
// time; too little would leave a screen stale, which the model test looks for.
type alteration struct {
	in      sections
	me      reach
	members bool // may change who belongs to an audience
}

// about is implemented by events whose alteration reaches oneSeat.
type about interface{ about() SeatID }
