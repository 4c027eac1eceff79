package runtime

import (
	"math/rand/v2"
	"time"

	"hearth/room"
)

func one[T any](r *rand.Rand, from ...T) T { return from[r.IntN(len(from))] }

// prelude brings the facilitators and four people into an open floor; dot and gus
// are in the lobby.
var prelude = func() (all []act) {
	do := func(by room.SeatID, cmd room.Command) {
		all = append(all, act{time.Duration(len(all)) * time.Second, by, cmd})
	}
	do(room.House, room.Open{Plan: room.Plan{Session: "s", Start: unseenStart, Seats: 12, Phases: []room.PlannedPhase{
		{Phase: room.Opening, Minutes: 8}, {Phase: room.Main, Minutes: 100}, {Phase: room.Closing, Minutes: 15},
	}}, Charter: unseenCharter})
	come := func(id room.SeatID, role room.Role) {
		do(room.House, room.Arrive{Seat: id, Role: role})
		do(room.House, room.Connected{Seat: id})
		do(id, room.Knock{Name: string(id), Skeleton: string(id), Answer: "agree", Digest: unseenCharter.Digest, Role: role})
	}
	come("lea", room.Lead)
	come("wim", room.Wellbeing)
	for _, id := range []room.SeatID{"ann", "ben", "cat", "eve"} {
		come(id, room.Participant)
		do("wim", room.Greet{Seat: id})
		do("wim", room.Admit{Seat: id})
	}
	come("dot", room.Participant)
	come("gus", room.Participant)
	do("lea", room.MovePhase{To: room.Opening})
	do("lea", room.MovePhase{To: room.Main})
	do("lea", room.Begin{Format: room.OpenFloor})
	return all
}()

// view is a seat, with what it may see and what it may not.
type view struct {
	name   string
	seat   room.SeatID
	open   func(*rand.Rand) []act
	hidden func(*rand.Rand, *room.State) (room.SeatID, room.Command)
	later  bool     // it is so after its first step only
	must   []string // what must have been done now and then, or the test is none
}

// steps draws some acts, some seconds apart.
func steps(r *rand.Rand, draw func() (room.SeatID, room.Command)) (all []act) {
	at := time.Duration(len(prelude)+5) * time.Second
	for range 3 + r.IntN(10) {
		at += time.Duration(1+r.IntN(20)) * time.Second
		by, cmd := draw()
		all = append(all, act{at, by, cmd})
	}
	return all
}

var views = []view{
	{name: "a bystander inside", seat: "ben", must: []string{"Share", "Line", "Nudge", "Quiet", "Unquiet", "Prefs", "AskBreak", "Knock", "Leave", "Remind"},
		open: func(r *rand.Rand) []act {
			return steps(r, func() (room.SeatID, room.Command) {
				switch r.IntN(9) {
				case 0:
					return "lea", room.Process{Text: "a line"}
				case 1:
					return "wim", room.Remind{Principle: "honesty"}
				case 2:
					return "ben", room.Line{Text: "my own"}
				case 3:
					return "wim", room.Nudge{Seat: "ben", Principle: "equality", Text: one(r, "", "for ben")}
				case 4:
					return "ben", one[room.Command](r, room.StepOut{}, room.ComeBack{}, room.AskBreak{})
				case 5:
					return "lea", one[room.Command](r, room.Begin{Format: room.HandQueue}, room.Begin{Format: room.OpenFloor}, room.EndFormat{})
				case 6:
					return one[room.SeatID](r, "ann", "ben", "cat"), room.Hand{Up: r.IntN(3) > 0}
				}
				return one[room.SeatID](r, "ann", "ben", "cat"), room.Share{Text: "words"}
			})
		},
		hidden: func(r *rand.Rand, s *room.State) (room.SeatID, room.Command) {
			other := one[room.SeatID](r, "ann", "cat", "eve", "dot", "gus")
			switch r.IntN(10) {
			case 0, 1:
				return one[room.SeatID](r, "ann", "cat", "eve", "dot", "gus"), room.Line{Text: "private"}
			case 2:
				return "wim", room.Line{To: other, Text: "private"}
			case 3:
				return one[room.SeatID](r, "wim", "lea"), room.Nudge{Seat: other, Principle: "equality", Text: one(r, "", "quietly")}
			case 4:
				return "wim", room.Quiet{Seat: "eve", Minutes: 1 + r.IntN(3), Principle: "safety", Reason: "hurtful"}
			case 5:
				return "wim", room.Unquiet{Seat: "eve"}
			case 6:
				return one[room.SeatID](r, "ann", "cat", "eve"), room.Prefs{Needs: []room.Need{"more-time"}}
			case 7:
				return one[room.SeatID](r, "ann", "cat", "eve"), room.AskBreak{}
			case 8:
				return "wim", room.Greet{Seat: one[room.SeatID](r, "dot", "gus")}
			}
			return inLobby(r, s, "gus")
		},
	},
	{name: "in the lobby", seat: "dot", must: []string{"Share", "Process", "Line", "Nudge", "Hand", "Take", "Pass", "StepOut", "Remind", "Rename", "Knock", "Begin"},
		open: func(r *rand.Rand) []act {
			return steps(r, func() (room.SeatID, room.Command) {
				switch r.IntN(5) {
				case 0:
					return "dot", room.Line{Text: "my own"}
				case 1:
					return "wim", room.Line{To: "dot", Text: "for dot"}
				case 2:
					return "wim", room.Greet{Seat: "dot"}
				case 3:
					return "wim", room.SetDoor{Locked: r.IntN(2) > 0}
				}
				return "dot", room.Prefs{Listening: r.IntN(2) > 0, Needs: []room.Need{"more-time"}}
			})
		},
		hidden: insideOnly("ann", "ben", "cat", "eve"),
	},
	{name: "stepped out", seat: "ben", later: true, must: []string{"Share", "Process", "Line", "Nudge", "Hand", "Remind", "Rename", "Begin"},
		open: func(r *rand.Rand) []act {
			all := steps(r, func() (room.SeatID, room.Command) {
				switch r.IntN(4) {
				case 0:
					return "ben", room.Line{Text: "my own"}
				case 1:
					return "wim", room.Line{To: "ben", Text: "for ben"}
				case 2:
					return "wim", room.Nudge{Seat: "ben", Principle: "equality", Text: one(r, "", "for ben")}
				}
				return "ben", room.Prefs{Listening: r.IntN(2) > 0, Needs: []room.Need{"more-time"}}
			})
			all[0].by, all[0].cmd = "ben", room.StepOut{}
			return all
		},
		hidden: insideOnly("ann", "cat", "eve"),
	},
}

// inLobby is what somebody else does in the lobby, who comes and goes.
func inLobby(r *rand.Rand, s *room.State, id room.SeatID) (room.SeatID, room.Command) {
	switch s.Status(id) {
	case room.AtDoor, room.Left:
		return id, room.Knock{Name: string(id), Skeleton: string(id), Answer: "agree", Digest: unseenCharter.Digest, Role: room.Participant}
	}
	return id, one[room.Command](r, room.Leave{}, room.Line{Text: "private"}, room.Prefs{Needs: []room.Need{"more-time"}})
}

// insideOnly is what goes on in the room, between some people and the facilitators.
func insideOnly(people ...room.SeatID) func(*rand.Rand, *room.State) (room.SeatID, room.Command) {
	return func(r *rand.Rand, s *room.State) (room.SeatID, room.Command) {
		inside := one(r, people...)
		if t := s.Form.Turn; t != nil && r.IntN(2) > 0 && t.Seat != "lea" && t.Seat != "wim" {
			return t.Seat, one[room.Command](r, room.Take{}, room.Take{}, room.Pass{}, room.Later{}, room.Share{Text: "words"}, room.Yield{})
		}
		switch r.IntN(11) {
		case 0, 1:
			return inside, room.Share{Text: "words"}
		case 2:
			return "lea", room.Process{Text: "a line"}
		case 3:
			return inside, one[room.Command](r, room.Line{Text: "private"}, room.AskBreak{}, room.Hand{Up: true})
		case 4:
			return "wim", room.Nudge{Seat: inside, Principle: "equality", Text: one(r, "", "quietly")}
		case 5:
			return "wim", room.Remind{Principle: "honesty"}
		case 6:
			return inside, one[room.Command](r, room.StepOut{}, room.ComeBack{}, room.ComeBack{}, room.Prefs{Needs: []room.Need{"more-time"}})
		case 7:
			return inside, room.Rename{Name: string(inside) + one(r, "a", "b"), Skeleton: string(inside) + one(r, "a", "b")}
		case 8:
			return "lea", one[room.Command](r, room.Begin{Format: room.HandQueue}, room.Begin{Format: room.OpenFloor}, room.Begin{Format: room.GoRound}, room.EndFormat{})
		case 9:
			return "wim", room.Quiet{Seat: inside, Minutes: 1, Principle: "safety", Reason: "hurtful"}
		}
		return inLobby(r, s, "gus")
	}
}
