package chaos

import (
	"bytes"
	"encoding/json"

	"hearth/cmd/hearthload/drive"
	"hearth/room"
)

// view is what one person knows, as far as anything here depends on it: the
// sections of the last snapshot with those of later frames over them.
type view struct {
	You    room.YouView
	Offer  *room.OfferView
	Turn   *room.TurnView
	Can    room.CanView
	Format room.FormatView
	Held   *room.HeldView
	Paused *room.PausedView
	Floor  *room.FloorView
	Next   []room.SeatID
	Seats  []room.SeatView
	Wait   []room.WaitingView
}

// take reads the sections of one stream that the person needs. A fresh value
// for each: a section comes whole and replaces what was.
func (v *view) take(set json.RawMessage, to drive.Stream) {
	if len(set) == 0 || bytes.Equal(set, null) {
		return
	}
	var s map[string]json.RawMessage
	if json.Unmarshal(set, &s) != nil {
		return
	}
	switch to {
	case drive.MeStream:
		section(s, "you", &v.You)
		section(s, "offer", &v.Offer)
		section(s, "turn", &v.Turn)
		section(s, "can", &v.Can)
	case drive.RoomStream:
		section(s, "format", &v.Format)
		section(s, "held", &v.Held)
		section(s, "paused", &v.Paused)
		section(s, "floor", &v.Floor)
		section(s, "next", &v.Next)
		section(s, "seats", &v.Seats)
	case drive.CareStream:
		section(s, "waiting", &v.Wait)
	}
}

var null = []byte("null")

func section[T any](s map[string]json.RawMessage, key string, into *T) {
	raw, ok := s[key]
	if !ok {
		return
	}
	var fresh T
	_ = json.Unmarshal(raw, &fresh)
	*into = fresh
}

// turn is the number of the person's own turn, offered or taken; 0 for none.
func (v *view) turn() int {
	switch {
	case v.Turn != nil:
		return v.Turn.Turn
	case v.Offer != nil:
		return v.Offer.Turn
	}
	return 0
}
