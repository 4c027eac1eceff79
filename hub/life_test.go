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

// gate stands between the hub and the real journal: a test can hold an append
// up, let it fail, or let it break.
type gate struct {
	hub.Journal
	before func(hub.CommandKey) error // nil: nothing in the way
	after  func() error               // the rows are kept; what does the caller learn?
}

func (g *gate) Append(ctx context.Context, session string, after int64, key hub.CommandKey, rows [][]byte) (int64, error) {
	if g.before != nil {
		if err := g.before(key); err != nil {
			return 0, err
		}
	}
	seq, err := g.Journal.Append(ctx, session, after, key, rows)
	if err == nil && g.after != nil {
		err = g.after()
	}
	return seq, err
}

// gated restarts the house with a gate before its journal, and brings people in.
func (h *house) gated(participants ...room.SeatID) (*gate, map[room.SeatID]*person) {
	h.t.Helper()
	h.stop()
	g := &gate{Journal: h.store}
	h.journal = g
	h.start(h.t)
	return g, h.openFloor(participants...)
}

// R2: the same command id gives the first answer again and does nothing twice;
// also after a restart, when it had left a row.
func TestSameCommandTwiceIsOnce(t *testing.T) {
	inHouse(t, func(t *testing.T, h *house) {
		in := h.openFloor("ann", "ben")
		share := in["ann"].doAs("share-aaaa-1", "share", `"text":"once"`)
		again := in["ann"].doAs("share-aaaa-1", "share", `"text":"twice"`)
		if share.T != "ack" || again.T != "ack" || share.Form != 0 {
			t.Fatalf("%s with form %d, then %s", share.T, share.Form, again.T)
		}
		if heard := in["ben"].heard(); !slices.Equal(heard, []string{"once"}) {
			t.Errorf("ben heard %q", heard)
		}
		out := in["ann"].doAs("step-out-aaaa", "step-out")
		if f := in["ann"].doAs("step-out-aaaa", "step-out"); out.T != "ack" || f.T != "ack" || f.Form != out.Form || out.Form == 0 {
			t.Errorf("form %d, then %s with form %d", out.Form, f.T, f.Form)
		}
		no := in["ben"].doAs("refused-bbbb", "phase", `"to":"closing"`)
		if f := in["ben"].doAs("refused-bbbb", "phase", `"to":"closing"`); no.T != "no" || f.Code != no.Code {
			t.Errorf("refused with %q, then %q", no.Code, f.Code)
		}
		if f := in["ben"].doAs("step-out-aaaa", "hand", `"up":true`); f.Form == out.Form {
			t.Error("somebody else's id gave the first person's answer")
		}
		h.stop()
		h.start(t)
		ann := h.dial("ann")
		ann.hello()
		if f := ann.doAs("step-out-aaaa", "step-out"); f.T != "ack" || f.Form != out.Form {
			t.Errorf("after a restart: %s %s with form %d, want form %d", f.T, f.Code, f.Form, out.Form)
		}
	})
}

// R9: when the journal cannot keep a row, nothing is acknowledged, nothing
// changes, and the same command may be sent again.
func TestNothingIsAcknowledgedOnHope(t *testing.T) {
	inHouse(t, func(t *testing.T, h *house) {
		g, in := h.gated("ann", "ben")
		g.before = func(hub.CommandKey) error { return errors.New("the disk is full") }
		_, seq := h.hub.Shown(session)
		if f := in["ann"].doAs("step-out-aaaa", "step-out"); f.Code != "unavailable" {
			t.Fatalf("%s %s", f.T, f.Code)
		}
		if _, now := h.hub.Shown(session); now != seq {
			t.Error("somebody was shown what was not kept")
		}
		in["ann"].ok("share", `"text":"words need no disk"`)
		g.before = nil
		if f := in["ann"].doAs("step-out-aaaa", "step-out"); f.T != "ack" || f.Form == 0 {
			t.Errorf("afterwards: %s %s", f.T, f.Code)
		}
	})
}

// F6: the rows stand, but the answer was lost. The retry learns the first result
// and nothing happens twice.
func TestLostAnswerOfTheJournal(t *testing.T) {
	inHouse(t, func(t *testing.T, h *house) {
		g, in := h.gated("ann", "ben")
		g.after = func() error { return errors.New("the connection broke between COMMIT and its answer") }
		if f := in["ann"].doAs("step-out-aaaa", "step-out"); f.Code != "unavailable" {
			t.Fatalf("%s %s", f.T, f.Code)
		}
		g.after = nil
		before := in["ben"].count()
		f := in["ann"].doAs("step-out-aaaa", "step-out")
		if f.T != "ack" || f.Form == 0 {
			t.Fatalf("the retry: %s %s", f.T, f.Code)
		}
		outs := 0
		for _, f := range in["ben"].since(before) {
			for _, on := range f.On {
				if on.Kind == "stepped-out" {
					outs++
				}
			}
		}
		if outs != 1 {
			t.Errorf("ben was told %d times", outs)
		}
		in["ben"].ok("step-out") // the room's number is right again
	})
}

// Rows are in the journal before anybody is shown what they say, and others'
// words do not wait for them.
func TestNobodyIsShownARowBeforeItIsKept(t *testing.T) {
	inHouse(t, func(t *testing.T, h *house) {
		g, in := h.gated("ann", "ben")
		held := make(chan struct{})
		g.before = func(hub.CommandKey) error { <-held; return nil }
		before := in["ben"].count()
		in["ben"].write(`{"do":"share","id":"share-bbbb-1","text":"first"}`)
		in["ann"].write(`{"do":"step-out","id":"step-out-aaaa"}`)
		synctest.Wait()
		for _, f := range in["ben"].since(before) {
			for _, on := range f.On {
				t.Errorf("ben was shown %q before it was kept", on.Kind)
			}
		}
		for _, f := range in["ann"].since(0) {
			if f.Ref == "step-out-aaaa" {
				t.Error("ann was answered before it was kept")
			}
		}
		if heard := in["ben"].heard(); !slices.Equal(heard, []string{"first"}) {
			t.Errorf("words waited for the disk: heard %q", heard)
		}
		close(held)
		synctest.Wait()
		if f := in["ann"].last("ack"); f.Ref != "step-out-aaaa" || f.Form == 0 {
			t.Errorf("afterwards: ack of %s with form %d", f.Ref, f.Form)
		}
	})
}

// A mailbox that is full refuses with "busy" and the command's id; the room then
// goes on where it was.
func TestFullMailboxIsBusy(t *testing.T) {
	inHouse(t, func(t *testing.T, h *house) {
		h.limits.Mailbox, h.limits.PerConn = 2, 100
		g, in := h.gated("ann", "ben", "cat")
		held := make(chan struct{})
		g.before = func(hub.CommandKey) error { <-held; return nil }
		in["ann"].write(`{"do":"step-out","id":"step-out-aaaa"}`)
		synctest.Wait()
		for _, id := range []string{"share-bbbb-1", "share-bbbb-2", "share-bbbb-3"} {
			in["ben"].write(`{"do":"ask-break","id":"` + id + `"}`)
			synctest.Wait()
		}
		if f := in["ben"].last("no"); f.Code != "busy" || f.Ref != "share-bbbb-3" {
			t.Errorf("the third: %s for %s", f.Code, f.Ref)
		}
		close(held)
		synctest.Wait()
		for _, id := range []string{"share-bbbb-1", "share-bbbb-2"} {
			if !slices.ContainsFunc(in["ben"].since(0), func(f frame) bool { return f.Ref == id && f.T == "ack" }) {
				t.Errorf("%s was not answered", id)
			}
		}
	})
}

// One socket cannot fill the mailbox: beyond its share it is refused, then cut.
func TestFloodOfOneSocketStaysItsOwn(t *testing.T) {
	inHouse(t, func(t *testing.T, h *house) {
		h.limits.PerConn = 4
		g, in := h.gated("ann", "ben")
		held := make(chan struct{})
		g.before = func(hub.CommandKey) error { <-held; return nil }
		in["lea"].write(`{"do":"step-out","id":"step-out-llll"}`)
		synctest.Wait()
		for range 10 {
			in["ann"].write(`{"do":"ask-break","id":"00000000-aaaa"}`)
		}
		in["ann"].wantEnd(1008, 2*time.Second)
		in["ben"].write(`{"do":"share","id":"share-bbbb-1","text":"calm"}`)
		close(held)
		synctest.Wait()
		if heard := in["ben"].heard(); !slices.Equal(heard, []string{"calm"}) {
			t.Errorf("ben's words: %q", heard)
		}
	})
}

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
		if r.People != (record.People{Participants: 2, Lead: 1, Wellbeing: 1}) || r.Ended != "shut" || r.Series != "Tuesday group" || r.Charter != 1 {
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
