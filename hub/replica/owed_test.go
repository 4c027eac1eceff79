package replica

import (
	"testing"
	"time"

	"hearth/room"
)

// TestNobodyTakesATurnThatMayHaveEnded (R4): the journal has kept the end of a
// turn and the answer was lost. As long as it cannot be asked the turn is nobody's
// to take, and once it can, the turn is over.
func TestNobodyTakesATurnThatMayHaveEnded(t *testing.T) {
	s := newScene(t, 1)
	s.carryOn()
	s.sit(0, "ana")
	s.do("lea", room.Begin{Format: room.HandQueue})
	s.store.forgetful = true
	var out *Outcome
	for range 60 {
		s.try("ana", room.Hand{Up: true})
		if out = s.try("ana", room.Later{}); out.Failed && s.host(0).r.Form < int64(len(s.store.rows)) {
			break
		}
	}
	turn := s.host(0).r.State.Live.Turn
	if !out.Failed || turn == nil || turn.Seat != "ana" {
		t.Fatalf("%+v, with the turn %+v", out, turn)
	}
	over := turn.Turn
	s.store.forgetful = false
	s.nodes[0].noSQL = true
	if out = s.try("ana", room.Take{}); !out.Failed {
		t.Errorf("a turn that may be over was taken: %+v", out)
	}
	s.nodes[0].noSQL = false
	out = s.try("ana", room.Take{}) // of the next, if it is hers
	if turn = s.host(0).r.State.Live.Turn; s.host(0).r.Form != int64(len(s.store.rows)) || turn != nil && turn.Turn == over {
		t.Errorf("a turn that is over was taken: %+v", out)
	}
}

// try runs a command for less time than an offer lasts.
func (s *scene) try(seat room.SeatID, cmd room.Command) *Outcome {
	out := s.start(seat, cmd)
	s.pass(300 * time.Millisecond)
	return out
}

// TestWhoAsksWhileWordsAreToldIsOwedThem: a node that asks while another tells some
// words is answered when they are told, and stands after them then, without having
// heard them. So they are told again before anything new is said (R3).
func TestWhoAsksWhileWordsAreToldIsOwedThem(t *testing.T) {
	begin := func(t *testing.T) (*scene, *Replica) {
		s := newScene(t, 2)
		s.carryOn()
		s.sit(1, "ana")
		s.says("lea")
		return s, s.host(0).r
	}
	// say lets lea say something; whoever asks does so while the first batch is under way.
	say := func(s *scene, a *Replica) {
		out := s.start("lea", room.Share{Text: "2 lea"})
		for !a.telling {
			s.step()
		}
		ask, err := (&message{T: kindAsk, Node: "B1", Since: s.host(0).clock().Add(-time.Minute).UnixNano()}).write()
		if err != nil {
			s.t.Fatal(err)
		}
		s.host(0).deliver(Heard{Message: ask})
		for out.Busy {
			s.step()
		}
	}
	t.Run("words of now", func(t *testing.T) {
		s, a := begin(t)
		if say(s, a); a.words.list[len(a.words.list)-1].shared {
			t.Error("the words are not owed to whoever asked, though they did not hear them")
		}
		s.pass(5 * time.Second)
		if s.together(0, 1); a.Waiting() {
			t.Error("what was owed is never told")
		}
	})
	t.Run("words that had waited", func(t *testing.T) {
		s, a := begin(t)
		a.words.list[0].shared = false
		before := a.at.told
		if say(s, a); a.at.told != before+3 {
			t.Errorf("%d batches: what had waited, and what was said; whoever asked in between hears the former last", a.at.told-before)
		}
		s.pass(5 * time.Second)
		s.together(0, 1)
	})
}
