package replica

import (
	"slices"
	"time"

	"hearth/hub/journal/kept"
	"hearth/room"
)

// What a hub does around a replica.

func (h *host) load() {
	h.r = New(h.n.id(), h)
	h.naps, h.epoch = h.n.naps, h.s.rng.Int64N(1<<40)
	h.n.hold(true)
	for {
		came, err := h.r.Load()
		if err == nil {
			h.came = came
			break
		}
		h.sleep(500 * time.Millisecond)
		h.r = New(h.n.id(), h)
	}
	h.s.say("%s: loaded (%d) at form %d", h.n.id(), h.came, h.r.Form)
	if h.caster == nil {
		h.casting()
	}
	for h.r.Form == 0 {
		h.house(openRoom, "open")
		if h.r.Form == 0 {
			h.sleep(300 * time.Millisecond)
		}
	}
	if h.came == Fresh {
		h.house(room.Restarted{}, "restarted:"+h.NewID())
	} else {
		h.presumed = h.s.now + 10*time.Second
	}
	h.loaded, h.attend, h.opened, h.emptied = true, true, h.s.now, h.s.now
	h.settle()
}

func (h *host) house(cmd room.Command, id string) Outcome {
	return h.r.Do(h.clock(), room.House, cmd, kept.CommandKey{ID: id}, nil)
}

// settle ends a round of work.
func (h *host) settle() {
	for range 3 {
		if !h.attend {
			break
		}
		h.attend = false
		for _, seat := range h.n.here() {
			if !h.r.State.Live.Seats[seat].Online {
				h.house(room.Connected{Seat: seat}, "connected:"+h.NewID())
			}
		}
	}
	h.r.Fade(h.clock())
	h.wind()
}

// wind sets the timer.
func (h *host) wind() {
	due, ok := h.r.State.Due()
	if !ok || h.ticking {
		return
	}
	wait := due.Sub(h.clock()) + time.Duration(h.r.Rank())*250*time.Millisecond
	if h.s.now+wait < h.tickAt {
		wait = h.tickAt - h.s.now
	}
	h.ticking = true
	h.s.at(min(wait, time.Minute), func() {
		if h.ended {
			return
		}
		h.post(func() {
			h.ticking = false
			h.tick()
		})
	})
}

func (h *host) tick() {
	now := h.clock()
	for range 32 {
		due, ok := h.r.State.Due()
		if !ok || due.After(now) {
			return
		}
		out := h.house(room.Tick{}, h.r.State.DueKey())
		next, still := h.r.State.Due()
		if out.Refusal != nil || still && next.Equal(due) && out.Form == 0 {
			h.tickAt = h.s.now + time.Second
			return
		}
	}
}

// tend is what the hub does each second.
func (h *host) tend() {
	if !h.loaded {
		return
	}
	h.attend = true // what was told may not have been kept
	cut, lost := false, false
	for _, peer := range h.r.Peers() {
		switch {
		case h.n.dead(peer):
			lost = h.r.Dead(peer) || lost
		case h.n.deafTo(peer):
			cut = true
		}
	}
	h.r.SetDeafPeer(cut)
	if lost || h.presumed > 0 && h.s.now > h.presumed {
		h.seekLost()
	}
	relay := !h.n.noRedis && !h.n.mute && !h.n.deaf
	if !relay {
		h.r.Sever()
	}
	if h.r.Mode() == Apart && relay && !cut {
		h.r.Unsure()
		h.r.Listen()
	}
	if trouble := !relay || h.n.anyDeaf(); trouble || h.s.now-h.polled > 15*time.Second {
		h.polled = h.s.now
		if !h.n.noSQL && int64(len(h.s.store.rows)) > h.r.Form {
			h.r.Listen()
			if int64(len(h.s.store.rows)) > h.r.Form {
				h.r.Learn()
			}
		}
	}
	if len(h.n.here()) > 0 {
		h.emptied = h.s.now
	}
	if h.s.now-h.emptied > 10*time.Second && len(h.r.Peers()) > 0 && h.r.Mode() == Shared {
		h.s.say("%s: puts the room down", h.n.id())
		h.r.Bye()
		h.n.putDown()
	}
}

func (h *host) seekLost() {
	h.presumed = h.s.now + time.Second
	for _, seat := range slices.Clone(h.r.State.Form.Arrived) {
		if !h.r.State.Live.Seats[seat].Online || slices.Contains(h.n.here(), seat) {
			continue
		}
		here, known := h.n.asks(seat)
		switch {
		case !known && len(h.r.Peers()) > 0:
			return
		case !here:
			h.house(room.Lost{Seat: seat}, "lost:"+h.NewID())
		}
	}
	h.presumed = 0
}
