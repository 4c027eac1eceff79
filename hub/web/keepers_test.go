package web

import (
	"testing"
	"testing/synctest"
	"time"

	"hearth/room"
	"hearth/room/group"
)

// TestRecordIsSeenForADay: the page of a record says that facilitators see it for a
// day at most.
func TestRecordIsSeenForADay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var k keepers
		device := [32]byte{1}
		k.note(group.Seat{ID: "lead", Session: "s", Role: room.Lead}, device)
		k.note(group.Seat{ID: "ana", Session: "s", Role: room.Participant}, [32]byte{2})
		sees := func() bool {
			_, bySeat := k.session("lead", device)
			bySession := k.kept("s", device)
			if bySeat != bySession {
				t.Errorf("by the seat %t, by the session %t", bySeat, bySession)
			}
			return bySeat
		}
		<-time.After(24*time.Hour - time.Second)
		if _, others := k.session("ana", [32]byte{2}); !sees() || others || k.kept("s", [32]byte{2}) {
			t.Error("before a day is over the facilitator sees the record, and nobody else does")
		}
		<-time.After(2 * time.Second)
		if sees() {
			t.Error("after a day the facilitator still sees the record")
		}
	})
}
