package room

import "time"

// WithDefaults fills in every field that is zero. TimersOff stays as it is.
func (r Rules) WithDefaults() Rules {
	for _, d := range []struct {
		field *time.Duration
		def   time.Duration
	}{
		{&r.OfferFor, 45 * time.Second}, {&r.OfferStep, 5 * time.Second}, {&r.UndoFor, 10 * time.Second}, {&r.CheckInTurn, 2 * time.Minute}, {&r.ShareTurn, 3 * time.Minute},
		{&r.Cue, time.Minute}, {&r.Grace, time.Minute}, {&r.MoreTime, 2 * time.Minute},
		{&r.MomentFor, time.Minute}, {&r.LostSpeaker, 90 * time.Second}, {&r.ShowLost, 3 * time.Second},
		{&r.SeatKept, 10 * time.Minute}, {&r.OutKept, 30 * time.Minute}, {&r.LeadLost, 15 * time.Second},
		{&r.HeldAfter, 30 * time.Second}, {&r.CloseHeld, 10 * time.Minute}, {&r.OpenDoor, 10 * time.Minute},
		{&r.AfterCare, 15 * time.Minute}, {&r.PauseMax, 2 * time.Minute}, {&r.QuietFor, 5 * time.Minute},
		{&r.QuietMax, 15 * time.Minute}, {&r.ReplyWindow, 3 * time.Minute}, {&r.OpenPace, 20 * time.Second},
		{&r.QueueIdle, time.Minute}, {&r.SilenceFor, time.Minute}, {&r.Tail, 2 * time.Minute},
	} {
		if *d.field == 0 {
			*d.field = d.def
		}
	}
	if r.Replies == 0 {
		r.Replies = 3
	}
	if r.OpenRow == 0 {
		r.OpenRow = 3
	}
	return r
}

// order of the phases; a phase that is not in it does not exist.
var phaseOrder = []Phase{Lobby, Opening, CheckIn, Main, Closing, AfterCare, Closed}

// number is a phase's place in the order, -1 for an unknown one.
func (p Phase) number() int {
	for i, q := range phaseOrder {
		if p == q {
			return i
		}
	}
	return -1
}

// planned is what the plan says about a phase; zero if it says nothing.
func (p Plan) planned(phase Phase) PlannedPhase {
	for _, q := range p.Phases {
		if q.Phase == phase {
			return q
		}
	}
	return PlannedPhase{Phase: phase}
}

// following is the next planned phase; without a plan, the next in order. Empty
// when only the end is left, which is no phase to move on to.
func (p Plan) following(phase Phase) Phase {
	n := phase.number()
	for _, q := range phaseOrder[n+1:] {
		if q != Closed && (len(p.Phases) == 0 || p.planned(q).Minutes > 0) {
			return q
		}
	}
	return ""
}
