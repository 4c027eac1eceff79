package chaos

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"hearth/cmd/hearthload/drive"
)

var t0 = time.Unix(1_760_000_000, 0)

func at(ms int) time.Time { return t0.Add(time.Duration(ms) * time.Millisecond) }

func text(n int) string { return fmt.Sprintf("%s%08d", markBegins, n) }

// whole is a room of three that keeps every promise; each test spoils it. a
// leads, b and c take turns; c is sent to the lobby and let in again.
func whole() *story {
	sent := func(id, verb, fields string, ms int) drive.Sent {
		msg := fmt.Appendf(nil, `{"do":%q,"id":%q%s}`, verb, id, fields)
		return drive.Sent{ID: id, Verb: verb, Msg: msg, At: at(ms), Answered: true, AnsAt: at(ms + 10), Form: int64(ms)}
	}
	share := func(id string, n, ms int) drive.Sent {
		s := sent(id, "share", fmt.Sprintf(`,"text":"these are words %s"`, text(n)), ms)
		s.Form = 0
		return s
	}
	seen := func() []drive.Seen {
		return []drive.Seen{{Epoch: "e", Seq: 1, At: at(0), Room: true}, {Epoch: "e", To: drive.RoomStream, Seq: 2, Prev: 1, At: at(500)}}
	}
	heard := func(marks ...int) *Log {
		l := &Log{}
		for _, n := range marks {
			seat := "b"
			if n >= 10 {
				seat = "c"
			}
			l.Heard = append(l.Heard, Heard{Mark: text(n), Seat: seat, At: at(n * 1000)})
		}
		return l
	}
	a := teller{seat: "a", role: "lead", log: heard(3, 4, 12), book: &drive.Book{Seen: seen(), Sent: []drive.Sent{
		sent("a1", "to-lobby", `,"seat":"c"`, 20_000), sent("a2", "admit", `,"seat":"c"`, 25_000),
	}}}
	b := teller{seat: "b", role: "participant", log: heard(3, 4, 12), book: &drive.Book{Seen: seen(), Sent: []drive.Sent{
		sent("b1", "take", "", 1000), share("b2", 3, 2900), share("b3", 4, 3900), sent("b4", "yield", "", 5000),
	}}}
	b.log.Turns = []TurnAct{{"b1", "take", 1}, {"b2", "share", 1}, {"b3", "share", 1}, {"b4", "yield", 1}}
	c := teller{seat: "c", role: "participant", log: heard(3, 4, 12), book: &drive.Book{Seen: append(seen(),
		drive.Seen{Epoch: "e", Seq: 9, At: at(20_400)}, drive.Seen{Epoch: "e", Seq: 12, At: at(25_500), Room: true},
		drive.Seen{Epoch: "e", To: drive.RoomStream, Seq: 13, Prev: 12, At: at(26_000)},
	), Sent: []drive.Sent{sent("c1", "take", "", 10_000), share("c2", 12, 11_900)}}}
	c.log.Turns = []TurnAct{{"c1", "take", 2}, {"c2", "share", 2}}
	spoken := map[string]Spoken{
		text(3): {Session: "s", Seat: "b", N: 1, At: at(2900)}, text(4): {Session: "s", Seat: "b", N: 2, At: at(3900)}, text(12): {Session: "s", Seat: "c", N: 1, At: at(11_900)},
	}
	return &story{session: "s", people: []teller{a, b, c}, spoken: spoken}
}

// unreached is a story in which a text never came to the lead, who is on a node
// and was told about the reach of the others.
func unreached(home int, told ...Reach) func(*story) {
	return func(s *story) {
		lead := &s.people[0]
		lead.home, lead.log.Reach, lead.log.Heard = home, told, lead.log.Heard[:2]
	}
}

// heardInLobby lets b say something at a moment, and c hear it half a second after
// being sent away.
func heardInLobby(s *story, said int) {
	s.spoken[text(5)] = Spoken{Session: "s", Seat: "b", N: 3, At: at(said)}
	for i := range s.people {
		s.people[i].log.Heard = append(s.people[i].log.Heard, Heard{Mark: text(5), Seat: "b", At: at(20_400)})
	}
}

// spoilt are stories with what must be found in them.
var spoilt = map[string]struct {
	spoil  func(s *story)
	want   []string
	missed int
}{
	"a whole story": {spoil: func(*story) {}},
	"a text heard twice": {func(s *story) {
		l := s.people[2].log
		l.Heard = append(l.Heard, l.Heard[2])
	}, []string{"words twice"}, 0},
	"heard again on an empty screen": {spoil: func(s *story) {
		l := s.people[2].log
		again := l.Heard[2]
		again.Page = 1
		l.Heard = append(l.Heard, again)
	}},
	"one person's texts out of order": {func(s *story) {
		h := s.people[0].log.Heard
		h[0], h[1] = h[1], h[0]
	}, []string{"words order"}, 0},
	"two orders in one room": {func(s *story) {
		h := s.people[0].log.Heard
		h[1], h[2] = h[2], h[1]
	}, []string{"words order"}, 0},
	"two orders while told apart": {spoil: func(s *story) {
		h := s.people[0].log.Heard
		h[1], h[2] = h[2], h[1]
		s.people[1].log.Reach = []Reach{{true, at(3000)}, {false, at(20_000)}}
	}},
	"two orders before being told, too long before": {func(s *story) {
		h := s.people[0].log.Heard
		h[1], h[2] = h[2], h[1]
		s.people[1].log.Reach = []Reach{{true, at(40_000)}, {false, at(50_000)}}
	}, []string{"words order"}, 0},
	"words that nobody sent":  {func(s *story) { delete(s.spoken, text(12)) }, []string{"words"}, 0},
	"words from another seat": {func(s *story) { s.people[0].log.Heard[0].Seat = "c" }, []string{"words"}, 0},
	"words that did not come": {func(s *story) { s.people[0].log.Heard = s.people[0].log.Heard[:2] }, nil, 1},
	"words that came while somebody was away": {spoil: func(s *story) {
		s.people[0].log.Heard = s.people[0].log.Heard[:2]
		s.people[0].log.Downs = []Down{{From: at(11_000), To: at(12_500)}}
	}},
	"words that could not reach a node for longer than words live": {spoil: unreached(1, Reach{true, at(13_000)}, Reach{false, at(140_000)})},
	"the same, to somebody who was in the lobby for a while": {spoil: func(s *story) {
		unreached(1, Reach{true, at(13_000)}, Reach{false, at(50_000)}, Reach{true, at(60_000)}, Reach{false, at(140_000)})(s)
		s.people[1].home, s.people[1].log.Reach = 1, []Reach{{true, at(13_000)}, {false, at(140_000)}}
	}},
	"words that waited, and not for long":           {unreached(1, Reach{true, at(13_000)}, Reach{false, at(100_000)}), nil, 1},
	"words that waited, twice, and not for long":    {unreached(1, Reach{true, at(13_000)}, Reach{false, at(60_000)}, Reach{true, at(70_000)}, Reach{false, at(140_000)}), nil, 1},
	"words from before a node was out of reach":     {unreached(1, Reach{true, at(40_000)}, Reach{false, at(300_000)}), nil, 1},
	"words from after a node was out of reach":      {unreached(1, Reach{true, at(1000)}, Reach{false, at(11_000)}), nil, 1},
	"words on one node, while another is not there": {unreached(0, Reach{true, at(13_000)}, Reach{false, at(140_000)}), nil, 1},
	"words to somebody who is in the lobby when others of their node hear them": {spoil: func(s *story) {
		s.people[0].log.Heard = s.people[0].log.Heard[:2]
		s.people[1].log.Heard[2].At = at(40_100)
		s.people[0].book.Seen = append(s.people[0].book.Seen, drive.Seen{Epoch: "e", Seq: 20, At: at(40_000)})
	}},
	"words to somebody who is in the room when others of their node hear them": {func(s *story) {
		s.people[0].log.Heard = s.people[0].log.Heard[:2]
		s.people[1].log.Heard[2].At = at(40_100)
		s.people[0].book.Seen = append(s.people[0].book.Seen, drive.Seen{Epoch: "e", Seq: 20, At: at(40_000), Room: true})
	}, nil, 1},
	"words that a resume did not bring": {func(s *story) {
		s.people[0].log.Heard = s.people[0].log.Heard[:2]
		s.people[0].log.Downs = []Down{{From: at(11_000), To: at(12_500), Resumed: true}}
	}, nil, 1},
	"a frame of the room in the lobby": {func(s *story) {
		b := s.people[2].book
		b.Seen = slices.Insert(b.Seen, 3, drive.Seen{Epoch: "e", To: drive.RoomStream, Seq: 10, Prev: 2, At: at(20_500)})
	}, []string{"door"}, 0},
	"a frame of the room two seconds after being sent away": {func(s *story) {
		s.people[2].book.Seen[2] = drive.Seen{Epoch: "e", To: drive.RoomStream, Seq: 10, Prev: 2, At: at(22_100)}
	}, []string{"door"}, 0},
	"a frame of the room half a second after being sent away": {spoil: func(s *story) {
		s.people[2].book.Seen[2] = drive.Seen{Epoch: "e", To: drive.RoomStream, Seq: 10, Prev: 2, At: at(20_500)}
	}},
	"words that were said after somebody was sent away": {func(s *story) {
		heardInLobby(s, 20_020)
	}, []string{"door"}, 0},
	"words on their way when somebody was sent away": {spoil: func(s *story) {
		heardInLobby(s, 20_005)
	}},
	"words that were said after somebody was sent away, on a node that could not know": {spoil: func(s *story) {
		heardInLobby(s, 20_020)
		s.people[2].log.Reach = []Reach{{Apart: true, At: at(20_500)}}
	}},
	"somebody is called gone": {func(s *story) {
		s.people[0].log.Lefts = []Left{{Seat: "b", At: at(30_000)}}
		s.people[1].log.Downs = []Down{{From: at(20_000), To: at(80_000)}}
	}, []string{"left"}, 0},
	"somebody is called gone after the grace": {spoil: func(s *story) {
		s.people[0].log.Lefts = []Left{{Seat: "b", At: at(700_000)}}
		s.people[1].log.Downs = []Down{{From: at(20_000), To: at(720_000)}}
	}},
	"somebody is sent away and called gone": {spoil: func(s *story) {
		s.people[0].log.Lefts = []Left{{Seat: "c", At: at(20_010)}}
	}},
	"two have the floor": {func(s *story) {
		s.people[2].book.Sent[0].At, s.people[2].book.Sent[0].AnsAt = at(2000), at(2010)
	}, []string{"holders"}, 0},
	"words are taken from somebody whose turn is over": {func(s *story) {
		s.people[1].book.Sent[3].At, s.people[1].book.Sent[3].AnsAt = at(3000), at(3100)
	}, []string{"holders"}, 0},
	"a turn is given back and taken at the same time": {spoil: func(s *story) {
		s.people[1].book.Sent[3].AnsAt = at(10_500) // the answer came late
	}},
	"a turn without an answer explains it": {spoil: func(s *story) {
		s.people[1].book.Sent[3].Answered = false
	}},
	"nobody gave the floor back": {func(s *story) {
		s.people[1].book.Sent[3].Code = "unknown"
	}, []string{"holders"}, 0},
}

// TestCheckerCanFail holds made-up stories against the checks: each spoilt one
// is found, and for what it is.
func TestCheckerCanFail(t *testing.T) {
	for name, c := range spoilt {
		t.Run(name, func(t *testing.T) {
			s := whole()
			c.spoil(s)
			l := &looker{v: &Verdict{Broken: map[string]int{}}, kept: map[string]int{}}
			l.words(s)
			l.door(s)
			l.lefts(s)
			l.floor(s)
			var got []string
			for promise := range l.v.Broken {
				got = append(got, promise)
			}
			slices.Sort(got)
			if !slices.Equal(got, c.want) || l.v.Missed != c.missed {
				t.Errorf("found %v and %d missed, want %v and %d\n%q", got, l.v.Missed, c.want, c.missed, l.found)
			}
		})
	}
}

// TestFloorBeforeTheFirstAct: who holds the floor when a history begins is not known, and
// sending somebody away says only that it is not they.
func TestFloorBeforeTheFirstAct(t *testing.T) {
	away := floorAct{what: "send-away", seat: "ann", sure: true}
	holder, _ := away.on(anybody)
	for _, c := range []struct {
		what, seat string
		may        bool
	}{{"say", "ben", true}, {"say", "ann", false}, {"take", "ann", true}, {"give", "ann", true}} {
		if _, may := (floorAct{what: c.what, seat: c.seat}).on(holder); may != c.may {
			t.Errorf("%s %s after ann was sent away: %t, want %t", c.seat, c.what, may, c.may)
		}
	}
	if after, _ := away.on("ann"); after != "" {
		t.Errorf("ann was sent away and the floor is with %q", after)
	}
}

func TestFigures(t *testing.T) {
	o := Outcome{ID: "F7", Title: "kill -9 Redis x20", Figures: Figures{Count("lost", 0, 0), Within("gap closed", 1200*time.Millisecond, 3*time.Second)}}
	if got, want := o.String(), "F7   kill -9 Redis x20: lost 0 (0), gap closed 1.2 s (3.0 s)  ok  (0 s)"; got != want {
		t.Errorf("got %q\nwant %q", got, want)
	}
	o.Figures = append(o.Figures, Count("doubled", 1, 0))
	if o.OK() {
		t.Error("one doubled is called ok")
	}
	o.Found = []string{"lost: x"}
	if got, want := o.Broken(), "doubled 1 (0); lost: x"; got != want {
		t.Errorf("got %q\nwant %q", got, want)
	}
	if (Outcome{Found: []string{"lost: x"}}).OK() || (Outcome{Failed: "x"}).OK() || (Figures{AtLeast("kept", 1, 2)}).OK() {
		t.Error("a failure is called ok")
	}
}

func TestChoose(t *testing.T) {
	chosen, err := Choose(Faults(), "F13,F7")
	if err != nil || len(chosen) != 2 || chosen[0].ID != "F7" {
		t.Errorf("got %v, %v", chosen, err)
	}
	if _, err := Choose(Faults(), "F99"); err == nil {
		t.Error("a fault that is not there was chosen")
	}
}

// TestScanFinds: what the scan looks for is found, in whatever case.
func TestScanFinds(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "clean"), []byte("nothing but rows"), 0o600); err != nil {
		t.Fatal(err)
	}
	if hits, size, err := look(dir); err != nil || len(hits) != 0 || size == 0 {
		t.Fatalf("a clean folder: %v, %d bytes, %v", hits, size, err)
	}
	if err := os.WriteFile(filepath.Join(dir, "wal"), []byte("\x00\x01these are words "+strings.ToUpper(text(3))+"\x00"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{dir, filepath.Join(dir, "wal")} {
		if hits, _, err := look(path); err != nil || len(hits) != 1 {
			t.Errorf("%s: %v, %v", path, hits, err)
		}
	}
}
