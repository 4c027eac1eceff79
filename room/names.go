package room

// SeatID names a seat, a person's place in the session. It survives reconnects
// and tabs. The hub makes it; the room only compares it.
type SeatID string

// House is the zero SeatID: the actor of timers and of the hub itself.
const House SeatID = ""

// Phase is a part of a session. Phases only move forward.
type Phase string

// The phases in order (practice §2.2).
const (
	Lobby     Phase = "lobby"
	Opening   Phase = "opening"
	CheckIn   Phase = "check-in"
	Main      Phase = "main"
	Closing   Phase = "closing"
	AfterCare Phase = "after-care"
	Closed    Phase = "closed"
)

// Status is where a seat is.
type Status string

// The statuses of a seat. Only Here is in the room's audience.
const (
	AtDoor   Status = "door"     // has opened the link, has not knocked (or must agree again)
	Waiting  Status = "waiting"  // knocked: name and answer given, in the lobby
	Admitted Status = "admitted" // let in, enters at the next turn boundary
	Here     Status = "here"
	Out      Status = "out"     // stepped out; receives nothing of the room until back
	Left     Status = "left"    // left, or the seat's grace ran out
	Removed  Status = "removed" // removed for today; nothing more is received
)

// near: somebody who has knocked, and is not gone since.
func (s Status) near() bool { return s == Waiting || s.placed() }

// placed: somebody who was let in, and is not gone since.
func (s Status) placed() bool { return s == Admitted || s == Here || s == Out }

// Answer is what a person said to the charter at the door.
type Answer string

// Answers (practice §6, gate). Concern lets a person in as a listener today and
// opens a line to wellbeing.
const (
	Agree   Answer = "agree"
	Concern Answer = "concern"
)

// Invite is the feedback a speaker asks for (T8).
type Invite string

// Invitations. JustHear is the default: no replies.
const (
	JustHear  Invite = "hear"
	MeToo     Invite = "me-too"
	Questions Invite = "questions"
	Ideas     Invite = "ideas"
)

// Stage is what is happening in an open turn. It is Live, never journalled.
type Stage string

// The stages of a turn. The room sees nothing of an offered turn (T5).
const (
	Offered  Stage = "offered"
	Speaking Stage = "speaking"
	Moment   Stage = "moment"  // a moment of silence held in place of words
	Replying Stage = "replies" // the reply window the speaker opened (T8)
)

// Reason is why a level 3 or 5 act was made. It is a closed list, because a
// reason in free words would put words on the disk (M8).
type Reason string

// Reasons.
const (
	OverOthers Reason = "over-others" // spoke over or at people
	Hurtful    Reason = "hurtful"     // words that hurt or shame
	Privacy    Reason = "privacy"     // somebody else's story, or recording
	Harassment Reason = "harassment"
	Threat     Reason = "threat"
	Raid       Reason = "raid" // came to disrupt
	NotWell    Reason = "not-well"
	OtherWhy   Reason = "other"
)

// Need is an access need, seen by facilitators only. It is Live: the person's
// own browser gives it again after a restart.
type Need string

// Needs.
const (
	MoreTime     Need = "more-time" // soft timers run twice as long (T10)
	ScreenReader Need = "screen-reader"
	PlainWords   Need = "plain-words"
	Interpreter  Need = "interpreter"
	Supporter    Need = "supporter"
	Breaks       Need = "breaks"
)
