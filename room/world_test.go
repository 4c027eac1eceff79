package room

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"
)

// start is when every test session is planned to begin.
var start = time.Date(2026, 3, 3, 19, 0, 0, 0, time.UTC)

var testCharter = CharterRef{Number: 1, Digest: "d1"}

func testPlan() Plan {
	return Plan{Session: "s1", Start: start, Seats: 12, Phases: []PlannedPhase{
		{Phase: Opening, Minutes: 8}, {Phase: CheckIn, Minutes: 20, Format: GoRound},
		{Phase: Main, Minutes: 47, Format: HandQueue}, {Phase: Closing, Minutes: 12, Format: GoRound},
		{Phase: AfterCare, Minutes: 15},
	}}
}

// reporter is *testing.T, *testing.B or *rapid.T.
type reporter interface {
	Helper()
	Fatalf(format string, args ...any)
}

// world is a room with its journal and everybody's screens: what a hub and its
// browsers would hold.
type world struct {
	t       reporter
	s       *State
	c       *Caster
	now     time.Time
	journal [][]byte
	screens map[SeatID]screen
	heard   map[SeatID][]Words
	casts   []Cast  // of the last command
	events  []Event // of the last command
	before  func(Event)
	keyed   func(key string, rows int) // sees what each tick leaves in the journal, and under which command id
	wrote   func(by SeatID, rows int)  // sees what each command of a seat leaves there
	record  *vector
	outside outside
}

func newWorld(t reporter) *world {
	w := &world{t: t, s: New(), now: start.Add(-10 * time.Minute), screens: map[SeatID]screen{}, heard: map[SeatID][]Words{}}
	w.c = NewCaster(w.s)
	w.outside = newOutside()
	return w
}

// opened is a world whose session is open.
func opened(t reporter, rules Rules) *world {
	return planned(t, testPlan(), rules)
}

func planned(t reporter, plan Plan, rules Rules) *world {
	w := newWorld(t)
	w.must(House, Open{Plan: plan, Rules: rules, Charter: testCharter})
	return w
}

// do decides and applies one command as a hub would.
func (w *world) do(by SeatID, c Command) *Refusal {
	w.t.Helper()
	w.casts, w.events = nil, nil
	events, no := w.s.Decide(w.now, by, c)
	if no != nil {
		return no
	}
	for _, e := range events {
		if Durable(e) {
			b, err := EncodeEvent(e)
			if err != nil {
				w.t.Fatalf("encode %s: %v", Kind(e), err)
			}
			w.journal = append(w.journal, b)
		}
	}
	for _, e := range events {
		if w.before != nil {
			w.before(e)
		}
		w.s.Apply(w.now, e)
	}
	if rows := slices.DeleteFunc(slices.Clone(events), func(e Event) bool { return !Durable(e) }); w.wrote != nil && by != House && len(rows) > 0 {
		w.wrote(by, len(rows))
	}
	w.events = events
	w.casts = w.c.Cast(w.s, events)
	w.show(w.casts)
	w.outside.follow(w.s, events)
	return nil
}

// must is do for commands that may not be refused.
func (w *world) must(by SeatID, cs ...Command) {
	w.t.Helper()
	for _, c := range cs {
		if no := w.do(by, c); no != nil {
			w.t.Fatalf("%s %s: refused: %s", by, c.Verb(), no.Code)
		}
		w.atOnce()
	}
}

// due: something is due without any wait.
func (w *world) due() bool {
	at, ok := w.s.Due()
	return ok && !at.After(w.now)
}

// atOnce fires what is due without any wait, as a hub would. The casts and
// events of what was done before stay with those that follow.
func (w *world) atOnce() {
	w.t.Helper()
	casts, events := w.casts, w.events
	for fired := 0; w.due(); fired++ {
		if fired > 1000 {
			w.t.Fatalf("timers spin: %s", w.s.DueKey())
		}
		w.fire()
		casts, events = append(casts, w.casts...), append(events, w.events...)
	}
	w.casts, w.events = casts, events
}

// fire lets the next timer act.
func (w *world) fire() {
	w.t.Helper()
	key, rows := w.s.DueKey(), len(w.journal)
	if no := w.do(House, Tick{}); no != nil {
		w.t.Fatalf("tick refused: %s", no.Code)
	}
	if w.keyed != nil && len(w.journal) > rows {
		w.keyed(key, len(w.journal)-rows)
	}
}

// refused is do for commands that must be refused.
func (w *world) refused(code string, by SeatID, c Command) {
	w.t.Helper()
	if no := w.do(by, c); no == nil || no.Code != code {
		w.t.Fatalf("%s %T: got %v, want refusal %s", by, c, no, code)
	}
}

// tick lets time go by, with every timer on its moment.
func (w *world) tick(d time.Duration) {
	w.t.Helper()
	end := w.now.Add(d)
	for fired := 0; ; fired++ {
		due, ok := w.s.Due()
		if !ok || due.After(end) {
			break
		}
		if fired > 1000 {
			w.t.Fatalf("timers spin: %s", w.s.DueKey())
		}
		if due.After(w.now) {
			w.now = due
		}
		w.fire()
	}
	w.now = end
}

// show lets every screen follow the casts; a seat that no cast has reached
// before has just opened its page.
func (w *world) show(casts []Cast) {
	w.t.Helper()
	for _, id := range w.s.Form.Arrived {
		if w.screens[id] == nil {
			w.screens[id] = w.fresh(id)
			w.record.begin(w, id)
		}
	}
	for _, c := range casts {
		set := sectionsOf(w.t, c.Set)
		for _, id := range w.receivers(c) {
			w.see(id, c, set)
		}
	}
}

// screen is what one browser holds: the sections of each stream, as JSON. A
// stream that the seat is not on is nil.
type screen map[AudienceKind]map[string]json.RawMessage

// fresh is what a browser holds that has just been sent a snapshot.
func (w *world) fresh(id SeatID) screen {
	w.t.Helper()
	snap := w.s.Snapshot(id)
	scr := screen{}
	for k, view := range snap {
		if view != nil {
			scr[AudienceKind(k)] = sectionsOf(w.t, view)
		}
	}
	return scr
}

func (w *world) receivers(c Cast) []SeatID {
	var all []SeatID
	for _, id := range w.s.Form.Arrived {
		if in := w.s.Memberships(id); in.Has(c.To) {
			all = append(all, id)
		}
	}
	return all
}

// see is the browser's whole job: it replaces sections.
func (w *world) see(id SeatID, c Cast, set map[string]json.RawMessage) {
	w.t.Helper()
	w.record.add(w, id, c)
	switch {
	case c.Whole:
		w.screens[id] = w.fresh(id)
	case c.Words != nil:
		w.heard[id] = append(w.heard[id], *c.Words)
	case w.screens[id][c.To.Kind] == nil:
		w.t.Fatalf("%s gets a frame of a stream it does not have: %+v", id, c)
	}
	for name, value := range set {
		if _, known := w.screens[id][c.To.Kind][name]; !known {
			w.t.Fatalf("no section %q in stream %d", name, c.To.Kind)
		}
		w.screens[id][c.To.Kind][name] = value
	}
	for _, gone := range c.Unsay {
		w.heard[id] = slices.DeleteFunc(w.heard[id], func(x Words) bool { return x.ID == gone })
	}
}

func sectionsOf(t reporter, v any) map[string]json.RawMessage {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatalf("sections: %v", err)
	}
	sections := map[string]json.RawMessage{}
	if err := json.Unmarshal(b, &sections); err != nil {
		t.Fatalf("sections: %v", err)
	}
	return sections
}

// arrive opens links: the first is lea the lead, sam wellbeing, tara a trainee;
// everybody else is a participant.
func (w *world) arrive(ids ...SeatID) {
	w.t.Helper()
	for _, id := range ids {
		w.must(House, Arrive{Seat: id, Role: testRole(id)}, Connected{Seat: id})
	}
}

func testRole(id SeatID) Role {
	switch id {
	case "lea":
		return Lead
	case "sam":
		return Wellbeing
	case "tara":
		return Trainee
	}
	return Participant
}

func (w *world) knock(id SeatID) Knock {
	return Knock{Name: "Name-" + string(id), Skeleton: "name-" + string(id), Answer: Agree, Digest: w.s.Form.Charter.Digest}
}

// enter brings people in, through the whole door.
func (w *world) enter(ids ...SeatID) {
	w.t.Helper()
	for _, id := range ids {
		w.arrive(id)
		w.must(id, w.knock(id))
		if role := testRole(id); role == Participant || role == Trainee {
			w.must("sam", Greet{Seat: id}, Admit{Seat: id})
		}
	}
}

// meeting is a session under way: lea leads, sam looks after wellbeing.
func meeting(t reporter, phase Phase, ids ...SeatID) *world {
	return opened(t, Rules{}).meet(phase, ids...)
}

// meet brings people in and begins a phase.
func (w *world) meet(phase Phase, ids ...SeatID) *world {
	w.t.Helper()
	w.enter("lea", "sam")
	w.enter(ids...)
	w.now = start
	if phase != Lobby {
		w.must("lea", MovePhase{To: phase})
	}
	return w
}

// replay applies a journal to a new state, at a time that must not matter.
func replay(t reporter, journal [][]byte, at time.Time) *State {
	t.Helper()
	s := New()
	for _, b := range journal {
		e, err := DecodeEvent(b)
		if err != nil {
			t.Fatalf("decode %s: %v", b, err)
		}
		s.Apply(at, e)
	}
	return s
}

// printed is a value as JSON, for comparing and for showing.
func printed(t reporter, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatalf("print %T: %v", v, err)
	}
	return string(b)
}

// restart is a crash and a start: only the journal is left.
func (w *world) restart() {
	w.t.Helper()
	w.s = replay(w.t, w.journal, w.now)
	w.must(House, Restarted{})
	w.c = NewCaster(w.s)
	w.outside = newOutside()
	w.outside.follow(w.s, nil)
	for id := range maps.Keys(w.screens) {
		w.screens[id] = w.fresh(id)
		w.record.add(w, id, Cast{Whole: true})
	}
	clear(w.heard)
}

// screensAgree compares every screen, and the world outside, with what would follow
// from the state afresh.
func (w *world) screensAgree() {
	w.t.Helper()
	w.outside.agrees(w)
	views := map[Audience]map[string]json.RawMessage{}
	for _, id := range w.s.Form.Arrived {
		for k, m := range w.s.Memberships(id) {
			kind := AudienceKind(k)
			got := w.screens[id][kind]
			if (got != nil) != m.In {
				w.t.Fatalf("%s has stream %s: %v", id, kind.Stream(), got != nil)
			}
			if got == nil {
				continue
			}
			to := Audience{kind, m.Of}
			if views[to] == nil {
				views[to] = sectionsOf(w.t, audiences[kind].view(w.s, m.Of))
			}
			if want := views[to]; !maps.EqualFunc(got, want, slices.Equal[json.RawMessage]) {
				w.t.Fatalf("screen of %s is stale after %s\n got %s\nwant %s", id, kinds(w.events), printed(w.t, got), printed(w.t, want))
			}
		}
	}
}

func kinds(events []Event) string {
	var list []string
	for _, e := range events {
		list = append(list, Kind(e))
	}
	return fmt.Sprint(list)
}

var _ reporter = (*testing.T)(nil)
