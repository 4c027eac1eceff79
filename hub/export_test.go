package hub

import (
	"time"

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
		_ = l.call(h.base, func(l *live) error { epoch, seq = l.epoch, l.seq; return nil })
	}
	return epoch, seq
}

// Line is a command of a seat's oldest window, run at once on the caller's
// goroutine; the room must be otherwise idle.
func (h *Hub) Line(session string, seat room.SeatID) func(data []byte) {
	l, _ := h.known(h.base, session)
	m := l.places[seat].conns[0]
	return func(data []byte) {
		l.message(m, data)
		l.settle()
	}
}

// Deafen ends every connection of a room without the room's knowledge: from
// then on a push costs its call and no write.
func (h *Hub) Deafen(session string) {
	l, _ := h.known(h.base, session)
	for _, p := range l.order {
		for _, m := range p.conns {
			m.room = h.nowhere()
			m.conn.Drop()
		}
	}
}

var (
	AppendQuoted = appendQuoted
	GoodID       = goodID
)

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

// Hello makes one hello line for a seat's oldest window, as often as asked; the
// room must be otherwise idle.
func (h *Hub) Hello(session string, seat room.SeatID) func() int {
	l, _ := h.known(h.base, session)
	p := l.places[seat]
	return func() int {
		now := h.clock()
		return len(l.snapshot(now, p.conns[0], l.views(now, p)))
	}
}
