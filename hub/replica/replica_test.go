package replica

import (
	"slices"
	"testing"
	"time"

	"hearth/room"
)

// TestNodeJoins: a node that people come to has everything from the one that has
// the room, and words said on either reach both.
func TestNodeJoins(t *testing.T) {
	s := newScene(t, 2)
	s.carryOn()
	s.mode(Alone, 0)
	if r := s.host(0).r; r.Rank() != 0 || slices.Contains(r.Peers(), "B1") {
		t.Errorf("alone: rank %d, peers %v", r.Rank(), r.Peers())
	}
	s.sit(1, "ana")
	s.together(0, 1)
	if b := s.host(1); b.came != Joined || b.r.Rank() != 1 || !slices.Contains(b.r.Peers(), "A1") {
		t.Errorf("came %d, rank %d, peers %v", b.came, b.r.Rank(), b.r.Peers())
	}
	s.heard(s.says("lea"), true, 0, 1)
	s.heard(s.says("ana"), true, 0, 1)
	s.together(0, 1)
}

// TestOvertaken: of two decisions on the same state one is first on all nodes,
// and the other is decided anew.
func TestOvertaken(t *testing.T) {
	s := newScene(t, 2)
	s.carryOn()
	s.sit(1, "ana")
	for range 10 {
		pos, form := s.host(0).r.at.pos, s.host(0).r.Form
		one, two := s.start("lea", room.Prefs{Listening: s.one(2)}), s.start("ana", room.StepOut{})
		s.pass(2 * time.Second)
		back := s.start("ana", room.ComeBack{})
		s.pass(2 * time.Second)
		if one.Busy || two.Busy || back.Busy || two.Form <= form || s.host(1).r.at.pos <= pos {
			t.Fatalf("%+v, %+v, %+v", one, two, back)
		}
		s.together(0, 1)
	}
}

// TestAuthorDies between keeping a row and telling of it: the other node finds
// the row in the journal, and in the end that it is alone.
func TestAuthorDies(t *testing.T) {
	s := newScene(t, 2)
	s.carryOn()
	s.sit(1, "ana", "bob")
	s.nodes[0].mute = true // it keeps the row, and then its messages do not go out
	before := len(s.store.rows)
	s.start("lea", room.EndFormat{})
	for len(s.store.rows) == before && s.step() {
	}
	s.nodes[0].stop()
	s.pass(40 * time.Second)
	s.mode(Alone, 1)
	if r := s.host(1).r; r.State.Form.Format == room.OpenFloor || r.Form != int64(len(s.store.rows)) {
		t.Errorf("row %d of %d, format %q", r.Form, len(s.store.rows), r.State.Form.Format)
	}
	if r := s.host(1).r; r.State.Live.Seats["lea"].Online || !r.State.Live.Seats["ana"].Online {
		t.Errorf("seats are %+v", r.State.Live.Seats)
	}
}

// TestMessageLost: whether anybody is told of it or not, the node that missed it
// catches up, and hears the words.
func TestMessageLost(t *testing.T) {
	for _, silent := range []bool{false, true} {
		s := newScene(t, 2)
		s.silent = silent
		s.carryOn()
		s.sit(1, "ana")
		s.nodes[1].lose = 1
		id := s.says("lea")
		s.pass(3 * time.Second)
		s.heard(id, true, 0, 1)
		s.together(0, 1)
	}
}

// TestEchoLost: a node that hears nothing goes on with its own people, and its
// words reach the others when it hears again; no second word has their id.
func TestEchoLost(t *testing.T) {
	s := newScene(t, 2)
	s.carryOn()
	s.sit(1, "ana")
	s.nodes[1].deaf = true
	s.nodes[1].interrupt(true)
	there, here := s.says("ana"), s.says("lea")
	s.heard(there, true, 1)
	s.heard(here, false, 1)
	s.mode(Apart, 1)
	s.nodes[1].deaf = false
	s.nodes[1].hears()
	s.pass(5 * time.Second)
	s.heard(there, true, 0, 1)
	s.heard(here, true, 0, 1)
	s.together(0, 1)
}

// TestApart: two nodes without a relay read each other's form, keep their words
// for each other, and are one room again afterwards.
func TestApart(t *testing.T) {
	s := newScene(t, 2)
	s.carryOn()
	s.sit(1, "ana", "bob")
	shared := s.says("ana")
	for _, n := range s.nodes {
		n.noRedis = true
		n.interrupt(true)
	}
	s.host(0).post(func() { s.host(0).r.Sever() })
	one, two := s.says("lea"), s.says("bob")
	s.mode(Apart, 0, 1)
	s.do("ana", room.TakeBack{Words: shared})
	s.do("lea", room.EndFormat{})
	if s.host(1).r.State.Form.Format != room.NoFormat {
		t.Error("the form of the other node has not come by the journal")
	}
	s.heard(one, false, 1)
	s.heard(two, false, 0)
	for _, n := range s.nodes {
		n.noRedis = false
		n.hears()
	}
	s.pass(10 * time.Second)
	s.together(0, 1)
	s.heard(one, true, 0, 1)
	s.heard(two, true, 0, 1)
	for n := range s.nodes {
		if !s.host(n).r.State.TakenBack(shared) {
			t.Errorf("%s still shows words that were taken back while the nodes were apart", s.nodes[n].id())
		}
	}
}

// TestWhoWasSentAwayIsNotShownTheRoomAgain (R6): a node comes back to one that has not
// read what was decided meanwhile. That one reads on before it answers, so that nobody
// is shown what was before it; the simulation sees to that wherever facts are taken on.
func TestWhoWasSentAwayIsNotShownTheRoomAgain(t *testing.T) {
	s := newScene(t, 2)
	s.carryOn()
	s.sit(1, "sam", "ana")
	b := s.nodes[1]
	b.noRedis = true
	b.interrupt(true)
	s.do("sam", room.ToLobby{Seat: "ana"})
	s.mode(Apart, 1)
	gone := s.host(1).r.Form
	if s.host(0).r.Form >= gone {
		t.Fatal("the other node knows already: the test has lost its subject")
	}
	b.noRedis = false
	b.hears()
	s.pass(5 * time.Second)
	s.together(0, 1)
	if r := s.host(0).r; r.Form < gone || r.State.Status("ana") == room.Here {
		t.Errorf("row %d of %d, and ana is %s", r.Form, gone, r.State.Status("ana"))
	}
}

// TestTwoBlank: all nodes died, and two begin at the same moment. One of them
// reads the room from the journal, and both have it.
func TestTwoBlank(t *testing.T) {
	s := newScene(t, 2)
	s.person("lea").connectTo(s.nodes[0])
	s.person("ana").connectTo(s.nodes[1])
	s.pass(8 * time.Second)
	s.together(0, 1)
	held := 0
	for _, row := range s.store.rows {
		if e, err := room.DecodeEvent(row); err == nil && room.Kind(e) == room.Kind(room.HeldBegan{}) {
			held++
		}
	}
	if held != 1 {
		t.Errorf("the room was held %d times", held)
	}
}

// TestThreeNodes: words reach all, a node that puts the room down is missed by
// nobody, and the last one is alone.
func TestThreeNodes(t *testing.T) {
	s := newScene(t, 3)
	s.carryOn()
	s.sit(1, "ana")
	s.sit(2, "bob")
	s.together(0, 1, 2)
	s.heard(s.says("bob"), true, 0, 1, 2)
	s.sit(1, "bob") // the third has nobody any more
	s.pass(20 * time.Second)
	if s.nodes[2].host != nil {
		t.Fatal("a node keeps a room for nobody")
	}
	s.together(0, 1)
	if peers := s.host(0).r.Peers(); !slices.Equal(peers, []string{"B1"}) {
		t.Errorf("peers are %v", peers)
	}
	s.nodes[1].stop()
	s.pass(30 * time.Second)
	s.mode(Alone, 0)
}

// TestLaterStreamWins: nodes that each opened a stream are in the later one, and
// nothing that was said in the other is lost.
func TestLaterStreamWins(t *testing.T) {
	s := newScene(t, 2)
	s.carryOn()
	s.sit(1, "ana")
	a := s.host(0)
	id := s.says("ana")
	a.post(func() {
		a.r.begin()
		a.r.words.list = nil
	})
	s.pass(time.Second)
	now := s.says("ana") // in the stream that A has left
	s.pass(3 * time.Second)
	s.together(0, 1)
	if got := s.host(1).r.at.name; got < a.r.at.name {
		t.Errorf("the streams are %s and %s", a.r.at.name, got)
	}
	s.heard(id, true, 0, 1)
	s.heard(now, true, 0, 1)
}
