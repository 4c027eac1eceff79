// Package group holds the nouns around a live room: the standing group, its
// scheduled sessions, the seats of a session and the links that lead to them.
// It is pure: ids, tokens and times come in from outside.
package group

import (
	"encoding/json"
	"time"

	"hearth/charter"
	"hearth/room"
)

// Policy is the confidentiality policy of a group (practice §4). The choice is
// made and told; hearth does not choose.
type Policy string

// Policies.
const (
	AskFirst  Policy = "ask-first"
	DutyToAct Policy = "duty-to-act"
)

// Group is a standing group with a charter.
type Group struct {
	ID       string           `json:"id"`
	Name     string           `json:"name"`
	Template charter.Template `json:"template"` // wording only, never rights (A08)
	Policy   Policy           `json:"policy"`
	Region   string           `json:"region"`  // which helplines are shown first
	Contact  string           `json:"contact"` // whom to write to about the group, shown on goodbye pages
	Created  time.Time        `json:"created"`
}

// SessionState is where a session is in its life.
type SessionState string

// Session states.
const (
	Scheduled SessionState = "scheduled" // no journal yet
	Live      SessionState = "live"      // has a journal
	Over      SessionState = "over"      // closed; its journal is erased, its record kept
)

// Session is one meeting of a group.
type Session struct {
	ID     string       `json:"id"`
	Group  string       `json:"group"`
	Title  string       `json:"title"` // neutral, for calendars
	Start  time.Time    `json:"start"`
	Plan   room.Plan    `json:"plan"`
	Rules  room.Rules   `json:"rules"`
	State  SessionState `json:"state"`
	Closed time.Time    `json:"closed,omitzero"`
}

// Ends is the planned end: the start plus the planned minutes.
func (s Session) Ends() time.Time {
	end := s.Start
	for _, p := range s.Plan.Phases {
		end = end.Add(time.Duration(p.Minutes) * time.Minute)
	}
	return end
}

// Seat is a place in a session. Role is fixed by the link that made it.
type Seat struct {
	ID      room.SeatID `json:"id"`
	Session string      `json:"session"`
	Role    room.Role   `json:"role"`
	Link    string      `json:"link"`             // id of the link that leads here
	Open    bool        `json:"open"`             // made by an open link
	Claims  room.SeatID `json:"claims,omitempty"` // a second device that says it is this seat
	Revoked bool        `json:"revoked"`
	// Generation is how often the seat has been bound to another device, 1 for the
	// first. It is known where a device is asked about; 0: no device is meant.
	Generation int64 `json:"-"`
}

// OrganiserIdle is after how long without use a device is no organiser's any more.
const OrganiserIdle = 30 * 24 * time.Hour

// Device is a browser that is an organiser's, as organisers see it. Made and Used
// are days (YYYY-MM-DD, UTC); empty: not known.
type Device struct {
	ID   string `json:"id"`
	Made string `json:"made,omitempty"`
	Used string `json:"used,omitempty"`
	Here bool   `json:"here,omitempty"` // the one that asks
}

// LinkKind is what a link opens. A link to a seat of the team has its role's name.
type LinkKind string

// Link kinds (walls §2.2).
const (
	OrganiserLink LinkKind = "organiser" // no session
	PersonalLink  LinkKind = "personal"  // one member's seat, bound to the first device
	OpenLink      LinkKind = "open"      // makes a member's seat at each use, always to the lobby
	LeadLink               = LinkKind(room.Lead)
	WellbeingLink          = LinkKind(room.Wellbeing)
	TraineeLink            = LinkKind(room.Trainee)
)

// SeatLinks are the kinds that lead to a seat: one for each role of the team, in
// the order of [room.Roles], then those for members.
func SeatLinks() []LinkKind {
	var kinds []LinkKind
	for _, role := range room.Roles() {
		if !role.Member {
			kinds = append(kinds, LinkKind(role.Name))
		}
	}
	return append(kinds, PersonalLink, OpenLink)
}

// Powers are those of the role whose seat a link leads to; none if it leads to no
// seat, or if there is no such kind.
func (k LinkKind) Powers() room.Powers {
	if k == PersonalLink || k == OpenLink {
		return room.Participant.Powers()
	}
	if p := room.Role(k).Powers(); !p.Member {
		return p
	}
	return room.Powers{}
}

// ReviewFor is how long what must be looked at again is kept at most, and
// ReviewWithin by when it should have been looked at.
const (
	ReviewFor    = 90 * 24 * time.Hour
	ReviewWithin = 72 * time.Hour
)

// Review is what must be looked at again of a session: removals and urgent acts,
// as package record's Acts gives them, in JSON. It names nobody.
type Review struct {
	Session string          `json:"session"`
	Title   string          `json:"title"`
	Closed  time.Time       `json:"closed"`
	Due     time.Time       `json:"due"`
	Acts    json.RawMessage `json:"acts"`
}

// Link is what is kept of a link: the SHA-256 of its token, never the token.
type Link struct {
	ID      string      `json:"id"`
	Kind    LinkKind    `json:"kind"`
	Session string      `json:"session,omitempty"`
	Seat    room.SeatID `json:"seat,omitempty"`
	Hash    [32]byte    `json:"-"`
	Expires time.Time   `json:"expires,omitzero"` // zero: never (organiser)
	MaxUses int         `json:"max_uses,omitempty"`
	Uses    int         `json:"uses,omitempty"`
	Revoked bool        `json:"revoked"`
	Label   string      `json:"label,omitempty"` // the organiser's own note of whom it is for
}
