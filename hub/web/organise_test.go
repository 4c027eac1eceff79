package web_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"hearth/hub/house"
	"hearth/room/group"
)

// until reads frames until one holds the text.
func (w *world) until(conn *websocket.Conn, text string) string {
	w.Helper()
	for {
		_, frame, err := conn.Read(w.Context())
		w.must(err)
		if strings.Contains(string(frame), text) {
			return string(frame)
		}
	}
}

// planned makes a group with a session an hour from now.
func (d desk) planned() (group.Group, house.Scheduled) {
	d.Helper()
	g := d.adopted()
	return g, get[house.Scheduled](d.world, d.post("/api/groups/"+g.ID+"/sessions", sessionForm()))
}

func planForm(more object) object {
	form := sessionForm()
	for _, key := range []string{"participants", "open_link"} {
		delete(form, key)
	}
	maps.Copy(form, more)
	return form
}

// TestU29PlannedSessionIsMoved: whoever is at the door or in the lobby is told, and
// every link stays good.
func TestU29PlannedSessionIsMoved(t *testing.T) {
	d := newDesk(t)
	_, made := d.planned()
	path := "/api/sessions/" + made.Session.ID
	seat, device := d.seat(made.Links[3].Token, "")
	conn, first := d.hello(seat, device)
	if !strings.Contains(first, `"minutes":87`) {
		t.Errorf("the door says %s", first)
	}
	start := made.Session.Start.Add(26 * time.Hour)
	moved := get[group.Session](d.world, d.put(path, planForm(object{"title": "Wednesday group", "start": start})))
	if moved.Title != "Wednesday group" || !moved.Start.Equal(start) || !moved.Plan.Start.Equal(start) || moved.Plan.Session != made.Session.ID {
		t.Errorf("the session is now %+v", moved)
	}
	told := d.until(conn, `"t":"hello"`)
	var hello struct {
		Session struct {
			Title string
			Start int64
		}
	}
	d.must(json.Unmarshal([]byte(strings.SplitN(told, "\n", 2)[0]), &hello))
	if hello.Session.Title != "Wednesday group" || hello.Session.Start != start.UnixMilli() {
		t.Errorf("at the door it says %+v", hello.Session)
	}
	shown := get[house.SessionPage](d.world, d.get(path))
	for _, l := range shown.Links {
		if want := moved.Ends().Add(15 * time.Minute); !l.Expires.Equal(want) {
			t.Errorf("link %s opens until %s, want %s", l.Kind, l.Expires, want)
		}
	}
	d.seat(made.Links[4].Token, "") // still good
	d.want(d.put(path, planForm(object{"seats": 2})), http.StatusConflict, "seats-fewer")
	d.want(d.put(path, planForm(object{"title": ""})), http.StatusUnprocessableEntity, "title")
	d.want(d.put(path, planForm(object{"start": time.Now().Add(-48 * time.Hour)})), http.StatusUnprocessableEntity, "start")
	d.want(d.put("/api/sessions/nothing", planForm(nil)), http.StatusNotFound, "not-found")
	if got := get[house.SessionPage](d.world, d.get(path)).Session; got.Title != "Wednesday group" || !got.Start.Equal(start) {
		t.Errorf("a refused change left %+v", got)
	}
}

// TestU29CancelledSessionSaysSo: before it has begun, ending is cancelling.
func TestU29CancelledSessionSaysSo(t *testing.T) {
	d := newDesk(t)
	_, made := d.planned()
	seat, device := d.seat(made.Links[3].Token, "")
	conn, _ := d.hello(seat, device)
	d.want(d.post("/api/sessions/"+made.Session.ID+"/end", object{}), http.StatusOK, "")
	d.until(conn, `"why":"cancelled"`)
	if code := d.closedWith(conn); code != 4404 {
		t.Errorf("closed with %d", code)
	}
	d.want(d.put("/api/sessions/"+made.Session.ID, planForm(nil)), http.StatusConflict, "over")
	file := d.get("/api/sessions/" + made.Session.ID + "/calendar")
	if !strings.Contains(file.body, "STATUS:CANCELLED") {
		t.Errorf("the calendar says %s", file.body)
	}
}

// TestU29RunningSessionKeepsItsPlan: people agreed to what they came to.
func TestU29RunningSessionKeepsItsPlan(t *testing.T) {
	w := newWorld(t, options{})
	cookie := w.organiser()
	session, links := w.session()
	lead, device := w.seat(links[group.LeadLink][0].Token, "")
	w.begin(lead, device, links)
	r := w.do(ask{method: "PUT", path: "/api/sessions/" + session.ID, body: planForm(nil), cookie: cookie})
	w.want(r, http.StatusConflict, "session-running")
	if got, err := w.store.Session(t.Context(), session.ID); err != nil || got.Start.UnixMilli() != session.Start.UnixMilli() {
		t.Errorf("the session starts %s, %v", got.Start, err)
	}
}

// TestU29LabelsArePrivate: the organiser's own notes; no page but the organiser's
// shows them.
func TestU29LabelsArePrivate(t *testing.T) {
	d := newDesk(t)
	_, made := d.planned()
	path := "/api/links/" + made.Links[3].ID + "/label"
	const label = "Ana, sister of Bea"
	if l := get[group.Link](d.world, d.put(path, object{"label": label})); l.Label != label {
		t.Errorf("the label is %q", l.Label)
	}
	page := d.get("/api/sessions/" + made.Session.ID)
	if !strings.Contains(page.body, label) {
		t.Error("the organiser does not see the label")
	}
	seat, device := d.seat(made.Links[3].Token, "")
	if _, hello := d.hello(seat, device); strings.Contains(hello, label) {
		t.Error("a label went to the person")
	}
	for _, bad := range []string{strings.Repeat("a", 41), "two\nlines"} {
		d.want(d.put(path, object{"label": bad}), http.StatusUnprocessableEntity, "label")
	}
	d.want(d.put("/api/links/"+made.Session.ID+".x/label", object{"label": "x"}), http.StatusNotFound, "not-found")
	d.put(path, object{"label": " "})
	if page := d.get("/api/sessions/" + made.Session.ID); strings.Contains(page.body, label) {
		t.Error("the label is still there")
	}
	d.want(d.do(ask{method: "PUT", path: path, body: object{"label": "x"}}), http.StatusForbidden, "organiser-only")
}

// TestU29CalendarIsNeutral: calendars are shared and synced, so an entry says when,
// and nothing about whom or what.
func TestU29CalendarIsNeutral(t *testing.T) {
	d := newDesk(t)
	g, made := d.planned()
	seat, device := d.seat(made.Links[3].Token, "")
	mine := d.do(ask{method: "GET", path: "/api/calendar/" + seat, cookie: device})
	for name, r := range map[string]reply{"the organiser's": d.get("/api/sessions/" + made.Session.ID + "/calendar"), "a person's": mine} {
		d.want(r, http.StatusOK, "")
		if got := r.header.Get("Content-Type"); got != "text/calendar; charset=utf-8" {
			t.Errorf("%s is %s", name, got)
		}
		for _, want := range []string{"BEGIN:VCALENDAR\r\n", "SUMMARY:Tuesday group\r\n", "UID:" + made.Session.ID + "@hearth", "CLASS:PRIVATE",
			"DTSTART:" + made.Session.Start.Format("20060102T150405Z"), "DTEND:" + made.Session.Start.Add(87*time.Minute).Format("20060102T150405Z")} {
			if !strings.Contains(r.body, want) {
				t.Errorf("%s lacks %q:\n%s", name, want, r.body)
			}
		}
		for _, never := range []string{"http", "/j#", g.Contact, string(g.Template), "support", seat} {
			if strings.Contains(r.body, never) {
				t.Errorf("%s says %q:\n%s", name, never, r.body)
			}
		}
	}
	d.want(d.do(ask{method: "GET", path: "/api/calendar/" + seat}), http.StatusNotFound, "not-found")
	d.want(d.do(ask{method: "GET", path: "/api/sessions/" + made.Session.ID + "/calendar"}), http.StatusForbidden, "organiser-only")
}

// TestU29CodeOfALink: only links of this house, and the token in no address.
func TestU29CodeOfALink(t *testing.T) {
	d := newDesk(t)
	_, made := d.planned()
	code := get[house.Code](d.world, d.post("/api/qr", object{"url": made.Links[0].URL}))
	if len(code.Rows) < 29 || len(code.Rows[0]) != len(code.Rows) || strings.Contains(code.Rows[0], "1") || !strings.HasPrefix(code.Rows[4], "00001111111") {
		t.Errorf("the code is %d rows: %v", len(code.Rows), code.Rows)
	}
	for _, other := range []string{"https://evil.example/j#" + made.Links[0].Token, d.url + "/j#short", d.url, ""} {
		d.want(d.post("/api/qr", object{"url": other}), http.StatusUnprocessableEntity, "qr")
	}
	d.want(d.do(ask{method: "POST", path: "/api/qr", body: object{"url": made.Links[0].URL}}), http.StatusForbidden, "organiser-only")
}

// TestU27EveryGroupHasAContact: screens say that people can write to somebody.
func TestU27EveryGroupHasAContact(t *testing.T) {
	d := newDesk(t)
	for _, contact := range []string{"", "  ", "two\nlines"} {
		form := groupForm()
		form["contact"] = contact
		d.want(d.post("/api/groups", form), http.StatusUnprocessableEntity, "contact")
	}
}

// TestU27RemovalIsLookedAtAgain: what a removed person is told is real: the reason
// is kept, without a name, on a list with a date, until somebody says it was looked
// at.
func TestU27RemovalIsLookedAtAgain(t *testing.T) {
	w := newWorld(t, options{})
	d := desk{w, w.organiser()}
	session, links := w.session()
	lead, device := w.seat(links[group.LeadLink][0].Token, "")
	conn, people := w.begin(lead, device, links)
	w.acked(conn, "remove-00001", `{"do":"remove","id":"remove-00001","seat":"`+people[0]+`","principle":"safety","reason":"threat","urgent":true}`)
	d.want(d.post("/api/sessions/"+session.ID+"/end", object{}), http.StatusOK, "")
	w.closedWith(conn)
	path := "/api/groups/" + session.Group
	var page house.GroupPage
	for deadline := time.Now().Add(5 * time.Second); len(page.Reviews) == 0 && time.Now().Before(deadline); {
		page = get[house.GroupPage](w, d.get(path))
	}
	if len(page.Reviews) != 1 {
		t.Fatalf("reviews: %+v", page.Reviews)
	}
	r := page.Reviews[0]
	if string(r.Acts) != `[{"act":"removed","principle":"safety","reason":"threat","urgent":true}]` || r.Due.Sub(r.Closed) != 72*time.Hour || r.Session != session.ID {
		t.Errorf("the review is %+v %s", r, r.Acts)
	}
	d.want(d.do(ask{method: "POST", path: "/api/sessions/" + session.ID + "/reviewed", body: object{}}), http.StatusForbidden, "organiser-only")
	d.want(d.post("/api/sessions/"+session.ID+"/reviewed", object{}), http.StatusOK, "")
	d.want(d.post("/api/sessions/"+session.ID+"/reviewed", object{}), http.StatusNotFound, "not-found")
	if page := get[house.GroupPage](w, d.get(path)); len(page.Reviews) != 0 {
		t.Errorf("still there: %+v", page.Reviews)
	}
}

// TestU29GroupIsDeleted: with its name, and with nothing of it under way.
func TestU29GroupIsDeleted(t *testing.T) {
	d := newDesk(t)
	g, made := d.planned()
	other := d.adopted()
	seat, device := d.seat(made.Links[3].Token, "")
	conn, _ := d.hello(seat, device)
	path := "/api/groups/" + g.ID + "/delete"
	d.want(d.post(path, object{"name": "another group"}), http.StatusUnprocessableEntity, "other-name")
	d.want(d.do(ask{method: "POST", path: path, body: object{"name": g.Name}}), http.StatusForbidden, "organiser-only")
	d.want(d.get("/api/groups/"+g.ID), http.StatusOK, "")
	d.want(d.post(path, object{"name": g.Name}), http.StatusOK, "")
	if code := d.closedWith(conn); code != 4404 {
		t.Errorf("whoever was in the lobby is closed with %d", code)
	}
	for _, gone := range []string{"/api/groups/" + g.ID, "/api/sessions/" + made.Session.ID, "/api/sessions/" + made.Session.ID + "/record"} {
		d.want(d.get(gone), http.StatusNotFound, "not-found")
	}
	d.want(d.open(made.Links[4].Token, ""), http.StatusNotFound, "link")
	d.want(d.post(path, object{"name": g.Name}), http.StatusNotFound, "not-found")
	d.want(d.get("/api/groups/"+other.ID), http.StatusOK, "")
}

// TestU29GroupUnderWayIsNotDeleted: nobody's meeting is erased under them.
func TestU29GroupUnderWayIsNotDeleted(t *testing.T) {
	w := newWorld(t, options{})
	d := desk{w, w.organiser()}
	session, links := w.session()
	lead, device := w.seat(links[group.LeadLink][0].Token, "")
	w.begin(lead, device, links)
	d.want(d.post("/api/groups/"+session.Group+"/delete", object{"name": "Tuesday group"}), http.StatusConflict, "group-live")
	d.want(d.get("/api/sessions/"+session.ID), http.StatusOK, "")
}
