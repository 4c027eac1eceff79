// Package house is what happens around the rooms: an organiser makes groups,
// adopts charters, schedules sessions and gives out links; a person opens a
// link and gets a seat. It decides and keeps; it knows nothing of HTTP.
//
// Every method may be called by many goroutines. An error that is a
// *[room.Refusal] is for the person who asked and changed nothing; any other is
// for operators and holds no names, words or tokens.
package house

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"hearth/charter"
	"hearth/hub"
	"hearth/room"
	"hearth/room/group"
)

// Rooms is what the house needs of the live side; *[hub.Hub] is one.
type Rooms interface {
	Ensure(ctx context.Context, session string) error
	Arrive(ctx context.Context, seat group.Seat) error
	Revoke(ctx context.Context, session string, seat room.SeatID) error
	Moved(ctx context.Context, session string, seat room.SeatID) error
	// Unanswered lists the seats that opened a link and have not answered at the
	// door, those first that nobody is connected with, then the oldest.
	Unanswered(ctx context.Context, session string) ([]room.SeatID, error)
	PlanChanged(ctx context.Context, s group.Session) error
	CharterAdopted(ctx context.Context, groupID string, version int) error
	Shut(ctx context.Context, session string) error
	SessionState(session string) hub.SessionState
}

// House ties the store to the live rooms.
type House struct {
	Store Store
	Rooms Rooms
	// Public is the address people reach hearth at, without a slash at the end;
	// links begin with it.
	Public string
	// Now is the clock; nil means time.Now.
	Now func() time.Time

	lines lines
}

func (h *House) now() time.Time {
	if h.Now != nil {
		return h.Now().UTC()
	}
	return time.Now().UTC()
}

// newID makes a random id. Ids are not secrets, but nobody should be able to
// count groups or sessions by them.
func newID() string { return uuid.NewString() }

// GroupForm is what an organiser says of a group.
type GroupForm struct {
	Name     string           `json:"name"`
	Template charter.Template `json:"template"`
	Policy   group.Policy     `json:"policy"`
	Region   string           `json:"region,omitempty"`
	Contact  string           `json:"contact,omitempty"`
}

// DraftForm is a charter text on its way in. Titles are the principles' own and
// may be left out.
type DraftForm struct {
	// Digest is that of the draft the organiser began from. When it is given and
	// the draft is another by now, the text is refused with "draft-changed".
	Digest string     `json:"digest,omitempty"`
	Lines  []LineForm `json:"lines"`
}

// LineForm is one line of a [DraftForm].
type LineForm struct {
	Principle charter.Principle `json:"principle"`
	Title     string            `json:"title,omitempty"`
	Text      string            `json:"text"`
}

func (f DraftForm) text() charter.Text {
	var t charter.Text
	for _, l := range f.Lines {
		t.Lines = append(t.Lines, charter.Line{Principle: l.Principle, Text: l.Text})
	}
	return t.Tidy()
}

// GroupPage is everything an organiser sees of a group.
type GroupPage struct {
	Group    group.Group       `json:"group"`
	Draft    Draft             `json:"draft"`
	Versions []charter.Version `json:"versions"` // newest first
	Sessions []group.Session   `json:"sessions"` // newest first
	Floor    []string          `json:"floor"`    // holds in every group, not up for decision
	Reviews  []group.Review    `json:"reviews"`  // what is to be looked at again, the oldest first
}

// Draft is the text being worked on, with the digest that adopting it must name.
type Draft struct {
	charter.Text
	Digest string `json:"digest"`
}

func draftOf(t charter.Text) Draft {
	t = t.Tidy()
	return Draft{Text: t, Digest: charter.Digest(t)}
}

// Groups gives every group, newest first.
func (h *House) Groups(ctx context.Context) ([]group.Group, error) {
	groups, err := h.Store.Groups(ctx)
	if err != nil {
		return nil, fmt.Errorf("list groups: %w", err)
	}
	if groups == nil {
		groups = []group.Group{}
	}
	return groups, nil
}

// CreateGroup makes a group whose charter draft is its template's starter text (A08).
func (h *House) CreateGroup(ctx context.Context, form GroupForm) (group.Group, error) {
	g := group.Group{ID: newID(), Created: h.now()}
	if err := h.fill(ctx, &g, form); err != nil {
		return group.Group{}, err
	}
	if err := h.Store.CreateGroup(ctx, g, charter.Starter(g.Template)); err != nil {
		return group.Group{}, fmt.Errorf("keep a new group: %w", err)
	}
	return g, nil
}

// UpdateGroup changes a group's particulars; its charter stays as it is.
func (h *House) UpdateGroup(ctx context.Context, id string, form GroupForm) (group.Group, error) {
	g, err := h.Store.Group(ctx, id)
	if err != nil {
		return group.Group{}, missing(err, "find a group to change")
	}
	if err := h.fill(ctx, &g, form); err != nil {
		return group.Group{}, err
	}
	if err := h.Store.UpdateGroup(ctx, g); err != nil {
		return group.Group{}, missing(err, "change a group")
	}
	return g, nil
}

// Page gathers what an organiser sees of a group.
func (h *House) Page(ctx context.Context, id string) (GroupPage, error) {
	g, err := h.Store.Group(ctx, id)
	if err != nil {
		return GroupPage{}, missing(err, "find a group")
	}
	draft, err := h.Store.Draft(ctx, id)
	if err != nil {
		return GroupPage{}, missing(err, "read a draft")
	}
	page := GroupPage{Group: g, Draft: draftOf(draft), Floor: charter.Floor()}
	if page.Versions, err = h.Store.Versions(ctx, id); err != nil {
		return GroupPage{}, fmt.Errorf("read the versions of a charter: %w", err)
	}
	if page.Sessions, err = h.Store.Sessions(ctx, id); err != nil {
		return GroupPage{}, fmt.Errorf("list the sessions of a group: %w", err)
	}
	if page.Reviews, err = h.Reviews(ctx, id); err != nil {
		return GroupPage{}, err
	}
	if page.Versions == nil {
		page.Versions = []charter.Version{}
	}
	if page.Sessions == nil {
		page.Sessions = []group.Session{}
	}
	return page, nil
}

// SaveDraft keeps the form's text as the one being worked on. A text that could
// never be adopted is refused with a *[charter.Problem].
func (h *House) SaveDraft(ctx context.Context, groupID string, form DraftForm) (Draft, error) {
	before, err := h.Store.Draft(ctx, groupID)
	if err != nil {
		return Draft{}, missing(err, "read a draft to change")
	}
	if form.Digest != "" && form.Digest != draftOf(before).Digest {
		return Draft{}, refuseDraftChanged
	}
	t := form.text()
	if err := t.Validate(); err != nil {
		return Draft{}, err
	}
	if err := h.Store.SaveDraft(ctx, groupID, t); err != nil {
		return Draft{}, missing(err, "keep a draft")
	}
	return draftOf(t), nil
}

// Adopt makes the draft the next version of the charter. Digest says which text
// the organiser has read; another one is refused with "draft-changed", so that
// nobody adopts words they have not seen (A13). Rooms still in their lobby ask
// everybody again.
func (h *House) Adopt(ctx context.Context, groupID, digest string) (charter.Version, error) {
	draft, err := h.Store.Draft(ctx, groupID)
	if err != nil {
		return charter.Version{}, missing(err, "read a draft to adopt")
	}
	if draftOf(draft).Digest != digest {
		return charter.Version{}, refuseDraftChanged
	}
	before, err := h.newest(ctx, groupID)
	if err != nil {
		return charter.Version{}, err
	}
	next, err := charter.Adopt(before, draft, h.now())
	if err != nil {
		return charter.Version{}, err
	}
	kept, err := h.Store.Adopt(ctx, groupID, next.Text, next.Adopted)
	if err != nil {
		return charter.Version{}, missing(err, "keep an adopted charter")
	}
	if err := h.Rooms.CharterAdopted(ctx, groupID, kept.Number); err != nil {
		return charter.Version{}, fmt.Errorf("tell the rooms of an adopted charter: %w", err)
	}
	return kept, nil
}

// newest is the version in force; the zero Version when there is none.
func (h *House) newest(ctx context.Context, groupID string) (charter.Version, error) {
	versions, err := h.Store.Versions(ctx, groupID)
	if err != nil {
		return charter.Version{}, missing(err, "read the versions of a charter")
	}
	if len(versions) == 0 {
		return charter.Version{}, nil
	}
	return versions[0], nil
}

// missing turns "not found" into a refusal and says of anything else what was
// being attempted.
func missing(err error, act string) error {
	if errors.Is(err, hub.ErrNotFound) {
		return RefuseMissing
	}
	return fmt.Errorf("%s: %w", act, err)
}
