package journal

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hearth/hub/journal/kept"
)

// refused says how OpenSQLite refuses a folder: in one line.
func refused(t *testing.T, dir, because string) {
	t.Helper()
	s, err := OpenSQLite(t.Context(), dir)
	if err == nil {
		_ = s.Close()
		t.Fatalf("the folder was opened, want %q", because)
	}
	if !strings.Contains(err.Error(), because) || strings.Contains(err.Error(), "\n") {
		t.Errorf("refused with %q, want one line with %q", err, because)
	}
}

func TestOneFolderOneProcess(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	refused(t, dir, "already running")
	if err := s.Check(t.Context()); err != nil {
		t.Errorf("the first one after a second was refused: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := open(t, dir).Check(t.Context()); err != nil {
		t.Errorf("the next one: %v", err)
	}
}

func TestOldSQLiteIsRefused(t *testing.T) {
	for version, old := range map[string]bool{
		"3.40.1": true, "3.50.7": true, "3.51.2": true, "2.99.99": true, "3.51": true, "what": true,
		"3.51.3": false, "3.51.10": false, "3.53.4": false, "4.0.0": false,
	} {
		if tooOld(version) != old {
			t.Errorf("%s is too old: %v", version, !old)
		}
	}
}

// TestOwnerOnly makes a folder of its own and looks at who may read it.
func TestOwnerOnly(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "deep", "data")
	s := open(t, dir)
	begin(t, s, "s")
	if _, err := s.Append(t.Context(), "s", 0, kept.CommandKey{ID: "1"}, [][]byte{[]byte("x")}); err != nil {
		t.Fatal(err)
	}
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		about, err := d.Info()
		if err == nil && about.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %v", d.Name(), about.Mode())
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestEveryConnectionIsTold reads back what both kinds of connection were told.
func TestEveryConnectionIsTold(t *testing.T) {
	s := open(t, t.TempDir())
	want := map[string]string{
		"journal_mode": "wal", "synchronous": "2", "secure_delete": "1", "temp_store": "2",
		"foreign_keys": "1", "busy_timeout": "5000", "trusted_schema": "0", "cell_size_check": "1", "mmap_size": "0",
	}
	for pragma, want := range want {
		var got string
		err := s.write(t.Context(), func(tx *write) error { return tx.row("PRAGMA " + pragma).Scan(&got) })
		if err != nil || got != want {
			t.Errorf("the writer's %s is %q, want %q, %v", pragma, got, want, err)
		}
		if err := s.reads.QueryRowContext(t.Context(), "PRAGMA "+pragma).Scan(&got); err != nil || got != want {
			t.Errorf("a reader's %s is %q, want %q, %v", pragma, got, want, err)
		}
	}
	if _, err := s.reads.ExecContext(t.Context(), "UPDATE house SET pulse = 7"); err == nil {
		t.Error("a reader can write")
	}
}

// TestNoTimeInTheJournal holds the shape of the log to A02: the length of a turn
// would tell a pass from a share.
func TestNoTimeInTheJournal(t *testing.T) {
	s := open(t, t.TempDir())
	columns, err := list(t.Context(), s.reads, "columns", func(row scanner) (name string, err error) { return name, row.Scan(&name) },
		"SELECT name FROM pragma_table_info('events') ORDER BY cid")
	if got := strings.Join(columns, " "); err != nil || got != "session seq cmd rest body" {
		t.Errorf("the log has the columns %q, %v", got, err)
	}
}

// damaged opens the log after spoil has changed the file by hand.
func damaged(t *testing.T, spoil string, args ...any) error {
	t.Helper()
	dir := t.TempDir()
	s := open(t, dir)
	for _, session := range []string{"s", "other"} {
		begin(t, s, session)
		for n, id := range []string{"1", "2", "3"} {
			if _, err := s.Append(t.Context(), session, int64(n), kept.CommandKey{Seat: "a", ID: id}, [][]byte{[]byte("x")}); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := s.write(t.Context(), func(tx *write) error { return tx.change(spoil, args...) }); err != nil {
		t.Fatal(err)
	}
	return s.Tail(t.Context(), "s", 0, func(int64, kept.CommandKey, []byte) error { return nil })
}

// TestDamageIsFoundAtRead is F26: never a wrong state.
func TestDamageIsFoundAtRead(t *testing.T) {
	for name, spoil := range map[string]string{
		"a changed row":                 "UPDATE events SET body = zeroblob(60) WHERE session = 's' AND seq = 2",
		"a short row":                   "UPDATE events SET body = x'00' WHERE session = 's' AND seq = 2",
		"a row of another place":        "UPDATE events SET body = (SELECT body FROM events WHERE session = 's' AND seq = 1) WHERE session = 's' AND seq = 2",
		"a row of another session":      "UPDATE events SET body = (SELECT body FROM events WHERE session = 'other' AND seq = 2) WHERE session = 's' AND seq = 2",
		"a row that is not there":       "DELETE FROM events WHERE session = 's' AND seq = 2",
		"a first row that is not there": "DELETE FROM events WHERE session = 's' AND seq = 1",
	} {
		if err := damaged(t, spoil); err == nil {
			t.Errorf("%s was not found", name)
		}
	}
	if err := damaged(t, "UPDATE house SET pulse = 1"); err != nil {
		t.Errorf("a log without damage: %v", err)
	}
}

// TestLostKey says what is missing instead of making a new key.
func TestLostKey(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	for _, session := range []string{"lost", "spoiled", "whole"} {
		begin(t, s, session)
		if _, err := s.Append(t.Context(), session, 0, kept.CommandKey{ID: "1"}, [][]byte{[]byte("x")}); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.Remove(s.keys.path("lost")), os.Truncate(s.keys.path("spoiled"), 9)); err != nil {
		t.Fatal(err)
	}
	s = open(t, dir)
	for session, want := range map[string]error{"lost": errKeyGone, "spoiled": errKeyGone, "whole": nil} {
		if err := s.Tail(t.Context(), session, 0, func(int64, kept.CommandKey, []byte) error { return nil }); !errors.Is(err, want) {
			t.Errorf("tail of the session whose key is %s: %v", session, err)
		}
		if _, err := s.Append(t.Context(), session, 1, kept.CommandKey{ID: "2"}, [][]byte{[]byte("y")}); !errors.Is(err, want) {
			t.Errorf("append to the session whose key is %s: %v", session, err)
		}
	}
}

// TestDamagedFileIsRefused flips bits all over the file: hearth either refuses
// to open it in one line or, where the damage is beyond what it reads at the
// start, opens it.
func TestDamagedFileIsRefused(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	begin(t, s, "s")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "hearth.db")
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	refusals := 0
	for at := 0; at < len(whole); at += 512 {
		spoiled := append([]byte(nil), whole...)
		for i := range min(64, len(spoiled)-at) {
			spoiled[at+i] ^= 0xff
		}
		if err := os.WriteFile(path, spoiled, 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := OpenSQLite(context.Background(), dir)
		if err != nil {
			if refusals++; strings.Contains(err.Error(), "\n") {
				t.Errorf("more than one line: %q", err)
			}
			continue
		}
		_ = s.Close()
	}
	if refusals < len(whole)/4096 { // the head of each page at least
		t.Errorf("%d of %d damaged files were refused", refusals, len(whole)/512)
	}
}

// TestForeignFolder refuses what is not a data folder.
func TestForeignFolder(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, []byte("a letter"), 0o600); err != nil {
		t.Fatal(err)
	}
	refused(t, file, "not a directory")
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "hearth.db"), []byte(strings.Repeat("a letter, not a database. ", 300)), 0o600); err != nil {
		t.Fatal(err)
	}
	refused(t, dir, "not a database")
}

// TestRelativeFolder: the default folder is ./data.
func TestRelativeFolder(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, dir := range []string{"./data", "other/one", "with space and ?#%"} {
		if err := open(t, dir).Check(t.Context()); err != nil {
			t.Errorf("%s: %v", dir, err)
		}
	}
}
