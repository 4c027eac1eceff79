package journal

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"hearth/hub/journal/kept"
	"hearth/room"
	"hearth/room/group"
)

// holds is whether a node lets a device into the seat "one".
func holds(t *testing.T, p *Postgres, device [32]byte) bool {
	t.Helper()
	_, err := p.Holds(t.Context(), device, "one")
	if err != nil && !errors.Is(err, kept.ErrNotFound) {
		t.Fatal(err)
	}
	return err == nil
}

// organises is whether a node knows a device as the organiser's.
func organises(t *testing.T, p *Postgres, device [32]byte) bool {
	t.Helper()
	is, err := p.IsOrganiser(t.Context(), device, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return is
}

// TestAnotherNodeSeesItAtOnce: nothing that a node remembers outlives a change
// that another one made to who may come in.
func TestAnotherNodeSeesItAtOnce(t *testing.T) {
	a, another := node(t)
	b := another()
	begin(t, a, "s")
	ctx := t.Context()
	phone, tablet, desk := [32]byte{1}, [32]byte{2}, [32]byte{3}
	one := group.Seat{ID: "one", Session: "s", Role: room.Participant, Link: "l"}
	link := group.Link{ID: "l", Kind: group.PersonalLink, Session: "s", Seat: "one", Hash: [32]byte{9}}
	do := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	do(a.AddLink(ctx, link, &one))
	do(a.SetOrganiser(ctx, group.Link{ID: "o", Hash: [32]byte{8}}))
	for n := range byte(50) {
		do(a.Bind(ctx, "one", phone, true))
		do(a.BindOrganiser(ctx, desk, time.Now()))
		if !holds(t, a, phone) || !holds(t, b, phone) || !organises(t, a, desk) || !organises(t, b, desk) {
			t.Fatal("a node does not know what was just bound")
		}
		do(b.Bind(ctx, "one", tablet, true))
		if holds(t, a, phone) || !holds(t, a, tablet) {
			t.Fatal("a node lets a device in whose seat was moved on another")
		}
		do(b.SetOrganiser(ctx, group.Link{ID: fmt.Sprint("o", n), Hash: [32]byte{7, n}}))
		if organises(t, a, desk) {
			t.Fatal("a node knows an organiser whose link was replaced on another")
		}
	}
	if _, err := b.RevokeLink(ctx, "l"); err != nil {
		t.Fatal(err)
	}
	if holds(t, a, tablet) {
		t.Error("a node lets a device in whose link was revoked on another")
	}
	if l, err := a.LinkByHash(ctx, link.Hash); err != nil || !l.Revoked {
		t.Errorf("a node does not know that a link was revoked on another: %v", err)
	}
	if seat, err := a.Seat(ctx, "one"); err != nil || !seat.Revoked {
		t.Errorf("a node does not know that a seat was revoked on another: %v", err)
	}
}

// TestAnotherNodeSeesTheEnd: a node that wrote to a session and remembers its key
// neither shows nor takes a row once another node ended it.
func TestAnotherNodeSeesTheEnd(t *testing.T) {
	a, another := node(t)
	b := another()
	begin(t, a, "s")
	ctx := t.Context()
	if _, err := a.Append(ctx, "s", 0, kept.CommandKey{ID: "1"}, [][]byte{{1}}); err != nil {
		t.Fatal(err)
	}
	if a.keys.find("s") == nil {
		t.Fatal("a node does not remember the key that it just used")
	}
	if err := b.Finish(ctx, "s", []byte("{}"), time.Now()); err != nil {
		t.Fatal(err)
	}
	if heads, err := a.Heads(ctx, []string{"s"}); err != nil || len(heads) != 0 || a.keys.find("s") != nil {
		t.Errorf("a node knows %v of a session that another ended, %v", heads, err)
	}
	if n := count(t, a, "s"); n != 0 {
		t.Errorf("a node shows %d rows of a session that another ended", n)
	}
	if _, err := a.Append(ctx, "s", 1, kept.CommandKey{ID: "2"}, [][]byte{{1}}); !errors.Is(err, kept.ErrNotFound) {
		t.Errorf("append to a session that another node ended: %v", err)
	}
	live, err := a.LiveSessions(ctx)
	if err != nil || len(live) != 0 {
		t.Errorf("a node lists %d live sessions, %v", len(live), err)
	}
}

// TestStoppedInTheMiddle is F14 for the tables: a node that stops in the middle
// of a transaction holds the others up for 2 seconds, and what it began is gone.
func TestStoppedInTheMiddle(t *testing.T) {
	a, another := node(t)
	b := another()
	begin(t, a, "s")
	var took time.Duration
	err := a.writeOnce(t.Context(), func(tx *write) error {
		if err := tx.change("UPDATE sessions SET title = 'of the one that stopped'"); err != nil {
			return err
		}
		began := time.Now()
		err := b.SetLive(t.Context(), "s")
		took = time.Since(began)
		if err != nil {
			t.Errorf("the other node: %v", err)
		}
		return nil
	})
	if err == nil {
		t.Error("what the stopped node began was committed")
	}
	if took < idleWithin || took > idleWithin+2*time.Second {
		t.Errorf("the other node waited %v", took)
	}
	if s, err := b.Session(t.Context(), "s"); err != nil || s.Title != "" {
		t.Errorf("the title is %q, %v", s.Title, err)
	}
}
