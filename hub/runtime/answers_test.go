package runtime

import (
	"testing"

	"hearth/room"
)

// What people are told of a command counts nothing but their own.
func TestS06AcksCountNothingOfOthers(t *testing.T) {
	var a answers
	a.reset()
	for i, key := range []CommandKey{{Seat: "ann", ID: "1"}, {Seat: "ben", ID: "1"}, {ID: "tick"}, {Seat: "ben", ID: "2"}, {Seat: "ann", ID: "2"}, {Seat: "ann", ID: "1"}} {
		a.form(key, int64(i)+10)
	}
	for key, want := range map[CommandKey]int64{{Seat: "ann", ID: "1"}: 1, {Seat: "ann", ID: "2"}: 2, {Seat: "ben", ID: "1"}: 1, {Seat: "ben", ID: "2"}: 2, {ID: "tick"}: 0, {Seat: room.SeatID("cat"), ID: "1"}: 0} {
		if got := a.number(key); got != want {
			t.Errorf("%v is told %d, want %d", key, got, want)
		}
	}
}
