package house

import (
	"slices"
	"time"

	"hearth/room"
)

// Counts and times of a session (practice §2.2, walls §2.2).
const (
	minSeats   = 2
	maxSeats   = 12
	maxMinutes = 180
	// A session may be entered a little after it should have begun.
	lateEntry = time.Hour
	farAhead  = 366 * 24 * time.Hour
	// linksOutlive is how long links still open after the planned end.
	linksOutlive = 15 * time.Minute
)

// StandardPhases is the 90-minute session of practice §2.2 with its after-care.
func StandardPhases() []room.PlannedPhase {
	return []room.PlannedPhase{
		{Phase: room.Opening, Minutes: 8},
		{Phase: room.CheckIn, Minutes: 20, Format: room.GoRound},
		{Phase: room.Main, Minutes: 47, Format: room.HandQueue},
		{Phase: room.Closing, Minutes: 12, Format: room.GoRound},
		{Phase: room.AfterCare, Minutes: 15},
	}
}

var (
	phaseOrder = []room.Phase{room.Opening, room.CheckIn, room.Main, room.Closing, room.AfterCare}
	// needed phases are in every session: nobody is left without a beginning, a
	// middle and an end.
	neededPhases = []room.Phase{room.Opening, room.Main, room.Closing}
)

// checkPhases says whether phases make a session. None at all means the
// standard one. A lobby at the head is left out: it comes before the start and
// takes none of the plan's minutes.
func checkPhases(phases []room.PlannedPhase) ([]room.PlannedPhase, error) {
	if len(phases) > 0 && phases[0].Phase == room.Lobby {
		phases = phases[1:]
	}
	if len(phases) == 0 {
		return StandardPhases(), nil
	}
	last := -1
	for _, p := range phases {
		at := slices.Index(phaseOrder, p.Phase)
		if at <= last || p.Minutes < 1 || p.Minutes > maxMinutes || !p.Format.Plannable() {
			return nil, refusePhases
		}
		last = at
	}
	for _, needed := range neededPhases {
		if !slices.ContainsFunc(phases, func(p room.PlannedPhase) bool { return p.Phase == needed }) {
			return nil, refusePhases
		}
	}
	return phases, nil
}
