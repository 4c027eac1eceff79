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
