package room

import (
	"time"

	"pgregory.net/rapid"
)

// fair draws each number below n equally often; rapid alone prefers small ones.
func fair(n int) *rapid.Generator[int] {
	return rapid.Custom(func(r *rapid.T) int {
		v := 0
		for span := 1; span < 8*n; span *= 2 {
			v *= 2
			if rapid.Bool().Draw(r, "bit") {
				v++
			}
		}
		return v % n
	})
}

func pick[T any](r *rapid.T, what string, from ...T) T {
	return from[fair(len(from)).Draw(r, what)]
}

// command draws who does what. Most draws are things people do all the time.
func (m *model) command(r *rapid.T) (SeatID, Command) {
	by := pick(r, "by", modelSeats...)
	other := pick(r, "other", modelSeats...)
	switch n := fair(200).Draw(r, "kind"); {
	case n < 60:
		return m.turnCommand(r, by)
	case n < 115:
		return m.naturally(by)
	case n < 140:
		return m.presenceCommand(r, by)
	case n < 147:
		return by, m.entryCommand(r, by, other)
	case n < 175:
		lead := pick(r, "facilitator", m.s.Form.Lead, m.s.Form.Lead, m.s.Form.Wellbeing, by)
		return someone(lead, by), m.floorCommand(r, other)
	case n < 199:
		care := pick(r, "facilitator", m.s.Form.Lead, m.s.Form.Wellbeing, by)
		return someone(care, by), m.careCommand(r, other)
	}
	return m.rareCommand(r, by)
}

// someone is a seat; the house gives its commands elsewhere.
func someone(id, otherwise SeatID) SeatID {
	if id == House {
		return otherwise
	}
	return id
}

// naturally is what a seat would do next if all went well. Without it most
// random rooms would be empty before they are interesting.
func (m *model) naturally(id SeatID) (SeatID, Command) {
	f, care := m.s.Form.Seats[id], someone(m.s.Form.Wellbeing, "sam")
	switch {
	case f.Status == "":
		return House, Arrive{Seat: id, Role: testRole(id)}
	case !m.s.online(id):
		return House, Connected{Seat: id}
	case f.Status == AtDoor || f.Status == Left:
		return id, m.knock(id)
	case f.Status == Waiting && !f.Greeted:
		return care, Greet{Seat: id}
	case f.Status == Waiting:
		return care, Admit{Seat: id}
	case f.Status == Out:
		return id, ComeBack{}
	case m.s.facilitates(id) && (m.s.Form.Held != nil || m.s.Live.Pause != nil):
		return id, CarryOn{}
	case m.s.facilitates(id) && m.s.Form.Door == DoorLocked:
		return id, SetDoor{}
	case m.s.leads(id) && m.s.Form.Phase == Lobby:
		return id, MovePhase{To: Opening}
	case m.s.leads(id) && m.s.Form.Format == NoFormat:
		return id, Begin{Format: []Format{GoRound, HandQueue, OpenFloor}[len(m.journal)%3]}
	case m.s.Live.Turn != nil && m.s.Live.Turn.Seat == id && m.s.Live.Turn.Stage == Offered:
		return id, Take{}
	case m.s.Live.Turn != nil && m.s.Live.Turn.Stage == Speaking:
		return m.s.Live.Turn.Seat, Share{Text: "§"}
	case m.s.Form.Format == HandQueue && !m.s.handUp(id):
		return id, Hand{Up: true}
	}
	return id, Share{Text: "§"}
}

// rareCommand is what changes a whole session.
func (m *model) rareCommand(r *rapid.T, by SeatID) (SeatID, Command) {
	lead := someone(m.s.Form.Lead, by)
	switch fair(7).Draw(r, "rare") {
	case 5:
		plan := testPlan()
		plan.Start = plan.Start.Add(time.Hour)
		return House, SetPlan{Plan: plan}
	case 0:
		return House, Shut{}
	case 1:
		return House, SetCharter{Charter: CharterRef{Number: 2, Digest: "d2"}}
	case 2:
		return lead, End{}
	case 3:
		return lead, MovePhase{To: Closing}
	case 4:
		return House, Revoke{Seat: by}
	}
	return lead, MovePhase{To: AfterCare}
}

// turnCommand is more often than not by whoever has the turn.
func (m *model) turnCommand(r *rapid.T, by SeatID) (SeatID, Command) {
	if t := m.s.Form.Turn; t != nil && fair(10).Draw(r, "holder") < 6 {
		by = t.Seat
	}
	text := pick(r, "text", someTexts...)
	return by, pick[Command](r, "command",
		Take{}, Take{}, Take{}, Later{}, Pass{}, HoldTurn{}, UndoPass{}, Yield{}, Yield{}, Still{},
		Share{Text: text}, Share{Text: text}, Share{Text: text}, TakeBack{Words: "w1"}, TakeBack{Words: "w3"}, TakeBackAll{},
		InviteReplies{Kind: MeToo}, InviteReplies{Kind: Ideas}, InviteReplies{Kind: JustHear}, CloseReplies{},
		Hand{Up: true}, Hand{Up: true}, Hand{}, RoundsPlease{}, Line{Text: text}, AskBreak{},
	)
}

func (m *model) presenceCommand(r *rapid.T, by SeatID) (SeatID, Command) {
	if fair(2).Draw(r, "house") == 0 {
		return House, pick[Command](r, "command",
			Tick{}, Tick{}, Connected{Seat: by}, Connected{Seat: by}, Lost{Seat: by}, Lost{Seat: by}, Lost{Seat: by},
			Restarted{}, Arrive{Seat: by, Role: testRole(by)},
		)
	}
	return by, pick[Command](r, "command",
		Prefs{Listening: true}, Prefs{}, Prefs{}, Prefs{Needs: []Need{MoreTime}}, Prefs{Listening: true, Needs: []Need{Breaks}},
		Prefs{Needs: []Need{MoreTime, MoreTime}}, StepOut{}, ComeBack{}, Leave{},
		Rename{Name: "Name-" + string(by) + "2", Skeleton: "2" + string(by)}, Rename{},
	)
}

func (m *model) entryCommand(r *rapid.T, by, other SeatID) Command {
	k := m.knock(by)
	k.Role = testRole(by)
	switch fair(10).Draw(r, "knock") {
	case 0:
		k.Answer = Concern
	case 1:
		k.Listening, k.Open = true, true
	case 2:
		k.Digest = "old"
	case 3:
		k.Claims = other
	case 4:
		k.Skeleton = "name-" + string(other)
	}
	return k
}

func (m *model) floorCommand(r *rapid.T, other SeatID) Command {
	return pick[Command](r, "command",
		Greet{Seat: other}, Admit{Seat: other}, Greet{Seat: other}, Admit{Seat: other}, ToLobby{Seat: other},
		SetDoor{Locked: true}, SetDoor{}, SetDoor{}, SetDoor{},
		MovePhase{To: CheckIn}, MovePhase{To: Main},
		Begin{Format: GoRound}, Begin{Format: HandQueue}, Begin{Format: OpenFloor}, Begin{Format: Silence}, Begin{Format: Silence, Minutes: 3},
		EndFormat{}, GiveTime{}, FinishThought{}, WeWillComeBack{}, WeWillComeBack{Seat: other},
		Process{Text: "§ process"}, Pace{Seconds: 5}, Pace{Seconds: 60}, Swap{}, Swap{}, CarryOn{},
	)
}

func (m *model) careCommand(r *rapid.T, other SeatID) Command {
	line := pick(r, "line", someLines...)
	why := pick(r, "why", someWhys...)
	return pick[Command](r, "command",
		Remind{Principle: line}, Nudge{Seat: other, Principle: line, Text: "§ nudge"}, Nudge{Seat: other, Principle: line},
		Pause{Principle: line}, Pause{Seat: other, Principle: line},
		Quiet{Seat: other, Principle: line, Reason: why}, Quiet{Seat: other, Principle: line, Reason: why, Minutes: 1}, Unquiet{Seat: other},
		Remove{Seat: other, Principle: line, Reason: why}, Remove{Seat: other, Principle: line, Reason: why, Urgent: true},
		ConfirmRemove{Seat: other}, DropRemove{Seat: other}, UrgentDoor{Reason: why}, UrgentDoor{Seat: other, Reason: why},
		SeenLine{Seat: other}, Line{To: other, Text: "§ line"}, Line{To: other, Text: "§ line"}, Process{Text: "§ process"},
	)
}
