package room

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var (
	modelSeats = []SeatID{"lea", "sam", "tara", "p1", "p2", "p3", "p4", "p5", "p6", "p7"}
	someTexts  = []string{"§ words", "§ more words", "§ and more", " "}
	someLines  = []string{"equality", "safety", "choice", "nonsense"}
	someWhys   = []Reason{OverOthers, Raid, "because"}
	steps      = []time.Duration{
		0, 0, 0, 0, 0, 0, 0, 0, 0, 0, time.Millisecond, time.Second, time.Second, time.Second, time.Second,
		4 * time.Second, 4 * time.Second, 16 * time.Second, 16 * time.Second, 21 * time.Second, 31 * time.Second,
		46 * time.Second, 61 * time.Second, 2 * time.Minute, 4 * time.Minute,
	}
)

// TestModel drives rooms with random commands at random times, and compares
// them with rules so simple that they cannot be wrong.
// -rapid.checks sets how many rooms; each sees 100 commands.
func TestModel(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		m := newModel(r)
		for range 100 {
			if m.s.closed() && fair(4).Draw(r, "anew") == 0 {
				m = newModel(r) // little happens in a closed room
			}
			m.step(r)
		}
		m.replayed(replay(r, m.journal, start.Add(99*time.Hour)))
	})
}

// model is a world and the simple rules.
type model struct {
	*world
	in       map[SeatID]bool // who hears the room
	leads    [2]SeatID
	digest   map[SeatID]string
	had      map[SeatID]bool // had had a turn when the last one was offered
	undid    map[SeatID]bool // passed what would have been a first turn, and may undo it
	shadow   *State          // built from the journal alone
	shadowed int
	last     string // the state as printed after the last command
	phase    int    // number of the phase: it never goes back
}

func newModel(r *rapid.T) *model {
	m := &model{in: map[SeatID]bool{}, digest: map[SeatID]string{}, had: map[SeatID]bool{}, undid: map[SeatID]bool{}, shadow: New()}
	m.world = newWorld(r)
	m.before = m.check
	m.must(House, Open{Plan: testPlan(), Charter: testCharter, Rules: Rules{TurnRules: TurnRules{TimersOff: fair(10).Draw(r, "timers") == 0}}})
	if fair(10).Draw(r, "warm") > 0 {
		m.enter("lea", "sam", "tara", "p1", "p2", "p3", "p4", "p5")
		m.now = start
		phase := pick(r, "phase", CheckIn, Main, Main, Main, AfterCare)
		m.must("lea", MovePhase{To: phase})
		if f := pick(r, "format", NoFormat, GoRound, GoRound, HandQueue, HandQueue, OpenFloor); f != NoFormat {
			m.must("lea", Begin{Format: f})
		}
	}
	m.last = printed(r, m.s)
	return m
}

func (m *model) step(r *rapid.T) {
	m.now = m.now.Add(pick(r, "step", steps...))
	by, c := m.command(r)
	share, isShare := c.(Share)
	could := show(meSections, m.s, by).Can.Share
	if _, ok := c.(Restarted); ok {
		m.crash()
		return
	}
	events, _ := m.s.Decide(m.now, by, c)
	if got := printed(r, m.s); got != m.last {
		r.Fatalf("deciding %T by %q changed the state:\nwas %s\nnow %s", c, by, m.last, got)
	}
	no := m.do(by, c)
	if isShare && strings.TrimSpace(share.Text) != "" {
		m.shareAgrees(by, could, no)
	}
	if no == nil && len(events) != len(m.events) {
		r.Fatalf("deciding %T twice gives %s, then %s", c, kinds(events), kinds(m.events))
	}
	m.follow()
	m.invariants()
	m.last = printed(r, m.s)
	m.settled()
	m.buttonsAgree(by)
}

// buttonsAgree: what a screen offers is what the room would do. Deciding changes
// nothing, so it can simply be asked.
func (m *model) buttonsAgree(id SeatID) {
	m.t.Helper()
	can := show(meSections, m.s, id).Can
	for name, b := range map[string]struct {
		can bool
		c   Command
	}{
		"hand":     {can.Hand || can.HandUp, Hand{Up: true}},
		"undo":     {can.UndoPass || can.Kept, UndoPass{}},
		"invite":   {can.Invite, InviteReplies{Kind: JustHear}},
		"process":  {can.Process, Process{Text: "§"}},
		"rounds":   {can.Rounds || m.s.Form.Format == OpenFloor && m.s.Live.Seats[id].Rounds && m.s.Form.Held == nil && m.in[id], RoundsPlease{}},
		"share":    {can.Share && !m.now.Before(can.From.Time()), Share{Text: "§"}},
		"no-words": {false, Share{Text: " "}},
	} {
		if _, no := m.s.Decide(m.now, id, b.c); (no == nil) != b.can {
			m.t.Fatalf("%s of %s: the screen says %v, the room %v; can %+v", name, id, b.can, no, can)
		}
	}
}

// crash is kill -9 and a start from the journal.
func (m *model) crash() {
	m.restart()
	for _, id := range m.s.Form.Arrived {
		if len(id)%2 == 0 || id == "sam" {
			m.must(House, Connected{Seat: id})
		}
	}
	m.follow()
	m.invariants()
	m.last = printed(m.t, m.s)
}

func (m *model) shareAgrees(by SeatID, could bool, no *Refusal) {
	m.t.Helper()
	if no == nil && !could || no != nil && could && no != tooSoon {
		m.t.Fatalf("%s shares: can %v, refusal %v", by, could, no)
	}
}

// check looks at each event against the state it is about to change.
func (m *model) check(e Event) {
	m.t.Helper()
	if turn, ok := e.(TurnOpened); ok {
		m.firstBeforeSecond(turn.Seat)
		if m.s.Form.Seats[turn.Seat].Role == Trainee || m.s.Form.Turn != nil || m.s.Form.Held != nil {
			m.t.Fatalf("turn offered to %s: %+v", turn.Seat, m.s.Form)
		}
	}
	switch e := e.(type) {
	case Said:
		m.maySay(e)
	case Passed:
		m.undid[e.Seat] = !m.had[e.Seat]
	case TurnOpened:
		m.had[e.Seat] = m.s.Form.Seats[e.Seat].HadTurn
	case FormatEnded, Wiped:
		clear(m.undid)
	case Knocked:
		m.digest[e.Seat] = e.Digest
	case Entered:
		m.mayEnter(e.Seat)
		m.in[e.Seat] = true
	case SteppedOut:
		delete(m.in, e.Seat)
	case SeatLeft:
		delete(m.in, e.Seat)
	case SeatRemoved:
		delete(m.in, e.Seat)
	case SentBack:
		delete(m.in, e.Seat)
	case CharterSet:
		for id := range m.in {
			if m.digest[id] != e.Charter.Digest {
				delete(m.in, id)
			}
		}
	case RolesSet:
		m.leads = [2]SeatID{e.Lead, e.Wellbeing}
	case SessionClosed:
		clear(m.in)
		m.leads = [2]SeatID{}
	}
}

// mayEnter: between turns only, never into a silence or a pause; but a held room
// lets a facilitator in.
func (m *model) mayEnter(id SeatID) {
	m.t.Helper()
	t := m.s.Live.Turn
	busy := t != nil && t.Stage != Offered || m.s.Form.Format == Silence || m.s.Live.Pause != nil
	if rescue := m.s.Form.Held != nil && testRole(id) != Participant && testRole(id) != Trainee; busy && !rescue {
		m.t.Fatalf("%s enters in the middle of something: %+v %+v", id, t, m.s.Form.Format)
	}
}

// maySay is T1, T2, T8 and level 3, told by kinds of words.
func (m *model) maySay(e Said) {
	m.t.Helper()
	t, kind := m.s.Live.Turn, e.Words.Kind
	stage := Stage("")
	if t != nil {
		stage = t.Stage
	}
	paused, held := m.s.Live.Pause != nil, m.s.Form.Held != nil
	quiet := m.s.Form.Seats[e.Seat].Quiet != nil
	ok := m.in[e.Seat]
	switch kind {
	case SayShare:
		mine := stage == Speaking && t.Seat == e.Seat
		open := m.s.Form.Format == OpenFloor && t == nil && !held
		ok = ok && !paused && !quiet && (mine || open)
	case SayReply:
		ok = ok && !paused && !quiet && stage == Replying && t.Seat != e.Seat && m.s.Form.Phase == Main
	case SayProcess:
		ok = ok && (e.Seat == m.leads[0] || e.Seat == m.leads[1]) && (paused || stage == "" || stage == Offered)
	case SayLine, SayNudge:
		ok = e.With != House
	}
	if !ok {
		m.t.Fatalf("%s says a %s: turn %+v, paused %v, held %v", e.Seat, kind, t, paused, held)
	}
}

// wordsStay: words of a line or a nudge never go to the room (practice §8, rule 21).
func (m *model) wordsStay(c Cast) {
	m.t.Helper()
	if w := c.Words; w != nil && (w.Kind == SayLine || w.Kind == SayNudge) {
		to := c.To.Seat
		if c.To.Kind != ToMe || to != w.With && to != m.leads[0] && to != m.leads[1] {
			m.t.Fatalf("a %s with %s goes to %+v", w.Kind, w.With, c.To)
		}
	} else if w != nil && c.To.Kind != ToRoom {
		m.t.Fatalf("a %s goes to %+v", w.Kind, c.To)
	}
}

// firstBeforeSecond is T11, told without the room's own order.
func (m *model) firstBeforeSecond(offered SeatID) {
	m.t.Helper()
	if m.s.Form.Format != HandQueue || !m.s.Form.Seats[offered].HadTurn || m.undid[offered] {
		return
	}
	for _, h := range m.s.Form.Hands {
		f, l := m.s.Form.Seats[h.Seat], m.s.Live.Seats[h.Seat]
		if !f.HadTurn && f.Status == Here && l.Online && !l.Listening && !l.Kept && f.Answer == Agree && f.Quiet == nil {
			m.t.Fatalf("T11: %s is offered a second turn while %s waits for a first", offered, h.Seat)
		}
	}
}

// follow replays what was just journalled and checks whom it was shown to.
func (m *model) follow() {
	m.t.Helper()
	for ; m.shadowed < len(m.journal); m.shadowed++ {
		row := string(m.journal[m.shadowed])
		if strings.Contains(row, "§") {
			m.t.Fatalf("words in the journal: %s", row)
		}
		e, err := DecodeEvent(m.journal[m.shadowed])
		if err != nil {
			m.t.Fatalf("%v", err)
		}
		m.shadow.Apply(start, e)
	}
	m.replayed(m.shadow)
	entered, said := false, false
	for _, e := range m.events {
		_, w := e.(Said)
		_, in := e.(Entered)
		entered, said = entered || in, said || w
	}
	if entered && said {
		m.t.Fatalf("R6: somebody enters in the same breath as words: %s", kinds(m.events))
	}
	m.screensAgree()
	for _, c := range m.casts {
		m.nothingLeaks(c)
		m.wordsStay(c)
	}
}

func (m *model) replayed(s *State) {
	m.t.Helper()
	if got, want := printed(m.t, s.Form), printed(m.t, m.s.Form); got != want {
		m.t.Fatalf("replay differs\n got %s\nwant %s", got, want)
	}
}

// nothingLeaks: whoever is not inside gets only their own frames, and no name in
// them but their own (A6, A7).
func (m *model) nothingLeaks(c Cast) {
	m.t.Helper()
	if c.To.Kind != ToMe || m.in[c.To.Seat] || c.Words != nil {
		return
	}
	b, err := json.Marshal(c)
	if err != nil {
		m.t.Fatalf("%v", err)
	}
	for _, id := range modelSeats {
		if id != c.To.Seat && strings.Contains(string(b), "Name-"+string(id)) {
			m.t.Fatalf("%s is outside and learns of %s: %s", c.To.Seat, id, b)
		}
	}
}

func (m *model) invariants() {
	if was := m.phase; m.s.Form.Phase.number() < was {
		m.t.Fatalf("the room went back to %s", m.s.Form.Phase)
	}
	m.phase = m.s.Form.Phase.number()
	if all := broken(m.s); len(all) > 0 {
		m.t.Fatalf("the state is not what its fields say: %q", all)
	}
	m.t.Helper()
	speakers, offers := 0, 0
	for _, id := range m.s.Form.Arrived {
		f := m.s.Form.Seats[id]
		if m.s.Receives(id, ToRoom) != m.in[id] || m.s.Receives(id, ToCare) != (m.in[id] && (id == m.leads[0] || id == m.leads[1])) {
			m.t.Fatalf("%s (%s) receives the wrong streams", id, f.Status)
		}
		if f.Status == Here && (f.Digest != m.s.Form.Charter.Digest || f.Answer == "") {
			m.t.Fatalf("%s is here without agreement to the current charter", id)
		}
		me := show(meSections, m.s, id)
		if me.Can.Share && !me.Can.Reply && m.s.Form.Format != OpenFloor {
			speakers++
		}
		if me.Offer != nil {
			offers++
		}
		if role := m.s.roleOf(id); (role == Lead || role == Wellbeing) && testRole(id) != Lead && testRole(id) != Wellbeing {
			m.t.Fatalf("%s was promoted to %s", id, role)
		}
	}
	if speakers > 1 || offers > 1 || offers > 0 && m.s.floorView() != nil {
		m.t.Fatalf("T1: %d may speak, %d are offered a turn, floor %+v", speakers, offers, m.s.floorView())
	}
	m.everybodySeen()
	hands := map[SeatID]bool{}
	for _, h := range m.s.Form.Hands {
		if hands[h.Seat] || !m.in[h.Seat] {
			m.t.Fatalf("hand of %s twice, or from outside: %+v", h.Seat, m.s.Form.Hands)
		}
		hands[h.Seat] = true
	}
}

// everybodySeen: whoever hears the room is in the circle (A8).
func (m *model) everybodySeen() {
	m.t.Helper()
	shown := map[SeatID]bool{}
	for _, v := range m.s.seatViews() {
		shown[v.Seat] = true
	}
	for id := range m.in {
		if !shown[id] {
			m.t.Fatalf("%s hears the room and is not seen", id)
		}
	}
}

// settled: when everything due has acted, nothing more happens by itself.
func (m *model) settled() {
	m.t.Helper()
	for fired := 0; m.due(); fired++ {
		key := m.s.DueKey()
		m.fire()
		if len(m.events) == 0 || key == "" || fired > 100 {
			m.t.Fatalf("timer %s did nothing", key)
		}
		m.follow()
		m.invariants()
	}
	if events, _ := m.s.Decide(m.now, House, Tick{}); len(events) > 0 {
		m.t.Fatalf("not settled: %s", kinds(events))
	}
	m.last = printed(m.t, m.s)
}
