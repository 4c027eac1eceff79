package house

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	ics "github.com/arran4/golang-ical"
	"rsc.io/qr"

	"hearth/hub"
	"hearth/room"
	"hearth/room/group"
)

// What an organiser does with a planned session.

// PlanForm is what changing a planned session takes; fields as in [SessionForm].
type PlanForm struct {
	Title     string              `json:"title"`
	Start     time.Time           `json:"start"`
	Seats     int                 `json:"seats"`
	Phases    []room.PlannedPhase `json:"phases,omitempty"`
	TimersOff bool                `json:"timers_off,omitempty"`
}

// ChangePlan gives a session that has not begun another title, time or plan. Its
// links stay good, and open until a quarter of an hour after the new end. Whoever
// is at the door or in the lobby is shown the new plan.
func (h *House) ChangePlan(ctx context.Context, id string, form PlanForm) (group.Session, error) {
	was, err := h.unfinished(ctx, id)
	if err != nil {
		return group.Session{}, err
	}
	if was.State == group.Live {
		if err := h.Rooms.Ensure(ctx, id); err != nil && !lost(err) {
			return group.Session{}, missing(err, "look at the room of a session to change")
		}
		if p := h.Rooms.SessionState(id).Phase; p != "" && p != room.Lobby {
			return group.Session{}, refuseRunning
		}
	}
	s := was
	err = h.plan(&s, SessionForm{Title: form.Title, Start: form.Start, Seats: form.Seats, Phases: form.Phases, TimersOff: form.TimersOff})
	if err != nil {
		return group.Session{}, err
	}
	links, err := h.Store.Links(ctx, id)
	if err != nil {
		return group.Session{}, fmt.Errorf("list the links of a session to change: %w", err)
	}
	personal := 0
	for _, l := range links {
		if l.Kind == group.PersonalLink && !l.Revoked {
			personal++
		}
	}
	if personal > s.Plan.Seats {
		return group.Session{}, refuseFewer
	}
	if err := h.Store.UpdateSession(ctx, s, h.expiry(s)); err != nil {
		return group.Session{}, missing(err, "keep a changed session")
	}
	err = h.Rooms.PlanChanged(ctx, s)
	if _, refused := errors.AsType[*room.Refusal](err); refused { // it began just now
		if back := h.Store.UpdateSession(ctx, was, h.expiry(was)); back != nil {
			return group.Session{}, fmt.Errorf("put back the plan of a session that has begun: %w", back)
		}
		return group.Session{}, refuseRunning
	}
	if err != nil && !errors.Is(err, hub.ErrOver) {
		return group.Session{}, fmt.Errorf("tell a room of its new plan: %w", err)
	}
	return s, nil
}

// maxLabel is the longest label of a link, in graphemes.
const maxLabel = 40

// Label keeps the organiser's own note of whom a link is for. Nobody else is
// shown it, and it is gone when the session is over. Empty: none.
func (h *House) Label(ctx context.Context, id, label string) (group.Link, error) {
	l, _, err := h.linkOf(ctx, id)
	if err != nil {
		return group.Link{}, err
	}
	l.Label = ""
	if strings.TrimSpace(label) != "" {
		var ok bool
		if l.Label, ok = oneLine(label, maxLabel); !ok {
			return group.Link{}, refuseLabel
		}
	}
	switch err := h.Store.Label(ctx, id, l.Label); {
	case errors.Is(err, hub.ErrNotFound):
		return group.Link{}, refuseLinkOver
	case err != nil:
		return group.Link{}, fmt.Errorf("label a link: %w", err)
	}
	return l, nil
}

// Calendar is a session as a calendar file (RFC 5545): its neutral title and its
// time, without link, group or people, because calendars are shared and synced.
// Importing it again after a change moves the entry.
func (h *House) Calendar(ctx context.Context, id string) ([]byte, error) {
	s, err := h.Store.Session(ctx, id)
	if err != nil {
		return nil, missing(err, "find a session for a calendar")
	}
	cal := ics.NewCalendarFor("hearth")
	cal.SetProductId("-//hearth//hearth//EN")
	cal.SetMethod(ics.MethodPublish)
	e := cal.AddEvent(s.ID + "@hearth")
	now := h.now()
	e.SetDtStampTime(now)
	e.SetSequence(int(now.Unix() / 60)) // rises with each file, so that a later one wins
	e.SetStartAt(s.Start)
	e.SetEndAt(s.Start.Add(time.Duration(s.Plan.Minutes()) * time.Minute))
	e.SetSummary(s.Title)
	e.SetClass(ics.ClassificationPrivate)
	if s.State == group.Over && s.Closed.Before(s.Start) {
		e.SetStatus(ics.ObjectStatusCancelled)
	}
	return []byte(cal.Serialize(ics.WithNewLineWindows)), nil
}

// Code is a link as a QR code: rows of modules from top to bottom, "1" for dark,
// with the quiet zone of four modules that readers need (ISO/IEC 18004).
type Code struct {
	Rows []string `json:"rows"`
}

// QR gives the code of a link of this house; anything else is refused, so that
// nobody is led elsewhere by a code that hearth made.
func (h *House) QR(link string) (Code, error) {
	token, ours := strings.CutPrefix(link, h.Public+"/j#")
	if !ours || hashOf(token) == hashOf("") {
		return Code{}, refuseQR
	}
	code, err := qr.Encode(link, qr.M)
	if err != nil {
		return Code{}, fmt.Errorf("make a code of a link: %w", err)
	}
	const quiet = 4
	var c Code
	for y := -quiet; y < code.Size+quiet; y++ {
		row := make([]byte, 0, code.Size+2*quiet)
		for x := -quiet; x < code.Size+quiet; x++ {
			if code.Black(x, y) {
				row = append(row, '1')
			} else {
				row = append(row, '0')
			}
		}
		c.Rows = append(c.Rows, string(row))
	}
	return c, nil
}

// Reviews lists what is to be looked at again in a group.
func (h *House) Reviews(ctx context.Context, groupID string) ([]group.Review, error) {
	all, err := h.Store.Reviews(ctx, groupID, h.now())
	if err != nil {
		return nil, fmt.Errorf("list reviews: %w", err)
	}
	if all == nil {
		all = []group.Review{}
	}
	return all, nil
}

// EraseOldReviews erases what would be older than 90 days before the next call,
// which comes at most that much later.
func (h *House) EraseOldReviews(ctx context.Context, next time.Duration) error {
	if err := h.Store.EraseOldReviews(ctx, h.now().Add(next)); err != nil {
		return fmt.Errorf("erase reviews of more than 90 days: %w", err)
	}
	return nil
}

// Reviewed says that the acts of a session have been looked at again; what was
// kept of them is erased.
func (h *House) Reviewed(ctx context.Context, session string) error {
	if err := h.Store.Reviewed(ctx, session); err != nil {
		return missing(err, "erase a review")
	}
	return nil
}
