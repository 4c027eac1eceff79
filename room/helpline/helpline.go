// Package helpline is the list of services that people are pointed to when a
// group is not enough (practice §4): what a row may say, how old it may be, and
// which rows come first. It knows no clock and no store.
package helpline

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"hearth/room"
	"hearth/room/plain"
)

// Row is one service in one country. Empty means: not known.
type Row struct {
	// Region is the country, in two capital letters (ISO 3166-1). Needed.
	Region string `json:"region"`
	// Name is what the service calls itself. Needed.
	Name string `json:"name"`
	// Number is how the number to call is written for people; Call how it is
	// dialled, with the same digits. Text is a number for short messages, Chat and
	// URL are https addresses. One way at least is needed.
	Number string `json:"number,omitempty"`
	Call   string `json:"call,omitempty"`
	Text   string `json:"text,omitempty"`
	Chat   string `json:"chat,omitempty"`
	URL    string `json:"url,omitempty"`

	Hours     string `json:"hours,omitempty"`
	Languages string `json:"languages,omitempty"`
	For       string `json:"for,omitempty"`
	Cost      string `json:"cost,omitempty"`
	// Rescue is what is known of when the service calls rescue to somebody.
	Rescue string `json:"rescue,omitempty"`
	How    string `json:"how,omitempty"` // anything else worth knowing
	// Source is where all this stands. Needed: a row without one is a rumour.
	Source string `json:"source"`
	// Checked is the day (2006-01-02) on which somebody made sure of the row, By
	// the name they chose for that. Both or neither.
	Checked string `json:"checked,omitempty"`
	By      string `json:"by,omitempty"`
}

// Bounds of a list.
const (
	MaxRows  = 200
	maxName  = 80
	maxText  = 200
	maxDigit = 15 // E.164
)

// How old a check may be (practice §4).
const (
	NoteAfter = 90 * day  // the organiser is asked to check again
	GoodFor   = 180 * day // the row no longer counts as checked
	day       = 24 * time.Hour
)

// Refusals of a row; each code is also the field it belongs to.
var (
	refuseRegion  = &room.Refusal{Code: "helpline-region", Say: "Please choose the country that this helpline is for."}
	refuseName    = &room.Refusal{Code: "helpline-name", Say: "Please write what the helpline is called, in one line of up to 80 letters."}
	refuseWay     = &room.Refusal{Code: "helpline-way", Say: "Please give at least one way to reach the helpline: a number to call, a number to text, or an address."}
	refuseCall    = &room.Refusal{Code: "helpline-call", Say: "Please write the number to call with digits only, such as 116 123 or +44 20 7946 0000."}
	refuseText    = &room.Refusal{Code: "helpline-text", Say: "Please write the number to text with digits only, such as 85258."}
	refuseChat    = &room.Refusal{Code: "helpline-chat", Say: "Please write the whole address of the chat, beginning with https://"}
	refuseURL     = &room.Refusal{Code: "helpline-url", Say: "Please write the whole address of the page, beginning with https://"}
	refuseLine    = &room.Refusal{Code: "helpline-line", Say: "Please keep each answer about the helpline to one line of up to 200 letters."}
	refuseSource  = &room.Refusal{Code: "helpline-source", Say: "Please say where this stands, such as the helpline's own page. Rows without a source are not shown to people."}
	refuseBy      = &room.Refusal{Code: "helpline-by", Say: "Please write a name for whoever checked this row. It may be any name of up to 80 letters."}
	refuseChecked = &room.Refusal{Code: "helpline-checked", Say: "A row is checked on a day that has come, written like 2026-11-29."}
	refuseTwice   = &room.Refusal{Code: "helpline-twice", Say: "There is a helpline of this name in this country already. You can change that row."}
	refuseMany    = &room.Refusal{Code: "helpline-many", Say: "The list is full. Please remove a row first."}
)

// Problem says which row of a list is wrong, counted from 0.
type Problem struct {
	Row int
	Why *room.Refusal
}

// Error gives the row as people count, and the sentence.
func (p *Problem) Error() string { return fmt.Sprintf("row %d: %s", p.Row+1, p.Why.Say) }

// Unwrap gives the refusal.
func (p *Problem) Unwrap() error { return p.Why }

// Tidy puts a row into the form in which it is kept.
func (r Row) Tidy() Row {
	for _, field := range r.fields() {
		*field = strings.TrimSpace(*field)
		if same, err := plain.Words(*field, 4*maxText); err == nil {
			*field = same
		}
	}
	r.Region = strings.ToUpper(r.Region)
	if r.Call == "" && r.Number != "" {
		r.Call = digits(r.Number)
	}
	if r.Number == "" {
		r.Number = r.Call
	}
	r.Call, r.Text = digits(r.Call), digits(r.Text)
	return r
}

func (r *Row) fields() []*string {
	return []*string{&r.Region, &r.Name, &r.Number, &r.Call, &r.Text, &r.Chat, &r.URL, &r.Hours, &r.Languages, &r.For, &r.Cost, &r.Rescue, &r.How, &r.Source, &r.Checked, &r.By}
}

// digits takes out of a number what only helps the eye.
func digits(number string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(" ()-./\u00a0\u202f", r) {
			return -1
		}
		return r
	}, number)
}

// Check says what is wrong with a tidy row on a day; nil when nothing is.
func (r Row) Check(today time.Time) *room.Refusal {
	switch {
	case len(r.Region) != 2 || strings.ContainsFunc(r.Region, func(c rune) bool { return c < 'A' || c > 'Z' }):
		return refuseRegion
	case !line(r.Name, maxName) || r.Name == "":
		return refuseName
	case r.Call+r.Text+r.Chat+r.URL == "":
		return refuseWay
	case r.Call != "" && !dialled(r.Call) || digits(r.Number) != r.Call:
		return refuseCall
	case r.Text != "" && !dialled(r.Text):
		return refuseText
	case r.Chat != "" && !address(r.Chat):
		return refuseChat
	case r.URL != "" && !address(r.URL):
		return refuseURL
	case !line(r.Source, maxText) || r.Source == "":
		return refuseSource
	case (r.Checked == "") != (r.By == "") || !line(r.By, maxName):
		return refuseBy
	}
	for _, text := range []string{r.Hours, r.Languages, r.For, r.Cost, r.Rescue, r.How} {
		if !line(text, maxText) {
			return refuseLine
		}
	}
	if r.Checked == "" {
		return nil
	}
	// Somewhere it is tomorrow already.
	if at, err := time.Parse(time.DateOnly, r.Checked); err != nil || at.After(today.Add(14*time.Hour)) {
		return refuseChecked
	}
	return nil
}

// line says whether text is one line of at most so many letters without hidden
// signs; an empty one is.
func line(text string, most int) bool {
	if text == "" {
		return true
	}
	same, err := plain.Words(text, most)
	return err == nil && same == text && !strings.ContainsAny(text, "\n<>")
}

func dialled(number string) bool {
	rest := strings.TrimPrefix(number, "+")
	return len(rest) >= 3 && len(rest) <= maxDigit && !strings.ContainsFunc(rest, func(c rune) bool { return c < '0' || c > '9' })
}

func address(text string) bool {
	u, err := url.Parse(text)
	return err == nil && line(text, maxText) && u.Scheme == "https" && u.Host != "" && u.Port() == "" && u.User == nil && !strings.ContainsAny(text, " \"'\\")
}

// List are the helplines of a house, in the order of countries and names.
type List []Row

// Check says which row is wrong on a day; nil when none is.
func (l List) Check(today time.Time) error {
	if len(l) > MaxRows {
		return refuseMany
	}
	seen := map[string]bool{}
	for i, r := range l {
		if why := r.Check(today); why != nil {
			return &Problem{i, why}
		}
		key := r.Region + " " + strings.ToLower(r.Name)
		if seen[key] {
			return &Problem{i, refuseTwice}
		}
		seen[key] = true
	}
	return nil
}

// Tidy tidies every row and puts them in order.
func (l List) Tidy() List {
	tidy := make(List, len(l))
	for i, r := range l {
		tidy[i] = r.Tidy()
	}
	slices.SortStableFunc(tidy, func(a, b Row) int {
		if order := strings.Compare(a.Region, b.Region); order != 0 {
			return order
		}
		return strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name))
	})
	return tidy
}

// Encode writes a list as it is kept, and what it is known by.
func (l List) Encode() (digest, text string, err error) {
	body, err := json.Marshal(l)
	if err != nil {
		return "", "", fmt.Errorf("write down the helplines: %w", err)
	}
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:8]), string(body), nil
}

// Regions lists the countries of a list, in its order.
func (l List) Regions() []string {
	regions := []string{}
	for _, r := range l {
		if !slices.Contains(regions, r.Region) {
			regions = append(regions, r.Region)
		}
	}
	return regions
}

// Age is how long ago a row was checked; false for one that never was.
func (r Row) Age(now time.Time) (time.Duration, bool) {
	at, err := time.Parse(time.DateOnly, r.Checked)
	return max(0, now.Sub(at)), err == nil
}

// Due lists the rows that should be checked again: never checked, or more than
// 90 days ago.
func (l List) Due(now time.Time) List {
	due := List{}
	for _, r := range l {
		if age, checked := r.Age(now); !checked || age > NoteAfter {
			due = append(due, r)
		}
	}
	return due
}

// Good says whether a country has a row that was checked within 180 days: only
// then may a session be planned for a group there.
func (l List) Good(region string, now time.Time) bool {
	return slices.ContainsFunc(l, func(r Row) bool {
		age, checked := r.Age(now)
		return r.Region == region && checked && age <= GoodFor
	})
}
