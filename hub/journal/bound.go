package journal

import (
	"context"

	"hearth/room"
)

// generation is a seat that is bound to a device, and how often it was before.
type generation struct {
	seat room.SeatID
	n    int64
}

// Bound gives the generation of each binding of some sessions, in one question:
// 1 for a seat that is on its first device, one more with each move (S01). A seat
// that no device holds is missing.
func (s *tables) Bound(ctx context.Context, sessions []string) (map[room.SeatID]int64, error) {
	if len(sessions) == 0 {
		return map[room.SeatID]int64{}, nil
	}
	among, arg := s.on.among(sessions)
	all, err := list(ctx, s.read, "read the bindings", func(row scanner) (g generation, err error) {
		return g, row.Scan(&g.seat, &g.n)
	}, "SELECT b.seat, b.generation FROM bindings b JOIN seats s ON s.id = b.seat WHERE s.session "+among, arg)
	if err != nil {
		return nil, err
	}
	bound := make(map[room.SeatID]int64, len(all))
	for _, g := range all {
		bound[g.seat] = g.n
	}
	return bound, nil
}
