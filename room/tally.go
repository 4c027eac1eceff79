package room

import "slices"

// Tally is what the content-free record of a session needs (practice §5):
// counts, times and formats. No names, no words, nothing about turns.
type Tally struct {
	Opened  Millis      `json:"opened"`
	Entered int         `json:"entered"` // seats that were in the room, facilitators too
	Levels  [6]int      `json:"levels"`  // acts of moderation per level; 0 is not counted (practice §3)
	Urgent  int         `json:"urgent"`  // level U
	Held    int         `json:"held"`
	Formats []Format    `json:"formats"` // used, in the order of first use
	Phases  []PhaseSpan `json:"phases"`
	Why     string      `json:"why"`  // how it ended, see SessionClosed
	Acts    []TallyAct  `json:"acts"` // those that must be looked at again: level 5 and U (practice §3)
}

// TallyAct is one act that must be looked at again. It names nobody.
type TallyAct struct {
	Act       string `json:"act"`
	Principle string `json:"principle,omitempty"`
	Reason    Reason `json:"reason"`
	Urgent    bool   `json:"urgent"`
}

// PhaseSpan is when a phase was. To is zero while it lasts.
type PhaseSpan struct {
	Phase Phase  `json:"phase"`
	From  Millis `json:"from"`
	To    Millis `json:"to,omitempty"`
}

func (t *Tally) enter(p Phase, at Millis) {
	t.Phases = slices.Clone(t.Phases)
	if n := len(t.Phases); n > 0 {
		t.Phases[n-1].To = at
	}
	if p != Closed {
		t.Phases = append(t.Phases, PhaseSpan{Phase: p, From: at})
	}
}

func (t *Tally) use(f Format) {
	if !slices.Contains(t.Formats, f) {
		t.Formats = with(t.Formats, f)
	}
}

func (t *Tally) act(a Acted) {
	if a.Act == "urgent" {
		t.Urgent++
	}
	if a.Act == "urgent" || a.Act == "removed" {
		t.Acts = with(t.Acts, TallyAct{Act: a.Act, Principle: a.Principle, Reason: a.Reason, Urgent: a.Urgent})
	}
	if a.Level > 0 && a.Level < len(t.Levels) {
		t.Levels[a.Level]++
	}
}
