package room

// Command is something somebody asks of the room. A command either gives
// events or a Refusal; a refused command changes nothing.
//
// Commands whose Verb is not empty may come from a browser. The others come
// from the house only and cannot be written on the wire.
type Command interface {
	// Verb is the word by which people ask for it on the wire; empty for a command
	// that only the house can give.
	Verb() string
}

// Worded is a command that carries words of whoever sends it. The hub brings them
// into the form in which they are shown, and holds them against the rate of words.
type Worded interface {
	Command
	// Own gives the words. any is false where there may be none, and there are none.
	Own() (text string, any bool)
	// WithOwn gives the command with the words as they are shown.
	WithOwn(text string) Command
}

// At the door and in the lobby.
type (
	// Knock gives a name and an answer to the charter. Facilitators enter at
	// once; everybody else waits. Digest must be the room's charter digest.
	Knock struct {
		Name      string `json:"name"`
		Listening bool   `json:"listening,omitempty"`
		Needs     []Need `json:"needs,omitempty"`
		Answer    Answer `json:"answer"`
		Digest    string `json:"digest"`

		// Set by the hub, never by the wire.
		Role     Role   `json:"-"`
		Skeleton string `json:"-"` // look-alike skeleton of Name (walls §2.5)
		Claims   SeatID `json:"-"` // the seat this second device says it is
		Open     bool   `json:"-"` // came by the open link
	}
	// Greet marks a waiting person as greeted (C24). Lead or wellbeing.
	Greet struct {
		Seat SeatID `json:"seat"`
	}
	// Admit lets one greeted person in, at the next turn boundary. Lead or wellbeing.
	Admit struct {
		Seat SeatID `json:"seat"`
	}
	// ToLobby sends a person in the room, stepped out or on the way in back to the
	// lobby. Lead or wellbeing.
	ToLobby struct {
		Seat SeatID `json:"seat"`
	}
	// SetDoor locks or unlocks the door. Lead or wellbeing.
	SetDoor struct {
		Locked bool `json:"locked"`
	}
)

// Anybody, about themselves.
type (
	// Rename takes another name, between turns.
	Rename struct {
		Name     string `json:"name"`
		Skeleton string `json:"-"`
	}
	// Prefs sets listening (T4) and access needs; both are Live.
	Prefs struct {
		Listening bool   `json:"listening"`
		Needs     []Need `json:"needs,omitempty"`
	}
	StepOut  struct{} // one action, no reason (A02, A03)
	ComeBack struct{} // back from Out, at the next turn boundary
	Leave    struct{} // leaves on purpose; skips the grace
	AskBreak struct{} // asks the facilitators for a break, unseen by the group
	// Line is a private message on the line between one seat and wellbeing.
	// To is empty from a participant, the seat from a facilitator.
	Line struct {
		To   SeatID `json:"to,omitempty"`
		Text string `json:"text"`
	}
)

// Turns.
type (
	Take     struct{} // takes the offered turn (T5)
	Later    struct{} // "come back to me" (T5)
	Pass     struct{} // one action, no reason (T3)
	HoldTurn struct{} // a moment of silence in the offered turn (T5); verb "moment"
	UndoPass struct{} // until the round ends (T3)
	Yield    struct{} // "I'm done" (T6)
	Still    struct{} // "still going" keeps the floor (T6)
	// Share is words in a turn, on the open floor, or a reply in a reply window.
	Share struct {
		Text string `json:"text"`
	}
	// TakeBack removes the person's own words from every screen (T6, C23).
	TakeBack struct {
		Words string `json:"words"`
	}
	TakeBackAll struct{} // takes back everything the person has said (C23)
	// InviteReplies says what the speaker wants back (T8); in main only (T9).
	InviteReplies struct {
		Kind Invite `json:"kind"`
	}
	CloseReplies struct{} // the speaker, or the lead
	Hand         struct { // queue only
		Up bool `json:"up"`
	}
	RoundsPlease struct{} // open floor: two members end it (practice §2.4)
)

// Facilitators: the floor.
type (
	// MovePhase goes forward to a later phase, between turns. It never ends the
	// session; [End] does. Lead.
	MovePhase struct {
		To Phase `json:"to"`
	}
	// Begin starts a format, between turns; an offer nobody has taken is
	// quietly withdrawn as "later". Lead; wellbeing may begin Silence.
	// Minutes is for Silence, 1 to 5, default Rules.SilenceFor.
	Begin struct {
		Format  Format `json:"format"`
		Minutes int    `json:"minutes,omitempty"`
	}
	EndFormat     struct{} // back to no format, between turns. Lead; silence also wellbeing.
	GiveTime      struct{} // "more time", +Rules.MoreTime (T10). Lead.
	FinishThought struct{} // a soft private cue to the speaker (T10). Lead.
	// WeWillComeBack closes the open turn as "later" (T10). Lead. It is also
	// how a person may be given another go: a seat that is done becomes later.
	WeWillComeBack struct {
		Seat SeatID `json:"seat,omitempty"`
	}
	// Process posts a process line, at a turn boundary (T2). Lead or wellbeing.
	Process struct {
		Text string `json:"text"`
	}
	// Pace slows or restores the open floor, in seconds per message, 5 to 120. Wellbeing or lead.
	Pace struct {
		Seconds int `json:"seconds"`
	}
	// End ends the session for everybody, in closing or after-care. Lead.
	End     struct{}
	Swap    struct{} // lead and wellbeing swap when both have tapped
	CarryOn struct{} // a facilitator ends a hold or a pause
)

// Facilitators: care and moderation (practice §3). Every act names the charter
// line it rests on (M3).
type (
	Remind struct { // level 0, to the group, names nobody
		Principle string `json:"principle"`
	}
	Nudge struct { // level 1, private; the person can answer on their line
		Seat      SeatID `json:"seat"`
		Principle string `json:"principle"`
		Text      string `json:"text,omitempty"`
	}
	Pause struct { // level 2, freezes the floor, given back first
		Seat      SeatID `json:"seat,omitempty"` // whom the private line opens with; default the speaker
		Principle string `json:"principle"`
	}
	Quiet struct { // level 3, ends by itself
		Seat      SeatID `json:"seat"`
		Minutes   int    `json:"minutes,omitempty"` // 1 to 15, default 5
		Principle string `json:"principle"`
		Reason    Reason `json:"reason"`
	}
	// SeenLine says that the facilitators know that a seat wrote on its line while
	// nobody was connected; verb "seen".
	SeenLine struct {
		Seat SeatID `json:"seat"`
	}
	Unquiet struct { // lifts level 3 early
		Seat SeatID `json:"seat"`
	}
	Remove struct { // level 5, two facilitators, or one if urgent
		Seat      SeatID `json:"seat"`
		Principle string `json:"principle"`
		Reason    Reason `json:"reason"`
		Urgent    bool   `json:"urgent,omitempty"`
	}
	ConfirmRemove struct { // by the other facilitator
		Seat SeatID `json:"seat"`
	}
	DropRemove struct { // either facilitator
		Seat SeatID `json:"seat"`
	}
	// UrgentDoor locks the door and hides the last two minutes of words; with
	// Seat that person is removed at once. Any facilitator.
	UrgentDoor struct {
		Seat   SeatID `json:"seat,omitempty"`
		Reason Reason `json:"reason"`
	}
)

// From the house only; their Verb is empty.
type (
	// Open starts the room. It must be the first command of a session.
	Open struct {
		Plan    Plan
		Rules   Rules
		Charter CharterRef
	}
	// SetCharter follows an adoption while the room is in its lobby; everybody
	// who agreed before is asked again. Later in the session it is refused.
	SetCharter struct{ Charter CharterRef }
	// SetPlan follows a change of the plan while the room is in its lobby. Later
	// in the session it is refused.
	SetPlan struct {
		Plan  Plan
		Rules Rules
	}
	// Arrive says that a seat has opened its link: it is known, at the door.
	Arrive struct {
		Seat SeatID
		Role Role
	}
	// Connected and Lost follow a seat's connections: the first came, the last went.
	Connected struct{ Seat SeatID }
	Lost      struct{ Seat SeatID }
	// Restarted follows a reload from the journal: everybody is lost, the words
	// are gone, and a room that was under way is held.
	Restarted struct{}
	// Tick lets due timers act; see [Due].
	Tick struct{}
	// Revoke closes a seat whose link was revoked.
	Revoke struct{ Seat SeatID }
	// Shut closes the session from outside: the organiser ended it, or cancelled
	// it before it had begun.
	Shut struct{}
)

func (Knock) Verb() string          { return "knock" }
func (Greet) Verb() string          { return "greet" }
func (Admit) Verb() string          { return "admit" }
func (ToLobby) Verb() string        { return "to-lobby" }
func (SetDoor) Verb() string        { return "door" }
func (Rename) Verb() string         { return "rename" }
func (Prefs) Verb() string          { return "prefs" }
func (StepOut) Verb() string        { return "step-out" }
func (ComeBack) Verb() string       { return "come-back" }
func (Leave) Verb() string          { return "leave" }
func (AskBreak) Verb() string       { return "ask-break" }
func (Line) Verb() string           { return "line" }
func (Take) Verb() string           { return "take" }
func (Later) Verb() string          { return "later" }
func (Pass) Verb() string           { return "pass" }
func (HoldTurn) Verb() string       { return "moment" }
func (UndoPass) Verb() string       { return "undo-pass" }
func (Yield) Verb() string          { return "yield" }
func (Still) Verb() string          { return "still" }
func (Share) Verb() string          { return "share" }
func (TakeBack) Verb() string       { return "take-back" }
func (TakeBackAll) Verb() string    { return "take-back-all" }
func (InviteReplies) Verb() string  { return "invite" }
func (CloseReplies) Verb() string   { return "close-replies" }
func (Hand) Verb() string           { return "hand" }
func (RoundsPlease) Verb() string   { return "rounds-please" }
func (MovePhase) Verb() string      { return "phase" }
func (Begin) Verb() string          { return "begin" }
func (EndFormat) Verb() string      { return "end-format" }
func (GiveTime) Verb() string       { return "more-time" }
func (FinishThought) Verb() string  { return "finish-thought" }
func (WeWillComeBack) Verb() string { return "we-will-come-back" }
func (Process) Verb() string        { return "process" }
func (Pace) Verb() string           { return "pace" }
func (End) Verb() string            { return "end" }
func (Swap) Verb() string           { return "swap" }
func (CarryOn) Verb() string        { return "carry-on" }
func (Remind) Verb() string         { return "remind" }
func (Nudge) Verb() string          { return "nudge" }
func (Pause) Verb() string          { return "pause" }
func (Quiet) Verb() string          { return "quiet" }
func (Unquiet) Verb() string        { return "unquiet" }
func (SeenLine) Verb() string       { return "seen" }
func (Remove) Verb() string         { return "remove" }
func (ConfirmRemove) Verb() string  { return "confirm-remove" }
func (DropRemove) Verb() string     { return "drop-remove" }
func (UrgentDoor) Verb() string     { return "urgent-door" }

// Own words of each command that carries any.
func (c Line) Own() (text string, any bool)    { return c.Text, true }
func (c Share) Own() (text string, any bool)   { return c.Text, true }
func (c Process) Own() (text string, any bool) { return c.Text, true }
func (c Nudge) Own() (text string, any bool)   { return c.Text, c.Text != "" }

// WithOwn of each.
func (c Line) WithOwn(text string) Command    { c.Text = text; return c }
func (c Share) WithOwn(text string) Command   { c.Text = text; return c }
func (c Process) WithOwn(text string) Command { c.Text = text; return c }
func (c Nudge) WithOwn(text string) Command   { c.Text = text; return c }

func (Open) Verb() string       { return "" }
func (SetCharter) Verb() string { return "" }
func (SetPlan) Verb() string    { return "" }
func (Arrive) Verb() string     { return "" }
func (Connected) Verb() string  { return "" }
func (Lost) Verb() string       { return "" }
func (Restarted) Verb() string  { return "" }
func (Tick) Verb() string       { return "" }
func (Revoke) Verb() string     { return "" }
func (Shut) Verb() string       { return "" }
