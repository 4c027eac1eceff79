package room

import "slices"

// change puts a section into set when it differs from what was shown.
func change[T any](set *map[string]any, name string, shown *T, now T, same func(a, b T) bool) {
	if same(*shown, now) {
		return
	}
	*shown = now
	if *set == nil {
		*set = map[string]any{}
	}
	(*set)[name] = now
}

func equal[T comparable](a, b T) bool { return a == b }

func samePtr[T comparable](a, b *T) bool {
	return a == b || a != nil && b != nil && *a == *b
}

func sameYou(a, b YouView) bool {
	return a.Seat == b.Seat && a.Name == b.Name && a.Role == b.Role && a.Status == b.Status &&
		a.Listening == b.Listening && slices.Equal(a.Needs, b.Needs) && a.Answer == b.Answer && a.Why == b.Why
}

func sameWaiting(a, b []WaitingView) bool {
	return slices.EqualFunc(a, b, func(x, y WaitingView) bool {
		return x.Seat == y.Seat && x.Name == y.Name && x.Role == y.Role && x.Listening == y.Listening &&
			slices.Equal(x.Needs, y.Needs) && x.Greeted == y.Greeted && x.Concern == y.Concern && x.Open == y.Open &&
			x.Claims == y.Claims && x.Knocks == y.Knocks && x.Admitted == y.Admitted && x.Lost == y.Lost
	})
}

func samePeople(a, b []PersonView) bool {
	return slices.EqualFunc(a, b, func(x, y PersonView) bool {
		return x.Seat == y.Seat && x.Listening == y.Listening && slices.Equal(x.Needs, y.Needs) &&
			x.QuietUntil == y.QuietUntil && x.Concern == y.Concern && x.OutSince == y.OutSince
	})
}

// meChanges is the sections of one seat's own view that changed.
func meChanges(s *State, whose SeatID, shown any, _ sections) (set map[string]any) {
	was, now := shown.(*MeView), s.meView(whose)
	change(&set, "you", &was.You, now.You, sameYou)
	change(&set, "door", &was.Door, now.Door, equal)
	change(&set, "offer", &was.Offer, now.Offer, samePtr)
	change(&set, "turn", &was.Turn, now.Turn, samePtr)
	change(&set, "can", &was.Can, now.Can, equal)
	change(&set, "quiet", &was.Quiet, now.Quiet, samePtr)
	change(&set, "notices", &was.Notices, now.Notices, slices.Equal[[]Notice])
	change(&set, "swap_asked", &was.SwapAsked, now.SwapAsked, equal)
	change(&set, "line", &was.Line, now.Line, equal)
	return set
}

// roomChanges is the sections of the room's view that changed.
func roomChanges(s *State, _ SeatID, shown any, in sections) (set map[string]any) {
	was := shown.(*RoomView)
	if in&inPhase != 0 {
		change(&set, "phase", &was.Phase, s.phaseView(), equal)
	}
	if in&inFormat != 0 {
		change(&set, "format", &was.Format, s.formatView(), equal)
	}
	if in&inSeats != 0 {
		change(&set, "seats", &was.Seats, s.seatViews(), slices.Equal[[]SeatView])
	}
	if in&inFloor != 0 {
		change(&set, "floor", &was.Floor, s.floorView(), samePtr)
	}
	if in&inNext != 0 {
		change(&set, "next", &was.Next, s.upNext(), slices.Equal[[]SeatID])
	}
	if in&inDoor != 0 {
		change(&set, "door", &was.Door, s.Form.Door, equal)
	}
	if in&inHeld != 0 {
		change(&set, "held", &was.Held, s.heldView(), samePtr)
	}
	if in&inPaused != 0 {
		change(&set, "paused", &was.Paused, s.pausedView(), samePtr)
	}
	return set
}

// careChanges is the sections of the facilitators' view that changed.
func careChanges(s *State, _ SeatID, shown any, in sections) (set map[string]any) {
	was := shown.(*CareView)
	if in&inPosts != 0 {
		change(&set, "lead", &was.Lead, s.Form.Lead, equal)
		change(&set, "wellbeing", &was.Wellbeing, s.Form.Wellbeing, equal)
		change(&set, "alone", &was.Alone, s.facilitators() <= 1, equal)
		change(&set, "ready", &was.Ready, s.ready(), equal)
	}
	if in&inWaiting != 0 {
		change(&set, "waiting", &was.Waiting, s.waitingViews(), sameWaiting)
	}
	if in&inClock != 0 {
		change(&set, "clock", &was.Clock, s.clockView(), samePtr)
	}
	if in&inPeople != 0 {
		change(&set, "people", &was.People, s.personViews(), samePeople)
	}
	if in&inRemoval != 0 {
		change(&set, "removal", &was.Removal, s.Live.Removal, samePtr)
	}
	if in&inSwap != 0 {
		change(&set, "swap", &was.Swap, s.Live.Swap, equal)
	}
	if in&inBreak != 0 {
		change(&set, "break", &was.Break, s.Live.Break, equal)
	}
	if in&inRounds != 0 {
		change(&set, "rounds", &was.Rounds, s.roundsAsked(), equal)
	}
	if in&inPhaseEnds != 0 {
		change(&set, "phase_ends", &was.PhaseEnds, s.phaseEnds(), equal)
	}
	if in&inWrote != 0 {
		change(&set, "wrote", &was.Wrote, s.wroteViews(), slices.Equal[[]WroteView])
	}
	return set
}
