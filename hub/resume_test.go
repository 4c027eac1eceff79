package hub_test

import (
	"encoding/json"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"hearth/room"
)

// chain checks that the frames of one seat follow each other without a gap, from
// a number on (R3).
func chain(t *testing.T, frames []frame, last int64) {
	t.Helper()
	for _, f := range frames {
		if f.To == "" {
			continue
		}
		if prev := f.prev(); prev > last || f.Seq <= prev {
			t.Errorf("%s: frame %d follows %d, but the last seen was %d", f.To, f.Seq, prev, last)
		}
		last = max(last, f.Seq)
	}
}

// A broken connection gets what it missed, words and form in order, and goes on
// from there.
func TestResumeGivesWhatWasMissed(t *testing.T) {
	inHouse(t, func(t *testing.T, h *house) {
		in := h.openFloor("ann", "ben", "cat")
		in["ben"].ok("share", `"text":"before"`)
		token, seq := in["ann"].last("hello").Resume, in["ann"].seq()
		in["ann"].close()
		h.pass(time.Second)
		in["cat"].ok("share", `"text":"while you were away"`)
		h.pass(5 * time.Second)
		in["wim"].ok("remind", `"principle":"honesty"`)
		in["lea"].ok("process", `"text":"a line"`)

		back := h.dial("ann")
		f := back.resume(token, seq)
		if f.T != "resumed" || f.Resume == "" || f.Resume == token || f.Epoch == "" {
			t.Fatalf("got %s with a new token: %v", f.T, f.Resume != token)
		}
		synctest.Wait()
		got := back.since(1)
		if heard := back.heard(); !slices.Equal(heard, []string{"while you were away", "a line"}) {
			t.Errorf("heard %q", heard)
		}
		chain(t, got, seq)
		if f.Seq < back.seq() {
			t.Errorf("resumed says %d, but frame %d followed in the same breath", f.Seq, back.seq())
		}
		h.pass(20 * time.Second)
		in["cat"].ok("share", `"text":"after"`)
		if heard := back.heard(); len(heard) != 3 || heard[2] != "after" {
			t.Errorf("heard %q after coming back", heard)
		}
		chain(t, back.since(1), seq)
	})
}

// Who was let in while the connection of one window was broken is shown the whole
// room in it, and not the tail of one that this window was never shown. Another
// window was there all the time, so nothing else happened to the seat meanwhile.
func TestLetInWhileAWindowWasAwayGivesASnapshot(t *testing.T) {
	inHouse(t, func(t *testing.T, h *house) {
		in := h.openFloor("ann", "ben", "cat")
		in["wim"].ok("to-lobby", `"seat":"cat"`)
		in["cat"].ok("knock", `"name":"Cat"`, `"answer":"agree"`, `"digest":"`+h.digest+`"`)
		in["wim"].ok("greet", `"seat":"cat"`)
		other := h.dial("cat")
		other.hello()
		token, seq := in["cat"].last("hello").Resume, in["cat"].seq()
		in["cat"].close()
		h.pass(time.Second)
		in["wim"].ok("admit", `"seat":"cat"`)
		if other.last("hello").Room == nil {
			t.Fatal("the other window was not shown the room")
		}
		if f := h.dial("cat").resume(token, seq); f.T != "hello" || f.Room == nil {
			t.Errorf("got %s, with the room: %v", f.T, f.Room != nil)
		}
	})
}

// A plan that was changed while a window was away is shown in it when it comes back.
func TestPlanChangedWhileAWindowWasAwayIsShown(t *testing.T) {
	inHouse(t, func(t *testing.T, h *house) {
		in := h.gather("ann")
		window := h.dial("lea")
		token := window.hello().Resume
		window.close()
		seq := window.seq()
		h.pass(time.Second)
		s, err := h.store.Session(t.Context(), session)
		h.must(err)
		s.Title = "The evening that moved"
		h.must(h.store.UpdateSession(t.Context(), s, s.Start.Add(24*time.Hour)))
		h.must(h.hub.PlanChanged(t.Context(), s))
		synctest.Wait()
		if title := in["lea"].last("hello").Session.Title; title != s.Title {
			t.Fatalf("the window that stayed shows %q", title)
		}
		if f := h.dial("lea").resume(token, seq); f.Session.Title != s.Title {
			t.Errorf("came back with %s and shows %q", f.T, f.Session.Title)
		}
	})
}

// What was overtaken while somebody was away is not sent twice, and what they
// are left with is what everybody sees.
func TestResumeEndsWithWhatEverybodySees(t *testing.T) {
	inHouse(t, func(t *testing.T, h *house) {
		in := h.openFloor("ann", "ben", "cat")
		token, seq := in["cat"].last("hello").Resume, in["cat"].seq()
		in["cat"].close()
		for range 6 {
			in["ann"].ok("step-out")
			in["ann"].ok("come-back")
		}
		in["ben"].ok("share", `"text":"in between"`)
		in["ben"].ok("rename", `"name":"Benno"`)
		back := h.dial("cat")
		back.resume(token, seq)
		fresh := h.dial("cat").hello()
		seats, names := 0, ""
		happened := map[string]int{}
		for _, f := range back.since(1) {
			if f.To != "room" {
				continue
			}
			if text, ok := f.Set["seats"]; ok {
				seats++
				names = string(text)
			}
			for _, on := range f.On {
				happened[on.Kind]++
			}
		}
		want, err := json.Marshal(fresh.Room.Seats)
		h.must(err)
		if seats != 1 || names != string(want) {
			t.Errorf("the seats came %d times, last as\n%s\nwant once\n%s", seats, names, want)
		}
		if happened["stepped-out"] != 6 || happened["renamed"] != 1 {
			t.Errorf("happenings: %v", happened)
		}
		if !slices.Equal(back.heard(), []string{"in between"}) {
			t.Errorf("heard %q", back.heard())
		}
		chain(t, back.since(1), seq)
	})
}

// A29: a resume token is good once. Whoever comes with an old one is shown the
// room as it stands, and no words.
func TestA29OldTokenGivesNoWords(t *testing.T) {
	inHouse(t, func(t *testing.T, h *house) {
		in := h.openFloor("ann", "ben")
		token, seq := in["ann"].last("hello").Resume, in["ann"].seq()
		in["ben"].ok("share", `"text":"secret"`)
		in["ann"].close()
		first := h.dial("ann")
		if f := first.resume(token, seq); f.T != "resumed" {
			t.Fatalf("the token gave %s", f.T)
		}
		for name, p := range map[string]room.SeatID{"the same token again": "ann", "somebody else's token": "ben"} {
			again := h.dial(p)
			use := token
			if p == "ben" {
				use = first.last("resumed").Resume
			}
			if f := again.resume(use, seq); f.T != "hello" || f.Room == nil {
				t.Errorf("%s gave %s", name, f.T)
			}
			if len(again.heard()) > 0 {
				t.Errorf("%s gave words", name)
			}
		}
	})
}

// T13: reloading, coming back after stepping out, and arriving late replay
// nothing.
func TestT13NothingIsReplayed(t *testing.T) {
	t.Run("after a reload", func(t *testing.T) {
		inHouse(t, func(t *testing.T, h *house) {
			in := h.openFloor("ann", "ben")
			in["ben"].ok("share", `"text":"said"`)
			in["ann"].close()
			again := h.dial("ann")
			if f := again.hello(); f.T != "hello" || f.Room == nil || len(again.heard()) > 0 {
				t.Fatalf("a reload gave %s and %d words", f.T, len(again.heard()))
			}
		})
	})
	t.Run("after stepping out", func(t *testing.T) {
		inHouse(t, func(t *testing.T, h *house) {
			in := h.openFloor("ann", "ben")
			token, seq := in["ann"].last("hello").Resume, in["ann"].seq()
			in["ann"].ok("step-out")
			in["ben"].ok("share", `"text":"said meanwhile"`)
			in["ann"].ok("come-back")
			if len(in["ann"].heard()) > 0 {
				t.Fatal("coming back replayed words")
			}
			in["ann"].close()
			again := h.dial("ann")
			if f := again.resume(token, seq); f.T != "hello" || len(again.heard()) > 0 {
				t.Fatalf("a token from before gave %s and %d words", f.T, len(again.heard()))
			}
		})
	})
	t.Run("while stepped out", func(t *testing.T) {
		inHouse(t, func(t *testing.T, h *house) {
			in := h.openFloor("ann", "ben")
			token, seq := in["ann"].last("hello").Resume, in["ann"].seq()
			in["ann"].ok("step-out")
			in["ann"].close()
			in["ben"].ok("share", `"text":"said meanwhile"`)
			again := h.dial("ann")
			if f := again.resume(token, seq); f.T != "hello" || f.Room != nil || len(again.heard()) > 0 {
				t.Fatalf("resuming outside gave %s, a room: %v", f.T, f.Room != nil)
			}
		})
	})
}

// Words leave memory two minutes after they were said; the stream keeps their
// place, so that form can still be resumed.
func TestT13WordsFadeAndFormStays(t *testing.T) {
	for _, c := range []struct {
		away  time.Duration
		heard int
	}{{2*time.Minute - time.Second, 1}, {2*time.Minute + time.Second, 0}} {
		inHouse(t, func(t *testing.T, h *house) {
			in := h.openFloor("ann", "ben")
			token, seq := in["ann"].last("hello").Resume, in["ann"].seq()
			in["ann"].close()
			in["ben"].ok("share", `"text":"said"`)
			in["wim"].ok("remind", `"principle":"honesty"`)
			h.pass(c.away)
			back := h.dial("ann")
			if f := back.resume(token, seq); f.T != "resumed" {
				t.Fatalf("after %v: %s", c.away, f.T)
			}
			if len(back.heard()) != c.heard {
				t.Errorf("after %v: heard %d, want %d", c.away, len(back.heard()), c.heard)
			}
			chain(t, back.since(0), seq)
		})
	}
}

// What was taken back is not replayed (C23).
func TestTakenBackIsNotReplayed(t *testing.T) {
	inHouse(t, func(t *testing.T, h *house) {
		in := h.openFloor("ann", "ben")
		token, seq := in["ann"].last("hello").Resume, in["ann"].seq()
		in["ann"].close()
		in["ben"].ok("share", `"text":"too much"`)
		in["ben"].ok("take-back", `"words":"`+in["ben"].last("words").ID+`"`)
		back := h.dial("ann")
		if f := back.resume(token, seq); f.T != "resumed" || len(back.heard()) > 0 {
			t.Fatalf("%s, heard %d", f.T, len(back.heard()))
		}
		chain(t, back.since(0), seq)
	})
}

// Two windows are one seat. The late end of a dead socket does not put out a
// seat that has come back (the trap of other systems: the person vanished).
func TestLateEndOfDeadSocketEvictsNobody(t *testing.T) {
	inHouse(t, func(t *testing.T, h *house) {
		in := h.openFloor("ann", "ben")
		old := in["ann"]
		back := h.dial("ann") // the old socket's end has not been noticed yet
		back.hello()
		before := in["ben"].count()
		old.close()
		h.pass(10 * time.Second)
		for _, f := range in["ben"].since(before) {
			for _, on := range f.On {
				if on.Seat == "ann" {
					t.Errorf("ben was told %q of ann, who never left", on.Kind)
				}
			}
		}
		h.hub.Peek(session, func(s *room.State) {
			if s.Status("ann") != room.Here || !s.Live.Seats["ann"].Online {
				t.Error("ann was put out by the end of her old socket")
			}
		})
		back.ok("share", `"text":"still here"`)
	})
}

// F18: a peer that has fallen silent without a word is noticed within 25 s, and
// the room is told.
func TestSilentPeerIsNoticedWithin25Seconds(t *testing.T) {
	for range 8 { // the first ping comes at a random moment
		inHouse(t, func(t *testing.T, h *house) {
			in := h.openFloor("ann", "ben")
			in["ann"].mu.Lock()
			in["ann"].silent = true
			in["ann"].mu.Unlock()
			start := time.Now()
			for {
				h.pass(500 * time.Millisecond)
				online := true
				h.hub.Peek(session, func(s *room.State) { online = s.Live.Seats["ann"].Online })
				if !online {
					break
				}
				if time.Since(start) > 25*time.Second {
					t.Fatal("not noticed within 25 s")
				}
			}
			in["ann"].wantEnd(4000, 2*time.Second)
			if in["ben"].ended != 0 {
				t.Error("ben, who answers, was closed too")
			}
		})
	}
}

// Whoever was away for more frames than are kept is shown the room as it stands.
func TestTooMuchMissedGivesASnapshot(t *testing.T) {
	for _, c := range []struct {
		frames int
		answer string
	}{{8, "resumed"}, {9, "hello"}} {
		inHouse(t, func(t *testing.T, h *house) {
			h.stop()
			h.limits.Ring = 8
			h.start(t)
			in := h.openFloor("ann", "ben")
			token, seq := in["ann"].last("hello").Resume, in["ann"].seq()
			_, start := h.hub.Shown(session)
			in["ann"].close()
			at := func() int64 { _, now := h.hub.Shown(session); return now - start }
			for at() < int64(c.frames) {
				in["wim"].ok("remind", `"principle":"honesty"`)
			}
			if at() != int64(c.frames) {
				t.Fatalf("%d frames, want %d", at(), c.frames)
			}
			if f := h.dial("ann").resume(token, seq); f.T != c.answer {
				t.Errorf("after %d frames: %s, want %s", c.frames, f.T, c.answer)
			}
		})
	}
}
