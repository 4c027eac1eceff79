package room

import "pgregory.net/rapid"

// command draws who does what. Most draws are things people do all the time.
func (m *model) command(r *rapid.T) (SeatID, Command) {
	switch rapid.IntRange(0, 399).Draw(r, "rare") {
	case 0:
		return House, Shut{}
	case 1, 2:
		return House, SetCharter{Charter: CharterRef{Number: 2, Digest: "d2"}}
	}
	by := rapid.SampledFrom(modelSeats).Draw(r, "by")
	other := rapid.SampledFrom(modelSeats).Draw(r, "other")
	switch n := rapid.IntRange(0, 99).Draw(r, "kind"); {
	case n < 40:
		return m.turnCommand(r, by)
	case n < 60:
		return m.presenceCommand(r, by)
	case n < 70:
		return by, m.entryCommand(r, by, other)
	case n < 85:
		lead := rapid.SampledFrom([]SeatID{"lea", "sam", "lea", "sam", by}).Draw(r, "facilitator")
		return lead, m.floorCommand(r, other)
	default:
		care := rapid.SampledFrom([]SeatID{"lea", "sam", by}).Draw(r, "facilitator")
		return care, m.careCommand(r, other)
	}
}

// turnCommand is more often than not by whoever has the turn.
func (m *model) turnCommand(r *rapid.T, by SeatID) (SeatID, Command) {
	if t := m.s.Form.Turn; t != nil && rapid.IntRange(0, 9).Draw(r, "holder") < 6 {
		by = t.Seat
	}
	text := rapid.SampledFrom(someTexts).Draw(r, "text")
	return by, rapid.SampledFrom([]Command{
		Take{}, Take{}, Take{}, Later{}, Pass{}, HoldTurn{}, UndoPass{}, Yield{}, Yield{}, Still{},
		Share{Text: text}, Share{Text: text}, Share{Text: text}, TakeBack{Words: "w1"}, TakeBack{Words: "w3"},
		InviteReplies{Kind: MeToo}, InviteReplies{Kind: Ideas}, InviteReplies{Kind: JustHear}, CloseReplies{},
		Hand{Up: true}, Hand{Up: true}, Hand{}, RoundsPlease{}, Line{Text: text}, AskBreak{},
	}).Draw(r, "command")
}

func (m *model) presenceCommand(r *rapid.T, by SeatID) (SeatID, Command) {
	house := rapid.SampledFrom([]Command{
		Tick{}, Tick{}, Tick{}, Connected{Seat: by}, Connected{Seat: by}, Connected{Seat: by}, Lost{Seat: by}, Lost{Seat: by},
		Restarted{}, Revoke{Seat: by}, Arrive{Seat: by, Role: testRole(by)}, Tick{}, Tick{}, Connected{Seat: by},
	}).Draw(r, "command")
	if rapid.Bool().Draw(r, "house") {
		return House, house
	}
	return by, rapid.SampledFrom([]Command{
		Prefs{Listening: true}, Prefs{}, Prefs{Needs: []Need{MoreTime}}, Prefs{Listening: true, Needs: []Need{Breaks}},
		Prefs{Needs: []Need{MoreTime, MoreTime}}, StepOut{}, ComeBack{}, ComeBack{}, Leave{}, Rename{Name: "Name-" + string(by) + "2", Skeleton: "2" + string(by)}, Rename{},
	}).Draw(r, "command")
}

func (m *model) entryCommand(r *rapid.T, by, other SeatID) Command {
	k := m.knock(by)
	k.Role = testRole(by)
	switch rapid.IntRange(0, 9).Draw(r, "knock") {
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
	return rapid.SampledFrom([]Command{
		Greet{Seat: other}, Admit{Seat: other}, Greet{Seat: other}, Admit{Seat: other}, ToLobby{Seat: other},
		SetDoor{Locked: true}, SetDoor{}, SetDoor{},
		MovePhase{To: CheckIn}, MovePhase{To: Main}, MovePhase{To: Closing}, MovePhase{To: AfterCare}, MovePhase{To: Closed},
		Begin{Format: GoRound}, Begin{Format: HandQueue}, Begin{Format: OpenFloor}, Begin{Format: Silence}, Begin{Format: Silence, Minutes: 3},
		EndFormat{}, GiveTime{}, FinishThought{}, WeWillComeBack{}, WeWillComeBack{Seat: other},
		Process{Text: "§ process"}, Pace{Seconds: 5}, Pace{Seconds: 60}, Swap{}, Swap{}, CarryOn{}, CarryOn{}, CarryOn{},
	}).Draw(r, "command")
}

func (m *model) careCommand(r *rapid.T, other SeatID) Command {
	line := rapid.SampledFrom(someLines).Draw(r, "line")
	why := rapid.SampledFrom(someWhys).Draw(r, "why")
	return rapid.SampledFrom([]Command{
		Remind{Principle: line}, Nudge{Seat: other, Principle: line, Text: "§ nudge"}, Nudge{Seat: other, Principle: line},
		Pause{Principle: line}, Pause{Seat: other, Principle: line},
		Quiet{Seat: other, Principle: line, Reason: why}, Quiet{Seat: other, Principle: line, Reason: why, Minutes: 1}, Unquiet{Seat: other},
		Remove{Seat: other, Principle: line, Reason: why}, Remove{Seat: other, Principle: line, Reason: why, Urgent: true},
		ConfirmRemove{Seat: other}, DropRemove{Seat: other}, UrgentDoor{Reason: why}, UrgentDoor{Seat: other, Reason: why},
		Line{To: other, Text: "§ line"}, CarryOn{},
	}).Draw(r, "command")
}
