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

// Workers says how many goroutines the hub has, beside the sweep.
func (h *Hub) Idle() int { return int(h.idle.Load()) }

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

// PushTwelve pushes one frame of a given size to everybody in the room.
func (h *Hub) PushAll(session string, line []byte) {
	l, _ := h.known(h.base, session)
	frame := l.joined([][]byte{line})
	for _, p := range l.order {
		for _, m := range p.conns {
			m.conn.Push(frame)
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
