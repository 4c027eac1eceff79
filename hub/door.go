package hub

import (
	"context"
	"slices"

	"hearth/room"
)

// Unanswered lists the seats of a session that opened a link and have not answered
// at the door, those first that nobody is connected with, then the oldest.
func (h *Hub) Unanswered(ctx context.Context, session string) (open []room.SeatID, err error) {
	err = h.with(ctx, session, func(l *live) error {
		return l.call(ctx, func(l *live) error {
			for _, id := range l.state.Form.Arrived {
				if seat := l.state.Form.Seats[id]; seat.Status == room.AtDoor && seat.Name == "" {
					open = append(open, id)
				}
			}
			slices.SortStableFunc(open, func(a, b room.SeatID) int {
				return rank(l.state.Live.Seats[a].Online) - rank(l.state.Live.Seats[b].Online)
			})
			return nil
		})
	})
	return open, err
}

func rank(online bool) int {
	if online {
		return 1
	}
	return 0
}
