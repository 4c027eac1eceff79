package house

import (
	"context"
	"errors"
	"fmt"
	"time"

	"hearth/hub"
	"hearth/room"
	"hearth/room/group"
)

// SessionForm is what scheduling a session takes.
type SessionForm struct {
	Title string    `json:"title"`
	Start time.Time `json:"start"`
	Seats int       `json:"seats"` // participants inside at once, 2 to 12
	// Participants is how many personal links are made, at most Seats.
	Participants int `json:"participants,omitempty"`
	// OpenLink makes one link for many, which always leads to the lobby.
	OpenLink bool `json:"open_link,omitempty"`
	// Phases is the plan; empty means [StandardPhases].
	Phases []room.PlannedPhase `json:"phases,omitempty"`
	// TimersOff switches soft timers off for the whole session (T10).
	TimersOff bool `json:"timers_off,omitempty"`
}

// Scheduled is a session that was just made, with its links on the one occasion
// on which their tokens are known: lead, wellbeing, trainee, the personal ones,
// and the open one.
type Scheduled struct {
	Session group.Session `json:"session"`
	Links   []GivenLink   `json:"links"`
}

// SessionPage is everything an organiser sees of a session.
type SessionPage struct {
	Session group.Session    `json:"session"`
	Links   []group.Link     `json:"links"` // without tokens
	Kinds   []group.LinkKind `json:"kinds"` // of links that it may have
	Now     hub.SessionState `json:"now"`
}

// Schedule makes a session of a group that has adopted a charter.
func (h *House) Schedule(ctx context.Context, groupID string, form SessionForm) (Scheduled, error) {
	s := group.Session{ID: newID(), Group: groupID, State: group.Scheduled}
	if err := h.plan(&s, form); err != nil {
		return Scheduled{}, err
	}
	of, err := h.Store.Group(ctx, groupID)
	if err != nil {
		return Scheduled{}, missing(err, "find a group to schedule for")
	}
	if err := h.goodLines(ctx, of.Region); err != nil {
		return Scheduled{}, err
	}
	version, err := h.newest(ctx, groupID)
	if err != nil {
		return Scheduled{}, err
	}
	if version.Number == 0 {
		return Scheduled{}, refuseAdoptFirst
	}
	made, seats := h.firstLinks(s, form)
	plain := make([]group.Link, len(made.Links))
	for i, l := range made.Links {
		plain[i] = l.Link
	}
	if err := h.Store.CreateSession(ctx, s, seats, plain); err != nil {
		return Scheduled{}, missing(err, "keep a new session")
	}
	return made, nil
}

func (h *House) plan(s *group.Session, form SessionForm) error {
	title, ok := oneLine(form.Title, maxTitle)
	if !ok {
		return refuseTitle
	}
	now := h.now()
	if form.Start.Before(now.Add(-lateEntry)) || form.Start.After(now.Add(farAhead)) {
		return refuseStart
	}
	if form.Seats < minSeats || form.Seats > maxSeats {
		return refuseSeats
	}
	if form.Participants < 0 || form.Participants > form.Seats {
		return refuseParticipants
	}
	phases, err := checkPhases(form.Phases)
	if err != nil {
		return err
	}
	s.Title, s.Start = title, form.Start.UTC()
	s.Plan = room.Plan{Session: s.ID, Start: s.Start, Seats: form.Seats, Phases: phases, Mode: s.Plan.Mode}
	s.Rules.TimersOff = form.TimersOff
	return nil
}

func (h *House) firstLinks(s group.Session, form SessionForm) (Scheduled, []group.Seat) {
	made := Scheduled{Session: s}
	var seats []group.Seat
	add := func(kind group.LinkKind) {
		link, seat := h.makeLink(s, kind)
		made.Links = append(made.Links, link)
		if seat != nil {
			seats = append(seats, *seat)
		}
	}
	for _, kind := range group.SeatLinks() {
		n := 1
		switch {
		case kind == group.OpenLink && !form.OpenLink:
			n = 0
		case kind == group.PersonalLink:
			n = form.Participants
		}
		for range n {
			add(kind)
		}
	}
	return made, seats
}

// Session gathers what an organiser sees of a session.
func (h *House) Session(ctx context.Context, id string) (SessionPage, error) {
	s, err := h.Store.Session(ctx, id)
	if err != nil {
		return SessionPage{}, missing(err, "find a session")
	}
	links, err := h.Store.Links(ctx, id)
	if err != nil {
		return SessionPage{}, fmt.Errorf("list the links of a session: %w", err)
	}
	if links == nil {
		links = []group.Link{}
	}
	return SessionPage{Session: s, Links: links, Kinds: group.SeatLinks(), Now: h.Rooms.SessionState(id)}, nil
}

// End closes a session from outside. Its room says goodbye and its record is
// made in the usual way, also when nobody ever came. A session whose room cannot
// be brought back, because its key is lost, is erased with an empty record: an
// organiser can always put an end to what nobody can open.
func (h *House) End(ctx context.Context, id string) error {
	if _, err := h.unfinished(ctx, id); err != nil {
		return err
	}
	h.Store.MakeRoom(ctx)
	err := h.Rooms.Ensure(ctx, id)
	if err == nil {
		err = h.Rooms.Shut(ctx, id)
	} else if lost(err) {
		err = h.Store.Finish(ctx, id, []byte("{}"), h.now())
	}
	if errors.Is(err, hub.ErrOver) {
		return refuseOver
	}
	if err != nil {
		return missing(err, "end a session")
	}
	return nil
}

// lost says whether the room of a session that is there could not be brought back
// for a reason that lies with it, and not because there was no time or this node is
// going down. That its group cannot be found means that the group's key is lost.
func lost(err error) bool {
	for _, other := range []error{hub.ErrOver, hub.ErrDraining, context.Canceled, context.DeadlineExceeded} {
		if errors.Is(err, other) {
			return false
		}
	}
	return true
}

// Record is the content-free record of a closed session, as JSON.
func (h *House) Record(ctx context.Context, id string) ([]byte, error) {
	record, err := h.Store.Record(ctx, id)
	if err != nil {
		return nil, missing(err, "read the record of a session")
	}
	return record, nil
}

// unfinished finds a session that is not over.
func (h *House) unfinished(ctx context.Context, id string) (group.Session, error) {
	s, err := h.Store.Session(ctx, id)
	if err != nil {
		return group.Session{}, missing(err, "find a session")
	}
	if s.State == group.Over {
		return group.Session{}, refuseOver
	}
	return s, nil
}
