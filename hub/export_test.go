package hub

import (
	"time"

	"hearth/hub/runtime"
	"hearth/room"
)

// Peek lets a test look at a live room's state, on the room's worker.
func (h *Hub) Peek(session string, look func(*room.State)) bool {
	l, found := h.known(h.node.Base(), session)
	return found && l.Look(h.node.Base(), look) == nil
}

// Shown gives the room's epoch and the number of its last frame.
func (h *Hub) Shown(session string) (epoch string, seq int64) {
	if l, found := h.known(h.node.Base(), session); found {
		epoch, seq = runtime.Inspect(l).Shown(h.node.Base())
	}
	return epoch, seq
}

// NodesUp is how many nodes this one knows to be up and to hear the others.
func (h *Hub) NodesUp() (n int) {
	s := h.node.Standing()
	for _, node := range append(s.Up, h.node.Self()) {
		if s.Alive[node] {
			n++
		}
	}
	return n
}

// Inline gives commands as a seat's oldest window, on the room's worker.
func (h *Hub) Inline(session string, seat room.SeatID, deaf bool, do func(say func(data []byte))) {
	l, _ := h.known(h.node.Base(), session)
	runtime.Inspect(l).Inline(h.node.Base(), seat, deaf, do)
}

// Hello makes hello lines for a seat's oldest window, and gives the length of one.
func (h *Hub) Hello(session string, seat room.SeatID, again func() bool) (size int) {
	l, _ := h.known(h.node.Base(), session)
	return runtime.Inspect(l).Hello(h.node.Base(), seat, again)
}

// Clock is the time by which rooms live.
func (h *Hub) Clock() time.Time { return h.node.Clock() }
