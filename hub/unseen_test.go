package hub_test

import (
	"testing"

	"hearth/room"
)

// Numbers of frames tell nothing of what a person may not see (S06): neither the
// lobby of the room, nor a bystander of what is private to others.
func TestS06NumbersTellNothingOfOthers(t *testing.T) {
	inHouse(t, func(t *testing.T, h *house) {
		in := h.openFloor("ann", "ben")
		cat := h.come("cat")
		counts := func(people ...*person) (all []int64) {
			for _, p := range people {
				again := h.dial(p.seat) // a new window is told the number
				again.hello()
				all = append(all, again.last("hello").Seq)
				again.close()
			}
			return all
		}
		before := counts(cat, in["ben"])
		frames := len(cat.since(0))
		in["ann"].ok("line", `"text":"something private"`)
		in["wim"].ok("nudge", `"seat":"ann"`, `"principle":"equality"`, `"text":"quietly"`)
		in["wim"].ok("quiet", `"seat":"ann"`, `"minutes":1`, `"principle":"safety"`, `"reason":"hurtful"`)
		if after := counts(cat, in["ben"]); after[0] != before[0] || after[1] != before[1] {
			t.Errorf("what was private to ann moved numbers: %v, then %v", before, after)
		}
		in["ben"].ok("share", `"text":"to the room"`)
		in["lea"].ok("process", `"text":"a line"`)
		after := counts(cat, in["ben"])
		if after[0] != before[0] || len(cat.since(0)) != frames {
			t.Errorf("the room moved the lobby's numbers: %d, then %d", before[0], after[0])
		}
		if after[1] == before[1] {
			t.Error("the room's frames have no numbers: this test would not notice")
		}
		for _, seat := range []room.SeatID{"ann", "ben", "lea", "wim"} {
			first := in[seat].last("hello").Seq
			for _, f := range in[seat].since(0) {
				if f.T == "hello" {
					first = f.Seq
				}
				if f.To != "" && f.Seq != first+1 {
					t.Errorf("%s: frame %d after %d", seat, f.Seq, first)
				}
				if f.To != "" {
					first = f.Seq
				}
			}
		}
	})
}
