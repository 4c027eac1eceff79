package replica

import (
	"sync"
	"time"

	"hearth/room"
)

// The room as it is when a run begins.

var openRoom = room.Open{
	Plan: room.Plan{Session: "s", Start: began, Seats: 12, Phases: []room.PlannedPhase{
		{Phase: room.Opening, Minutes: 1}, {Phase: room.Main, Minutes: 30}, {Phase: room.AfterCare, Minutes: 15}}},
	Charter: room.CharterRef{Number: 1, Digest: "d"},
	Rules: room.Rules{
		TurnRules: room.TurnRules{OfferFor: 3 * time.Second, ShareTurn: 8 * time.Second, CheckInTurn: 8 * time.Second, Cue: 2 * time.Second, Grace: 3 * time.Second},
		FloorRules: room.FloorRules{MomentFor: 4 * time.Second, ReplyWindow: 5 * time.Second, OpenPace: time.Second, OpenRow: 5,
			QueueIdle: 10 * time.Second, SilenceFor: 4 * time.Second},
		LossRules: room.LossRules{LostSpeaker: 6 * time.Second, ShowLost: time.Second, SeatKept: seatKept, LeadLost: 5 * time.Second,
			HeldAfter: 15 * time.Second, CloseHeld: 5 * time.Minute},
		OpenDoor: 5 * time.Second, PauseMax: 4 * time.Second,
	},
}

// seatKept is long enough for a dead node to be noticed, short enough to matter.
const seatKept = 30 * time.Second

var seatNames = []room.SeatID{"lea", "sam", "ana", "bob", "cyd", "dot"}

func seatRole(id room.SeatID) room.Role {
	switch id {
	case "lea":
		return room.Lead
	case "sam":
		return room.Wellbeing
	}
	return room.Participant
}

func knock(id room.SeatID) room.Knock {
	return room.Knock{Name: "N" + string(id), Skeleton: "n" + string(id), Answer: room.Agree, Digest: "d", Role: seatRole(id)}
}

// meetings are journals of rooms under way, by their format.
var meetings = sync.OnceValue(func() (all [][][]byte) {
	for _, format := range []room.Format{room.HandQueue, room.OpenFloor, room.GoRound} {
		for people := 4; people <= 6; people++ {
			all = append(all, meeting(format, seatNames[:people]))
		}
	}
	return all
})

func meeting(format room.Format, seats []room.SeatID) (rows [][]byte) {
	state := room.New()
	do := func(by room.SeatID, cmd room.Command) {
		events, no := state.Decide(began, by, cmd)
		if no != nil {
			panic(no.Code)
		}
		more, err := encode(events)
		if err != nil {
			panic(err)
		}
		rows = append(rows, more...)
		for _, e := range events {
			state.Apply(began, e)
		}
	}
	do(room.House, openRoom)
	for _, id := range seats {
		do(room.House, room.Arrive{Seat: id, Role: seatRole(id)})
		do(room.House, room.Connected{Seat: id})
		do(id, knock(id))
		if seatRole(id) == room.Participant {
			do("sam", room.Greet{Seat: id})
			do("sam", room.Admit{Seat: id})
		}
	}
	do("lea", room.MovePhase{To: room.Main})
	do("lea", room.Begin{Format: format})
	return rows
}
