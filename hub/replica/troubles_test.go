package replica

import (
	"fmt"
	"testing"
	"time"

	"hearth/hub/journal/kept"
	"hearth/room"
)

// TestPresuming: a node that reads the room while another one has it and cannot
// be asked takes everybody to be connected; what it guesses never replaces what
// the other knows.
func TestPresuming(t *testing.T) {
	s := newScene(t, 2)
	s.carryOn()
	s.do("lea", room.Prefs{Needs: []room.Need{room.Breaks}})
	a := s.nodes[0]
	a.pause()
	s.person("ana").connectTo(s.nodes[1])
	s.pass(2 * time.Second)
	b := s.host(1)
	if b.came != Presuming || !b.r.State.Live.Seats["lea"].Online || len(b.r.State.Live.Seats["lea"].Needs) > 0 {
		t.Fatalf("came %d, lea is %+v", b.came, b.r.State.Live.Seats["lea"])
	}
	there := s.says("ana")
	a.wake()
	here := s.says("lea")
	s.pass(8 * time.Second)
	s.together(0, 1)
	s.heard(there, true, 0, 1)
	s.heard(here, true, 0, 1)
	if len(b.r.State.Live.Seats["lea"].Needs) == 0 || b.r.trust.doubt != none {
		t.Error("what a node guessed has replaced what the other knew")
	}
	guess := &message{T: kindLive, Node: "B1", Stream: "9", Form: b.r.Form, Live: []byte(`{}`), Luggage: []byte(`[0,0]`), Doubt: guessed}
	text, err := guess.write()
	if err != nil {
		t.Fatal(err)
	}
	s.host(0).deliver(Heard{Message: text})
	s.pass(5 * time.Second)
	s.together(0, 1)
	if len(s.host(0).r.State.Live.Seats["lea"].Needs) == 0 {
		t.Error("a guess in a later stream has won")
	}
}

// TestNobodyIsPutOutAcrossAGap: who is lost on one side may be connected on the
// other; only when the nodes have found each other may a seat be given up.
func TestNobodyIsPutOutAcrossAGap(t *testing.T) {
	s := newScene(t, 2)
	s.carryOn()
	s.sit(1, "ana")
	s.person("ana").lose()
	s.pass(3 * time.Second)
	for _, n := range s.nodes {
		n.noRedis = true
		n.interrupt(true)
	}
	s.says("lea")
	s.person("ana").connectTo(s.nodes[1])
	s.pass(2 * seatKept)
	s.mode(Apart, 0)
	for _, n := range s.nodes {
		n.noRedis = false
		n.hears()
	}
	s.pass(10 * time.Second)
	s.together(0, 1)
	if got := s.host(0).r.State.Status("ana"); got != room.Here {
		t.Errorf("ana is %s", got)
	}
	s.person("ana").lose() // and now for good
	s.pass(seatKept + 10*time.Second)
	if got := s.host(0).r.State.Status("ana"); got != room.Left {
		t.Errorf("ana is %s, long after she was lost", got)
	}
}

// TestCut: what was said while some node could not hear this one is told to it
// before anything new.
func TestCut(t *testing.T) {
	s := newScene(t, 2)
	s.carryOn()
	s.sit(1, "ana")
	s.nodes[1].noRedis = true
	s.nodes[1].interrupt(true)
	s.host(0).post(func() { s.host(0).r.SetDeafPeer(true) })
	one, two := s.says("lea"), s.says("lea")
	s.heard(one, false, 1)
	s.nodes[1].noRedis = false
	s.nodes[1].hears()
	s.host(0).post(func() { s.host(0).r.SetDeafPeer(false) })
	s.pass(5 * time.Second)
	s.heard(one, true, 0, 1)
	s.heard(two, true, 0, 1)
	s.together(0, 1)
}

// TestLearn: what others have written and could not tell is applied command by
// command, as it was there, and not all at once.
func TestLearn(t *testing.T) {
	s := newScene(t, 2)
	s.carryOn()
	s.sit(1, "ana")
	for _, n := range s.nodes {
		n.noRedis = true
		n.interrupt(true)
	}
	s.says("lea")
	s.says("ana")
	s.mode(Apart, 0, 1)
	for _, locked := range []bool{true, false, true} {
		s.start("lea", room.SetDoor{Locked: locked})
	}
	for last := s.host(0).r.Form + 3; s.host(0).r.Form < last; {
		s.step()
	}
	b := s.host(1)
	before, form := b.applied, b.r.Form
	b.post(func() { b.r.Learn() })
	for b.r.Form < s.host(0).r.Form {
		s.step()
	}
	if rows, times := b.r.Form-form, b.applied-before; rows != 3 || times != 3 {
		t.Errorf("%d rows of three commands were applied in %d steps", rows, times)
	}
}

// TestOneCommandOnTwoNodes: somebody sends a command again on another node while
// the first is still at it. It takes effect once.
func TestOneCommandOnTwoNodes(t *testing.T) {
	s := newScene(t, 2)
	s.carryOn()
	s.sit(1, "ana")
	again := 0
	for i := range 20 {
		key := kept.CommandKey{Seat: "ana", ID: fmt.Sprint("twice", i)}
		for n := range s.nodes {
			h := s.host(n)
			h.post(func() {
				if out := h.r.Do(h.clock(), "ana", room.Share{Text: fmt.Sprint(i, " ana")}, key, nil); out.Again {
					again++
				}
			})
		}
		s.pass(1500 * time.Millisecond)
	}
	if said := len(s.host(0).r.State.Live.Words); again == 0 || said > 20 {
		t.Errorf("%d were done again, %d words were said", again, said)
	}
	s.together(0, 1)
}

// TestUnheard: words that come back only inside another node's facts are shown
// to the people they were said among.
func TestUnheard(t *testing.T) {
	s := newScene(t, 2)
	s.carryOn()
	s.sit(1, "ana")
	h := s.host(0)
	h.post(func() {
		w := room.Said{Words: room.Words{ID: "w77", Kind: room.SayShare, Seat: "lea", Text: "5 lea", At: room.Millis(h.clock().UnixMilli())}}
		h.r.keepWords(h.clock(), []room.Event{w})
		h.r.unheard("w77")
		h.r.Listen()
	})
	s.pass(time.Second)
	s.heard("w77", true, 0, 1)
	s.together(0, 1)
}

// TestUnreadable: what a newer, or a broken, node says is not guessed at.
func TestUnreadable(t *testing.T) {
	s := newScene(t, 2)
	s.silent = true
	s.carryOn()
	s.sit(1, "ana")
	a, b := s.host(0), s.host(1)
	for _, m := range []*message{
		{T: kindBatch, Node: "A1", Stream: a.r.at.name, Pos: a.r.at.pos + 1, Chain: a.r.at.chain, batch: batch{Events: []byte(`[{"k":"tomorrow","e":{}}]`)}},
		{T: kindBatch, Node: "A1", Stream: a.r.at.name, Pos: a.r.at.pos + 1, Chain: a.r.at.chain, batch: batch{After: 3, Events: []byte(`[]`)}},
		{T: kindLive, Node: "A1", Stream: "9", Form: b.r.Form, Live: []byte(`[]`)},
		{T: kindLive, Node: "A1", Stream: "9", Form: 999, Live: []byte(`{}`)},
		nil,
	} {
		text := []byte("{")
		if m != nil {
			var err error
			if text, err = m.write(); err != nil {
				t.Fatal(err)
			}
		}
		before := b.troubles
		b.deliver(Heard{Message: text})
		s.pass(4 * time.Second)
		if b.troubles == before {
			t.Errorf("%.60s is taken without a word", text)
		}
		s.together(0, 1)
	}
}

// TestDrift: frames that are numbered differently are noticed.
func TestDrift(t *testing.T) {
	s := newScene(t, 2)
	s.silent = true
	s.carryOn()
	s.sit(1, "ana")
	s.host(1).frame += 3
	s.says("lea")
	if s.host(1).drifts == 0 {
		t.Error("nobody has noticed")
	}
}

// TestNotes reach the other node, beside the stream.
func TestNotes(t *testing.T) {
	s := newScene(t, 2)
	s.carryOn()
	s.host(0).r.Say([]byte(`1`)) // alone: nobody to tell
	s.sit(1, "ana")
	a := s.host(0)
	a.post(func() { a.r.Say([]byte(`{"x":1}`)) })
	s.pass(time.Second)
	if s.host(1).notes != 1 || a.notes != 0 {
		t.Errorf("%d notes came, and %d back", s.host(1).notes, a.notes)
	}
}

// TestNoJournal: without the journal nothing is acknowledged that is not kept,
// and what was kept unseen is found when the command comes again.
func TestNoJournal(t *testing.T) {
	s := newScene(t, 2)
	s.carryOn()
	s.sit(1, "ana")
	s.nodes[0].noSQL = true
	if out := s.do("lea", room.StepOut{}); !out.Failed || out.Form != 0 {
		t.Errorf("without the journal: %+v", out)
	}
	s.heard(s.says("lea"), true, 0, 1) // words need no journal
	s.host(0).post(func() {
		if s.host(0).r.Learn() {
			t.Error("a journal that is not there was read")
		}
	})
	s.pass(time.Second)
	s.nodes[0].noSQL = false
	h, key := s.host(0), kept.CommandKey{Seat: "lea", ID: "lost answer"}
	seq, err := s.store.append(h, int64(len(s.store.rows)), key, [][]byte{[]byte(`{"k":"door-set","e":0,"state":"knock"}`)})
	if err != nil {
		t.Fatal(err)
	}
	var out Outcome
	h.post(func() { out = h.r.Do(h.clock(), "lea", room.SetDoor{Locked: true}, key, nil) })
	s.pass(3 * time.Second)
	if !out.Again || out.Form != seq {
		t.Errorf("a command that was kept: %+v, want row %d", out, seq)
	}
	s.together(0, 1)
}

// TestWordsFade: nothing is kept for other nodes longer than words live.
func TestWordsFade(t *testing.T) {
	s := newScene(t, 2)
	s.carryOn()
	s.sit(1, "ana")
	s.nodes[1].noRedis = true
	s.nodes[1].interrupt(true)
	id := s.says("ana")
	b := s.host(1).r
	if !b.Waiting() {
		t.Error("words do not wait for the other node")
	}
	s.pass(3 * time.Minute)
	if b.Waiting() || len(b.words.list) > 0 || len(b.words.keys) > 0 {
		t.Errorf("kept after three minutes: %+v", b.words)
	}
	s.nodes[1].noRedis = false
	s.nodes[1].hears()
	s.pass(5 * time.Second)
	s.heard(id, false, 0)
	many := make([]said, mostLate+7)
	for i := range many {
		many[i].event.At = room.Millis(s.host(1).clock().UnixMilli())
	}
	b.words.list = many
	b.fade(s.host(1).clock())
	if len(b.words.list) != mostLate {
		t.Errorf("%d words are kept", len(b.words.list))
	}
}

// TestModes have names for the log.
func TestModes(t *testing.T) {
	for mode, want := range map[Mode]string{Alone: "alone", Shared: "shared", Apart: "apart"} {
		if mode.String() != want {
			t.Errorf("%d is %q", mode, mode)
		}
	}
}
