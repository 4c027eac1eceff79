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

var alterations = map[string]alteration{
	Opened{}.Kind():       {everything, allSeats, true},
	CharterSet{}.Kind():   {everything, allSeats, true},
	PlanSet{}.Kind():      {everything, allSeats, true},
	Arrived{}.Kind():      {inWrote, oneSeat, true},
	Knocked{}.Kind():      {inWaiting | inWrote, oneSeat, false},
	SeatGreeted{}.Kind():  {inWaiting, oneSeat, false},
	SeatAdmitted{}.Kind(): {inWaiting, oneSeat, false},
	Entered{}.Kind():      {everything, allSeats, true},
	SentBack{}.Kind():     {everything, allSeats, true},
	DoorSet{}.Kind():      {inDoor, allSeats, false},
	Renamed{}.Kind():      {inSeats | inWaiting | inWrote, oneSeat, false},

	Online{}.Kind():     {inSeats | inHeld | inPosts | inWaiting, nobody, false},
	Offline{}.Kind():    {inHeld | inPosts | inWaiting, nobody, false},
	LostShown{}.Kind():  {inSeats, nobody, false},
	Preferred{}.Kind():  {inWaiting | inPeople | inClock, oneSeat, false},
	WantsBack{}.Kind():  {},
	Wiped{}.Kind():      {everything, allSeats, true},
	Presumed{}.Kind():   {everything, allSeats, true},
	SteppedOut{}.Kind(): {everything, allSeats, true},
	SeatLeft{}.Kind():   {everything, allSeats, true},
	RolesSet{}.Kind():   {inSeats | inPosts | inSwap, allSeats, true},
	SwapTapped{}.Kind(): {inSwap, allSeats, false},

	PhaseMoved{}.Kind():  {inPhase | inBreak | inPhaseEnds, allSeats, false},
	FormatBegan{}.Kind(): {inFormat | inNext | inRounds | inBreak, allSeats, false},
	FormatEnded{}.Kind(): {inFormat | inNext | inRounds, allSeats, false},
	SilenceSet{}.Kind():  {inFormat, nobody, false},
	HandSet{}.Kind():     {inNext, oneSeat, false},
	Paced{}.Kind():       {inFormat, allSeats, false},
	RoundsAsked{}.Kind(): {inRounds, oneSeat, false},

	TurnOpened{}.Kind():    {inNext, oneSeat, false},
	TurnClosed{}.Kind():    {inFloor | inNext | inClock, allSeats, false},
	TurnAgain{}.Kind():     {inNext, oneSeat, false},
	Taken{}.Kind():         {inFloor | inNext | inClock, allSeats, false},
	MomentHeld{}.Kind():    {inFloor | inNext | inClock, allSeats, false},
	Passed{}.Kind():        {0, oneSeat, false},
	TurnKept{}.Kind():      {0, oneSeat, false},
	TurnWanted{}.Kind():    {inNext, oneSeat, false},
	Skipped{}.Kind():       {inNext, nobody, false},
	GapEnded{}.Kind():      {inNext, nobody, false},
	AgainAsked{}.Kind():    {inNext, oneSeat, false}, // as a first hand, or not any more
	Reoffered{}.Kind():     {inNext, holder, false},
	StillGoing{}.Kind():    {inClock, holder, false},
	CueGiven{}.Kind():      {inClock, holder, false},
	OverTime{}.Kind():      {inClock, holder, false},
	TimeGiven{}.Kind():     {inClock, holder, false},
	Invited{}.Kind():       {inFloor, holder, false},
	RepliesDone{}.Kind():   {inFloor, allSeats, false},
	RepliesOpened{}.Kind(): {inFloor | inNext | inClock, allSeats, false},

	Unsaid{}.Kind():         {},
	Seen{}.Kind():           {inWrote, nobody, false},
	Acted{}.Kind():          {inPeople, oneSeat, false},
	QuietEnded{}.Kind():     {inPeople, oneSeat, false},
	Reminded{}.Kind():       {},
	PauseBegan{}.Kind():     {inPaused | inClock | inBreak, allSeats, false},
	PauseEnded{}.Kind():     {inPaused | inClock | inBreak, allSeats, false},
	BreakAsked{}.Kind():     {inBreak, nobody, false},
	SeatRemoved{}.Kind():    {everything, allSeats, true},
	RemovalAsked{}.Kind():   {inRemoval, nobody, false},
	RemovalDropped{}.Kind(): {inRemoval, nobody, false},
	HeldBegan{}.Kind():      {inHeld, allSeats, false},
	HeldEnded{}.Kind():      {inHeld, allSeats, false},
	SessionClosed{}.Kind():  {everything, allSeats, true},
}

// about is implemented by events whose alteration reaches oneSeat.
type about interface{ about() SeatID }

func (e Arrived) about() SeatID      { return e.Seat }
func (e Knocked) about() SeatID      { return e.Seat }
func (e SeatGreeted) about() SeatID  { return e.Seat }
func (e SeatAdmitted) about() SeatID { return e.Seat }
func (e Renamed) about() SeatID      { return e.Seat }
func (e Preferred) about() SeatID    { return e.Seat }
func (e HandSet) about() SeatID      { return e.Seat }
func (e RoundsAsked) about() SeatID  { return e.Seat }
func (e TurnOpened) about() SeatID   { return e.Seat }
func (e TurnAgain) about() SeatID    { return e.Seat }
func (e Passed) about() SeatID       { return e.Seat }
func (e AgainAsked) about() SeatID   { return e.Seat }
func (e TurnKept) about() SeatID     { return e.Seat }
func (e TurnWanted) about() SeatID   { return e.Seat }
func (e Acted) about() SeatID        { return e.Seat }
func (e QuietEnded) about() SeatID   { return e.Seat }
