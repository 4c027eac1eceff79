package web_test

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"hearth/hub/house"
	"hearth/room/helpline"
)

type linesPage struct {
	Helplines helpline.List `json:"helplines"`
	Digest    string        `json:"digest"`
}

func (w *world) lines() (page linesPage) {
	w.Helper()
	r := w.do(ask{method: "GET", path: "/api/helplines"})
	if r.status != http.StatusOK {
		w.Fatalf("the helplines answer %d %s", r.status, r.body)
	}
	w.must(json.Unmarshal([]byte(r.body), &page))
	return page
}

// TestHelplines: everybody reads the list, signed out; only the organiser changes
// it, one row at a time, and never a list that somebody else has changed.
func TestHelplines(t *testing.T) {
	w := newWorld(t, options{})
	boss := w.organiser()
	first := w.lines()
	if len(first.Helplines) != 2 || first.Digest == "" {
		t.Fatalf("the first list is %+v", first)
	}
	change := func(cookie string, body object) reply {
		return w.do(ask{method: "POST", path: "/api/house/helplines", cookie: cookie, body: body})
	}
	row := object{"region": "us", "name": "988", "call": "988", "source": "988lifeline.org"}
	w.want(change("", object{"digest": first.Digest, "row": row}), http.StatusForbidden, "organiser-only")
	if r := change(boss, object{"digest": first.Digest, "row": row}); r.status != http.StatusOK {
		t.Fatalf("adding a row: %d %s", r.status, r.body)
	}
	second := w.lines()
	if len(second.Helplines) != 3 || second.Helplines[2].Region != "US" || second.Helplines[2].Number != "988" || second.Helplines[2].Checked != "" {
		t.Fatalf("the list is %+v", second)
	}
	w.want(change(boss, object{"digest": first.Digest, "row": row}), http.StatusConflict, "helplines-changed")
	w.want(change(boss, object{"digest": second.Digest, "row": row}), http.StatusUnprocessableEntity, "helpline-twice")
	w.want(change(boss, object{"digest": second.Digest, "at": 3, "row": row}), http.StatusNotFound, "not-found")
	w.want(change(boss, object{"digest": second.Digest, "at": -1, "remove": true}), http.StatusNotFound, "not-found")
	w.want(change(boss, object{"digest": second.Digest}), http.StatusNotFound, "not-found")
	w.want(change(boss, object{"digest": second.Digest, "at": 2, "row": object{"region": "US", "name": "988", "call": "988", "source": ""}}), http.StatusUnprocessableEntity, "helpline-source")
	w.want(change(boss, object{"digest": second.Digest, "at": 2, "row": object{"region": "US", "name": "988", "call": "988", "source": "x", "colour": "red"}}), http.StatusBadRequest, "")
	if now := w.lines(); now.Digest != second.Digest {
		t.Error("a refused change changed the list")
	}
	change(boss, object{"digest": second.Digest, "at": 2, "checked_by": "Ana"})
	third := w.lines()
	if r := third.Helplines[2]; r.Checked != w.now().Format(time.DateOnly) || r.By != "Ana" {
		t.Errorf("after a check the row is %+v", r)
	}
	change(boss, object{"digest": third.Digest, "at": 2, "row": object{"region": "US", "name": "988", "call": "988", "source": "988lifeline.org", "hours": "Day and night"}})
	fourth := w.lines()
	if r := fourth.Helplines[2]; r.By != "Ana" || r.Hours != "Day and night" {
		t.Errorf("after other hours the row is %+v", r)
	}
	change(boss, object{"digest": fourth.Digest, "at": 2, "row": object{"region": "US", "name": "988", "call": "9888", "source": "988lifeline.org"}})
	fifth := w.lines()
	if r := fifth.Helplines[2]; r.Checked != "" || r.By != "" {
		t.Errorf("another number is still checked: %+v", r)
	}
	change(boss, object{"digest": fifth.Digest, "at": 2, "remove": true})
	if last := w.lines(); len(last.Helplines) != 2 || last.Digest != first.Digest {
		t.Errorf("after removing the list is %+v", last)
	}
}

// TestHelplinesGrowOld: after 90 days the organiser is asked to check, after 180
// nothing is planned for a group of that country until somebody has (practice §4).
func TestHelplinesGrowOld(t *testing.T) {
	d := newDesk(t)
	due := func() int {
		return len(get[struct{ Due helpline.List }](d.world, d.get("/api/house")).Due)
	}
	group := d.adopted().ID
	plan := func() reply {
		form := sessionForm()
		form["start"] = d.now().Add(time.Hour).Format(time.RFC3339)
		return d.post("/api/groups/"+group+"/sessions", form)
	}
	if due() != 0 || plan().status != http.StatusCreated {
		t.Error("fresh rows are taken for old")
	}
	d.forward(92 * 24 * time.Hour)
	d.cookie = d.organiser() // a device that is idle for so long can organise no more
	if r := plan(); due() != 2 || r.status != http.StatusCreated {
		t.Errorf("after 92 days %d rows are due, planning answers %d %s", due(), r.status, r.body)
	}
	d.forward(90 * 24 * time.Hour)
	d.cookie = d.organiser()
	r := plan()
	d.want(r, http.StatusConflict, "helplines-old")
	if !strings.Contains(r.body, "180 days") {
		t.Errorf("it says %s", r.body)
	}
	d.want(d.post("/api/house/helplines", object{"digest": d.lines().Digest, "at": 0, "checked_by": "Kit"}), http.StatusOK, "")
	if r := plan(); r.status != http.StatusCreated || due() != 1 {
		t.Errorf("after a check planning answers %d %s, %d due", r.status, r.body, due())
	}
}

// TestHelplinesOnTwoNodes: another node shows a change within seconds, and what
// it knew last while the store is away.
func TestHelplinesOnTwoNodes(t *testing.T) {
	d := newDesk(t)
	var asked atomic.Int64 // by how much the other node's clock is ahead
	other := &house.House{Store: d.store, Rooms: d.hub, Now: func() time.Time { return d.now().Add(time.Duration(asked.Load())) }}
	d.must(other.SeedHelplines(t.Context(), nil))
	first := other.HelplinesNow(t.Context())
	d.want(d.post("/api/house/helplines", object{"digest": first.Digest, "at": 1, "remove": true}), http.StatusOK, "")
	asked.Store(int64(6 * time.Second))
	if now := other.HelplinesNow(t.Context()); len(now.Helplines) != 1 || now.Digest == first.Digest {
		t.Errorf("the other node shows %+v", now)
	}
	// Planning on the other node knows at once, and so does who goes on changing.
	d.want(d.post("/api/house/helplines", object{"digest": d.lines().Digest, "row": object{"region": "IE", "name": "a", "text": "50808", "source": "x"}}), http.StatusOK, "")
	if now, err := other.HelplinesFresh(t.Context()); err != nil || len(now.Helplines) != 2 {
		t.Errorf("the other node reads %+v, %v", now, err)
	}
	asked.Store(int64(time.Minute))
	gone, cancel := context.WithCancel(t.Context())
	cancel() // a store that does not answer
	if now := other.HelplinesNow(gone); len(now.Helplines) != 2 {
		t.Errorf("without the store it shows %+v", now)
	}
}
