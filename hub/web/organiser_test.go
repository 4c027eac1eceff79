package web_test

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hearth/charter"
	"hearth/hub/house"
	"hearth/room/group"
)

type object = map[string]any

// desk is a browser on which the organiser's link was opened.
type desk struct {
	*world
	cookie string
}

func newDesk(t *testing.T) desk {
	w := newWorld(t, options{})
	return desk{w, w.organiser()}
}

func (d desk) get(path string) reply {
	d.Helper()
	return d.do(ask{method: "GET", path: path, cookie: d.cookie})
}

func (d desk) post(path string, body any) reply {
	d.Helper()
	return d.do(ask{method: "POST", path: path, body: body, cookie: d.cookie})
}

func (d desk) put(path string, body any) reply {
	d.Helper()
	return d.do(ask{method: "PUT", path: path, body: body, cookie: d.cookie})
}

func (d desk) group() group.Group {
	d.Helper()
	return get[group.Group](d.world, d.post("/api/groups", groupForm()))
}

// adopted makes a group that has adopted its starter charter.
func (d desk) adopted() group.Group {
	d.Helper()
	g := d.group()
	page := get[house.GroupPage](d.world, d.get("/api/groups/"+g.ID))
	d.want(d.post("/api/groups/"+g.ID+"/adopt", object{"digest": page.Draft.Digest}), http.StatusCreated, "")
	return g
}

func groupForm() object {
	return object{"name": "Tuesday group", "template": "carers", "policy": "ask-first", "region": "GB", "contact": "ana@example.org"}
}

func sessionForm() object {
	return object{
		"title": "Tuesday group", "start": time.Now().Add(time.Hour).UTC().Format(time.RFC3339), "seats": 8, "participants": 3, "open_link": true,
		"phases": []object{
			{"phase": "opening", "minutes": 8}, {"phase": "check-in", "minutes": 20, "format": "go-round"},
			{"phase": "main", "minutes": 47, "format": "queue"}, {"phase": "closing", "minutes": 12, "format": "go-round"},
		},
	}
}

// TestOrganiserFromGroupToRecord: the whole way an organiser goes.
func TestOrganiserFromGroupToRecord(t *testing.T) {
	d := newDesk(t)
	home := get[struct {
		Groups    []group.Group
		Templates []charter.TemplateChoice
		Policies  []house.PolicyChoice
		Regions   []string
	}](d.world, d.get("/api/house"))
	if len(home.Groups) != 0 || len(home.Templates) != 5 || len(home.Policies) != 2 || len(home.Regions) != 2 {
		t.Errorf("a new house is %+v", home)
	}
	g := d.group()
	changed := groupForm()
	changed["name"] = "Wednesday group"
	if g = get[group.Group](d.world, d.put("/api/groups/"+g.ID, changed)); g.Name != "Wednesday group" {
		t.Errorf("the group is called %q", g.Name)
	}
	page := get[house.GroupPage](d.world, d.get("/api/groups/"+g.ID))
	if page.Draft.Of(charter.Safety) != charter.Starter(charter.Carers).Of(charter.Safety) || len(page.Floor) == 0 {
		t.Errorf("the draft is not the template's text: %+v", page.Draft)
	}
	page.Draft.Lines[0].Text = "We look after each other."
	draft := get[house.Draft](d.world, d.put("/api/groups/"+g.ID+"/draft", page.Draft))
	d.want(d.post("/api/groups/"+g.ID+"/adopt", object{"digest": page.Draft.Digest}), http.StatusConflict, "draft-changed")
	v := get[charter.Version](d.world, d.post("/api/groups/"+g.ID+"/adopt", object{"digest": draft.Digest}))
	if v.Number != 1 || v.Digest != draft.Digest || v.Text.Of(charter.Safety) != "We look after each other." {
		t.Errorf("adopted %+v", v)
	}
	d.want(d.post("/api/groups/"+g.ID+"/adopt", object{"digest": draft.Digest}), http.StatusConflict, "unchanged")

	made := get[house.Scheduled](d.world, d.post("/api/groups/"+g.ID+"/sessions", sessionForm()))
	d.checkLinks(made)
	d.want(d.get("/api/sessions/"+made.Session.ID+"/record"), http.StatusNotFound, "not-found")
	seat, device := d.seat(made.Links[0].Token, "")
	conn, _ := d.hello(seat, device)
	shown := get[house.SessionPage](d.world, d.get("/api/sessions/"+made.Session.ID))
	if !shown.Now.Live || len(shown.Links) != 7 || shown.Session.Title != "Tuesday group" {
		t.Errorf("the session's page is %+v", shown)
	}
	d.want(d.post("/api/sessions/"+made.Session.ID+"/end", object{}), http.StatusOK, "")
	if code := d.closedWith(conn); code != 4404 {
		t.Errorf("the lead's socket closed with %d, want 4404", code)
	}
	d.recordOf(made.Session.ID, seat, device)
	d.want(d.post("/api/sessions/"+made.Session.ID+"/end", object{}), http.StatusConflict, "over")
	d.want(d.post("/api/sessions/"+made.Session.ID+"/links", object{"kind": "personal"}), http.StatusConflict, "over")
	d.want(d.post("/api/links/"+made.Links[0].ID+"/rotate", object{}), http.StatusConflict, "over")
}

// checkLinks wants lead, wellbeing, trainee, three people's and the open link.
func (d desk) checkLinks(made house.Scheduled) {
	d.Helper()
	kinds := ""
	for _, l := range made.Links {
		kinds += string(l.Kind) + " "
		if len(l.Token) != 43 || l.URL != d.url+"/j#"+l.Token {
			d.Errorf("a link is %+v", l)
		}
	}
	if kinds != "lead wellbeing trainee personal personal personal open " {
		d.Errorf("the links are %s", kinds)
	}
	page := d.get("/api/sessions/" + made.Session.ID)
	for _, l := range made.Links {
		if strings.Contains(page.body, l.Token) || strings.Contains(page.body, "hash") {
			d.Error("a token is shown twice")
		}
	}
}

// recordOf waits for a session's record and says who may see it.
func (d desk) recordOf(session, lead, device string) {
	d.Helper()
	eventually(d.T, "there is a record", func() bool { return d.get("/api/sessions/"+session+"/record").status == http.StatusOK })
	mine := d.get("/api/sessions/" + session + "/record")
	for _, path := range []string{"/api/record/" + lead, "/api/sessions/" + session + "/record"} {
		r := d.do(ask{method: "GET", path: path, cookie: device})
		if r.status != http.StatusOK || r.body != mine.body || !json.Valid([]byte(r.body)) {
			d.Errorf("the lead sees %d %s", r.status, r.body)
		}
		d.want(d.do(ask{method: "GET", path: path}), http.StatusNotFound, "not-found")
		d.want(d.do(ask{method: "GET", path: path, cookie: "__Host-s=" + strings.Repeat("B", 43)}), http.StatusNotFound, "not-found")
	}
}

// TestParticipantsDoNotSeeTheRecord: nor does anybody from another session.
func TestParticipantsDoNotSeeTheRecord(t *testing.T) {
	d := newDesk(t)
	s, links := d.session()
	other, theirs := d.session()
	person, phone := d.seat(links[group.PersonalLink][0].Token, "")
	trainee, tablet := d.seat(links[group.TraineeLink][0].Token, "")
	lead, laptop := d.seat(theirs[group.LeadLink][0].Token, "")
	d.hello(person, phone)
	d.hello(trainee, tablet)
	d.hello(lead, laptop)
	d.must(d.house.End(t.Context(), s.ID))
	eventually(t, "there is a record", func() bool { return d.get("/api/sessions/"+s.ID+"/record").status == http.StatusOK })
	for device, seat := range map[string]string{phone: person, tablet: trainee, laptop: lead} {
		d.want(d.do(ask{method: "GET", path: "/api/sessions/" + s.ID + "/record", cookie: device}), http.StatusNotFound, "not-found")
		d.want(d.do(ask{method: "GET", path: "/api/record/" + seat, cookie: device}), http.StatusNotFound, "not-found")
	}
	d.want(d.do(ask{method: "GET", path: "/api/sessions/" + other.ID + "/record", cookie: laptop}), http.StatusNotFound, "not-found")
}

func TestLinksOfASession(t *testing.T) {
	d := newDesk(t)
	g := d.adopted()
	form := sessionForm()
	form["seats"], form["participants"], form["open_link"] = 3, 2, false
	made := get[house.Scheduled](d.world, d.post("/api/groups/"+g.ID+"/sessions", form))
	links := "/api/sessions/" + made.Session.ID + "/links"
	given := get[house.GivenLink](d.world, d.post(links, object{"kind": "personal"}))
	d.seat(given.Token, "")
	d.want(d.post(links, object{"kind": "personal"}), http.StatusConflict, "full")
	d.want(d.post(links, object{"kind": "lead"}), http.StatusConflict, "have-one")
	d.want(d.post(links, object{"kind": "organiser"}), http.StatusUnprocessableEntity, "kind")
	d.want(d.post(links, object{"kind": ""}), http.StatusUnprocessableEntity, "kind")
	open := get[house.GivenLink](d.world, d.post(links, object{"kind": "open"}))
	d.seat(open.Token, "")

	lead := made.Links[0]
	seat, device := d.seat(lead.Token, "")
	fresh := get[house.GivenLink](d.world, d.post("/api/links/"+lead.ID+"/rotate", nil))
	if string(fresh.Seat) != seat || fresh.Token == lead.Token {
		t.Errorf("rotated to %+v", fresh)
	}
	d.hello(seat, device) // the device keeps its seat
	d.want(d.open(lead.Token, ""), http.StatusNotFound, "link")
	d.want(d.post("/api/links/"+fresh.ID+"/revoke", object{}), http.StatusOK, "")
	d.want(d.post("/api/links/"+fresh.ID+"/rotate", object{}), http.StatusConflict, "link-over")
	d.want(d.post("/api/links/"+fresh.ID+"/revoke", object{}), http.StatusOK, "") // twice is the same as once
	d.seat(get[house.GivenLink](d.world, d.post(links, object{"kind": "lead"})).Token, "")
	for _, id := range []string{"nowhere", made.Session.ID + ".nowhere", ".", "%2f"} {
		d.want(d.post("/api/links/"+id+"/rotate", object{}), http.StatusNotFound, "not-found")
		d.want(d.post("/api/links/"+id+"/revoke", object{}), http.StatusNotFound, "not-found")
	}
}

// TestOrganiserRotates: this device stays the organiser's, others do not.
func TestOrganiserRotates(t *testing.T) {
	d := newDesk(t)
	link, err := d.house.RotateOrganiser(t.Context())
	d.must(err)
	second := d.open(link.Token, "").cookie
	d.want(d.do(ask{method: "GET", path: "/api/house", cookie: second}), http.StatusOK, "")
	fresh := get[house.GivenLink](d.world, d.post("/api/organiser/rotate", object{}))
	d.want(d.get("/api/house"), http.StatusOK, "")
	d.want(d.do(ask{method: "GET", path: "/api/house", cookie: second}), http.StatusForbidden, "organiser-only")
	d.want(d.open(link.Token, ""), http.StatusNotFound, "link")
	again := d.open(fresh.Token, second)
	d.want(again, http.StatusOK, "")
	d.want(d.do(ask{method: "GET", path: "/api/house", cookie: again.cookie}), http.StatusOK, "")
}

// TestBadFormsChangeNothing: every refusal has its code, and the house is
// afterwards as it was before.
func TestBadFormsChangeNothing(t *testing.T) {
	d := newDesk(t)
	bare, g := d.group(), d.adopted()
	scheduled := get[house.Scheduled](d.world, d.post("/api/groups/"+g.ID+"/sessions", sessionForm()))
	before := d.everything(bare.ID, g.ID, scheduled.Session.ID)
	with := func(form object, field string, value any) object {
		form[field] = value
		return form
	}
	phases := func(list ...object) object { return with(sessionForm(), "phases", list) }
	type bad struct {
		form object
		code string
	}
	groups := map[string]bad{
		"no name": {with(groupForm(), "name", " "), "name"}, "two lines": {with(groupForm(), "name", "a\nb"), "name"},
		"long name": {with(groupForm(), "name", strings.Repeat("a", 61)), "name"}, "hidden sign": {with(groupForm(), "name", "a\u202eb"), "name"},
		"template": {with(groupForm(), "template", "sports"), "template"}, "policy": {with(groupForm(), "policy", ""), "policy"},
		"region": {with(groupForm(), "region", "ATLANTIS"), "region"}, "contact": {with(groupForm(), "contact", strings.Repeat("a", 201)), "contact"},
	}
	for name, b := range groups {
		d.want(d.post("/api/groups", b.form), http.StatusUnprocessableEntity, b.code)
		if r := d.put("/api/groups/"+g.ID, b.form); r.code() != b.code {
			t.Errorf("%s: PUT got %d %s", name, r.status, r.body)
		}
	}
	opening, main, closing := object{"phase": "opening", "minutes": 5}, object{"phase": "main", "minutes": 5}, object{"phase": "closing", "minutes": 5}
	sessions := map[string]bad{
		"no title": {with(sessionForm(), "title", ""), "title"}, "past": {with(sessionForm(), "start", "2020-01-01T10:00:00Z"), "start"},
		"far": {with(sessionForm(), "start", time.Now().AddDate(2, 0, 0).Format(time.RFC3339)), "start"}, "one seat": {with(sessionForm(), "seats", 1), "seats"},
		"thirteen seats": {with(sessionForm(), "seats", 13), "seats"}, "too many people": {with(sessionForm(), "participants", 9), "participants"},
		"less than none": {with(sessionForm(), "participants", -1), "participants"},
		"no closing":     {phases(opening, main), "phases"}, "out of order": {phases(main, opening, closing), "phases"},
		"twice": {phases(opening, opening, main, closing), "phases"}, "unknown": {phases(opening, main, object{"phase": "party", "minutes": 5}, closing), "phases"},
		"no minutes": {phases(opening, object{"phase": "main", "minutes": 0}, closing), "phases"},
		"too long":   {phases(opening, object{"phase": "main", "minutes": 181}, closing), "phases"},
		"no format":  {phases(opening, object{"phase": "main", "minutes": 5, "format": "shouting"}, closing), "phases"},
		"closed":     {phases(opening, main, closing, object{"phase": "closed", "minutes": 1}), "phases"},
	}
	for name, b := range sessions {
		if r := d.post("/api/groups/"+g.ID+"/sessions", b.form); r.status != http.StatusUnprocessableEntity || r.code() != b.code {
			t.Errorf("%s: got %d %s", name, r.status, r.body)
		}
	}
	d.want(d.post("/api/groups/"+bare.ID+"/sessions", sessionForm()), http.StatusConflict, "adopt-first")
	d.badDrafts(g.ID)
	for _, path := range []string{"/api/groups/nowhere", "/api/sessions/nowhere"} {
		d.want(d.get(path), http.StatusNotFound, "not-found")
	}
	d.want(d.put("/api/groups/nowhere", groupForm()), http.StatusNotFound, "not-found")
	d.want(d.post("/api/groups/nowhere/sessions", sessionForm()), http.StatusNotFound, "not-found")
	d.want(d.post("/api/sessions/nowhere/end", object{}), http.StatusNotFound, "not-found")
	if after := d.everything(bare.ID, g.ID, scheduled.Session.ID); after != before {
		t.Errorf("the house was\n%s\nand is now\n%s", before, after)
	}
}

func (d desk) badDrafts(id string) {
	d.Helper()
	line := func(i int, text string) object {
		draft := charter.Starter(charter.Mixed)
		draft.Lines[i].Text = text
		return object{"lines": draft.Lines}
	}
	for code, form := range map[string]object{
		"empty": line(3, ""), "long": line(0, strings.Repeat("a", charter.MaxRunes+1)), "not-plain": line(0, "a\u202eb"), "lines": {"lines": []object{}},
	} {
		d.want(d.put("/api/groups/"+id+"/draft", form), http.StatusUnprocessableEntity, code)
	}
	stale := line(0, "Words.")
	stale["digest"] = strings.Repeat("0", 64)
	d.want(d.put("/api/groups/"+id+"/draft", stale), http.StatusConflict, "draft-changed")
	d.want(d.put("/api/groups/nowhere/draft", line(0, "Words.")), http.StatusNotFound, "not-found")
	d.want(d.post("/api/groups/"+id+"/adopt", object{"digest": "no"}), http.StatusConflict, "draft-changed")
	d.want(d.post("/api/groups/nowhere/adopt", object{"digest": "no"}), http.StatusNotFound, "not-found")
}

// everything is what the organiser sees of the house.
func (d desk) everything(groups1, groups2, session string) string {
	d.Helper()
	all := ""
	for _, path := range []string{"/api/house", "/api/groups/" + groups1, "/api/groups/" + groups2, "/api/sessions/" + session} {
		all += d.get(path).body + "\n"
	}
	return all
}

// TestOrganiserRequestsNeedTheOrganiser: without the device, with a
// participant's, and with a lead's, every request is refused and nothing
// changes (A3: over all entry points).
func TestOrganiserRequestsNeedTheOrganiser(t *testing.T) {
	d := newDesk(t)
	g := d.adopted()
	made := get[house.Scheduled](d.world, d.post("/api/groups/"+g.ID+"/sessions", sessionForm()))
	_, lead := d.seat(made.Links[0].Token, "")
	before := d.everything(g.ID, g.ID, made.Session.ID)
	group, session, link := "/api/groups/"+g.ID, "/api/sessions/"+made.Session.ID, "/api/links/"+made.Links[3].ID
	for _, cookie := range []string{"", lead, "__Host-s=" + strings.Repeat("A", 43), "s=x"} {
		for _, a := range []ask{
			{method: "GET", path: "/api/house"}, {method: "POST", path: "/api/groups", body: groupForm()}, {method: "GET", path: group},
			{method: "PUT", path: group, body: groupForm()}, {method: "PUT", path: group + "/draft", body: object{}},
			{method: "POST", path: group + "/adopt", body: object{"digest": ""}}, {method: "POST", path: group + "/sessions", body: sessionForm()},
			{method: "GET", path: session}, {method: "POST", path: session + "/links", body: object{"kind": "open"}},
			{method: "POST", path: session + "/end", body: "{}"}, {method: "POST", path: link + "/rotate", body: "{}"},
			{method: "POST", path: link + "/revoke", body: "{}"}, {method: "POST", path: "/api/organiser/rotate", body: "{}"},
		} {
			a.cookie = cookie
			if r := d.do(a); r.status != http.StatusForbidden || r.code() != "organiser-only" {
				t.Errorf("%s %s with %.12q got %d %s", a.method, a.path, cookie, r.status, r.body)
			}
		}
	}
	if after := d.everything(g.ID, g.ID, made.Session.ID); after != before {
		t.Errorf("the house was\n%s\nand is now\n%s", before, after)
	}
}

// TestNothingOfALinkOnTheDisk: the data folder holds no token that was given.
func TestNothingOfALinkOnTheDisk(t *testing.T) {
	w := newWorld(t, options{})
	_, links := w.session()
	var secrets []string
	for _, given := range links {
		for _, l := range given {
			_, cookie := w.seat(l.Token, "")
			_, value, _ := strings.Cut(cookie, "=")
			secrets = append(secrets, l.Token, value)
		}
	}
	files := 0
	w.must(filepath.WalkDir(w.dir, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		files++
		data, err := os.ReadFile(path)
		for _, secret := range secrets {
			if strings.Contains(string(data), secret) {
				t.Errorf("%s holds a token or a cookie", filepath.Base(path))
			}
		}
		return err
	}))
	if files < 2 {
		t.Fatalf("only %d files were looked at", files)
	}
}
