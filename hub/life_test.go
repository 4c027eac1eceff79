package hub_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"hearth/hub"
	"hearth/hub/presence"
	"hearth/room"
	"hearth/room/group"
	"hearth/room/record"
)

// F24: a panic in one room is caught; its people are greeted again from the
// journal, and other rooms see nothing. The command that did it is not tried again.
func TestPanicStaysInItsRoom(t *testing.T) {
	inHouse(t, func(t *testing.T, h *house) {
		h.second()
		g, in := h.gated("ann", "ben")
		other := h.dial("other")
		other.hello()
		otherEpoch, otherSeq := h.hub.Shown("s2")
		epoch, _ := h.hub.Shown(session)
		g.before = func(key hub.CommandKey) error {
			if key.ID == "step-out-aaaa" {
				panic("a broken invariant")
			}
			return nil
		}
		before := in["ben"].count()
		in["ann"].write(`{"do":"step-out","id":"step-out-aaaa"}`)
		h.pass(100 * time.Millisecond)
		now, _ := h.hub.Shown(session)
		if now == epoch {
			t.Fatal("the room did not begin again")
		}
		for seat, p := range in {
			f := p.last("hello")
			if f.Epoch != now || f.Room == nil || p.ended != 0 {
				t.Errorf("%s was not greeted again: ended %d", seat, p.ended)
			}
		}
		if f := in["ben"].last("hello"); f.Room.Held == nil || f.Room.Held.Why != "restart" || f.Room.Format.Name != room.OpenFloor {
			t.Errorf("the room came back as %+v", f.Room)
		}
		if got := in["ben"].since(before); got[0].T != "hello" {
			t.Errorf("ben was sent %s of a room that was gone", got[0].T)
		}
		if f := in["ann"].doAs("step-out-aaaa", "step-out"); f.Code != "broken" {
			t.Errorf("the same command again: %s %s", f.T, f.Code)
		}
		in["lea"].ok("carry-on")
		in["ann"].ok("step-out")
		if e, s := h.hub.Shown("s2"); e != otherEpoch || s != otherSeq || other.ended != 0 {
			t.Error("another room noticed")
		}
	})
}

// second keeps another session of the same group, with one seat.
func (h *house) second() {
	h.t.Helper()
	link := group.Link{ID: "link-other", Kind: group.LeadLink, Session: "s2", Seat: "other"}
	copy(link.Hash[:], "other")
	h.must(h.store.CreateSession(h.t.Context(), group.Session{ID: "s2", Group: "g1", Title: "Thursday group", Start: time.Now(),
		State: group.Scheduled, Plan: room.Plan{Session: "s2", Start: time.Now(), Seats: 12}},
		[]group.Seat{{ID: "other", Session: "s2", Role: room.Lead, Link: link.ID}}, []group.Link{link}))
}

// A restart brings back phase, format, roles, order and agreements; the room is
// held and its words are gone (practice §3).
func TestRestartBringsFormBackHeld(t *testing.T) {
	inHouse(t, func(t *testing.T, h *house) {
		in := h.openFloor("ann", "ben")
		in["ann"].ok("share", `"text":"gone by design"`)
		token, seq := in["ben"].last("hello").Resume, in["ben"].seq()
		epoch, _ := h.hub.Shown(session)
		var before, after room.Form
		h.hub.Peek(session, func(s *room.State) { before = s.Form })
		h.stop()
		h.start(t)
		ben := h.dial("ben")
		f := ben.resume(token, seq)
		if f.T != "hello" || f.Epoch == epoch || f.Room == nil || len(ben.heard()) > 0 {
			t.Fatalf("%s; a new epoch: %v; words: %d", f.T, f.Epoch != epoch, len(ben.heard()))
		}
		if f.Room.Held == nil || f.Room.Held.Why != "restart" {
			t.Errorf("held: %+v", f.Room.Held)
		}
		h.hub.Peek(session, func(s *room.State) { after = s.Form })
		if after.Phase != before.Phase || after.Format != before.Format || after.Lead != before.Lead ||
			after.Wellbeing != before.Wellbeing || !slices.Equal(after.Circle, before.Circle) || after.Charter != before.Charter {
			t.Errorf("came back as\n%+v, was\n%+v", after, before)
		}
		ben.no("held", "share", `"text":"x"`)
		lea := h.dial("lea")
		lea.hello()
		lea.ok("carry-on")
		ben.ok("share", `"text":"on we go"`)
	})
}

// R7: a planned restart refuses new sockets, finishes what is queued, and tells
// everybody when to come back.
func TestDrain(t *testing.T) {
	inHouse(t, func(t *testing.T, h *house) {
		g, in := h.gated("ann", "ben")
		held := make(chan struct{})
		g.before = func(hub.CommandKey) error { <-held; return nil }
		in["ann"].write(`{"do":"step-out","id":"step-out-aaaa"}`)
		synctest.Wait()
		drained := make(chan struct{})
		go func() { defer close(drained); h.hub.Drain(context.Background()) }()
		synctest.Wait()
		if h.hub.Ready() {
			t.Error("still ready")
		}
		tr := &http.Transport{DialContext: h.pipes.dial}
		defer tr.CloseIdleConnections()
		resp, err := (&http.Client{Transport: tr}).Get("http://hearth.test/live/ann")
		h.must(err)
		resp.Body.Close()
		if resp.StatusCode != http.StatusServiceUnavailable {
			t.Errorf("a new socket gave %d", resp.StatusCode)
		}
		close(held)
		<-drained
		if f := in["ann"].last("ack"); f.Ref != "step-out-aaaa" || f.Form == 0 {
			t.Error("what was queued was not finished")
		}
		for seat, p := range in {
			<-p.done
			var hint struct{ Retry *int }
			if err := json.Unmarshal([]byte(p.reason), &hint); p.ended != 1012 || err != nil || hint.Retry == nil || *hint.Retry < 0 || *hint.Retry > 3000 {
				t.Errorf("%s: closed with %d %q", seat, p.ended, p.reason)
			}
		}
	})
}

// A closed session: everybody is shown it, the record is kept, the journal is
// erased, sockets close with 4404 after about a second, and the room leaves
// memory. Whoever comes later is told the same.
func TestClosedSessionIsErasedAndForgotten(t *testing.T) {
	inHouse(t, func(t *testing.T, h *house) {
		in := h.openFloor("ann", "ben")
		in["ann"].ok("share", `"text":"nobody keeps this"`)
		h.must(h.hub.Shut(t.Context(), session))
		synctest.Wait()
		if in["ann"].ended != 0 || in["ann"].last("set").To == "" {
			t.Error("ann was not shown the end before her socket closed")
		}
		for _, p := range in {
			p.wantEnd(4404, 2*time.Second)
		}
		kept, err := h.store.Record(t.Context(), session)
		h.must(err)
		var r record.Record
		h.must(json.Unmarshal(kept, &r))
		if r.People.Participants.String() != "fewer than 5" || r.People.Lead != 1 || r.People.Wellbeing != 1 || r.Ended != "shut" || r.Series != "Tuesday group" || r.Charter != 1 {
			t.Errorf("the record is %s", kept)
		}
		if s, err := h.store.Session(t.Context(), session); err != nil || s.State != group.Over {
			t.Errorf("the session is %q", s.State)
		}
		rows := 0
		_ = h.store.Tail(t.Context(), session, 0, func(int64, hub.CommandKey, []byte) error { rows++; return nil })
		if rows > 0 {
			t.Errorf("%d rows are left", rows)
		}
		if h.hub.SessionState(session).Live {
			t.Error("the room is still in memory")
		}
		h.dial("ann").wantEnd(4404, 2*time.Second)
		if err := h.hub.Arrive(t.Context(), group.Seat{ID: "ann", Session: session}); !errors.Is(err, hub.ErrOver) {
			t.Errorf("arriving late: %v", err)
		}
	})
}

// A record that cannot be made keeps nothing from being erased.
func TestBrokenRecordDoesNotKeepTheJournal(t *testing.T) {
	for name, broken := range map[string]func(*room.State) ([]byte, error){
		"an error": func(*room.State) ([]byte, error) { return nil, errors.New("no") },
		"a panic":  func(*room.State) ([]byte, error) { panic("no") },
	} {
		t.Run(name, func(t *testing.T) {
			inHouse(t, func(t *testing.T, h *house) {
				h.stop()
				h.record = broken
				h.start(t)
				ann := h.come("ann")
				h.must(h.hub.Shut(t.Context(), session))
				ann.wantEnd(4404, 2*time.Second)
				if s, err := h.store.Session(t.Context(), session); err != nil || s.State != group.Over {
					t.Errorf("the session is %q", s.State)
				}
			})
		})
	}
}

// stubborn is the real store, but the first times it cannot finish a session.
type stubborn struct {
	hub.Store
	fails atomic.Int32
}

func (s *stubborn) Finish(ctx context.Context, session string, record []byte, at time.Time) error {
	if s.fails.Add(-1) >= 0 {
		return errors.New("the disk is full")
	}
	return s.Store.Finish(ctx, session, record, at)
}

// Erasing is tried again until it succeeds, also over a restart.
func TestErasingIsNotGivenUp(t *testing.T) {
	inHouse(t, func(t *testing.T, h *house) {
		h.stop()
		s := &stubborn{Store: h.store}
		s.fails.Store(3)
		live := hub.New(hub.Config{Journal: h.store, Store: s, Presence: presence.NewMemory()})
		h.must(live.Start(t.Context()))
		h.must(live.Ensure(t.Context(), session))
		h.must(live.Shut(t.Context(), session))
		h.pass(100 * time.Millisecond)
		if got, _ := h.store.Session(t.Context(), session); got.State == group.Over {
			t.Fatal("it did not fail")
		}
		live.Drain(t.Context()) // in the middle of it
		if got, _ := h.store.Session(t.Context(), session); got.State == group.Over {
			t.Fatal("the test did not catch the middle")
		}
		h.start(t)
		h.pass(3 * time.Second)
		if got, err := h.store.Session(t.Context(), session); err != nil || got.State != group.Over {
			t.Errorf("after the restart the session is %q", got.State)
		}
	})
}

// Two hubs on one journal: whoever loses reads on and decides again; both show
// the same, and nobody's command is lost or doubled (R4).
func TestTwoHubsOneJournal(t *testing.T) {
	inHouse(t, func(t *testing.T, h *house) {
		in := h.openFloor("ann", "ben")
		other := hub.New(hub.Config{Journal: h.store, Store: h.store, Presence: presence.NewMemory()})
		defer other.Drain(context.Background())
		h.must(other.Start(t.Context())) // reads the room as it stands, and writes that it is held
		in["ann"].ok("step-out")         // this hub learns here that the room was held
		in["lea"].ok("carry-on")
		h.must(other.Arrive(t.Context(), group.Seat{ID: "dan", Session: session, Role: room.Participant}))
		in["ben"].ok("step-out")
		var here, there room.Form
		h.must(other.Arrive(t.Context(), group.Seat{ID: "eve2", Session: session, Role: room.Participant})) // reads on
		h.hub.Peek(session, func(s *room.State) { here = s.Form })
		other.Peek(session, func(s *room.State) { there = s.Form })
		if there.Seats["ann"].Status != room.Out || there.Seats["ben"].Status != room.Out || here.Seats["dan"].Status != room.AtDoor {
			t.Errorf("the hubs differ: ann %s, ben %s there; dan %s here",
				there.Seats["ann"].Status, there.Seats["ben"].Status, here.Seats["dan"].Status)
		}
	})
}

// The hello frame holds the session and its charter.
func TestHelloSaysWhatItIsAbout(t *testing.T) {
	inHouse(t, func(t *testing.T, h *house) {
		f := h.dial("ann").hello()
		for _, part := range []string{`"v":1`, `"minutes":90`, `"contact":"care@example.org"`, `"policy":"ask-first"`, `"region":"GB"`,
			`"title":"Tuesday group"`, `"number":1`, `"principle":"safety"`, `"room":null`, `"care":null`} {
			if !strings.Contains(f.raw, part) {
				t.Errorf("hello does not hold %s", part)
			}
		}
	})
}
