// Package record makes the content-free record of a session (practice §5): what
// stays when the session's journal is erased.
//
// It holds counts, times of phases, formats, the charter's number and how often
// each level of moderation was used. It holds nobody's name, no words, no turns,
// no reasons and no seat, and no exact count of one to four members or of acts
// about them, so that nothing in it is about one person (M8, never rules 1, 17
// and 22).
//
// Beside it stand the acts that must be looked at again ([Acts]): they are kept
// apart, until that has been done.
package record

import (
	"math"
	"strconv"
	"strings"
	"time"

	"hearth/room"
)

// Version of the record's JSON shape.
const Version = 1

// Record is the record of one closed session.
type Record struct {
	V      int    `json:"v"`                // Version
	Series string `json:"series,omitempty"` // the group's neutral code or title; never a person's name
	Number int    `json:"number,omitempty"` // which session of the series; 0: not known
	Of     int    `json:"of,omitempty"`     // how many are planned; 0: not known

	Date    string  `json:"date"`    // YYYY-MM-DD of the planned start, where it was planned
	Planned int     `json:"planned"` // minutes from opening to the end of closing
	Real    int     `json:"real"`    // the same minutes as they were; 0: the session never opened
	Mode    string  `json:"mode"`    // see room.Mode
	Phases  []Phase `json:"phases"`

	Formats []room.Format `json:"formats"` // in the order of first use
	Seats   int           `json:"seats"`   // participants who could be in at once
	People  People        `json:"people"`
	Levels  Levels        `json:"levels"`

	Held    int    `json:"held"`    // how often the room was held for want of a facilitator
	Ended   string `json:"ended"`   // "ended", "after-care", "held", "missed", "cancelled" or "shut", see room.SessionClosed
	Charter int    `json:"charter"` // number of the version that people agreed to
}

// Phase is how long one phase was.
type Phase struct {
	Phase   room.Phase `json:"phase"`
	Planned int        `json:"planned"` // minutes; 0: it was not planned
	Real    int        `json:"real"`    // minutes
}

// Count is how many; of one to four it is only known that they are fewer than
// five. So a record may leave the team. The zero value is none.
type Count int

// few is a Count of one to four.
const few Count = -4

func counted(n int) Count {
	if n >= 1 && n <= 4 {
		return few
	}
	return Count(n)
}

// String gives the count for people.
func (c Count) String() string {
	if c == few {
		return "fewer than 5"
	}
	return strconv.Itoa(int(c))
}

// MarshalJSON gives a number, or the text "1-4".
func (c Count) MarshalJSON() ([]byte, error) {
	if c == few {
		return []byte(`"1-4"`), nil
	}
	return strconv.AppendInt(nil, int64(c), 10), nil
}

// UnmarshalJSON reads what MarshalJSON gave, and a number of earlier records.
func (c *Count) UnmarshalJSON(b []byte) error {
	if string(b) == `"1-4"` {
		*c = few
		return nil
	}
	n, err := strconv.Atoi(string(b))
	*c = counted(n)
	return err
}

// People are counts of those who were in the room, by the role of their link.
// Facilitators and trainees are the team's own.
type People struct {
	Participants Count `json:"participants"`
	Lead         int   `json:"lead"`
	Wellbeing    int   `json:"wellbeing"`
	Trainees     int   `json:"trainees"`
}

// Levels are counts of acts of moderation (practice §3). Level 0, a reminder to
// the whole group, is not counted.
type Levels struct {
	Nudge   Count `json:"1"`
	Pause   Count `json:"2"`
	Quiet   Count `json:"3"`
	StepOut Count `json:"4"`
	Removed Count `json:"5"`
	Urgent  Count `json:"U"`
}

// About is what the room itself does not know. Every field may be zero: not known.
type About struct {
	Series string
	Number int
	Of     int
}

// From makes the record of a room that has closed. Of a room that is still open
// it gives what is known so far.
func From(about About, form room.Form) Record {
	tally := form.Tally
	r := Record{
		V: Version, Series: about.Series, Number: about.Number, Of: about.Of,
		Date: form.Plan.Start.Format(time.DateOnly), Planned: form.Plan.Minutes(), Mode: string(form.Plan.Mode.Known()),
		Phases:  phases(form.Plan, tally.Phases),
		Formats: append([]room.Format{}, tally.Formats...),
		Seats:   form.Plan.Seats,
		People:  people(form.Seats),
		Levels: Levels{
			Nudge: counted(tally.Levels[1]), Pause: counted(tally.Levels[2]), Quiet: counted(tally.Levels[3]),
			StepOut: counted(tally.Levels[4]), Removed: counted(tally.Levels[5]), Urgent: counted(tally.Urgent),
		},
		Held: tally.Held, Ended: tally.Why, Charter: form.Charter.Number,
	}
	var sum time.Duration
	for _, span := range tally.Phases {
		if span.Phase.Meeting() {
			sum += lasted(span)
		}
	}
	r.Real = minutes(sum)
	return r
}

// phases puts the plan and what happened side by side: every phase that took
// place, in order. A phase that was only planned took no time and is not here.
func phases(plan room.Plan, spans []room.PhaseSpan) []Phase {
	list := []Phase{}
	for _, span := range spans {
		p := Phase{Phase: span.Phase, Real: minutes(lasted(span))}
		for _, planned := range plan.Phases {
			if planned.Phase == span.Phase {
				p.Planned += planned.Minutes
			}
		}
		list = append(list, p)
	}
	return list
}

func lasted(span room.PhaseSpan) time.Duration {
	if span.To <= span.From {
		return 0 // it still lasts, or the clock was set back
	}
	return time.Duration(span.To-span.From) * time.Millisecond
}

// minutes rounds to whole minutes: a record needs no seconds.
func minutes(d time.Duration) int { return int(math.Round(d.Minutes())) }

func people(seats map[room.SeatID]room.SeatForm) People {
	var p People
	participants := 0
	for _, seat := range seats {
		if !seat.Entered {
			continue
		}
		switch seat.Role {
		case room.Participant:
			participants++
		case room.Lead:
			p.Lead++
		case room.Wellbeing:
			p.Wellbeing++
		case room.Trainee:
			p.Trainees++
		}
	}
	p.Participants = counted(participants)
	return p
}

// Line gives the record in one line of plain English, as teams pass it on:
//
//	TUE-B · 5 of 8 · 2025-03-11 · 90 min planned, 92 real · text · go-round, queue ·
//	8 participants, 1 lead, 1 wellbeing · nudge (fewer than 5) · charter v2
func (r Record) Line() string {
	var parts []string
	add := func(part string) {
		if part != "" {
			parts = append(parts, part)
		}
	}
	add(r.Series)
	add(r.which())
	add(r.Date)
	add(strconv.Itoa(r.Planned) + " min planned, " + strconv.Itoa(r.Real) + " real")
	add(r.Mode)
	formats := make([]string, len(r.Formats))
	for i, f := range r.Formats {
		formats[i] = string(f)
	}
	add(strings.Join(formats, ", "))
	add(r.People.line())
	add(r.Levels.line())
	if r.Held > 0 {
		add("held ×" + strconv.Itoa(r.Held))
	}
	add("charter v" + strconv.Itoa(r.Charter))
	return strings.Join(parts, " · ")
}

// which gives the number in the series, as far as it is known.
func (r Record) which() string {
	switch {
	case r.Number > 0 && r.Of > 0:
		return strconv.Itoa(r.Number) + " of " + strconv.Itoa(r.Of)
	case r.Number > 0:
		return "no. " + strconv.Itoa(r.Number)
	}
	return ""
}

func (p People) line() string {
	line := p.Participants.String() + " participants"
	for _, role := range []struct {
		count int
		name  string
	}{{p.Lead, "lead"}, {p.Wellbeing, "wellbeing"}, {p.Trainees, "trainee"}} {
		if role.count > 0 {
			line += ", " + strconv.Itoa(role.count) + " " + role.name
		}
	}
	return line
}

func (l Levels) line() string {
	var used []string
	for _, level := range []struct {
		count Count
		name  string
	}{{l.Nudge, "nudge"}, {l.Pause, "pause"}, {l.Quiet, "quiet time"}, {l.StepOut, "step-out talk"}, {l.Removed, "removed"}, {l.Urgent, "urgent door"}} {
		if level.count != 0 {
			used = append(used, level.name+" ("+level.count.String()+")")
		}
	}
	return strings.Join(used, ", ")
}

// Act is an act that must be looked at again: a removal, or the urgent door. It
// names nobody and no seat.
type Act struct {
	Act       string      `json:"act"` // "removed" or "urgent"
	Principle string      `json:"principle,omitempty"`
	Reason    room.Reason `json:"reason"`
	Urgent    bool        `json:"urgent"` // by one facilitator alone
}

// Acts are the acts of a session that must be looked at again; none: nil.
func Acts(form room.Form) (acts []Act) {
	for _, a := range form.Tally.Acts {
		acts = append(acts, Act(a))
	}
	return acts
}
