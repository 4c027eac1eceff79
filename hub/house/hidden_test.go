package house_test

import (
	"testing"
	"time"

	"hearth/charter"
	"hearth/hub/house"
	"hearth/room/group"
)

// TestNothingIsHiddenInALine is S12: what an organiser types into a line holds no
// sign that cannot be seen, wherever that line stands.
func TestNothingIsHiddenInALine(t *testing.T) {
	ctx := t.Context()
	h, stop := open(t, t.TempDir())
	defer stop()
	form := house.GroupForm{Name: "Tuesday", Template: charter.Mixed, Policy: group.AskFirst, Contact: "Ann"}
	g, err := h.CreateGroup(ctx, form)
	if err != nil {
		t.Fatal(err)
	}
	page, err := h.Page(ctx, g.ID)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Adopt(ctx, g.ID, page.Draft.Digest); err != nil {
		t.Fatal(err)
	}
	plan := house.SessionForm{Title: "Tuesday", Start: time.Now(), Seats: 4, Participants: 1}
	made, err := h.Schedule(ctx, g.ID, plan)
	if err != nil {
		t.Fatal(err)
	}
	for _, hidden := range []string{"Tues\u200bday", "Tuesday\u2060", "\u00adTuesday", "Tues\u3164day", "Tues\U000e0041day", "Tues\ufe0fday", "Tues\u200dday", "Tues\u202eday"} {
		name, contact, title := form, form, plan
		name.Name, contact.Contact, title.Title = hidden, hidden, hidden
		acts := map[string]func() error{
			"a new group's name":    func() error { _, err := h.CreateGroup(ctx, name); return err },
			"a new group's contact": func() error { _, err := h.CreateGroup(ctx, contact); return err },
			"a group's name":        func() error { _, err := h.UpdateGroup(ctx, g.ID, name); return err },
			"a group's contact":     func() error { _, err := h.UpdateGroup(ctx, g.ID, contact); return err },
			"a session's title":     func() error { _, err := h.Schedule(ctx, g.ID, title); return err },
			"a label":               func() error { _, err := h.Label(ctx, made.Links[0].ID, hidden); return err },
		}
		for what, act := range acts {
			if act() == nil {
				t.Errorf("%q was taken as %s", hidden, what)
			}
		}
	}
}
