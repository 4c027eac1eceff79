package journal

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hearth/hub/journal/kept"
	"hearth/room"
	"hearth/room/group"
)

// anEvening is what happened to one of three people: their seat was removed, its
// link revoked, and a second device claimed it.
type anEvening struct{ removed, revoked, claimed int }

// hold makes a session, lets the evening happen, and closes it.
func (e anEvening) hold(ctx context.Context, s aStore) error {
	if err := beginSession(ctx, s, "s"); err != nil {
		return err
	}
	ids := []string{"one-one-one", "two-two-two", "three-three"}
	for i, id := range ids {
		link := group.Link{ID: "link-" + id, Kind: group.PersonalLink, Session: "s", Seat: room.SeatID(id), Hash: [32]byte{byte(i + 1)}}
		if err := s.AddLink(ctx, link, &group.Seat{ID: room.SeatID(id), Session: "s", Role: room.Participant, Link: link.ID}); err != nil {
			return err
		}
		if err := s.Bind(ctx, room.SeatID(id), [32]byte{byte(i + 1)}, false); err != nil {
			return err
		}
	}
	claimed := ids[e.claimed]
	err := s.AddSeat(ctx, group.Seat{ID: "claims-it", Session: "s", Role: room.Participant, Link: "link-" + claimed, Claims: room.SeatID(claimed)}, [32]byte{9})
	if err != nil {
		return err
	}
	if _, err := s.Append(ctx, "s", 0, kept.CommandKey{Seat: room.SeatID(ids[e.removed]), ID: "1"}, [][]byte{[]byte(ids[e.removed])}); err != nil {
		return err
	}
	if err := s.RevokeSeat(ctx, room.SeatID(ids[e.removed])); err != nil {
		return err
	}
	if _, err := s.RevokeLink(ctx, "link-"+ids[e.revoked]); err != nil {
		return err
	}
	return s.Finish(ctx, "s", []byte(`{"v":1}`), time.UnixMilli(1))
}

var tableNames = []string{"house", "groups", "versions", "sessions", "seats", "links", "bindings", "organisers", "events"}

// dumped is every row of every table.
func dumped(t *testing.T, s *tables) string {
	t.Helper()
	var all strings.Builder
	for _, table := range tableNames {
		rows, err := s.read.QueryContext(t.Context(), "SELECT * FROM "+table)
		if err != nil {
			t.Fatal(err)
		}
		columns, err := rows.Columns()
		if err != nil {
			t.Fatal(err)
		}
		for rows.Next() {
			values := make([]any, len(columns))
			for i := range values {
				values[i] = new(any)
			}
			if err := rows.Scan(values...); err != nil {
				t.Fatal(err)
			}
			fmt.Fprint(&all, table)
			for i, v := range values {
				fmt.Fprintf(&all, " %s=%v", columns[i], alike(table, *v.(*any)))
			}
			fmt.Fprintln(&all)
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
	}
	return all.String()
}

// alike is a value as anybody can compare it: what is sealed, and keys that are
// wrapped, are random, and only their length could tell something.
func alike(table string, v any) any {
	text := fmt.Sprintf("%s", v)
	if strings.HasPrefix(text, sealedText) || table == keysTable {
		return fmt.Sprintf("%d sealed", len(text))
	}
	return v
}

// evenings are all the ways in which it can have been.
func evenings() (all []anEvening) {
	for i := range 27 {
		all = append(all, anEvening{i % 3, i / 3 % 3, i / 9})
	}
	return all
}

// TestClosedSessionsAreAlike is S05: of a session that is over nothing tells whose
// seat was removed, revoked or claimed: not the tables, not the files, not a backup.
func TestClosedSessionsAreAlike(t *testing.T) {
	want := ""
	for _, evening := range evenings() {
		dir, backups := t.TempDir(), t.TempDir()
		s := open(t, dir)
		if err := evening.hold(t.Context(), s); err != nil {
			t.Fatalf("%+v: %v", evening, err)
		}
		if _, err := BackupFolder(t.Context(), dir, backups, time.UnixMilli(1)); err != nil {
			t.Fatal(err)
		}
		got := dumped(t, &s.tables)
		if want == "" {
			want = got
		}
		if got != want || strings.Contains(got, "-one") || strings.Contains(got, "-two") || strings.Contains(got, "-three") {
			t.Fatalf("%+v leaves\n%s\nand the first evening\n%s", evening, got, want)
		}
		noSeatIn(t, dir)
		noSeatIn(t, backups)
	}
}

// noSeatIn wants no file of a folder to hold the id of a seat.
func noSeatIn(t *testing.T, dir string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		for _, id := range []string{"one-one", "two-two", "three-three", "claims-it"} {
			if bytes.Contains(content, []byte(id)) {
				t.Errorf("%s holds %s", d.Name(), id)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestClosedSessionsAreAlikeInPostgres is the same of a database.
func TestClosedSessionsAreAlikeInPostgres(t *testing.T) {
	want := ""
	for _, evening := range []anEvening{{0, 1, 2}, {1, 1, 1}, {2, 0, 1}} {
		p, _ := node(t)
		if err := evening.hold(t.Context(), p); err != nil {
			t.Fatalf("%+v: %v", evening, err)
		}
		got := dumped(t, &p.tables)
		if want == "" {
			want = got
		}
		if got != want || !strings.Contains(got, "sessions") {
			t.Fatalf("%+v leaves\n%s\nand the first evening\n%s", evening, got, want)
		}
	}
}

// TestOldSessionsAreErasedAtOpening: a hearth before this one kept the seats of
// sessions that are over.
func TestOldSessionsAreErasedAtOpening(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	begin(t, s, "old")
	if err := s.AddLink(t.Context(), group.Link{ID: "old.l", Kind: group.PersonalLink, Session: "old", Seat: "one-one-one", Hash: [32]byte{1}},
		&group.Seat{ID: "one-one-one", Session: "old", Role: room.Participant, Link: "old.l", Revoked: true}); err != nil {
		t.Fatal(err)
	}
	err := s.write(t.Context(), func(tx *write) error {
		return tx.exec("UPDATE sessions SET state = 'over', closed = 1, record = x'7b7d'")
	})
	if err != nil {
		t.Fatal(err)
	}
	v, err := Verify(t.Context(), s, nil)
	if err != nil || v.Left == 0 {
		t.Errorf("verify finds %d rows that should be gone, %v", v.Left, err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = open(t, dir)
	if got := dumped(t, &s.tables); strings.Contains(got, "one-one-one") {
		t.Errorf("still there:\n%s", got)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	noSeatIn(t, dir)
}
