package room

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// outside is the world outside a room: what has come of all effects so far.
type outside struct {
	outline Outline
	hears   []SeatID
	gone    map[SeatID]Status
	unbound map[SeatID]bool
	over    bool
	told    []string // since it was last asked
}

func newOutside() outside {
	return outside{gone: map[SeatID]Status{}, unbound: map[SeatID]bool{}}
}

// follow does what events bring about, as a hub would; nil: all that stands.
func (o *outside) follow(s *State, events []Event) {
	if events != nil && !Stirs(events) {
		return
	}
	now := s.Outline(Outline{})
	for _, e := range Effects(&o.outline, &now) {
		switch e := e.(type) {
		case Finish:
			o.over = true
			o.told = append(o.told, "finish")
		case Dismiss:
			o.gone[e.Seat] = e.Status
			o.told = append(o.told, fmt.Sprintf("dismiss %s, who has %s", e.Seat, map[Status]string{Left: "left", Removed: "been removed"}[e.Status]))
		case Unbind:
			o.unbound[e.Seat] = true
			o.told = append(o.told, "unbind "+string(e.Seat))
		case Hear:
			o.hears = e.Seats
			o.told = append(o.told, "hear "+people(e.Seats))
		}
	}
	o.outline = now
}

// agrees compares what has come of the effects with what the state says.
func (o *outside) agrees(w *world) {
	w.t.Helper()
	if got, want := people(o.hears), people(w.s.Audible()); got != want {
		w.t.Fatalf("after %s %s may be heard, and the effects said %s", kinds(w.events), want, got)
	}
	if o.over != w.s.closed() {
		w.t.Fatalf("after %s: finished %v, closed %v", kinds(w.events), o.over, w.s.closed())
	}
	for _, id := range w.s.Form.Arrived {
		at := w.s.Status(id)
		if gone := at == Left || at == Removed; gone && !o.over && o.gone[id] != at || at == Removed && !o.over && !o.unbound[id] {
			w.t.Fatalf("after %s: %s is %s; dismissed as %q, unbound %v", kinds(w.events), id, at, o.gone[id], o.unbound[id])
		}
	}
}

func people(ids []SeatID) string {
	if len(ids) == 0 {
		return "nobody"
	}
	names := make([]string, len(ids))
	for i, id := range ids {
		names[i] = string(id)
	}
	return strings.Join(names, " ")
}

// TestEffectsOfARoomThatIsReadBack: after a restart all that stands is done again,
// once; and an outline is a copy.
func TestEffectsOfARoomThatIsReadBack(t *testing.T) {
	w := meeting(t, Main, "ana", "bob", "cy")
	w.must("ana", Leave{})
	w.must("sam", UrgentDoor{Seat: "bob", Reason: Threat})
	w.outside.told = nil
	w.restart()
	want := []string{"dismiss ana, who has left", "dismiss bob, who has been removed", "unbind bob"}
	if got := w.outside.told; !slices.Equal(got, want) {
		t.Errorf("read back: %q, want %q", got, want)
	}
	before := w.s.Outline(Outline{})
	w.must(House, Connected{Seat: "lea"}, Connected{Seat: "sam"})
	w.must("lea", CarryOn{})
	w.must("cy", Leave{})
	after := w.s.Outline(Outline{})
	if got := Effects(&before, &after); len(got) != 2 { // cy is gone, and facilitators may be heard again
		t.Errorf("the outline before was not a copy: %v", got)
	}
	if got := Effects(&after, &after); got != nil {
		t.Errorf("nothing happened, and yet %v", got)
	}
}

// TestOutlineUsesItsMemoryAgain: in a room that goes on, looking costs no memory.
func TestOutlineUsesItsMemoryAgain(t *testing.T) {
	w := meeting(t, Main, "ana", "bob", "cy", "dee")
	seen, spare := w.s.Outline(Outline{}), w.s.Outline(Outline{})
	if n := testing.AllocsPerRun(100, func() {
		now := w.s.Outline(spare)
		if e := Effects(&seen, &now); e != nil {
			t.Fatal(e)
		}
		spare, seen = seen, now
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
