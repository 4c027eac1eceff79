package hub

import (
	"context"
	"slices"

	"hearth/hub/runtime"
	"hearth/room"
)

// Unanswered lists the seats of a session that opened a link and have not answered
// at the door, those first that nobody is connected with, then the oldest.
func (h *Hub) Unanswered(ctx context.Context, session string) (open []room.SeatID, err error) {
	err = h.with(ctx, session, func(l *runtime.Room) error {
		return l.Look(ctx, func(state *room.State) {
			for _, id := range state.Form.Arrived {
				if seat := state.Form.Seats[id]; seat.Status == room.AtDoor && seat.Name == "" {
					open = append(open, id)
				}
			}
			slices.SortStableFunc(open, func(a, b room.SeatID) int {
				return rank(state.Live.Seats[a].Online) - rank(state.Live.Seats[b].Online)
			})
		})
	})
	return open, err
}

// rank puts those who are connected behind those who are not.
func rank(online bool) int {
	if online {
		return 1
	}
	return 0
}
