package room

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

func TestEveryVerbIsReadAndDecided(t *testing.T) {
	if !slices.IsSorted(Verbs()) || len(Verbs()) != len(verbs) {
		t.Fatalf("verbs: %v", Verbs())
	}
	for _, verb := range Verbs() {
		c, err := ReadCommand(verb, func(into any) error {
			if reflect.TypeOf(into).Kind() != reflect.Pointer {
				t.Errorf("%s: cannot decode into %T", verb, into)
			}
			return nil
		})
		if err != nil || c.Verb() != verb || reflect.TypeOf(c).Kind() != reflect.Struct {
			t.Errorf("%s: %T %v", verb, c, err)
		}
		if h, ok := handlers[reflect.TypeOf(c)]; !ok || h.who == house {
			t.Errorf("%s: nobody may", verb)
		}
	}
	broken := errors.New("broken")
	if _, err := ReadCommand("share", func(any) error { return broken }); !errors.Is(err, broken) {
		t.Errorf("decode error: %v", err)
	}
}

func TestHouseCommandsAreNotOnTheWire(t *testing.T) {
	for _, c := range []Command{
		Open{}, SetCharter{}, Arrive{}, Connected{}, Lost{}, Restarted{}, Tick{}, Revoke{}, Shut{},
	} {
		if h, ok := handlers[reflect.TypeOf(c)]; c.Verb() != "" || !ok || h.who != house {
			t.Errorf("%T: verb %q", c, c.Verb())
		}
		w := meeting(t, Main, "ana", "bob")
		w.refused("unknown-command", "ana", c)
	}
	if _, err := ReadCommand("", func(any) error { t.Error("decoded"); return nil }); !errors.Is(err, ErrUnknownVerb) {
		t.Errorf("no verb: %v", err)
	}
	meeting(t, Main, "ana", "bob").refused("unknown-command", House, Take{})
	meeting(t, Main, "ana", "bob").refused("unknown-command", "ana", &Take{})
}

// TestRefusalsAreKind reads the table of refusals: codes are words of their own,
// sentences are whole, short and blame nobody.
func TestRefusalsAreKind(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "refusals.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	codes := map[string]bool{}
	ast.Inspect(file, func(n ast.Node) bool {
		lit, ok := n.(*ast.CompositeLit)
		if !ok {
			return true
		}
		code, say := unquoted(t, lit.Elts[0]), unquoted(t, lit.Elts[1])
		if codes[code] || code != strings.ToLower(code) || strings.ContainsAny(code, " _.") {
			t.Errorf("code %q", code)
		}
		codes[code] = true
		if !strings.HasSuffix(say, ".") && !strings.HasSuffix(say, "?") || len(say) > 120 || strings.ContainsAny(say, "!") {
			t.Errorf("%s: %q", code, say)
		}
		for _, harsh := range []string{"error", "invalid", "illegal", "denied", "forbidden", "failed", "must "} {
			if strings.Contains(strings.ToLower(say), harsh) {
				t.Errorf("%s: %q says %q", code, say, harsh)
			}
		}
		return true
	})
	if len(codes) < 60 || sessionOver.Error() != "session-over" {
		t.Errorf("%d refusals", len(codes))
	}
}

func unquoted(t *testing.T, e ast.Expr) string {
	t.Helper()
	s, err := strconv.Unquote(e.(*ast.BasicLit).Value)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestRulesHaveDefaults(t *testing.T) {
	r := Rules{}.WithDefaults()
	v := reflect.ValueOf(r)
	for _, f := range reflect.VisibleFields(v.Type()) {
		if !f.Anonymous && v.FieldByIndex(f.Index).IsZero() && f.Name != "TimersOff" {
			t.Errorf("%s has no default", f.Name)
		}
	}
	if got := (Rules{TurnRules: TurnRules{OfferFor: time.Minute}, FloorRules: FloorRules{Replies: 1, OpenRow: 9}}).WithDefaults(); got.OfferFor != time.Minute || got.Replies != 1 || got.OpenRow != 9 {
		t.Errorf("a chosen value was lost: %+v", got)
	}
}

func TestOpen(t *testing.T) {
	w := newWorld(t)
	zone := time.FixedZone("elsewhere", 3600)
	w.must(House, Open{Plan: Plan{Start: start.In(zone)}, Charter: testCharter})
	if f := w.s.Form; f.Plan.Seats != 12 || f.Plan.Start.Location() != time.UTC || f.Rules.OfferFor != 45*time.Second {
		t.Errorf("opened with %+v", f)
	}
	w.refused("already-open", House, Open{})
	w.refused("no-such-seat", House, Arrive{})
	w.must(House, Arrive{Seat: "lea", Role: Lead})
	if got := w.s.phaseView(); got.Next != Opening {
		t.Errorf("without a plan, after the lobby comes %q", got.Next)
	}
	if w.s.Status("nobody") != "" || w.s.Receives("nobody", ToMe) || w.s.Receives("lea", AudienceKind(9)) {
		t.Error("somebody who is not there is somewhere")
	}
}

// TestKnockWithoutArrive: the hub may have told of the seat in the knock alone.
func TestKnockWithoutArrive(t *testing.T) {
	w := opened(t, Rules{})
	k := w.knock("lea")
	k.Role = Lead
	w.must("lea", k)
	w.must("ana", Knock{Role: Participant, Name: "Ana", Answer: Agree, Digest: "d1"})
	w.refused("name-taken", "bob", Knock{Role: Participant, Name: "Ana", Answer: Agree, Digest: "d1"})
	if w.s.Status("lea") != Here || w.s.Status("ana") != Waiting || w.s.Form.Seats["ana"].Role != Participant {
		t.Errorf("%+v", w.s.Form.Seats)
	}
	w.must(House, Arrive{Seat: "ana", Role: Trainee})
	if w.s.Form.Seats["ana"].Role != Trainee || w.s.Status("ana") != Waiting {
		t.Errorf("a link that changed its role: %+v", w.s.Form.Seats["ana"])
	}
	w.refused("not-inside", "cy", Leave{})
	w.refused("not-inside", "cy", Prefs{})
}

func TestLongTexts(t *testing.T) {
	w := meeting(t, Main, "ana", "bob")
	w.must("lea", Process{Text: strings.Repeat("é", MaxText)})
	w.refused("too-long", "lea", Process{Text: strings.Repeat("é", MaxText+1)})
	w.refused("too-long", "sam", Nudge{Seat: "ana", Principle: "safety", Text: strings.Repeat("x", MaxText+1)})
	w.refused("too-long", "ana", Line{Text: strings.Repeat("x", MaxText+1)})
	w.must("sam", Nudge{Seat: "ana", Principle: "safety"})
	if len(w.heard["ana"]) != 1 {
		t.Errorf("ana hears %v", w.heard["ana"])
	}
}

// TestThirdFacilitator: a spare facilitator has no tools until some are free.
func TestThirdFacilitator(t *testing.T) {
	w := meeting(t, Main, "ana", "bob")
	k := w.knock("kim")
	k.Role = Wellbeing
	w.must("kim", k)
	if w.s.facilitates("kim") || w.s.roleOf("kim") != Participant {
		t.Fatalf("kim has tools: %+v", w.s.Form)
	}
	w.refused("facilitators-only", "kim", Begin{Format: GoRound})
	w.must(House, Lost{Seat: "sam"}, Lost{Seat: "lea"})
	w.tick(15 * time.Second)
	if w.s.Form.Lead != "kim" || w.s.Form.Wellbeing != "kim" {
		t.Fatalf("lead %s, wellbeing %s", w.s.Form.Lead, w.s.Form.Wellbeing)
	}
	w.must(House, Connected{Seat: "lea"}, Connected{Seat: "sam"})
	if w.s.Form.Lead != "kim" || w.s.Form.Wellbeing != "lea" {
		t.Fatalf("lead %s, wellbeing %s", w.s.Form.Lead, w.s.Form.Wellbeing)
	}
}

// TestWellbeingOpensAlone: while no lead has come, wellbeing holds both jobs.
func TestWellbeingOpensAlone(t *testing.T) {
	w := opened(t, Rules{})
	w.enter("sam", "ana", "bob")
	w.must("sam", MovePhase{To: Opening})
	if w.s.Form.Lead != "sam" || w.s.Form.Wellbeing != "sam" {
		t.Fatalf("lead %s, wellbeing %s", w.s.Form.Lead, w.s.Form.Wellbeing)
	}
	w.must("sam", MovePhase{To: AfterCare})
}

// TestLeadOpensAlone: a lead without wellbeing looks after the door too.
func TestLeadOpensAlone(t *testing.T) {
	w := opened(t, Rules{})
	w.enter("lea")
	for _, id := range []SeatID{"ana", "bob"} {
		w.arrive(id)
		w.must(id, w.knock(id))
		w.must("lea", Greet{Seat: id}, Admit{Seat: id})
	}
	if !w.s.wellbeingHere() {
		t.Error("nobody has wellbeing's duties")
	}
	w.must("lea", MovePhase{To: Main}, Begin{Format: HandQueue})
	w.must("ana", Hand{Up: true}, Line{Text: "hello"})
	w.must("ana", Take{})
	w.must(House, Restarted{})
	w.refused("no-offer", "ana", Take{})
}

func TestTallyHasCountsAndNoNames(t *testing.T) {
	w := meeting(t, Main, "ana", "bob", "cy")
	w.must("lea", Begin{Format: GoRound}, Begin{Format: HandQueue}, Begin{Format: GoRound})
	w.must("sam", Nudge{Seat: "ana", Principle: "safety"}, Quiet{Seat: "bob", Principle: "safety", Reason: Hurtful},
		Remove{Seat: "cy", Principle: "safety", Reason: Raid, Urgent: true}, UrgentDoor{Reason: Raid}, Pause{Principle: "safety"})
	w.must("lea", CarryOn{}, MovePhase{To: Closing}, End{})
	got := w.s.Form.Tally
	if got.Entered != 5 || got.Levels != [6]int{0, 1, 1, 1, 0, 1} || got.Urgent != 1 || got.Why != "ended" {
		t.Errorf("tally %+v", got)
	}
	if !slices.Equal(got.Formats, []Format{GoRound, HandQueue}) || len(got.Phases) != 3 || got.Phases[2].To != millis(w.now) {
		t.Errorf("tally %+v", got)
	}
	// What must be looked at again: which act, why, and nobody's seat.
	if want := []TallyAct{{Act: "removed", Principle: "safety", Reason: Raid, Urgent: true}, {Act: "urgent", Reason: Raid, Urgent: true}}; !slices.Equal(got.Acts, want) {
		t.Errorf("acts %+v", got.Acts)
	}
	if strings.Contains(printed(t, got), "Name-") {
		t.Error("a name in the tally")
	}
}

func TestHeldRefusals(t *testing.T) {
	w := meeting(t, Main, "ana", "bob")
	w.must("lea", Begin{Format: HandQueue})
	w.must("ana", Hand{Up: true}, HoldTurn{})
	w.must("lea", Leave{})
	w.must("sam", Leave{})
	w.tick(30 * time.Second)
	w.refused("held", "ana", Take{})
	w.must("ana", Pass{})
	w.refused("no-offer", "ana", Take{})
}

// TestCharterReachesEverybody: a new text comes in a snapshot only.
func TestCharterReachesEverybody(t *testing.T) {
	w := opened(t, Rules{})
	w.enter("lea", "sam", "ana")
	w.arrive("bob", "cy")
	w.must("bob", w.knock("bob"))
	w.must(House, SetCharter{Charter: CharterRef{Number: 2, Digest: "d2"}})
	whole := map[SeatID]bool{}
	for _, c := range w.casts {
		if c.Whole {
			whole[c.To.Seat] = true
		}
	}
	if len(whole) != 5 {
		t.Errorf("a new charter reaches %v", whole)
	}
}

// TestLateTickDoesNotSpin: a round waits for a lost seat, and after-care ends,
// both before the tick comes. The wait comes to nothing, and the tick must go on.
func TestLateTickDoesNotSpin(t *testing.T) {
	w := meeting(t, AfterCare, "ana", "bob")
	w.must("lea", Begin{Format: GoRound})
	w.must(House, Lost{Seat: "ana"})
	for _, id := range []SeatID{"lea", "sam", "bob"} {
		w.must(id, Pass{})
		w.tick(5 * time.Second)
	}
	w.now = w.now.Add(20 * time.Minute)
	w.must(House, Tick{})
	if !w.s.closed() || w.s.Form.Tally.Why != "after-care" {
		t.Errorf("phase %s, %s", w.s.Form.Phase, w.s.Form.Tally.Why)
	}
}

// TestCodeMoved: the code that the house looks for is the code that is given.
func TestCodeMoved(t *testing.T) {
	if seatMoved.Code != CodeMoved {
		t.Errorf("%q is given, %q is looked for", seatMoved.Code, CodeMoved)
	}
}
