package runtime

import (
	"context"

	"hearth/hub/fanout"
	"hearth/room"
)

// Inspection lets the tests of package hub, whose rooms come and go, see what a room
// does. Nothing else uses it.
type Inspection struct{ room *Room }

// Inspect looks into a room.
func Inspect(l *Room) Inspection { return Inspection{l} }

// Shown gives the room's epoch and the number of its last frame.
func (i Inspection) Shown(ctx context.Context) (epoch string, seq int64) {
	_ = i.room.call(ctx, func(l *Room) error { epoch, seq = l.sender.Epoch(), l.sender.Seq(); return nil })
	return epoch, seq
}

// Inline runs something on the room's worker, with a way to give commands as a
// seat's oldest window: each is done, and its frames are out, when it returns.
// When deaf, all connections are cut first; their ends wait in the mailbox
// meanwhile, so that a push costs its call and no write.
func (i Inspection) Inline(ctx context.Context, seat room.SeatID, deaf bool, do func(say func(data []byte))) {
	_ = i.room.call(ctx, func(l *Room) error {
		for _, p := range l.seats.all {
			for _, m := range p.conns {
				if deaf {
					m.conn.Drop()
				}
			}
		}
		m := l.seats.byID[seat].conns[0]
		do(func(data []byte) {
			l.message(m, data)
			l.settle()
		})
		return nil
	})
}

// Hello makes hello lines for a seat's oldest window on the room's worker, and
// gives the length of one.
func (i Inspection) Hello(ctx context.Context, seat room.SeatID, again func() bool) (size int) {
	_ = i.room.call(ctx, func(l *Room) error {
		p := l.seats.byID[seat]
		for again() {
			shown := l.state.Snapshot(seat)
			size = len(l.sender.Snapshot(&p.Place, l.node.clock(), l.issue(p.conns[0]), l.about.intro, fanout.Views(&shown)))
		}
		return nil
	})
	return size
}
