package room

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// TestA02JournalCannotTellAPassFromAShare plays the same meeting twice. Each
// time everybody whose turn comes does what the draw says: in one meeting they
// pass, in the other they share, keep a moment, or let replies in, for as long
// as they like. The journals must be the same, byte for byte.
func TestA02JournalCannotTellAPassFromAShare(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		n := rapid.IntRange(1, 40).Draw(r, "turns")
		var first, second []int
		for range n {
			first = append(first, rapid.IntRange(0, 5).Draw(r, "first"))
			second = append(second, rapid.IntRange(0, 5).Draw(r, "second"))
		}
		format := rapid.SampledFrom([]Format{GoRound, HandQueue}).Draw(r, "format")
		one, other := a02(r, format, first), a02(r, format, second)
		if !slices.Equal(one, other) {
			r.Fatalf("the journal tells %v from %v:\n%s\n\n%s", first, second, strings.Join(one, "\n"), strings.Join(other, "\n"))
		}
	})
}

// a02 gives the journal's rows, and after each commit how many rows it had and
// under which command id. Ids of people and of the end of a turn by the clock
// are random and fixed: they tell who was quicker, and nothing of the turn.
func a02(r *rapid.T, format Format, does []int) (journal []string) {
	w := meeting(r, Main, "ana", "bob", "cy", "dee")
	w.keyed = func(key string, rows int) {
		if key == "t:turn:"+strconv.Itoa(w.s.Form.Turns) {
			key = "an id"
		} else if !strings.HasPrefix(key, "t:gap:") && !strings.HasPrefix(key, "t:format:") {
			r.Fatalf("command id %q tells what was going on in a turn", key)
		}
		journal = append(journal, fmt.Sprint(rows, " by ", key))
	}
	w.wrote = func(_ SeatID, rows int) { journal = append(journal, fmt.Sprint(rows, " by an id")) }
	w.must("sam", SetDoor{Locked: true}) // or the door's own clock would tell how long they took
	for _, how := range does {
		if w.s.Form.Turn == nil {
			w.must("lea", Begin{Format: format})
			for _, id := range []SeatID{"cy", "ana", "sam", "bob"} {
				if format == HandQueue {
					w.must(id, Hand{Up: true})
				}
			}
		}
		w.turn(w.s.Form.Turn.Seat, how)
		w.tick(16 * time.Second) // the next turn is offered, or the round is over
	}
	w.must("lea", Process{Text: "§"})
	for _, b := range w.journal {
		if bytes.Contains(b, []byte("§")) {
			r.Fatalf("words in the journal: %s", b)
		}
		journal = append(journal, string(b))
	}
	return journal
}

// TestA02KeptSilenceAndUnansweredOfferHaveOneID: both end by the clock, and the
// command id of that end is in the journal.
func TestA02KeptSilenceAndUnansweredOfferHaveOneID(t *testing.T) {
	var keys [2]string
	for i := range keys {
		w := meeting(t, Main, "ana", "bob")
		w.must("lea", Begin{Format: GoRound})
		if i == 0 {
			w.must("lea", HoldTurn{})
		}
		w.keyed = func(key string, _ int) {
			if keys[i] == "" {
				keys[i] = key
			}
		}
		w.tick(time.Minute)
	}
	if keys[0] == "" || keys[0] != keys[1] {
		t.Errorf("a kept silence ends as %q, an unanswered offer as %q", keys[0], keys[1])
	}
}

// TestA02UndoneInTheQueue: the queue's other go looks the same too.
func TestA02UndoneInTheQueue(t *testing.T) {
	var journals [2][]string
	for i := range journals {
		w := meeting(t, Main, "ana", "bob")
		w.must("lea", Begin{Format: HandQueue})
		w.must("ana", Hand{Up: true})
		w.must("bob", Hand{Up: true})
		w.keyed = func(key string, rows int) { journals[i] = append(journals[i], fmt.Sprint(rows, " by ", key)) }
		if i == 0 {
			w.must("ana", Pass{}, UndoPass{})
			w.tick(5 * time.Second)
		} else {
			w.must("ana", Take{}, Share{Text: "§"}, Yield{})
			w.must("lea", WeWillComeBack{Seat: "ana"})
		}
		w.must("bob", Take{}, Yield{})
		if turn := w.s.Form.Turn; turn == nil || turn.Seat != "ana" {
			t.Error("ana got no other go")
		}
		for _, row := range w.journal {
			journals[i] = append(journals[i], string(row))
		}
	}
	if !slices.Equal(journals[0], journals[1]) {
		t.Errorf("the journal tells an undone pass:\n%v\n%v", journals[0], journals[1])
	}
}

// TestA02JournalCannotTellAnUndonePass: a row that a person's own command had
// written for another go would say that they had passed. It looks like a turn
// that the lead came back to.
func TestA02JournalCannotTellAnUndonePass(t *testing.T) {
	var journals [2][][]byte
	var keys [2][]string
	for i := range journals {
		w := meeting(t, Main, "ana", "bob")
		w.keyed = func(key string, _ int) { keys[i] = append(keys[i], key) }
		w.must("lea", Begin{Format: GoRound}, Pass{})
		w.tick(5 * time.Second)
		w.must("sam", Pass{})
		w.tick(5 * time.Second)
		rows := len(w.journal)
		if i == 0 {
			w.must("ana", Pass{}, UndoPass{})
			w.tick(5 * time.Second)
		} else {
			w.must("ana", Take{}, Share{Text: "§"}, Yield{})
			w.must("lea", WeWillComeBack{Seat: "ana"})
		}
		if n := len(w.journal) - rows; n != 3 { // closed, opened for bob, again
			t.Errorf("%d rows, want 3", n)
		}
		w.must("bob", Pass{})
		w.tick(5 * time.Second)
		if w.s.Form.Turn == nil || w.s.Form.Turn.Seat != "ana" {
			t.Error("ana got no other go")
		}
		journals[i] = w.journal
	}
	if !reflect.DeepEqual(journals[0], journals[1]) || !reflect.DeepEqual(keys[0], keys[1]) || len(keys[0]) == 0 {
		t.Errorf("the journal tells an undone pass:\n%s\n%s\nkeys %v, %v", journals[0], journals[1], keys[0], keys[1])
	}
}

// turn is one person's turn, spoken or not.
func (w *world) turn(id SeatID, how int) {
	w.t.Helper()
	switch how {
	case 0:
		w.must(id, Pass{})
	case 1:
		w.must(id, Take{}, Share{Text: "§"})
		w.tick(3 * time.Minute)
		w.must(id, Share{Text: "§ more"}, Still{}, Yield{})
	case 2:
		w.must(id, HoldTurn{})
		w.tick(time.Minute)
	case 3:
		w.must(id, Take{}, InviteReplies{Kind: MeToo}, Share{Text: "§"}, Yield{})
		w.must(map[bool]SeatID{true: "bob", false: "ana"}[id != "bob"], Share{Text: "§ reply"})
		w.tick(3 * time.Minute) // the window closes by its clock
	case 4:
		w.must(id, Take{}, InviteReplies{Kind: Ideas}, Yield{})
		w.must("lea", map[bool]Command{true: CloseReplies{}, false: WeWillComeBack{}}[w.s.Form.Turns%2 == 0])
		w.tick(0)
	default:
		w.must(id, Take{})
		w.tick(10 * time.Second)
		w.must(id, Pass{})
	}
}

// everyEvent is one of each, with every field filled.
func everyEvent() []Event {
	return []Event{
		Opened{Plan: testPlan(), Rules: Rules{}.WithDefaults(), Charter: testCharter, At: 1}, CharterSet{Charter: testCharter}, PlanSet{Plan: testPlan(), Rules: Rules{}.WithDefaults()},
		Arrived{Seat: "a", Role: Trainee}, SeatGreeted{Seat: "a"}, SeatAdmitted{Seat: "a"},
		Knocked{Seat: "a", Name: "Ana", Skeleton: "ana", Answer: Concern, Digest: "d", Claims: "b", Open: true, Knocks: true},
		Entered{Seat: "a", At: 2, Back: true}, SentBack{Seat: "a"}, DoorSet{State: DoorKnock}, Renamed{Seat: "a", Name: "B", Skeleton: "b"},
		SteppedOut{Seat: "a", At: 3}, SeatLeft{Seat: "a", Why: "lost", At: 4}, RolesSet{Lead: "a", Wellbeing: "b", Was: "c"},
		PhaseMoved{To: Main, At: 5}, FormatBegan{Format: GoRound, Order: []SeatID{"a", "b"}}, FormatEnded{}, HandSet{Seat: "a", Up: true},
		TurnOpened{Turn: 1, Seat: "a"}, TurnClosed{Turn: 1, Seat: "a", Later: true}, TurnAgain{Seat: "a"},
		HeldBegan{Why: "restart", At: 6}, HeldEnded{}, SessionClosed{Why: "ended", At: 7}, QuietEnded{Seat: "a"}, SeatRemoved{Seat: "a", At: 8},
		Acted{N: 1, Act: "quiet", Level: 3, Seat: "a", By: "b", With: "c", Principle: "safety", Reason: Raid, Until: 9, Urgent: true},

		Online{Seat: "a"}, Offline{Seat: "a"}, LostShown{Seat: "a"}, Preferred{Seat: "a", Needs: []Need{MoreTime}}, WantsBack{Seat: "a"}, Wiped{},
		SilenceSet{}, Paced{}, RoundsAsked{Seat: "a"}, Taken{}, MomentHeld{}, Passed{Seat: "a"}, AgainAsked{Seat: "a"}, Reoffered{}, StillGoing{},
		CueGiven{Cue: "time"}, OverTime{}, TimeGiven{}, Invited{Invite: Ideas}, RepliesOpened{}, RepliesDone{},
		Said{Words: Words{ID: "w1", Kind: SayReply}}, Unsaid{IDs: []string{"w1", "w9", "x"}}, Reminded{}, PauseBegan{}, PauseEnded{}, Presumed{},
		TurnKept{Seat: "a"}, TurnWanted{Seat: "a"}, Skipped{Seat: "a", Place: 1}, GapEnded{}, Seen{Seat: "a"},
		BreakAsked{}, RemovalAsked{}, RemovalDropped{}, SwapTapped{Seat: "a"},
	}
}

func TestEventsSurviveTheJournal(t *testing.T) {
	known := map[string]bool{}
	for _, e := range everyEvent() {
		if known[Kind(e)] {
			t.Errorf("two events are called %s", Kind(e))
		}
		known[Kind(e)] = true
		b, err := EncodeEvent(e)
		if !Durable(e) {
			if !errors.Is(err, ErrNotDurable) {
				t.Errorf("%s was written: %s, %v", Kind(e), b, err)
			}
			continue
		}
		back, errBack := DecodeEvent(b)
		if err != nil || errBack != nil || !reflect.DeepEqual(e, back) {
			t.Errorf("%s: %v %v\n got %+v\nwant %+v", b, err, errBack, back, e)
		}
		if !strings.HasPrefix(string(b), fmt.Sprintf(`{"k":%q`, Kind(e))) {
			t.Errorf("%s does not begin with its kind", b)
		}
	}
	for kind := range eventsByName {
		if !known[kind] {
			t.Errorf("%s is not tested", kind)
		}
	}
}

func TestDecodeRefusesWhatItDoesNotKnow(t *testing.T) {
	for _, row := range []string{"", "{}", `{"k":"taken"}`, `{"k":"said","text":"x"}`, `[]`, `{"k":1}`} {
		if e, err := DecodeEvent([]byte(row)); err == nil {
			t.Errorf("%s: read as %+v", row, e)
		}
	}
	if _, err := DecodeEvent([]byte(`{"k":"said"}`)); !errors.Is(err, ErrUnknownEvent) {
		t.Errorf("a passing event: %v", err)
	}
	if _, err := DecodeEvent([]byte(`{"k":"hand","seat":7}`)); err == nil || errors.Is(err, ErrUnknownEvent) {
		t.Errorf("a broken row: %v", err)
	}
}

// TestApplyCannotFail applies every event to rooms in all sorts of states, in
// which most of them make no sense.
func TestApplyCannotFail(t *testing.T) {
	rooms := map[string]func() *world{
		"new":    func() *world { return newWorld(t) },
		"opened": func() *world { return opened(t, Rules{}) },
		"queue": func() *world {
			w := meeting(t, Main, "a", "b")
			w.must("lea", Begin{Format: HandQueue})
			w.must("a", Hand{Up: true})
			return w
		},
		"round": func() *world {
			w := meeting(t, Main, "a", "b")
			w.must("lea", Begin{Format: GoRound})
			return w
		},
		"closed": func() *world {
			w := meeting(t, Main, "a", "b")
			w.must(House, Shut{})
			return w
		},
	}
	for name, make := range rooms {
		for _, e := range everyEvent() {
			w := make()
			w.s.Apply(w.now, e)
			w.c.Cast(w.s, []Event{e})
			w.s.Snapshot("a")
			if w.s.Form.Count == 0 && Durable(e) {
				t.Errorf("%s: %s was not counted", name, Kind(e))
			}
		}
	}
}

// TestDueKeysNeverRepeat: a timer that leaves something in the journal has a
// command id of its own, or the journal would take it for one it has kept.
func TestDueKeysNeverRepeat(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		m := newModel(r)
		used := map[string]bool{}
		for range 60 {
			m.step(r)
			for range 3 {
				due, ok := m.s.Due()
				if !ok {
					break
				}
				if due.After(m.now) {
					m.now = due
				}
				key, rows := m.s.DueKey(), len(m.journal)
				m.must(House, Tick{})
				if len(m.journal) == rows {
					continue
				}
				if used[key] || key == "" {
					r.Fatalf("key %q again, for %s", key, kinds(m.events))
				}
				used[key] = true
			}
			m.follow()
			m.last = printed(r, m.s)
		}
	})
}
