package fanout

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"

	"hearth/room"
)

// The views that go out with every hello and most frames are written here field
// by field, as encoding/json would. A room that comes back at once makes
// thousands of them in a second. A test holds them against their types.

// appendSection appends one section of a view, or a whole view.
func appendSection(b []byte, v any) ([]byte, error) {
	switch v := v.(type) {
	case *room.RoomView:
		return appendRoom(b, v), nil
	case *room.MeView:
		return appendMe(b, v), nil
	case []room.SeatView:
		return appendSeats(b, v), nil
	case []room.SeatID:
		return appendList(b, v, appendSeatID), nil
	case *room.FloorView:
		return appendFloor(b, v), nil
	case room.YouView:
		return appendYou(b, &v), nil
	case room.MeDoor:
		return appendMeDoor(b, &v), nil
	case *room.OfferView:
		return appendOffer(b, v), nil
	case *room.TurnView:
		return appendTurn(b, v), nil
	case room.CanView:
		return appendCan(b, &v), nil
	}
	text, err := json.Marshal(v)
	return append(b, text...), err
}

// appendView appends what a seat is shown of one kind of audience: null if it is
// in none. What two people in a room see, encoding/json may write.
func appendView(b []byte, view any) []byte {
	b, err := appendSection(b, view)
	if err != nil {
		panic(fmt.Errorf("show the room: %w", err)) // a view that cannot be written is a broken invariant
	}
	return b
}

func appendRoom(b []byte, v *room.RoomView) []byte {
	b = appendPhase(append(b, `{"phase":`...), &v.Phase)
	b = appendFormat(append(b, `,"format":`...), &v.Format)
	b = appendSeats(append(b, `,"seats":`...), v.Seats)
	b = appendFloor(append(b, `,"floor":`...), v.Floor)
	b = appendList(append(b, `,"next":`...), v.Next, appendSeatID)
	b = appendQuoted(append(b, `,"door":`...), string(v.Door))
	b = append(b, `,"held":`...)
	if h := v.Held; h == nil {
		b = append(b, "null"...)
	} else {
		b = appendQuoted(append(b, `{"why":`...), h.Why)
		b = append(maybeNumber(b, `,"closes":`, int64(h.Closes)), '}')
	}
	b = append(b, `,"paused":`...)
	if p := v.Paused; p == nil {
		b = append(b, "null"...)
	} else {
		b = append(strconv.AppendInt(append(b, `{"ends":`...), int64(p.Ends), 10), '}')
	}
	return append(b, '}')
}

func appendPhase(b []byte, v *room.PhaseView) []byte {
	b = appendQuoted(append(b, `{"name":`...), string(v.Name))
	b = maybeNumber(b, `,"minutes":`, int64(v.Minutes))
	b = maybeText(b, `,"planned":`, string(v.Planned))
	return append(maybeText(b, `,"next":`, string(v.Next)), '}')
}

func appendFormat(b []byte, v *room.FormatView) []byte {
	b = appendQuoted(append(b, `{"name":`...), string(v.Name))
	b = maybeNumber(b, `,"ends":`, int64(v.Ends))
	return append(maybeNumber(b, `,"pace":`, int64(v.Pace)), '}')
}

// seatLength is about what one seat takes.
const seatLength = 112

func appendSeats(b []byte, seats []room.SeatView) []byte {
	return appendList(slices.Grow(b, seatLength*len(seats)), seats, appendSeat)
}

func appendSeat(b []byte, v *room.SeatView) []byte {
	b = appendQuoted(append(b, `{"seat":`...), string(v.Seat))
	b = appendQuoted(append(b, `,"name":`...), v.Name)
	b = appendQuoted(append(b, `,"role":`...), string(v.Role))
	return append(appendQuoted(append(b, `,"state":`...), v.State), '}')
}

func appendSeatID(b []byte, id *room.SeatID) []byte { return appendQuoted(b, string(*id)) }

func appendFloor(b []byte, v *room.FloorView) []byte {
	if v == nil {
		return append(b, "null"...)
	}
	b = appendQuoted(append(b, `{"seat":`...), string(v.Seat))
	b = appendQuoted(append(b, `,"stage":`...), string(v.Stage))
	b = maybeText(b, `,"invite":`, string(v.Invite))
	return append(maybeNumber(b, `,"replies":`, int64(v.Replies)), '}')
}

func appendMe(b []byte, v *room.MeView) []byte {
	b = appendYou(append(b, `{"you":`...), &v.You)
	b = appendMeDoor(append(b, `,"door":`...), &v.Door)
	b = appendOffer(append(b, `,"offer":`...), v.Offer)
	b = appendTurn(append(b, `,"turn":`...), v.Turn)
	b = appendCan(append(b, `,"can":`...), &v.Can)
	b = append(b, `,"quiet":`...)
	if q := v.Quiet; q == nil {
		b = append(b, "null"...)
	} else {
		b = strconv.AppendInt(append(b, `{"until":`...), int64(q.Until), 10)
		b = appendQuoted(append(b, `,"principle":`...), q.Principle)
		b = append(appendQuoted(append(b, `,"reason":`...), string(q.Reason)), '}')
	}
	b = appendList(append(b, `,"notices":`...), v.Notices, appendNotice)
	b = strconv.AppendBool(append(b, `,"swap_asked":`...), v.SwapAsked)
	b = strconv.AppendBool(append(b, `,"line":{"open":`...), v.Line.Open)
	return append(maybeText(b, `,"seat":`, string(v.Line.Seat)), "}}"...)
}

func appendYou(b []byte, v *room.YouView) []byte {
	b = appendQuoted(append(b, `{"seat":`...), string(v.Seat))
	b = maybeText(b, `,"name":`, v.Name)
	b = appendQuoted(append(b, `,"role":`...), string(v.Role))
	b = appendQuoted(append(b, `,"status":`...), string(v.Status))
	b = strconv.AppendBool(append(b, `,"listening":`...), v.Listening)
	if len(v.Needs) > 0 {
		b = appendList(append(b, `,"needs":`...), v.Needs, appendNeed)
	}
	b = maybeText(b, `,"answer":`, string(v.Answer))
	return append(maybeText(b, `,"why":`, v.Why), '}')
}

func appendNeed(b []byte, n *room.Need) []byte { return appendQuoted(b, string(*n)) }

func appendMeDoor(b []byte, v *room.MeDoor) []byte {
	b = appendQuoted(append(b, `{"state":`...), string(v.State))
	b = strconv.AppendBool(append(b, `,"greeted":`...), v.Greeted)
	b = strconv.AppendBool(append(b, `,"ready":`...), v.Ready)
	return append(strconv.AppendBool(append(b, `,"closed":`...), v.Closed), '}')
}

func appendOffer(b []byte, v *room.OfferView) []byte {
	if v == nil {
		return append(b, "null"...)
	}
	b = strconv.AppendInt(append(b, `{"turn":`...), int64(v.Turn), 10)
	b = maybeNumber(b, `,"until":`, int64(v.Until))
	return append(maybeTrue(b, `,"again":`, v.Again), '}')
}

func appendTurn(b []byte, v *room.TurnView) []byte {
	if v == nil {
		return append(b, "null"...)
	}
	b = strconv.AppendInt(append(b, `{"turn":`...), int64(v.Turn), 10)
	b = appendQuoted(append(b, `,"stage":`...), string(v.Stage))
	b = maybeNumber(b, `,"soft":`, int64(v.Soft))
	b = appendQuoted(append(b, `,"cue":`...), v.Cue)
	return append(appendQuoted(append(b, `,"invite":`...), string(v.Invite)), '}')
}

func appendCan(b []byte, v *room.CanView) []byte {
	b = strconv.AppendBool(append(b, `{"share":`...), v.Share)
	b = strconv.AppendBool(append(b, `,"reply":`...), v.Reply)
	b = strconv.AppendBool(append(b, `,"hand":`...), v.Hand)
	b = strconv.AppendBool(append(b, `,"hand_up":`...), v.HandUp)
	b = strconv.AppendBool(append(b, `,"undo_pass":`...), v.UndoPass)
	b = strconv.AppendBool(append(b, `,"kept":`...), v.Kept)
	b = strconv.AppendBool(append(b, `,"invite":`...), v.Invite)
	b = strconv.AppendBool(append(b, `,"process":`...), v.Process)
	b = strconv.AppendBool(append(b, `,"rounds":`...), v.Rounds)
	return append(maybeNumber(b, `,"from":`, int64(v.From)), '}')
}

func appendNotice(b []byte, v *room.Notice) []byte {
	b = appendQuoted(append(b, `{"id":`...), v.ID)
	b = appendQuoted(append(b, `,"kind":`...), v.Kind)
	b = strconv.AppendInt(append(b, `,"level":`...), int64(v.Level), 10)
	b = maybeText(b, `,"principle":`, v.Principle)
	b = maybeText(b, `,"reason":`, string(v.Reason))
	b = maybeNumber(b, `,"until":`, int64(v.Until))
	return append(maybeTrue(b, `,"urgent":`, v.Urgent), '}')
}

func appendHappening(b []byte, h *room.Happening) []byte {
	b = appendQuoted(append(b, `{"kind":`...), h.Kind)
	b = maybeText(b, `,"seat":`, string(h.Seat))
	b = maybeText(b, `,"was":`, string(h.Was))
	b = maybeText(b, `,"name":`, h.Name)
	b = maybeText(b, `,"principle":`, h.Principle)
	return append(maybeText(b, `,"value":`, h.Value), '}')
}

func appendList[T any](b []byte, list []T, one func([]byte, *T) []byte) []byte {
	if list == nil {
		return append(b, "null"...)
	}
	b = append(b, '[')
	for i := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b = one(b, &list[i])
	}
	return append(b, ']')
}

// maybeText, maybeNumber and maybeTrue leave out what is empty.
func maybeText(b []byte, key, v string) []byte {
	if v == "" {
		return b
	}
	return appendQuoted(append(b, key...), v)
}

func maybeNumber(b []byte, key string, v int64) []byte {
	if v == 0 {
		return b
	}
	return strconv.AppendInt(append(b, key...), v, 10)
}

func maybeTrue(b []byte, key string, v bool) []byte {
	if !v {
		return b
	}
	return append(append(b, key...), "true"...)
}
