package journal

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"hearth/hub/journal/kept"
	"hearth/hub/journal/pgtest"
	"hearth/room"
	"hearth/room/group"
)

// folder reads every file of the data folder, the write-ahead log and its index
// among them.
func folder(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		files[d.Name()], err = os.ReadFile(path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func absent(t *testing.T, dir, what string, secret []byte) {
	t.Helper()
	for name, content := range folder(t, dir) {
		if n := bytes.Count(content, secret); n > 0 {
			t.Errorf("%s is %d times in %s", what, n, name)
		}
	}
}

// TestNothingIsInTheClear holds the data folder to R10 and A02 while sessions
// are live: whose command it was, its id and what the row says are sealed.
func TestNothingIsInTheClear(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	begin(t, s, "s")
	for n := range int64(300) {
		key := kept.CommandKey{Seat: "canary-seat", ID: fmt.Sprintf("canary-command-%d", n)}
		if _, err := s.Append(t.Context(), "s", n, key, [][]byte{[]byte("canary-name")}); err != nil {
			t.Fatal(err)
		}
	}
	absent(t, dir, "a row, a seat or a command", []byte("canary"))
}

// TestFinishErases ends sessions one by one while others go on beside them, so
// that their rows share pages. Afterwards neither a key nor a device nor a row
// in any form that can be opened is in the data folder.
func TestFinishErases(t *testing.T) {
	const sessions, rounds = 12, 60
	dir := t.TempDir()
	s := open(t, dir)
	device := func(i int) (d [32]byte) { copy(d[:], fmt.Sprintf("canary-device-%02d-canary-device", i)); return d }
	for i := range sessions {
		begin(t, s, fmt.Sprint(i))
		seat := group.Seat{ID: room.SeatID(fmt.Sprintf("seat-%d", i)), Session: fmt.Sprint(i), Role: room.Participant}
		if err := s.AddSeat(t.Context(), seat, device(i)); err != nil {
			t.Fatal(err)
		}
	}
	for n := range int64(rounds) {
		for i := range sessions {
			row := bytes.Repeat(fmt.Appendf(nil, "canary-name-%d ", i), 1+int(n)%9)
			if _, err := s.Append(t.Context(), fmt.Sprint(i), n, kept.CommandKey{Seat: "a", ID: fmt.Sprint(n)}, [][]byte{row}); err != nil {
				t.Fatal(err)
			}
		}
	}
	for i := range sessions {
		key, sealed := secrets(t, s, fmt.Sprint(i))
		if err := s.Finish(t.Context(), fmt.Sprint(i), []byte("record"), time.Now()); err != nil {
			t.Fatal(err)
		}
		for what, secret := range map[string][]byte{"the key": key, "the key in hex": []byte(hex.EncodeToString(key)), "a device": []byte("canary-device"), "a row": []byte("canary-name")} {
			absent(t, dir, what, secret)
		}
		if n := len(folder(t, dir)["hearth.db-wal"]); n != 0 {
			t.Errorf("the write-ahead log has %d bytes", n)
		}
		left := 0
		for _, body := range sealed {
			left += bytes.Count(folder(t, dir)["hearth.db"], body)
		}
		if left > rounds/10 { // without secure_delete nearly all of them
			t.Errorf("%d of %d sealed rows were not overwritten", left, rounds)
		}
		if s.keys.find(fmt.Sprint(i)) != nil {
			t.Error("the key can still be found")
		}
	}
	if n := len(folder(t, dir)); n > 6 { // database, log, index, lock, reserve, the key of the group
		t.Errorf("%d files are left", n)
	}
}

func secrets(t *testing.T, s *SQLite, session string) (key []byte, sealed [][]byte) {
	t.Helper()
	key, err := os.ReadFile(s.keys.path(session))
	if err != nil || len(key) != keySize {
		t.Fatalf("the key of a live session: %d bytes, %v", len(key), err)
	}
	rows, err := s.readPage(t.Context(), session, 0)
	if err != nil || len(rows) == 0 {
		t.Fatalf("the rows of a live session: %d, %v", len(rows), err)
	}
	for _, r := range rows {
		sealed = append(sealed, r.body)
	}
	return key, sealed
}

// TestCrashInTheMiddleOfErasing ends the program after the commit that ends a
// session and before its key is destroyed.
func TestCrashInTheMiddleOfErasing(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	for _, session := range []string{"over", "live"} {
		begin(t, s, session)
		if _, err := s.Append(t.Context(), session, 0, kept.CommandKey{ID: "1"}, [][]byte{[]byte("x")}); err != nil {
			t.Fatal(err)
		}
	}
	key, _ := secrets(t, s, "over")
	if err := s.write(t.Context(), func(tx *write) error { return tx.finish("over", nil, time.Now()) }); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "keys", "half.new"), key[:9], 0o600); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = open(t, dir)
	absent(t, dir, "the key", key)
	absent(t, dir, "half a key", key[:9])
	if err := s.Tail(context.Background(), "live", 0, func(int64, kept.CommandKey, []byte) error { return nil }); err != nil {
		t.Errorf("the session that goes on: %v", err)
	}
	if err := s.Finish(t.Context(), "over", []byte("late"), time.Now()); err != nil {
		t.Errorf("finish again: %v", err)
	}
}

// TestFinishWhileSomebodyReads says so when a reader keeps old pages in use,
// and erases them when asked again.
func TestFinishWhileSomebodyReads(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	begin(t, s, "s")
	if _, err := s.Append(t.Context(), "s", 0, kept.CommandKey{ID: "1"}, [][]byte{[]byte("x")}); err != nil {
		t.Fatal(err)
	}
	if err := s.write(t.Context(), func(tx *write) error { return tx.exec("PRAGMA busy_timeout = 1") }); err != nil {
		t.Fatal(err)
	}
	reading, err := s.reads.QueryContext(t.Context(), "SELECT seq FROM events")
	if err != nil || !reading.Next() {
		t.Fatalf("read: %v", err)
	}
	if err := s.Finish(t.Context(), "s", []byte("record"), time.Now()); !errors.Is(err, errNotCleared) {
		t.Errorf("finish while somebody was reading old pages: %v", err)
	}
	if s.keys.find("s") != nil {
		t.Error("the key waited for the reader")
	}
	if err := reading.Close(); err != nil {
		t.Fatal(err)
	}
	if err := s.Finish(t.Context(), "s", nil, time.Now()); err != nil {
		t.Errorf("finish again: %v", err)
	}
	if n := len(folder(t, dir)["hearth.db-wal"]); n != 0 {
		t.Errorf("the write-ahead log has %d bytes", n)
	}
	if record, err := s.Record(t.Context(), "s"); err != nil || string(record) != "record" {
		t.Errorf("the record is %q, %v", record, err)
	}
}

// TestPostgresHoldsNothingInTheClear looks into the server's folder, its
// write-ahead log among it, while a session is live and after it is over: no
// row, seat, command, device or key is there in the clear, at any time.
func TestPostgresHoldsNothingInTheClear(t *testing.T) {
	server := pgtest.Start(t)
	url := server.Database(t)
	keyFile := newKeyFile(t, "1")
	p := openAt(t, url, keyFile)
	begin(t, p, "s")
	var device [32]byte
	copy(device[:], "canary-device-canary-device-cana")
	if err := p.AddSeat(t.Context(), group.Seat{ID: "seat", Session: "s", Role: room.Participant}, device); err != nil {
		t.Fatal(err)
	}
	for n := range int64(300) {
		key := kept.CommandKey{Seat: "canary-seat", ID: fmt.Sprintf("canary-command-%d", n)}
		if _, err := p.Append(t.Context(), "s", n, key, [][]byte{[]byte("canary-name")}); err != nil {
			t.Fatal(err)
		}
	}
	var by, wrapped []byte
	if err := p.read.QueryRowContext(t.Context(), "SELECT by, wrapped FROM session_keys WHERE session = 's'").Scan(&by, &wrapped); err != nil {
		t.Fatal(err)
	}
	key, err := p.keys.file.unwrap("s", by, wrapped)
	if err != nil {
		t.Fatal(err)
	}
	look := func() {
		t.Helper()
		query(t, url, "CHECKPOINT")
		if n := count(t, p, "s"); n > 0 && bytes.Count(bytes.Join(slices.Collect(maps.Values(folder(t, server.Folder()))), nil), wrapped) == 0 {
			t.Error("the looking has lost its subject: not even the wrapped key was found")
		}
		for what, secret := range map[string][]byte{
			"a row, a seat, a command or a device": []byte("canary"), "the key": key, "the key file": bytes.Repeat([]byte("1"), 2*keySize),
			"the key of the key file": bytes.Repeat([]byte{0x11}, keySize),
		} {
			absent(t, server.Folder(), what, secret)
		}
	}
	look()
	if err := p.Finish(t.Context(), "s", []byte("record"), time.Now()); err != nil {
		t.Fatal(err)
	}
	look()
	left := 0
	err = p.read.QueryRowContext(t.Context(), "SELECT (SELECT count(*) FROM events) + (SELECT count(*) FROM bindings) + (SELECT count(*) FROM session_keys WHERE session NOT LIKE 'group %')").Scan(&left)
	if err != nil || left != 0 {
		t.Errorf("%d rows are left of a session that is over, %v", left, err)
	}
}
