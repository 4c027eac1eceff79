package room

import (
	"slices"
	"time"
)

// Plan is what was scheduled: the shape of the meeting (practice §2.2).
type Plan struct {
	Session string         `json:"session"` // session id
	Start   time.Time      `json:"start"`
	Seats   int            `json:"seats"` // participants inside at once, 2 to 12
	Phases  []PlannedPhase `json:"phases"`
	Mode    Mode           `json:"mode,omitempty"` // empty: in writing
}

// Same says whether two plans are for the same session at the same time, with
// the same phases and in the same mode.
func (p Plan) Same(q Plan) bool {
	return p.Session == q.Session && p.Start.Equal(q.Start) && p.Seats == q.Seats && p.Mode == q.Mode && slices.Equal(p.Phases, q.Phases)
}

// Minutes is the planned length of the meeting, from opening to the end of
// closing. After-care comes after it and is not counted.
func (p Plan) Minutes() int {
	minutes := 0
	for _, q := range p.Phases {
		if q.Phase.Meeting() {
			minutes += q.Minutes
		}
	}
	return minutes
}

// Meeting says whether a phase belongs to the meeting proper: the lobby before
// and the quiet room afterwards do not count as its time.
func (p Phase) Meeting() bool { return p != Lobby && p != AfterCare && p != Closed }

// PlannedPhase is one phase of a plan. Minutes are a plan, never a limit: the
// lead moves on.
type PlannedPhase struct {
	Phase   Phase  `json:"phase"`
	Minutes int    `json:"minutes"`
	Format  Format `json:"format,omitempty"` // what the lead is offered to begin first
}

// CharterRef ties a room to one version of the group's charter.
type CharterRef struct {
	Number int    `json:"number"`
	Digest string `json:"digest"` // hex SHA-256 of the version's text
}

// Rules are the times and counts of a session. The zero value of a field means
// its default (see [Rules.WithDefaults]); the group or organisation may change
// each.
type Rules struct {
	TurnRules
	FloorRules
	LossRules
	OpenDoor  time.Duration `json:"open_door,omitempty"`  // after Start the door asks to knock; 10 min
	AfterCare time.Duration `json:"after_care,omitempty"` // after-care closes by itself; 15 min
	PauseMax  time.Duration `json:"pause_max,omitempty"`  // level 2; 2 min
	QuietFor  time.Duration `json:"quiet_for,omitempty"`  // level 3 default; 5 min
	QuietMax  time.Duration `json:"quiet_max,omitempty"`  // level 3 at most; 15 min
	Tail      time.Duration `json:"tail,omitempty"`       // words kept for a broken connection (T13); 2 min
}

// TurnRules are the rules of offers, turns and what is said beside them.
type TurnRules struct {
	OfferFor    time.Duration `json:"offer_for,omitempty"`     // an offer waits this long, then is "later" (T5); 45 s
	OfferStep   time.Duration `json:"offer_step,omitempty"`    // an offer not taken is over at a multiple of this, see [Gap]; 5 s
	UndoFor     time.Duration `json:"undo_for,omitempty"`      // a go-round stays open this long after its last turn (T3); 10 s
	CheckInTurn time.Duration `json:"check_in_turn,omitempty"` // soft time in opening, check-in and closing; 2 min
	ShareTurn   time.Duration `json:"share_turn,omitempty"`    // soft time in main; 3 min
	Cue         time.Duration `json:"cue,omitempty"`           // private cue this long before the soft time (T10); 1 min
	Grace       time.Duration `json:"grace,omitempty"`         // after the soft time, then a note to the lead (T10); 60 s
	MoreTime    time.Duration `json:"more_time,omitempty"`     // what "more time" adds; 2 min
	TimersOff   bool          `json:"timers_off,omitempty"`    // the group switched soft timers off (T10)
}

// FloorRules are the rules of floors that are not one turn after the other.
type FloorRules struct {
	ReplyWindow time.Duration `json:"reply_window,omitempty"` // T8: 3 replies of 1 min; 3 min
	Replies     int           `json:"replies,omitempty"`      // T8; 3
	OpenPace    time.Duration `json:"open_pace,omitempty"`    // open floor: one message per; 20 s
	OpenRow     int           `json:"open_row,omitempty"`     // open floor: in a row at most; 3
	QueueIdle   time.Duration `json:"queue_idle,omitempty"`   // an empty queue ends the format; 60 s
	SilenceFor  time.Duration `json:"silence_for,omitempty"`  // silence when the lead names no length; 60 s
	MomentFor   time.Duration `json:"moment_for,omitempty"`   // longest moment of silence; 60 s
}

// LossRules are the rules of people who are gone or cannot be reached.
type LossRules struct {
	LostSpeaker time.Duration `json:"lost_speaker,omitempty"` // a lost speaker keeps the floor; 90 s (text)
	ShowLost    time.Duration `json:"show_lost,omitempty"`    // "reconnecting" is shown after; 3 s
	SeatKept    time.Duration `json:"seat_kept,omitempty"`    // a lost seat is kept without re-admission; 10 min
	OutKept     time.Duration `json:"out_kept,omitempty"`     // a stepped-out seat is kept; 30 min
	LeadLost    time.Duration `json:"lead_lost,omitempty"`    // then wellbeing leads; 15 s
	HeldAfter   time.Duration `json:"held_after,omitempty"`   // no facilitator this long: held; 30 s
	CloseHeld   time.Duration `json:"close_held,omitempty"`   // held this long: gentle close; 10 min
}
