package hub_test

import (
	"encoding/json"
	"errors"
	"testing"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"hearth/hub/texttest"
	"hearth/room"
	"hearth/room/plain"
)

// mostText is how long a text may be as JSON, so that its command stays under
// 8 KiB. What is longer ends the socket with 1009, which the page never sends.
const mostText = 7900

// TestTexts gives each command that carries words texts of every kind. Each is
// taken, and then the others get what was sent, cleaned as docs/protocol.md says;
// or refused with the code that fits, and a sentence. No socket ends.
func TestTexts(t *testing.T) {
	inHouse(t, func(t *testing.T, h *house) {
		all := h.openFloor("ann", "ben")
		ann, ben, lea, wim := all["ann"], all["ben"], all["lea"], all["wim"]
		for _, c := range []struct {
			name   string
			by, to *person
			verb   string
			fields []string
		}{
			{"share", ann, ben, "share", nil},
			{"process", lea, ben, "process", nil},
			{"line to wellbeing", ann, wim, "line", nil},
			{"line to a person", wim, ann, "line", []string{`"to":"ann"`}},
			{"nudge", wim, ben, "nudge", []string{`"seat":"ben"`, `"principle":"safety"`}},
		} {
			taken, tried := 0, 0
			texttest.Each(t, mostText, func(text texttest.Text) {
				tried++
				h.pass(time.Minute) // nobody is in a hurry: what is refused here is refused for its text
				before := c.to.count()
				got := c.by.do(c.verb, append([]string{`"text":` + text.JSON()}, c.fields...)...)
				want, code := cleaned(text)
				if c.verb == "nudge" && code == "words-empty" && len(text) == 0 {
					code = ""
				}
				switch heard := wordsIn(c.to.since(before)); {
				case code != "" && (got.T != "no" || got.Code != code || sayOf(got) == ""):
					t.Errorf("%s of %.300q: %s, want the refusal %s", c.name, text, got.raw, code)
				case code != "" && len(heard) != 0:
					t.Errorf("%s of %.300q was refused and heard as %.300q", c.name, text, heard)
				case code == "" && (got.T != "ack" || len(heard) != 1 || heard[0] != want):
					t.Errorf("%s of %.300q: %s, heard as %.300q, want %.300q", c.name, text, got.raw, heard, want)
				case code == "":
					taken++
					if c.verb == "share" { // nobody fills the open floor alone
						h.pass(time.Minute)
						ben.ok("share", `"text":"Thank you."`)
					}
				}
			})
			t.Logf("%s: %d of %d taken", c.name, taken, tried)
			if taken == 0 || taken == tried {
				t.Errorf("%s: %d of %d taken: the test has lost its subject", c.name, taken, tried)
			}
		}
	})
}

// cleaned is what others get of a text, or the code of its refusal.
func cleaned(text texttest.Text) (string, string) {
	if !text.Whole() {
		return "", "not-text"
	}
	words, err := plain.Words(text.String(), room.MaxText)
	if p, bad := errors.AsType[*plain.Problem](err); bad {
		return "", p.Code
	}
	if utf8.RuneCountInString(words) > room.MaxText {
		return "", "too-long"
	}
	return words, ""
}

func wordsIn(frames []frame) (all []string) {
	for _, f := range frames {
		if f.T == "words" {
			all = append(all, f.Text)
		}
	}
	return all
}

// sayOf is the sentence of a refusal.
func sayOf(f frame) string {
	var no struct{ Say string }
	_ = json.Unmarshal([]byte(f.raw), &no) // a line that is no JSON has failed the test already
	return no.Say
}

// TestTextsAsNames does the same for names, at the door and inside.
func TestTextsAsNames(t *testing.T) {
	inHouse(t, func(t *testing.T, h *house) {
		ann := h.openFloor("ann", "ben")["ann"]
		h.takeNames(ann, "rename")
		cat := h.dial("cat")
		cat.hello()
		h.takeNames(cat, "knock", `"answer":"agree"`, `"digest":"`+h.digest+`"`)
	})
}

func (h *house) takeNames(p *person, verb string, fields ...string) {
	taken := 0
	try := func(text texttest.Text) {
		h.pass(time.Minute)
		got := p.do(verb, append([]string{`"name":` + text.JSON()}, fields...)...)
		name, code := nameOf(text)
		switch {
		case code != "" && (got.T != "no" || got.Code != code || sayOf(got) == ""):
			h.t.Errorf("%s as %.300q: %s, want the refusal %s", verb, text, got.raw, code)
		case code == "" && got.T == "no" && (got.Code != "name-taken" || sayOf(got) == ""):
			h.t.Errorf("%s as %.300q: %s", verb, text, got.raw)
		case code == "" && got.T == "ack":
			taken++
			if now := p.shownName(); now != name {
				h.t.Errorf("%s as %.300q is shown as %.300q, want %.300q", verb, text, now, name)
			}
		}
	}
	texttest.Each(h.t.(*testing.T), mostText, try)
	// Of 300 texts of chance it happens that none is a name.
	plainly := []string{"Robin " + verb, "Ελένη", "りんご", "शांति"}
	chance := taken
	for _, name := range plainly {
		try(utf16.Encode([]rune(name)))
	}
	h.t.Logf("%s: %d taken", verb, taken)
	if taken-chance < len(plainly)-1 { // one may have been taken already
		h.t.Errorf("%s: of the names %q only %d were taken: the test has lost its subject", verb, plainly, taken-chance)
	}
}

func nameOf(text texttest.Text) (string, string) {
	if !text.Whole() {
		return "", "not-text"
	}
	name, _, err := plain.Name(text.String())
	if p, bad := errors.AsType[*plain.Problem](err); bad {
		return "", p.Code
	}
	return name, ""
}

// shownName is what this window says that its person is called.
func (p *person) shownName() string {
	all := p.since(0)
	for i := len(all) - 1; i >= 0; i-- {
		var you struct{ Name string }
		if raw, ok := all[i].Set["you"]; ok && json.Unmarshal(raw, &you) == nil {
			return you.Name
		}
		if all[i].Me != nil {
			return all[i].Me.You.Name
		}
	}
	return ""
}
