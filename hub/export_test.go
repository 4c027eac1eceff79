package hub

import (
	"time"

	"hearth/hub/fanout"
	"hearth/room"
)

// Peek lets a test look at a live room's state, on the room's worker.
func (h *Hub) Peek(session string, look func(*room.State)) bool {
	l, found := h.known(h.base, session)
	return found && l.call(h.base, func(l *live) error { look(l.state); return nil }) == nil
}

// Shown gives the room's epoch and the number of its last frame.
func (h *Hub) Shown(session string) (epoch string, seq int64) {
	if l, found := h.known(h.base, session); found {
		_ = l.call(h.base, func(l *live) error { epoch, seq = l.sender.Epoch(), l.sender.Seq(); return nil })
	}
	return epoch, seq
}

// NodesUp is how many nodes this one knows to be up and to hear the others.
func (h *Hub) NodesUp() (n int) {
	s := h.standing()
	for _, node := range append(s.Up, h.self()) {
		if s.Alive[node] {
			n++
		}
	}
	return n
}

// Inline runs something on the room's worker, with a way to give commands as a
// seat's oldest window: each is done, and its frames are out, when it returns.
// When deaf, all connections are cut first; their ends wait in the mailbox
// meanwhile, so that a push costs its call and no write.
func (h *Hub) Inline(session string, seat room.SeatID, deaf bool, do func(say func(data []byte))) {
	l, _ := h.known(h.base, session)
	_ = l.call(h.base, func(l *live) error {
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

var GoodID = goodID

// Bucket is one rate at work, for tests at its limit.
func Bucket(r Rate) func(time.Time) bool {
	var b bucket
	return func(now time.Time) bool { return b.take(now, r) }
}

// Striker counts excesses as a socket does.
func Striker(l Limits) func(time.Time) bool {
	limits := l.withDefaults()
	var s strikes
	return func(now time.Time) bool { return s.add(now, &limits) }
}

// Hello makes hello lines for a seat's oldest window on the room's worker, and
// gives the length of one.
func (h *Hub) Hello(session string, seat room.SeatID, again func() bool) (size int) {
	l, _ := h.known(h.base, session)
	_ = l.call(h.base, func(l *live) error {
		p := l.seats.byID[seat]
		for again() {
			now := h.clock()
			shown := l.state.Snapshot(seat)
			size = len(l.sender.Snapshot(&p.Place, now, l.issue(p.conns[0]), l.about.intro, fanout.Views(&shown)))
		}
		return nil
	})
	return size
}

// Ended counts an ended connection.
func Ended(m *Metrics, code int) { m.ended(code) }

// Clock is the time by which rooms live.
func (h *Hub) Clock() time.Time { return h.clock() }
