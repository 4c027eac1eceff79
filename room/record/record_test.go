package record

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"hearth/room"
)

var start = time.Date(2025, 3, 11, 19, 0, 0, 0, time.FixedZone("", 3600))

func at(minutes float64) room.Millis {
	return room.Millis(start.Add(time.Duration(minutes * float64(time.Minute))).UnixMilli())
}

// tuesday is a session as a facilitator would remember it.
func tuesday() room.Form {
	seats := map[room.SeatID]room.SeatForm{
		"l": {Role: room.Lead, Entered: true}, "w": {Role: room.Wellbeing, Entered: true}, "t": {Role: room.Trainee, Entered: true},
		"p9": {Role: room.Participant}, // knocked, and went away again
	}
	for _, id := range []room.SeatID{"p1", "p2", "p3", "p4", "p5", "p6", "p7", "p8"} {
		seats[id] = room.SeatForm{Role: room.Participant, Entered: true, Status: room.Left}
	}
	return room.Form{
		Plan: room.Plan{Session: "s1", Start: start, Seats: 10, Phases: []room.PlannedPhase{
			{Phase: room.Lobby, Minutes: 15}, {Phase: room.Opening, Minutes: 8}, {Phase: room.CheckIn, Minutes: 20}, {Phase: room.Main, Minutes: 47},
			{Phase: room.Closing, Minutes: 15}, {Phase: room.AfterCare, Minutes: 15},
		}},
		Charter: room.CharterRef{Number: 2, Digest: "d"},
		Seats:   seats,
		Tally: room.Tally{
			Opened: at(-15), Entered: 11, Levels: [6]int{0, 1, 0, 2, 0, 1}, Urgent: 1, Held: 1, Formats: []room.Format{room.GoRound, room.HandQueue}, Why: "ended",
			Phases: []room.PhaseSpan{{Phase: room.Lobby, From: at(-15), To: at(1)}, {Phase: room.Opening, From: at(1), To: at(10.4)}, {Phase: room.Main, From: at(10.4), To: at(80)},
				{Phase: room.Closing, From: at(80), To: at(93.2)}, {Phase: room.AfterCare, From: at(93.2), To: at(100)}},
		},
	}
}

func TestRecordCountsWhatWas(t *testing.T) {
	r := From(About{Series: "TUE-B", Number: 5, Of: 8}, tuesday())
	want := Record{
		V: 1, Series: "TUE-B", Number: 5, Of: 8, Date: "2025-03-11", Planned: 90, Real: 92, Mode: "text",
		Phases:  []Phase{{room.Lobby, 15, 16}, {room.Opening, 8, 9}, {room.Main, 47, 70}, {room.Closing, 15, 13}, {room.AfterCare, 15, 7}},
		Formats: []room.Format{room.GoRound, room.HandQueue}, Seats: 10,
		People: People{Participants: 8, Lead: 1, Wellbeing: 1, Trainees: 1},
		Levels: Levels{Nudge: few, Quiet: few, Removed: few, Urgent: few},
		Held:   1, Ended: "ended", Charter: 2,
	}
	got, _ := json.Marshal(r)
	expected, _ := json.Marshal(want)
	if string(got) != string(expected) {
		t.Errorf("record is\n%s, want\n%s", got, expected)
	}
}

func TestLine(t *testing.T) {
	quiet := tuesday()
	quiet.Seats = map[room.SeatID]room.SeatForm{"p": {Role: room.Participant, Entered: true}, "l": {Role: room.Lead, Entered: true}}
	quiet.Tally = room.Tally{Why: "shut"}
	for _, c := range []struct {
		about About
		form  room.Form
		want  string
	}{
		{About{"TUE-B", 5, 8}, tuesday(), "TUE-B · 5 of 8 · 2025-03-11 · 90 min planned, 92 real · text · go-round, queue · 8 participants, 1 lead, 1 wellbeing, 1 trainee · nudge (fewer than 5), quiet time (fewer than 5), removed (fewer than 5), urgent door (fewer than 5) · held ×1 · charter v2"},
		{About{Number: 3}, quiet, "no. 3 · 2025-03-11 · 90 min planned, 0 real · text · fewer than 5 participants, 1 lead · charter v2"},
		{About{}, room.Form{}, "0001-01-01 · 0 min planned, 0 real · text · 0 participants · charter v0"},
	} {
		if got := From(c.about, c.form).Line(); got != c.want {
			t.Errorf("line is\n%s, want\n%s", got, c.want)
		}
	}
}

// A phase that still lasts, or that a clock set back, has no length yet.
func TestUnfinishedPhaseHasNoLength(t *testing.T) {
	form := tuesday()
	form.Tally.Phases = []room.PhaseSpan{{Phase: room.Opening, From: at(0)}, {Phase: room.Main, From: at(10), To: at(5)}}
	if r := From(About{}, form); r.Real != 0 || r.Phases[0].Real != 0 || r.Phases[1].Real != 0 {
		t.Errorf("real minutes are %d, phases %v", r.Real, r.Phases)
	}
}

// keys collects every key of a JSON value.
func keys(v any, into map[string]bool) {
	switch v := v.(type) {
	case map[string]any:
		for key, inner := range v {
			into[key] = true
			keys(inner, into)
		}
	case []any:
		for _, inner := range v {
			keys(inner, into)
		}
	}
}

// M8, never rules 1 and 17: the record has these keys and no others. Whoever
// adds one has to say here why it is about nobody.
func TestM8RecordHasOnlyTheseKeys(t *testing.T) {
	allowed := []string{
		"v", "series", "number", "of", "date", "planned", "real", "mode", "phases", "phase", "formats", "seats",
		"people", "participants", "lead", "wellbeing", "trainees", "levels", "1", "2", "3", "4", "5", "U", "held", "ended", "charter",
	}
	data, err := json.Marshal(From(About{"TUE-B", 5, 8}, tuesday()))
	if err != nil {
		t.Fatal(err)
	}
	var value any
	if err := json.Unmarshal(data, &value); err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	keys(value, found)
	for _, key := range slices.Sorted(maps.Keys(found)) {
		if !slices.Contains(allowed, key) {
			t.Errorf("the record has a key %q that nobody allowed", key)
		}
	}
	if len(found) != len(allowed) {
		t.Errorf("the record has %d keys, %d are allowed", len(found), len(allowed))
	}
}

// table is a room that the test plays.
type table struct {
	*testing.T
	s   *room.State
	now time.Time
}

func (t *table) do(by room.SeatID, c room.Command) {
	t.Helper()
	t.now = t.now.Add(time.Second)
	events, no := t.s.Decide(t.now, by, c)
	if no != nil {
		t.Fatalf("%s %T: %s", by, c, no.Code)
	}
	for _, e := range events {
		t.s.Apply(t.now, e)
	}
}

func (t *table) enter(id room.SeatID, role room.Role, name string) {
	t.Helper()
	t.do(room.House, room.Arrive{Seat: id, Role: role})
	t.do(room.House, room.Connected{Seat: id})
	t.do(id, room.Knock{Name: name, Skeleton: name, Answer: room.Agree, Digest: "digest-canary", Role: role})
	if role == room.Participant {
		t.do("seat-canary-w", room.Greet{Seat: id})
		t.do("seat-canary-w", room.Admit{Seat: id})
	}
}

// play runs a session to its end: everybody has a turn and answers it with c.
func play(t *testing.T, answer func(*table, room.SeatID)) []byte {
	on := &table{t, room.New(), start}
	on.do(room.House, room.Open{Plan: tuesday().Plan, Charter: room.CharterRef{Number: 1, Digest: "digest-canary"}})
	on.enter("seat-canary-w", room.Wellbeing, "name-canary-w")
	on.enter("seat-canary-l", room.Lead, "name-canary-l")
	for _, p := range []string{"a", "b", "c"} {
		on.enter(room.SeatID("seat-canary-"+p), room.Participant, "name-canary-"+p)
	}
	on.do("seat-canary-l", room.MovePhase{To: room.Opening})
	on.do("seat-canary-l", room.MovePhase{To: room.Main})
	on.do("seat-canary-w", room.Quiet{Seat: "seat-canary-c", Principle: "safety", Reason: room.Hurtful})
	on.do("seat-canary-w", room.Unquiet{Seat: "seat-canary-c"})
	on.do("seat-canary-l", room.Begin{Format: room.GoRound})
	for turns := 0; on.s.Form.Turn != nil && turns < 20; turns++ {
		answer(on, on.s.Form.Turn.Seat)
		on.now = on.now.Add(10 * time.Second) // longer than anybody waits for the next offer
		for due, ok := on.s.Due(); ok && !due.After(on.now) && on.s.Form.Turn == nil && on.s.Form.Format != room.NoFormat; due, ok = on.s.Due() {
			on.do(room.House, room.Tick{})
		}
	}
	if on.s.Form.Turns < 5 {
		t.Fatalf("%d turns", on.s.Form.Turns)
	}
	on.do("seat-canary-l", room.MovePhase{To: room.Closing})
	on.do("seat-canary-l", room.End{})
	data, err := json.Marshal(From(About{Series: "TUE-B"}, on.s.Form))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func share(t *table, id room.SeatID) {
	t.do(id, room.Take{})
	t.do(id, room.Share{Text: "words-canary"})
	t.do(id, room.Yield{})
}

func pass(t *table, id room.SeatID) {
	t.do(id, room.Pass{})
	t.now = t.now.Add(2 * time.Second) // as long as a share
}

// M8: of a played session the record keeps no name, word, seat, digest or reason.
func TestM8RecordOfAPlayedSessionHoldsNothingOfAnybody(t *testing.T) {
	record := string(play(t, share))
	for _, canary := range []string{"canary", "hurtful", "safety", "seat-", "19:0"} {
		if strings.Contains(record, canary) {
			t.Errorf("the record holds %q: %s", canary, record)
		}
	}
	for _, part := range []string{`"participants":"1-4"`, `"lead":1`, `"wellbeing":1`, `"3":"1-4"`, `"formats":["go-round"]`, `"charter":1`, `"ended":"ended"`} {
		if !strings.Contains(record, part) {
			t.Errorf("the record lacks %s: %s", part, record)
		}
	}
}

// A02: after close nothing that is stored can tell a pass from a share.
func TestA02RecordCannotTellAPassFromAShare(t *testing.T) {
	if shared, passed := play(t, share), play(t, pass); string(shared) != string(passed) {
		t.Errorf("everybody shared:\n%s\neverybody passed:\n%s", shared, passed)
	}
}

// TestNever22NoExactSmallCount: a record may leave the team, so it has no exact
// count of one to four members, or of acts about them, anywhere (never rule 22).
func TestNever22NoExactSmallCount(t *testing.T) {
	for n := range 13 {
		form := tuesday()
		form.Seats = map[room.SeatID]room.SeatForm{}
		for i := range n {
			form.Seats[room.SeatID(rune('a'+i))] = room.SeatForm{Role: room.Participant, Entered: true}
		}
		form.Tally.Levels = [6]int{0, n, n, n, n, n}
		form.Tally.Urgent = n
		r := From(About{}, form)
		want := strconv.Itoa(n)
		if n >= 1 && n <= 4 {
			want = "fewer than 5"
		}
		for _, c := range []Count{r.People.Participants, r.Levels.Nudge, r.Levels.Pause, r.Levels.Quiet, r.Levels.StepOut, r.Levels.Removed, r.Levels.Urgent} {
			if c.String() != want {
				t.Errorf("%d is shown as %s", n, c)
			}
		}
		b, err := json.Marshal(r)
		var back Record
		if err != nil || json.Unmarshal(b, &back) != nil || back.People != r.People || back.Levels != r.Levels {
			t.Errorf("%d: %s comes back as %+v, %v", n, b, back, err)
		}
	}
	var old Count
	if err := json.Unmarshal([]byte("3"), &old); err != nil || old != few {
		t.Errorf("an earlier record's 3 is read as %v, %v", old, err)
	}
}

// TestU28PlannedMinutesAreOneNumber: the door and the record say the same.
func TestU28PlannedMinutesAreOneNumber(t *testing.T) {
	form := tuesday()
	if r := From(About{}, form); r.Planned != form.Plan.Minutes() || r.Planned != 90 {
		t.Errorf("the record says %d minutes, the plan %d", r.Planned, form.Plan.Minutes())
	}
}

// TestActsNameNobody: what must be looked at again is kept apart, and holds the
// closed lists only.
func TestActsNameNobody(t *testing.T) {
	form := tuesday()
	form.Tally.Acts = []room.TallyAct{{Act: "removed", Principle: "safety", Reason: room.Threat, Urgent: true}}
	b, err := json.Marshal(Acts(form))
	if err != nil || string(b) != `[{"act":"removed","principle":"safety","reason":"threat","urgent":true}]` {
		t.Errorf("%s, %v", b, err)
	}
	if strings.Contains(From(About{}, form).Line(), "threat") {
		t.Error("a reason in the record")
	}
}
