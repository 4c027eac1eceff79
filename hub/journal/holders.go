package journal

import (
	"sync"

	"hearth/room"
	"hearth/room/group"
)

// mostHolders bounds what is remembered of who holds which seat.
const mostHolders = 20_000

// holder is a seat and what is kept of the device that it is bound to.
type holder struct {
	seat  group.Seat
	bound []byte
}

// holders remembers answers to "does this device hold this seat", because a
// whole room asks at once when its people come back. This process is the only
// writer of the folder, so that an answer stands until the next change to the
// tables; every such change forgets all of them. Safe for many goroutines.
type holders struct {
	mu    sync.RWMutex
	known map[room.SeatID]holder
	turn  uint64 // counts the forgetting, so that what was read before it is not remembered after it
}

// of gives what is known of a seat, and the turn to give back to learn.
func (h *holders) of(seat room.SeatID) (held holder, known bool, turn uint64) {
	h.mu.RLock()
	defer h.mu.RUnlock()
	held, known = h.known[seat]
	return held, known, h.turn
}

func (h *holders) learn(held holder, turn uint64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if turn != h.turn {
		return
	}
	if h.known == nil || len(h.known) >= mostHolders {
		h.known = map[room.SeatID]holder{}
	}
	h.known[held.seat.ID] = held
}

func (h *holders) forget() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.known = nil
	h.turn++
}
