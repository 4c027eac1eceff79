package hub_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"hearth/room"
)

// A6, A7: somebody in the lobby is sent nothing but their own: no name, no seat,
// no count, no word of the room.
func TestLobbySeesNothingOfTheRoom(t *testing.T) {
	inHouse(t, func(t *testing.T, h *house) {
		in := h.openFloor("ben", "cat")
		ann := h.come("ann")
		in["ben"].ok("share", `"text":"only for the room"`)
		in["wim"].ok("remind", `"principle":"safety"`)
		in["wim"].ok("greet", `"seat":"ann"`)
		in["cat"].ok("step-out")
		h.pass(30 * time.Second)

		for _, f := range ann.since(0) {
			switch {
			case f.T == "hello" && f.Room == nil && f.Care == nil && f.Me != nil:
			case f.T == "set" && f.To == "me":
			case f.T == "ack":
			default:
				t.Errorf("the lobby was sent %s to %q", f.T, f.To)
			}
			for _, inside := range []string{`"ben"`, `"Ben"`, `"cat"`, `"Cat"`, `"lea"`, `"Lea"`, `"wim"`, `"Wim"`, "only for the room", "remind"} {
				if strings.Contains(f.raw, inside) {
					t.Errorf("the lobby was told of %q in a frame %s to %q", inside, f.T, f.To)
				}
			}
		}
		if !ann.last("set").has("door") {
			t.Error("ann was not told that she was greeted")
		}
	})
}

func (f frame) has(section string) bool { _, ok := f.Set[section]; return ok }

// A8, R6: whoever is removed is told so, and is sent not a byte later than a
// second after it.
func TestRemovedIsSentNothingAfterOneSecond(t *testing.T) {
	inHouse(t, func(t *testing.T, h *house) {
		in := h.openFloor("ann", "ben")
		second := h.dial("ann")
		second.hello()
		in["wim"].ok("remove", `"seat":"ann"`, `"principle":"safety"`, `"reason":"threat"`, `"urgent":true`)
		removed := time.Now()
		for _, p := range []*person{in["ann"], second} {
			p.wantEnd(4403, time.Second)
			if p.last("set").To != "me" {
				t.Error("the last frame was not her own")
			}
		}
		before := in["ann"].size() + second.size()
		in["lea"].ok("remind", `"principle":"safety"`)
		in["ben"].ok("share", `"text":"after"`)
		h.pass(time.Minute)
		if now := in["ann"].size() + second.size(); now != before {
			t.Errorf("%d bytes came after the removal", now-before)
		}
		if late := in["ann"].lastAt.Sub(removed); late > time.Second {
			t.Errorf("the last byte came %v after the removal", late)
		}
		if len(h.removed) != 1 || h.removed[0] != "ann" {
			t.Errorf("told of removals %v, want ann once", h.removed)
		}
		if seat, err := h.store.Seat(t.Context(), "ann"); err != nil || !seat.Revoked {
			t.Errorf("her seat is still good (%v)", err)
		}
		again := h.dial("ann")
		if f := again.hello(); f.Room != nil {
			t.Error("a removed person was shown the room")
		}
		again.wantEnd(4403, time.Second)
	})
}

// A restart does not void once more the links that were given out anew since a
// removal; but a removal that the server died over is seen to.
func TestRestartSeesToARemovalOnce(t *testing.T) {
	inHouse(t, func(t *testing.T, h *house) {
		in := h.openFloor("ann", "ben")
		in["wim"].ok("remove", `"seat":"ann"`, `"principle":"safety"`, `"reason":"threat"`, `"urgent":true`)
		h.stop()
		h.start(t)
		synctest.Wait()
		if len(h.removed) != 1 {
			t.Errorf("told of removals %v, want ann once", h.removed)
		}
	})
}

// A revoked link closes the seat's sockets; so does a seat that moved to another
// device, which keeps its place.
func TestRevokedAndMoved(t *testing.T) {
	inHouse(t, func(t *testing.T, h *house) {
		in := h.gather("ann")
		h.must(h.hub.Moved(t.Context(), session, "lea"))
		in["lea"].wantEnd(4410, time.Second)
		if back := h.dial("lea").hello(); back.Room == nil {
			t.Error("the lead's new device is not in the room")
		}
		h.must(h.hub.Revoke(t.Context(), session, "ann"))
		in["ann"].wantEnd(4410, time.Second)
		again := h.dial("ann")
		again.hello()
		again.wantEnd(4410, time.Second)

		h.must(h.hub.Revoke(t.Context(), session, "ben")) // never came
		ben := h.dial("ben")
		if f := ben.hello(); f.Me == nil || f.Room != nil {
			t.Error("ben was shown a room")
		}
		ben.wantEnd(4410, time.Second)
	})
}

// An adopted charter reaches everybody in a lobby, with its words.
func TestAdoptedCharterAsksAgain(t *testing.T) {
	inHouse(t, func(t *testing.T, h *house) {
		ann := h.come("ann")
		text := h.text()
		text.Lines[0].Text = "We keep each other safe, in words we chose together."
		v, err := h.store.Adopt(t.Context(), "g1", text, time.Now())
		h.must(err)
		h.must(h.hub.CharterAdopted(t.Context(), "g1", v.Number))
		synctest.Wait()
		f := ann.last("hello")
		if f.Charter.Digest != v.Digest || f.Me.You.Status != room.AtDoor {
			t.Fatalf("ann is shown charter %.8s and is %q; want %.8s and the door", f.Charter.Digest, f.Me.You.Status, v.Digest)
		}
		ann.no("charter-changed", "knock", `"name":"Ann"`, `"answer":"agree"`, `"digest":"`+h.digest+`"`)
		ann.ok("knock", `"name":"Ann"`, `"answer":"agree"`, `"digest":"`+v.Digest+`"`)
	})
}

// A charter that was adopted just before the server died is asked for all the
// same: nobody had told the room.
func TestCharterAdoptedBeforeACrashAsksAgain(t *testing.T) {
	inHouse(t, func(t *testing.T, h *house) {
		h.come("ann")
		h.stop()
		text := h.text()
		text.Lines[0].Text = "We keep each other safe, in words we chose together."
		v, err := h.store.Adopt(t.Context(), "g1", text, time.Now())
		h.must(err)
		h.start(t)
		ann := h.dial("ann")
		if f := ann.hello(); f.Charter.Digest != v.Digest || f.Me.You.Status != room.AtDoor {
			t.Fatalf("ann is shown charter %.8s and is %q; want %.8s and the door", f.Charter.Digest, f.Me.You.Status, v.Digest)
		}
	})
}

// Fan-out set == the model's set (A8): after each step, a frame to the room
// reaches exactly the connected seats that the state counts in.
func TestReceiversAreThoseOfTheState(t *testing.T) {
	inHouse(t, func(t *testing.T, h *house) {
		in := h.openFloor("ann", "ben", "cat", "dan")
		in["eve"] = h.come("eve")
		in["tim"] = h.come("tim")
		steps := []func(){
			func() {},
			func() { in["ann"].ok("step-out") },
			func() { in["ben"].ok("leave") },
			func() { in["wim"].ok("to-lobby", `"seat":"cat"`) },
			func() { in["ann"].ok("come-back") },
			func() { in["wim"].ok("greet", `"seat":"eve"`); in["wim"].ok("admit", `"seat":"eve"`) },
			func() {
				in["wim"].ok("remove", `"seat":"dan"`, `"principle":"safety"`, `"reason":"raid"`, `"urgent":true`)
			},
			func() { in["eve"].close() },
		}
		for i, step := range steps {
			step()
			h.pass(2 * time.Second)
			before := map[room.SeatID]int{}
			for seat, p := range in {
				before[seat] = p.count()
			}
			in["lea"].ok("remind", `"principle":"honesty"`)
			in["lea"].ok("process", `"text":"step"`)
			h.hub.Peek(session, func(s *room.State) {
				for seat, p := range in {
					got := 0
					for _, f := range p.since(before[seat]) {
						if f.To == "room" {
							got++
						}
					}
					want := s.Receives(seat, room.ToRoom) && p.ended == 0
					if want != (got >= 2) || !want && got > 0 {
						t.Errorf("step %d: %s was sent %d frames of the room; the state counts it in: %v", i, seat, got, want)
					}
				}
			})
		}
	})
}
