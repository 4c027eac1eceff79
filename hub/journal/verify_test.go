package journal

import (
	"context"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"

	"hearth/hub/journal/kept"
	"hearth/hub/journal/pgtest"
	"hearth/room"
	"hearth/room/group"
)

// both opens a store of each kind; lose takes a session's key away.
func both(t *testing.T, fn func(t *testing.T, s verifiable, lose func(session string))) {
	t.Run("SQLite", func(t *testing.T) {
		s := open(t, t.TempDir())
		fn(t, s, func(session string) {
			if err := os.Remove(s.keys.path(session)); err != nil {
				t.Fatal(err)
			}
			delete(s.keys.seals, session)
		})
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		p := openAt(t, pgtest.Shared(t).Database(t), newKeyFile(t, "1"))
		fn(t, p, func(session string) {
			p.keys.forget(session)
			// Wrapped by a key that is in no key file.
			if _, err := p.pool.Exec(t.Context(), "UPDATE session_keys SET by = 'not here' WHERE session = $1", session); err != nil {
				t.Fatal(err)
			}
		})
	})
}

type verifiable interface {
	aStore
	House
}

// TestVerifyFindsIt spoils a house by hand in every way that Verify looks for.
func TestVerifyFindsIt(t *testing.T) {
	both(t, func(t *testing.T, s verifiable, lose func(string)) {
		for _, session := range []string{"gap", "changed", "lost", "to come", "over", "fine"} {
			begin(t, s, session)
			if session == "to come" {
				continue
			}
			for n := range int64(3) {
				appendOne(t, s, session, n, "x")
			}
		}
		seat := group.Seat{ID: "seat", Session: "to come", Role: room.Participant}
		if err := s.AddSeat(t.Context(), seat, [32]byte{1}); err != nil {
			t.Fatal(err)
		}
		if err := s.Finish(t.Context(), "over", nil, evening); err != nil {
			t.Fatal(err)
		}
		v := whole(t, s)
		if v.Sessions != 6 || v.Open != 5 || v.Rows != 12 || v.Groups != 1 || v.Seats != 1 {
			t.Errorf("counted %+v", v)
		}
		spoil := func(statement string, args ...any) {
			t.Helper()
			if err := s.write(t.Context(), func(tx *write) error { return tx.change(statement, args...) }); err != nil {
				t.Fatal(err)
			}
		}
		spoil("DELETE FROM events WHERE session = 'gap' AND seq = 2")
		spoil("UPDATE events SET body = (SELECT body FROM events WHERE session = 'changed' AND seq = 1) WHERE session = 'changed' AND seq = 2")
		spoil("UPDATE sessions SET state = 'live' WHERE id = 'over'")
		appendOne(t, s, "over", 0, "x")
		spoil("UPDATE sessions SET state = 'over', record = ? WHERE id = 'over'", []byte("{}"))
		lose("lost")
		lose("to come")
		v, err := Verify(t.Context(), s, nil)
		if err != nil {
			t.Fatal(err)
		}
		left := 1
		if _, is := s.(*Postgres); is {
			left++ // the key too
		}
		if v.Whole() || len(v.Damaged) != 2 || !slices.Equal(v.Unreadable, []string{"lost"}) || !slices.Equal(v.Unbound, []string{"to come"}) || v.Left != left {
			t.Errorf("found %+v", v)
		}
		v, err = Verify(t.Context(), s, func([]byte) error { return errUndo })
		if err != nil || !strings.Contains(strings.Join(v.Damaged, " "), errUndo.Error()) {
			t.Errorf("rows that cannot be read: %+v, %v", v, err)
		}
	})
}

// TestEndingWithoutTheKey: whoever organises can end a session that nobody can
// open any more.
func TestEndingWithoutTheKey(t *testing.T) {
	both(t, func(t *testing.T, s verifiable, lose func(string)) {
		begin(t, s, "s")
		seat := group.Seat{ID: "seat", Session: "s", Role: room.Participant}
		if err := s.AddSeat(t.Context(), seat, [32]byte{1}); err != nil {
			t.Fatal(err)
		}
		appendOne(t, s, "s", 0, "x")
		lose("s")
		nothing := func(int64, kept.CommandKey, []byte) error { return nil }
		if err := s.Tail(t.Context(), "s", 0, nothing); err == nil {
			t.Fatal("the log was opened without its key")
		}
		if heads, err := s.Heads(t.Context(), []string{"s"}); err != nil || heads["s"] != 1 {
			t.Errorf("the last number of a session without its key is %v, %v", heads, err)
		}
		for range 2 {
			if err := s.Finish(t.Context(), "s", []byte("{}"), evening); err != nil {
				t.Fatalf("finish: %v", err)
			}
		}
		if got, err := s.Session(t.Context(), "s"); err != nil || got.State != group.Over {
			t.Errorf("the session is %v, %v", got.State, err)
		}
		if record, err := s.Record(t.Context(), "s"); err != nil || string(record) != "{}" {
			t.Errorf("the record is %q, %v", record, err)
		}
		if err := s.Tail(t.Context(), "s", 0, nothing); err != nil {
			t.Errorf("tail: %v", err)
		}
		if _, err := s.Append(context.Background(), "s", 1, kept.CommandKey{ID: "late"}, [][]byte{{1}}); !errors.Is(err, kept.ErrNotFound) {
			t.Errorf("append: %v", err)
		}
		whole(t, s)
	})
}
