package hub_test

import (
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"hearth/room"
)

// clockJumps are what is done to the machine's clock, one after the other, a few
// seconds apart: an hour on and back, a second on and back a hundred times, and a
// sleep of ten minutes, from which the machine's clock comes back by itself.
var clockJumps = func() (all []time.Duration) {
	all = append(all, time.Hour, -2*time.Hour, time.Hour)
	for i := range 100 {
		all = append(all, []time.Duration{time.Second, -time.Second}[i%2])
	}
	return append(all, 10*time.Minute)
}()

// evening plays a queue with offers, a turn and a quiet time that end by
// themselves, and gives what wim was shown in each second. The machine's clock
// jumps as it is told.
func evening(t *testing.T, jumps []time.Duration) (shown []string) {
	inHouse(t, func(t *testing.T, h *house) {
		in := h.openFloor("ann", "ben", "cat")
		in["lea"].ok("begin", `"format":"queue"`)
		var ahead atomic.Int64
		for i := range 8 * len(clockJumps) {
			before := in["wim"].count()
			if i%8 == 0 && i/8 < len(jumps) {
				ahead.Add(int64(jumps[i/8]))
				h.ahead.Store(ahead.Load())
			}
			switch i {
			case 2, 4, 6:
				in[[]room.SeatID{"ann", "ben", "cat"}[i/2-1]].ok("hand", `"up":true`)
			case 10:
				in["wim"].ok("quiet", `"seat":"cat"`, `"minutes":1`, `"principle":"safety"`, `"reason":"hurtful"`)
			case 90:
				in["ben"].do("take")
			}
			h.pass(time.Second)
			for _, f := range in["wim"].since(before) {
				if f.T == "set" {
					shown = append(shown, f.raw)
				}
			}
			shown = append(shown, "")
		}
	})
	return shown
}

// F12: rooms do not follow the machine's clock when it jumps: in the same second
// everybody is shown the same as without a jump.
func TestF12TheMachinesClockJumps(t *testing.T) {
	calm, wild := evening(t, nil), evening(t, clockJumps)
	for i := range min(len(calm), len(wild)) {
		if calm[i] != wild[i] {
			second := len(strings.Split(strings.Join(calm[:i], "\n"), "\n\n"))
			t.Fatalf("about second %d:\nwithout jumps %s\nwith jumps    %s", second, calm[i], wild[i])
		}
	}
	all := strings.Join(calm, "\n")
	for _, must := range []string{`"next":["ben","cat","ann"]`, `"kind":"floor"`, `"kind":"over-time"`, `"kind":"door"`} {
		if !strings.Contains(all, must) {
			t.Errorf("%s was never shown: this test would not notice", must)
		}
	}
	if len(calm) != len(wild) || slices.Equal(calm, make([]string, len(calm))) {
		t.Errorf("%d lines and %d", len(calm), len(wild))
	}
}

// With no room in memory the machine's clock is followed: it may have been put right.
func TestTimeFollowsTheMachineBetweenRooms(t *testing.T) {
	inHouse(t, func(t *testing.T, h *house) {
		h.ahead.Store(int64(time.Hour))
		lea := h.come("lea")
		if ahead := time.Until(time.UnixMilli(lea.last("hello").Now)); ahead.Round(time.Minute) != time.Hour {
			t.Errorf("the room's time is %s ahead, want an hour", ahead)
		}
		h.ahead.Store(0)
		if ahead := time.Until(time.UnixMilli(h.come("wim").last("hello").Now)); ahead.Round(time.Minute) != time.Hour {
			t.Errorf("with a room in memory: %s ahead, want an hour still", ahead)
		}
		h.must(h.hub.Shut(t.Context(), session))
		h.pass(5 * time.Second)
		if !h.hub.Clock().Equal(time.Now()) {
			t.Errorf("without rooms it is %s, not %s", h.hub.Clock(), time.Now())
		}
	})
}
