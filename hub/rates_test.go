package hub_test

import (
	"testing"
	"time"

	"hearth/hub"
)

// Coming back on a new socket does not make a rate whole again: it is the
// seat's, over all its windows.
func TestReconnectingDoesNotRenewTheRate(t *testing.T) {
	inHouse(t, func(t *testing.T, h *house) {
		h.openFloor("ann", "ben")
		h.stop()
		h.limits.Commands = hub.Rate{PerSecond: 1, Burst: 3}
		h.start(t)
		taken := 0
		for range 4 {
			ann := h.dial("ann")
			ann.hello()
			for range 3 {
				if f := ann.do("line", `"text":"hello"`); f.Code != "slow-down" {
					taken++
				}
			}
			ann.close()
		}
		if taken > 4 {
			t.Errorf("%d commands were taken within a moment; the seat has a burst of 3", taken)
		}
	})
}

// Whoever waits outside cannot use up the rate of the room, and nobody can use up
// that of those who look after it: they must be able to act just then (R5).
func TestLobbyCannotKeepARoomBusy(t *testing.T) {
	inHouse(t, func(t *testing.T, h *house) {
		h.openFloor("ann", "ben")
		h.stop()
		h.limits.Room = hub.Rate{PerSecond: 1, Burst: 4}
		h.start(t)
		lea, ann := h.dial("lea"), h.dial("ann")
		lea.hello()
		ann.hello()
		eve := h.come("eve")
		for range 10 {
			eve.do("prefs", `"listening":true`)
		}
		eve.no("busy", "prefs", `"listening":true`)
		if f := ann.do("ask-break"); f.Code == "busy" {
			t.Error("somebody inside was refused because of the lobby")
		}
		for range 10 {
			ann.do("ask-break")
		}
		ann.no("busy", "ask-break")
		lea.ok("carry-on")
		lea.ok("urgent-door", `"reason":"raid"`)
		h.pass(time.Second)
	})
}
