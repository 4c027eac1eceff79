package web_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"unicode/utf8"

	"hearth/charter"
	"hearth/hub/house"
	"hearth/hub/texttest"
	"hearth/room/plain"
)

// mostPaste is the longest text that is pasted into a form, as JSON.
const mostPaste = 100_000

// form is a form of the organiser with one text in it. shown reads from the
// answer what was kept of it; clean is what should be, and whether it may be.
type form struct {
	name, method, path string
	body               func(text string) string
	shown              func(reply) string
	clean              func(text string) (string, bool)
}

// TestTextsInForms puts texts of every kind into each field of the organiser.
// Each is kept, and then it is what was sent, cleaned; or it is refused with a
// code and a sentence. Nothing is an error of the server.
func TestTextsInForms(t *testing.T) {
	d := newDesk(t)
	for _, f := range append(d.forms(), d.helplineForms()...) {
		t.Run(f.name, func(t *testing.T) {
			kept, tried := 0, 0
			texttest.Each(t, mostPaste, func(text texttest.Text) {
				tried++
				r := d.do(ask{method: f.method, path: f.path, body: f.body(text.JSON()), cookie: d.cookie})
				want, may := f.clean(text.String())
				may = may && text.Whole()
				switch {
				case r.status >= http.StatusInternalServerError:
					t.Fatalf("%.300q: %d %s", text, r.status, r.body)
				case r.status == http.StatusOK && (!may || f.shown(r) != want):
					t.Fatalf("%.300q was kept as %.300q, want %.300q (%v)", text, f.shown(r), want, may)
				case r.status == http.StatusOK:
					kept++
				case may && r.status != http.StatusRequestEntityTooLarge || strings.HasPrefix(r.code(), "no refusal"):
					t.Fatalf("%.300q was refused: %d %s", text, r.status, r.body)
				}
			})
			t.Logf("%d of %d kept", kept, tried)
			if kept == 0 || kept == tried {
				t.Errorf("%d of %d kept: the test has lost its subject", kept, tried)
			}
		})
	}
}

func (d desk) forms() []form {
	g := d.adopted()
	at := "/api/groups/" + g.ID
	made := get[house.Scheduled](d.world, d.post(at+"/sessions", sessionForm()))
	planned := sessionForm()
	delete(planned, "participants")
	delete(planned, "open_link")
	return []form{
		{"name of the group", "PUT", at, with(groupForm(), "name"), field("name"), line(60)},
		{"contact", "PUT", at, with(groupForm(), "contact"), field("contact"), line(200)},
		{"title", "PUT", "/api/sessions/" + made.Session.ID, with(planned, "title"), field("title"), line(60)},
		{"label", "PUT", "/api/links/" + made.Links[0].ID + "/label", with(object{}, "label"), field("label"), func(text string) (string, bool) {
			if strings.TrimSpace(text) == "" {
				return "", true // no label
			}
			return line(40)(text)
		}},
		{"line of the charter", "PUT", at + "/draft", charterBody, func(r reply) string { return get[house.Draft](d.world, r).Lines[0].Text }, charterLine},
	}
}

// charterBody is a draft whose first line has the text, as the page sends it.
func charterBody(text string) string {
	var lines []string
	for i, l := range charter.Starter(charter.Carers).Lines {
		if i > 0 {
			encoded, _ := json.Marshal(l.Text) // a text of ours can be encoded
			text = string(encoded)
		}
		lines = append(lines, `{"principle":"`+string(l.Principle)+`","text":`+text+`}`)
	}
	return `{"lines":[` + strings.Join(lines, ",") + `]}`
}

// charterLine is what a charter keeps of a line: all of it, or nothing.
func charterLine(text string) (string, bool) {
	draft := charter.Starter(charter.Mixed)
	draft.Lines[0].Text = text
	draft = draft.Tidy()
	return draft.Lines[0].Text, draft.Validate() == nil
}

func (d desk) helplineForms() []form {
	list := func() house.Helplines { return get[house.Helplines](d.world, d.get("/api/house/helplines")) }
	row := object{"region": "GB", "name": "Samaritans", "number": "116 123", "source": "samaritans.org"}
	var all []form
	for _, name := range []string{"name", "hours", "languages", "for", "cost", "rescue", "how", "source"} {
		all = append(all, form{"helpline: " + name, "POST", "/api/house/helplines", func(text string) string {
			return `{"digest":"` + list().Digest + `","at":0,"row":` + with(row, name)(text) + `}`
		}, func(r reply) string {
			encoded, err := json.Marshal(get[house.Helplines](d.world, r).Helplines)
			d.must(err)
			var rows []map[string]any
			d.must(json.Unmarshal(encoded, &rows))
			for _, one := range rows {
				if one["source"] == "samaritans.org" && name != "source" || one["name"] == "Samaritans" && name == "source" {
					kept, _ := one[name].(string)
					return kept
				}
			}
			return "no such row"
		}, helplineText(name)})
	}
	return all
}

// helplineText is what a row keeps of a text.
func helplineText(name string) func(string) (string, bool) {
	most := map[string]int{"name": 80}[name]
	if most == 0 {
		most = 200
	}
	return func(text string) (string, bool) {
		text = strings.TrimSpace(text)
		if text == "" {
			return "", name != "name" && name != "source"
		}
		words, err := plain.Words(text, most)
		return words, err == nil && !strings.ContainsAny(words, "\n<>")
	}
}

// with is a body that has the text at a name, the text being JSON already.
func with(body object, name string) func(text string) string {
	return func(text string) string {
		rest := object{}
		for key, value := range body {
			if key != name {
				rest[key] = value
			}
		}
		encoded, err := json.Marshal(rest)
		if err != nil || !utf8.Valid(encoded) {
			panic(err)
		}
		comma := ","
		if len(rest) == 0 {
			comma = ""
		}
		return `{"` + name + `":` + text + comma + string(encoded[1:])
	}
}

// field reads a text from an answer; one that is left out is empty.
func field(name string) func(reply) string {
	return func(r reply) string {
		var got map[string]any
		if json.Unmarshal([]byte(r.body), &got) != nil {
			return "no JSON"
		}
		text, _ := got[name].(string)
		return text
	}
}

func line(most int) func(string) (string, bool) {
	return func(text string) (string, bool) {
		kept, err := plain.Line(text, most)
		return kept, err == nil
	}
}
