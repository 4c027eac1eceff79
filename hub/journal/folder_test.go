package journal

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"hearth/hub/journal/kept"
)

// aHouse makes a data folder with a session under way, and closes it.
func aHouse(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	s := open(t, dir)
	begin(t, s, "s")
	if _, err := s.Append(t.Context(), "s", 0, kept.CommandKey{ID: "1"}, [][]byte{[]byte("x")}); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return dir
}

// TestHalfAFolderIsRefused is S10: a database that went away beside its keys, and
// keys that went away beside their database, are refused with what to do, and
// what is there stays as it is.
func TestHalfAFolderIsRefused(t *testing.T) {
	for name, c := range map[string]struct {
		spoil   func(dir string) error
		because string
	}{
		"hearth.db is empty":   {func(dir string) error { return os.Truncate(filepath.Join(dir, "hearth.db"), 0) }, "hearth.db is missing or empty"},
		"hearth.db is missing": {func(dir string) error { return os.Remove(filepath.Join(dir, "hearth.db")) }, "hearth.db is missing or empty"},
		"keys is missing":      {func(dir string) error { return os.RemoveAll(filepath.Join(dir, keysFolder)) }, "the folder keys is missing or empty"},
		"keys is empty": {func(dir string) error {
			return errors.Join(os.RemoveAll(filepath.Join(dir, keysFolder)), os.Mkdir(filepath.Join(dir, keysFolder), 0o700))
		}, "the folder keys is missing or empty"},
		"only the log of hearth.db is there": {func(dir string) error {
			return errors.Join(os.RemoveAll(filepath.Join(dir, keysFolder)), os.Rename(filepath.Join(dir, "hearth.db"), filepath.Join(dir, "hearth.db-wal")))
		}, "hearth.db is missing or empty"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := aHouse(t)
			if err := c.spoil(dir); err != nil {
				t.Fatal(err)
			}
			before, err := readKeys(filepath.Join(dir, keysFolder))
			if err != nil {
				t.Fatal(err)
			}
			refused(t, dir, c.because)
			refused(t, dir, "hearth restore --from")
			after, err := readKeys(filepath.Join(dir, keysFolder))
			if err != nil || len(after) != len(before) {
				t.Errorf("%d keys before, %d after, %v", len(before), len(after), err)
			}
		})
	}
}

// TestWhatTheRefusalSaysHelps does what the sentence says: a restore into the
// folder whose database went away has the newer keys and goes on.
func TestWhatTheRefusalSaysHelps(t *testing.T) {
	dir, backups := aHouse(t), t.TempDir()
	if _, err := BackupFolder(t.Context(), dir, backups, time.Now()); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(dir, "hearth.db")); err != nil {
		t.Fatal(err)
	}
	refused(t, dir, "hearth.db is missing or empty")
	for _, name := range []string{"hearth.db-wal", "hearth.db-shm"} {
		if err := os.RemoveAll(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	r, err := RestoreFolder(t.Context(), backups, dir, time.Now())
	if err != nil || !r.OwnKeys || len(r.Ended) != 0 {
		t.Fatalf("restored %+v, %v", r, err)
	}
	if err := open(t, dir).Tail(t.Context(), "s", 0, func(int64, kept.CommandKey, []byte) error { return nil }); err != nil {
		t.Errorf("the session after the restore: %v", err)
	}
}

// TestNewFoldersOpen: nothing at all, an empty file, and a house without a
// session that needs a key are no half houses.
func TestNewFoldersOpen(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "hearth.db"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := open(t, dir).Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(filepath.Join(dir, keysFolder)); err != nil {
		t.Fatal(err)
	}
	if err := open(t, dir).Close(); err != nil {
		t.Fatal(err)
	}
}

// TestOpenFolderIsTightened is S12: nobody but its owner reads a data folder, and
// a folder with other things in it is left alone.
func TestOpenFolderIsTightened(t *testing.T) {
	dir := aHouse(t)
	paths := []string{dir, filepath.Join(dir, keysFolder), filepath.Join(dir, "hearth.db")}
	for _, path := range paths {
		if err := os.Chmod(path, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	open(t, dir)
	for _, path := range paths {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %v, %v", filepath.Base(path), info.Mode(), err)
		}
	}

	shared := t.TempDir()
	if err := errors.Join(os.Chmod(shared, 0o755), os.WriteFile(filepath.Join(shared, "diary"), nil, 0o644)); err != nil {
		t.Fatal(err)
	}
	refused(t, shared, "a folder of its own")
	if info, err := os.Stat(shared); err != nil || info.Mode().Perm() != 0o755 {
		t.Errorf("a folder that is not hearth's has mode %v now, %v", info.Mode(), err)
	}
}
