package room

// What people are shown. Times on the wire are Unix milliseconds (type Millis);
// a zero Millis is absent. Three views make up everything a browser knows:
//
//   - Room: the same for every seat that is Here. It holds nothing that could
//     tell a pass from a share, who listens, or how long anybody spoke.
//   - Me: one seat's own, also in the lobby, and the only one there.
//   - Care: for the seats that hold Lead or Wellbeing and are Here.
//
// Each top-level field is a section. A frame carries the sections that changed,
// whole; a client replaces them. So a client is a merge, not a second copy of
// the rules.

// Millis is a moment in Unix milliseconds.
type Millis int64

// RoomView is what everybody inside sees.
type RoomView struct {
	Phase  PhaseView   `json:"phase"`
	Format FormatView  `json:"format"`
	Seats  []SeatView  `json:"seats"` // circle order; Here and Out seats, those kept in their grace too
	Floor  *FloorView  `json:"floor"` // null: nobody holds it
	Next   []SeatID    `json:"next"`  // names up next, never with reasons (T7)
	Door   DoorState   `json:"door"`  // open, knock or locked
	Held   *HeldView   `json:"held"`
	Paused *PausedView `json:"paused"`
}

// PhaseView is where the session is. Minutes is the plan, not a clock.
type PhaseView struct {
	Name    Phase  `json:"name"`
	Minutes int    `json:"minutes,omitempty"`
	Planned Format `json:"planned,omitempty"` // the format planned for this phase
	Next    Phase  `json:"next,omitempty"`    // the next planned phase
}

// FormatView is the format under way. Ends is for Silence only.
type FormatView struct {
	Name Format `json:"name"`
	Ends Millis `json:"ends,omitempty"`
	Pace int    `json:"pace,omitempty"` // open floor: seconds per message
}

// SeatView is one seat in the circle. Listening is not in it: a listener looks
// like anybody else (T4).
type SeatView struct {
	Seat SeatID `json:"seat"`
	Name string `json:"name"`
	Role Role   `json:"role"`
	// State is "here", "out" or "reconnecting" (shown after Rules.ShowLost).
	State string `json:"state"`
}

// FloorView is a turn that has been taken. An offer is not here (T5), and no
// number that would tell of offers in between (S06).
type FloorView struct {
	Seat    SeatID `json:"seat"`
	Stage   Stage  `json:"stage"` // speaking, moment or replies
	Invite  Invite `json:"invite,omitempty"`
	Replies int    `json:"replies,omitempty"` // replies still welcome, in stage replies
}

// DoorState is how the door stands.
type DoorState string

// Door states.
const (
	DoorOpen   DoorState = "open"
	DoorKnock  DoorState = "knock"
	DoorLocked DoorState = "locked"
)

// HeldView says that no facilitator is here, or that the server came back.
type HeldView struct {
	Why    string `json:"why"`              // "no-facilitator" or "restart" (words are gone)
	Closes Millis `json:"closes,omitempty"` // the gentle close, while nobody who facilitates is here
}

// PausedView is a level 2 pause; the group sees only that there is one.
type PausedView struct {
	Ends Millis `json:"ends"`
}

// MeView is one seat's own.
type MeView struct {
	You       YouView    `json:"you"`
	Door      MeDoor     `json:"door"`
	Offer     *OfferView `json:"offer"` // the private offer (T5)
	Turn      *TurnView  `json:"turn"`  // my open turn
	Can       CanView    `json:"can"`
	Quiet     *QuietView `json:"quiet"`   // level 3, in force
	Notices   []Notice   `json:"notices"` // acts that concern me: what, which line, how long, what next (M3)
	SwapAsked bool       `json:"swap_asked"`
	Line      LineView   `json:"line"` // who answers my private line
}

// LineView is who answers a private line now. Open: somebody who answers is
// connected. Seat is who that is, or would be, once I am inside; in the lobby
// nobody is named (A7).
type LineView struct {
	Open bool   `json:"open"`
	Seat SeatID `json:"seat,omitempty"`
}

// YouView is who this seat is.
type YouView struct {
	Seat      SeatID `json:"seat"`
	Name      string `json:"name,omitempty"`
	Role      Role   `json:"role"`
	Status    Status `json:"status"`
	Listening bool   `json:"listening"`
	Needs     []Need `json:"needs,omitempty"`
	Answer    Answer `json:"answer,omitempty"`
	Why       string `json:"why,omitempty"` // Left: "left", "lost", "moved", "revoked", "closed", "cancelled"; AtDoor: "charter-changed", "sent-back"
}

// MeDoor is what a waiting person may know; nobody's name, no count (A6, A7).
type MeDoor struct {
	State   DoorState `json:"state"`
	Greeted bool      `json:"greeted"`
	Ready   bool      `json:"ready"` // a facilitator is in
	Closed  bool      `json:"closed"`
}

// OfferView is a turn offered to me; no answer until Until is "later".
type OfferView struct {
	Turn  int    `json:"turn"`            // counts my own offers
	Until Millis `json:"until,omitempty"` // absent after a restart: take your time
	Again bool   `json:"again,omitempty"` // the second, last offer of this round
}

// TurnView is my open turn. The times are soft (T10) and only I and the lead see them.
type TurnView struct {
	Turn   int    `json:"turn"`
	Stage  Stage  `json:"stage"`
	Soft   Millis `json:"soft,omitempty"` // the soft time; absent when timers are off
	Cue    string `json:"cue"`            // "", "minute", "time", "finish" (the lead asked to finish the thought)
	Invite Invite `json:"invite"`
}

// CanView is what the composer and the buttons of this seat allow now.
type CanView struct {
	Share    bool   `json:"share"`          // post words now
	Reply    bool   `json:"reply"`          // the words would be a reply
	Hand     bool   `json:"hand"`           // raise a hand
	HandUp   bool   `json:"hand_up"`        // my hand is up
	UndoPass bool   `json:"undo_pass"`      // T3
	Kept     bool   `json:"kept"`           // two offers went by without an answer: undo-pass asks for the turn again
	Invite   bool   `json:"invite"`         // T8, in my turn in main
	Process  bool   `json:"process"`        // facilitator, at a turn boundary
	Rounds   bool   `json:"rounds"`         // open floor: ask for rounds
	From     Millis `json:"from,omitempty"` // open floor: my next message is welcome from
}

// QuietView is quiet time in force: what, which line, how long (M3, M7).
type QuietView struct {
	Until     Millis `json:"until"`
	Principle string `json:"principle"`
	Reason    Reason `json:"reason"`
}

// Notice tells a person about an act that concerned them. It stays until the
// session ends (M4: a person sees their own record). A nudge's text comes as
// words with the notice's id and is not here.
type Notice struct {
	ID        string `json:"id"`
	Kind      string `json:"kind"` // "nudge", "pause", "quiet", "unquiet", "removed", "sent-back", "urgent"
	Level     int    `json:"level"`
	Principle string `json:"principle,omitempty"`
	Reason    Reason `json:"reason,omitempty"`
	Until     Millis `json:"until,omitempty"`
	Urgent    bool   `json:"urgent,omitempty"`
}

// CareView is for the facilitators.
type CareView struct {
	Lead      SeatID        `json:"lead"`
	Wellbeing SeatID        `json:"wellbeing"`
	Alone     bool          `json:"alone"` // one facilitator here now
	Waiting   []WaitingView `json:"waiting"`
	Clock     *ClockView    `json:"clock"`  // of the taken turn; the lead's note (T10)
	People    []PersonView  `json:"people"` // inside: needs, quiet, kept seats
	Removal   *RemovalView  `json:"removal"`
	Swap      SeatID        `json:"swap"`       // who has tapped swap
	Break     bool          `json:"break"`      // somebody asked for a break, unseen
	Rounds    bool          `json:"rounds"`     // somebody asked for rounds
	PhaseEnds Millis        `json:"phase_ends"` // planned end of the phase, facilitators only
	Ready     bool          `json:"ready"`      // 2 members and a facilitator are in: enough to start
	Wrote     []WroteView   `json:"wrote"`      // who wrote on their line while nobody was connected
}

// WroteView is somebody who wrote on their private line while nobody who answers
// was connected. What they wrote is not in it, and may be gone (T13). It stays
// until a facilitator answers or says that it was seen.
type WroteView struct {
	Seat SeatID `json:"seat"`
	Name string `json:"name"`
	Gone bool   `json:"gone"` // has left: no answer reaches them here
}

// WaitingView is one person in the lobby, as wellbeing sees them.
type WaitingView struct {
	Seat      SeatID `json:"seat"`
	Name      string `json:"name"`
	Role      Role   `json:"role"`
	Listening bool   `json:"listening"`
	Needs     []Need `json:"needs,omitempty"`
	Greeted   bool   `json:"greeted"`
	Concern   bool   `json:"concern"`
	Open      bool   `json:"open"`             // by the open link
	Claims    SeatID `json:"claims,omitempty"` // "seat already in use"
	Knocks    bool   `json:"knocks"`           // came after the open door
	Admitted  bool   `json:"admitted"`         // enters at the next turn boundary
	Lost      bool   `json:"lost"`             // connection lost
}

// ClockView is the running turn's soft clock for facilitators.
type ClockView struct {
	Seat SeatID `json:"seat"`
	Soft Millis `json:"soft,omitempty"`
	Over bool   `json:"over"` // soft time and grace have passed: more time, finish the thought, we will come back
}

// PersonView is what facilitators may know of a person inside beyond the circle.
type PersonView struct {
	Seat       SeatID `json:"seat"`
	Listening  bool   `json:"listening"`
	Needs      []Need `json:"needs,omitempty"`
	QuietUntil Millis `json:"quiet_until,omitempty"`
	Concern    bool   `json:"concern"`
	OutSince   Millis `json:"out_since,omitempty"`
}

// RemovalView is a removal that waits for the other facilitator.
type RemovalView struct {
	Seat      SeatID `json:"seat"`
	By        SeatID `json:"by"`
	Principle string `json:"principle"`
	Reason    Reason `json:"reason"`
}
