package room

import (
	"slices"
	"strconv"
	"time"
)

// timer is one moment at which something happens by itself. turn is set for
// timers of an open turn.
type timer struct {
	at   time.Time
	what dueKind
	seat SeatID
	turn int
}

// dueKind names a timer; it is the middle of its command id.
type dueKind string

var dueHandlers = []handler{on(house, tick).quietlyLate()}

// Due is the next moment at which [Tick] must be decided, and whether there is
// one. It may lie in the past: then at once.
func (s *State) Due() (time.Time, bool) {
	t, ok := s.nextTimer(nil)
	return t.at, ok
}

// DueKey names what fires next, for the command id of the Tick: the same on
// every node that has applied the same journal, and never the same twice.
// Empty when nothing is due ever.
func (s *State) DueKey() string {
	t, ok := s.nextTimer(nil)
	switch {
	case !ok:
		return ""
	case t.what == "close":
		return "t:close"
	case t.turn > 0:
		// It closes that turn, so it fires once. The key is kept in the journal,
		// so it must not tell what was going on in the turn (A02).
		return "t:turn:" + strconv.Itoa(t.turn)
	}
	return "t:" + string(t.what) + ":" + strconv.Itoa(s.Form.Count)
}

func (s *State) nextTimer(spent map[timer]bool) (next timer, ok bool) {
	s.timers(func(t timer) {
		if (!ok || t.at.Before(next.at)) && !spent[t] {
			next, ok = t, true
		}
	})
	return next, ok
}

// timers visits everything that is due at some moment. Whatever it visits must
// be gone once it has fired.
func (s *State) timers(visit func(timer)) {
	if !s.Form.Opened || s.closed() {
		return
	}
	if gap := s.Live.Gap; gap != nil {
		visit(timer{at: gap.Until, what: "gap"})
	}
	s.turnTimers(visit)
	s.seatTimers(visit)
	s.holdTimers(visit)
	s.againTimers(visit)
	f, l := &s.Form, &s.Live
	if f.Door == DoorOpen {
		visit(timer{at: f.Plan.Start.Add(f.Rules.OpenDoor), what: "door"})
	}
	if l.Pause != nil {
		visit(timer{at: l.Pause.Until, what: "pause"})
	}
	if at := s.format().ends(s); !at.IsZero() {
		visit(timer{at: at, what: "format"})
	}
}

func latest(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// turnTimers are those of the open turn. A pause stops them all but the wait
// for a lost speaker.
func (s *State) turnTimers(visit func(timer)) {
	t := s.Live.Turn
	if t == nil {
		return
	}
	if l := s.Live.Seats[t.Seat]; !l.Online && t.Stage != Replying {
		visit(timer{at: l.LostAt.Add(s.Form.Rules.LostSpeaker), what: "floor-lost", turn: t.Turn})
	}
	if s.Live.Pause != nil {
		return
	}
	switch {
	case t.Stage != Speaking && !t.Until.IsZero():
		visit(timer{at: t.Until, what: stageEnds[t.Stage], turn: t.Turn})
	case t.Stage == Speaking && !t.Soft.IsZero():
		switch {
		case t.Cued == 0:
			visit(timer{at: t.Soft.Add(-s.Form.Rules.Cue), what: "minute"})
		case t.Cued == 1:
			visit(timer{at: t.Soft, what: "time"})
		case !t.Over:
			visit(timer{at: t.OverAt, what: "over"})
		}
	}
}

var stageEnds = map[Stage]dueKind{Offered: "offer", Moment: "moment", Replying: "replies"}

func (s *State) seatTimers(visit func(timer)) {
	r := &s.Form.Rules
	for _, id := range s.Form.Arrived {
		f, l := s.Form.Seats[id], s.Live.Seats[id]
		switch f.Status {
		case Here:
			if !l.Online && !l.Shown {
				visit(timer{at: l.LostAt.Add(r.ShowLost), what: "show-lost", seat: id})
			}
			if !l.Online {
				visit(timer{at: l.LostAt.Add(r.SeatKept), what: "seat", seat: id})
			}
		case Waiting, Admitted:
			if !l.Online {
				visit(timer{at: l.LostAt.Add(r.SeatKept), what: "seat", seat: id})
			}
		case Out:
			visit(timer{at: f.OutSince.Time().Add(r.OutKept), what: "seat", seat: id})
		}
		if f.Quiet != nil {
			visit(timer{at: f.Quiet.Until.Time(), what: "quiet", seat: id})
		}
	}
	if lead := s.Form.Lead; s.here(lead) && !s.online(lead) && s.heir(lead, s.Form.Wellbeing) != House {
		visit(timer{at: s.Live.Seats[lead].LostAt.Add(r.LeadLost), what: "lead"})
	}
}

// holdTimers hold a room without a facilitator, and close it in the end; and
// close after-care. In the lobby nothing happens without a facilitator anyway,
// and a session must not end before it has begun; but one that never began does
// not wait for ever.
func (s *State) holdTimers(visit func(timer)) {
	f := &s.Form
	if f.Phase == Lobby {
		if at := s.missed(); !at.IsZero() {
			visit(timer{at: at, what: "close"})
		}
		return
	}
	if since := s.Live.NoFacilitator; !since.IsZero() {
		if f.Held == nil {
			visit(timer{at: since.Add(f.Rules.HeldAfter), what: "hold"})
		} else {
			visit(timer{at: s.closes(), what: "close"})
		}
	}
	if f.Phase == AfterCare && !s.taken() {
		visit(timer{at: s.afterCareEnds(), what: "close"})
	}
}

// missed is when a session that never began is over: its planned time and as
// long as after-care lasts have gone by, and so has the patience that a held
// room has. Zero while a facilitator is here.
func (s *State) missed() time.Time {
	f := &s.Form
	since := s.Live.NoFacilitator
	if since.IsZero() {
		return time.Time{}
	}
	end := f.Plan.Start
	for _, p := range f.Plan.Phases {
		end = end.Add(time.Duration(p.Minutes) * time.Minute)
	}
	end = end.Add(f.Rules.AfterCare)
	if patient := since.Add(f.Rules.CloseHeld); patient.After(end) {
		return patient
	}
	return end
}

func (s *State) afterCareEnds() time.Time {
	return s.Form.PhaseSince.Time().Add(s.Form.Rules.AfterCare)
}

// over: after-care has had its time, and waits only for whoever still speaks.
func (s *State) over(now time.Time) bool {
	return s.Form.Phase == AfterCare && !now.Before(s.afterCareEnds())
}

// closes is when a held room closes gently; zero while a facilitator is here.
func (s *State) closes() time.Time {
	since := s.Live.NoFacilitator
	if s.Form.Held == nil || since.IsZero() {
		return time.Time{}
	}
	if held := s.Form.Held.Since.Time(); held.After(since) {
		since = held
	}
	return since.Add(s.Form.Rules.CloseHeld)
}

// fires is what each timer does; "lead" only lets things settle.
var fires = map[dueKind]func(*decision, timer){
	"offer":      func(d *decision, _ timer) { d.unanswered() },
	"moment":     func(d *decision, _ timer) { d.closeTurn(false) },
	"replies":    func(d *decision, _ timer) { d.closeTurn(false) },
	"floor-lost": func(d *decision, _ timer) { d.closeTurn(true) },
	"minute":     func(d *decision, _ timer) { d.emit(CueGiven{Cue: "minute"}) },
	"time":       func(d *decision, _ timer) { d.emit(CueGiven{Cue: "time"}) },
	"over":       func(d *decision, _ timer) { d.emit(OverTime{}) },
	"show-lost":  func(d *decision, t timer) { d.emit(LostShown{Seat: t.seat}) },
	"seat":       func(d *decision, t timer) { d.emit(SeatLeft{Seat: t.seat, Why: "lost", At: millis(d.now)}) },
	"quiet":      func(d *decision, t timer) { d.emit(QuietEnded{Seat: t.seat}) },
	"hold":       func(d *decision, _ timer) { d.emit(HeldBegan{Why: heldNoFacilitator, At: millis(d.now)}) },
	"close":      closeByClock,
	"door":       func(d *decision, _ timer) { d.emit(DoorSet{State: DoorKnock}) },
	"pause":      func(d *decision, _ timer) { d.emit(PauseEnded{}) },
	"format":     func(d *decision, _ timer) { d.emit(FormatEnded{}) },
	"gap":        func(d *decision, _ timer) { d.emit(GapEnded{}) },
	"lead":       func(*decision, timer) {},
	"again":      func(d *decision, t timer) { d.emit(TurnAgain{Seat: t.seat}) },
}

func closeByClock(d *decision, _ timer) {
	why := "after-care"
	switch {
	case d.s.Form.Held != nil:
		why = "held"
	case d.s.Form.Phase == Lobby:
		why = "missed"
	}
	d.emit(SessionClosed{Why: why, At: millis(d.now)})
}

// tick lets what is due act, the earliest first, up to the first that leaves
// something for the journal: its row is kept under the id of that timer alone.
// A timer that came to nothing, because something else is due at the same
// moment, is not asked again.
func tick(d *decision, _ Tick) *Refusal {
	spent := map[timer]bool{}
	for {
		t, ok := d.s.nextTimer(spent)
		if !ok || t.at.After(d.now) {
			return nil
		}
		events := len(d.events)
		fires[t.what](d, t)
		d.settle()
		if len(d.events) == events {
			spent[t] = true
		}
		if slices.ContainsFunc(d.events[events:], Durable) {
			return nil
		}
	}
}
