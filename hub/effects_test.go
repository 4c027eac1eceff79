package hub_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"hearth/room"
)

// told writes down the effects of all rooms, as a media plane would be told of them.
func (h *house) told(session string, e room.Effect) {
	line := strings.TrimPrefix(fmt.Sprintf("%T", e), "room.")
	switch e := e.(type) {
	case room.Hear:
		line = strings.TrimSpace(fmt.Sprintf("hear %v", e.Seats))
	case room.Dismiss:
		line += fmt.Sprintf(" %s %s", e.Seat, e.Status)
	case room.Unbind:
		line += " " + string(e.Seat)
	}
	h.effects = append(h.effects, session+" "+line)
}

// TestEffectsAreTold: whoever hangs on a hub is told of what its rooms bring about,
// in order: what is passing too, nothing twice, and all that stands after a restart.
func TestEffectsAreTold(t *testing.T) {
	inHouse(t, func(t *testing.T, h *house) {
		in := h.gather("ann", "ben")
		in["lea"].ok("phase", `"to":"opening"`)
		in["lea"].ok("begin", `"format":"queue"`)
		h.effects = nil
		in["ann"].ok("hand", `"up":true`)
		in["ann"].ok("take") // a row is written for none of these
		in["ann"].ok("share", `"text":"one"`)
		in["ann"].ok("share", `"text":"two"`)
		want := []string{session + " hear [ann]"}
		if !slices.Equal(h.effects, want) {
			t.Errorf("a turn: %q, want %q", h.effects, want)
		}
		in["ann"].ok("yield")
		h.pass(10 * time.Second)
		h.effects = nil
		in["ben"].ok("leave")
		in["wim"].ok("remove", `"seat":"ann"`, `"principle":"safety"`, `"reason":"threat"`, `"urgent":true`)
		want = []string{session + " Dismiss ben left", session + " Dismiss ann removed", session + " Unbind ann"}
		if !slices.Equal(h.effects, want) {
			t.Errorf("two who go: %q, want %q", h.effects, want)
		}
		h.pass(2 * time.Second)
		if in["ann"].ended == 0 || in["ben"].ended == 0 {
			t.Error("a socket of somebody who is gone is still open")
		}
		h.stop()
		h.effects = nil
		h.start(t)
		h.dial("lea").hello()
		for _, line := range want {
			if n := len(slices.DeleteFunc(slices.Clone(h.effects), func(l string) bool { return l != line })); n != 1 {
				t.Errorf("after a restart %q came %d times: %q", line, n, h.effects)
			}
		}
	})
}
