package hub_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"hearth/hub"
	"hearth/room"
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
		in["ann"].write(`{"do":"share","id":"share-aaaa-1","text":"first"}`) // by one socket, so that they come in this order
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
