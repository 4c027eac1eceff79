package journal

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"hearth/hub/journal/kept"
)

// whole wants a house without a fault.
func whole(t *testing.T, s House) Verified {
	t.Helper()
	v, err := Verify(t.Context(), s, nil)
	if err != nil || !v.Whole() {
		t.Fatalf("not whole: %+v, %v", v, err)
	}
	return v
}

func backedUp(t *testing.T, dir, to string, at time.Time) Backed {
	t.Helper()
	b, err := BackupFolder(t.Context(), dir, to, at)
	if err != nil {
		t.Fatalf("backup: %v", err)
	}
	return b
}

// restored restores into a new folder and opens it.
func restored(t *testing.T, from string) (Restored, *SQLite) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "data")
	r, err := RestoreFolder(t.Context(), from, dir, time.Now())
	if err != nil {
		t.Fatalf("restore: %v", err)
	}
	return r, open(t, dir)
}

// appendOne appends the next row of a session.
func appendOne(t *testing.T, s aStore, session string, after int64, row string) {
	t.Helper()
	if _, err := s.Append(t.Context(), session, after, kept.CommandKey{Seat: "a", ID: fmt.Sprint(after)}, [][]byte{[]byte(row)}); err != nil {
		t.Fatalf("append: %v", err)
	}
}

var evening = time.Date(2026, 11, 21, 19, 0, 0, 0, time.UTC)

// A load is what a house does on a busy evening: some sessions are written to all
// the time, others begin and end. It goes on until its context ends.
type load struct {
	s     *SQLite
	mu    sync.Mutex
	acked []int64 // by session, how many rows were acknowledged
}

// sofar is how many rows of each long session were acknowledged.
func (l *load) sofar() []int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.acked)
}

// long writes to one session, row by row.
func (l *load) long(ctx context.Context, t *testing.T, i int) {
	for n := int64(0); ctx.Err() == nil; n++ {
		if _, err := l.s.Append(ctx, fmt.Sprint(i), n, kept.CommandKey{ID: fmt.Sprint(n)}, [][]byte{[]byte("row")}); err != nil {
			if ctx.Err() == nil {
				t.Errorf("append: %v", err)
			}
			return
		}
		l.mu.Lock()
		l.acked[i] = n + 1
		l.mu.Unlock()
	}
}

// short begins and ends sessions of one row.
func (l *load) short(ctx context.Context, t *testing.T) {
	for n := 0; ctx.Err() == nil; n++ {
		session := fmt.Sprint("short", n)
		err := beginSession(ctx, l.s, session)
		if err == nil {
			_, err = l.s.Append(ctx, session, 0, kept.CommandKey{ID: "1"}, [][]byte{[]byte("row")})
		}
		for err == nil {
			if err = l.s.Finish(ctx, session, []byte("{}"), evening); err == nil {
				break
			}
			if errors.Is(err, errNotCleared) { // by a backup at hand; the hub asks again too
				err = nil
			}
		}
		if err != nil && ctx.Err() == nil {
			t.Errorf("a short session: %v", err)
			return
		}
	}
}

// onlyCopies wants every file below a folder of backups to be closed to others,
// and none to be half a copy or what SQLite keeps beside one.
func onlyCopies(t *testing.T, folder string) {
	t.Helper()
	err := filepath.WalkDir(folder, func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err == nil && info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %v", d.Name(), info.Mode())
		}
		if strings.HasSuffix(path, ".part") || strings.HasSuffix(path, "-wal") || strings.HasSuffix(path, "-journal") {
			t.Errorf("%s was left behind", d.Name())
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// TestBackupUnderLoad is the drill: while eight sessions are written to and
// others begin and end, backups are made; each one starts, is without a gap and
// holds what was acknowledged before it began.
func TestBackupUnderLoad(t *testing.T) {
	const sessions, backups = 8, 6
	dir, to := t.TempDir(), filepath.Join(t.TempDir(), "backup")
	s := open(t, dir)
	ctx, stop := context.WithCancel(t.Context())
	var all sync.WaitGroup
	busy := &load{s: s, acked: make([]int64, sessions)}
	for i := range sessions {
		begin(t, s, fmt.Sprint(i))
		all.Go(func() { busy.long(ctx, t, i) })
	}
	all.Go(func() { busy.short(ctx, t) })
	for i := range backups {
		acked := busy.sofar()
		b := backedUp(t, dir, to, evening.Add(time.Duration(i)*time.Second))
		r, back := restored(t, to)
		if r.From != b.Path {
			t.Errorf("the newest copy is %s, %s was restored", b.Path, r.From)
		}
		whole(t, back)
		for i, least := range acked {
			if n := int64(count(t, back, fmt.Sprint(i))); n < least {
				t.Errorf("session %d: %d rows came back, %d were acknowledged before", i, n, least)
			}
		}
		if err := back.Close(); err != nil {
			t.Error(err)
		}
	}
	stop()
	all.Wait()
	whole(t, s)
	onlyCopies(t, to)
}

// TestClosedAfterTheBackup is R10 for backups: what was closed is unreadable in
// every older copy from the next backup on, and at once where the data folder's
// own keys are used.
func TestClosedAfterTheBackup(t *testing.T) {
	dir, to := t.TempDir(), filepath.Join(t.TempDir(), "backup")
	s := open(t, dir)
	for _, session := range []string{"closed", "goes on", "to come"} {
		begin(t, s, session)
	}
	appendOne(t, s, "closed", 0, "canary")
	appendOne(t, s, "goes on", 0, "x")
	old := backedUp(t, dir, to, evening)
	if old.Keys != 3 { // of two sessions and of their group
		t.Errorf("%d keys were copied", old.Keys)
	}
	if err := s.Finish(t.Context(), "closed", []byte(`{"kept":true}`), evening); err != nil {
		t.Fatal(err)
	}
	appendOne(t, s, "goes on", 1, "y")

	r, back := restored(t, old.Path)
	if n := count(t, back, "closed"); n != 1 || len(r.Ended) != 0 {
		t.Errorf("before the next backup %d rows came back, %v ended; the test proves nothing", n, r.Ended)
	}
	backedUp(t, dir, to, evening.Add(time.Hour))
	r, back = restored(t, old.Path)
	if n := count(t, back, "closed"); n != 0 || !slices.Equal(r.Ended, []string{"closed"}) {
		t.Errorf("after the next backup %d rows came back, %v ended", n, r.Ended)
	}
	if n := count(t, back, "goes on"); n != 1 {
		t.Errorf("the session that goes on came back with %d rows", n)
	}
	if record, err := back.Record(t.Context(), "closed"); err != nil || string(record) != "{}" {
		t.Errorf("the record of what was ended is %q, %v", record, err)
	}
	whole(t, back)

	// A lost database beside a folder of keys that is whole.
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"hearth.db", "hearth.db-wal", "hearth.db-shm"} {
		_ = os.Remove(filepath.Join(dir, name))
	}
	if _, err := backupKeys(filepath.Join(filepath.Dir(back.keys.dir), "none"), filepath.Join(to, keysFolder)); err != nil { // as if the backup had no keys
		t.Fatal(err)
	}
	r, err := RestoreFolder(t.Context(), to, dir, evening)
	if err != nil || !r.OwnKeys || len(r.Ended) != 0 {
		t.Fatalf("restore beside a folder of keys: %+v, %v", r, err)
	}
	if n := count(t, open(t, dir), "goes on"); n != 2 {
		t.Errorf("%d rows came back by the folder's own keys", n)
	}
}

// TestBackupIsRefused says in one line why.
func TestBackupIsRefused(t *testing.T) {
	dir, to := t.TempDir(), t.TempDir()
	s := open(t, dir)
	begin(t, s, "s")
	appendOne(t, s, "s", 0, "x")
	refusal := func(err error, because string) {
		t.Helper()
		if err == nil || !strings.Contains(err.Error(), because) || strings.Contains(err.Error(), "\n") {
			t.Errorf("refused with %v, want one line with %q", err, because)
		}
	}
	_, err := BackupFolder(t.Context(), t.TempDir(), to, evening)
	refusal(err, "no such file")
	_, err = BackupFolder(t.Context(), dir, filepath.Join(dir, "backup"), evening)
	refusal(err, "outside of the data folder")
	other := open(t, t.TempDir())
	begin(t, other, "s")
	appendOne(t, other, "s", 0, "x")
	_, err = BackupFolder(t.Context(), dir, filepath.Dir(other.keys.dir), evening)
	refusal(err, "is a data folder itself")
	if _, err := os.Stat(other.keys.path("s")); err != nil {
		t.Errorf("the key of another house: %v", err)
	}
	_, err = RestoreFolder(t.Context(), t.TempDir(), t.TempDir(), evening)
	refusal(err, "no copy of a database")
	b := backedUp(t, dir, to, evening)
	_, err = BackupFolder(t.Context(), dir, to, evening)
	refusal(err, "of this second already")
	_, err = RestoreFolder(t.Context(), to, dir, evening)
	refusal(err, "already running")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	_, err = RestoreFolder(t.Context(), to, dir, evening)
	refusal(err, "a hearth.db already")
	backedUp(t, dir, to, evening.Add(time.Second)) // hearth need not run
	whole(t, open(t, dir))

	text, err := os.ReadFile(b.Path)
	if err != nil {
		t.Fatal(err)
	}
	for i := 4096; i < 4096+64; i++ {
		text[i] ^= 0xff
	}
	if err := os.WriteFile(b.Path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	fresh := t.TempDir()
	if _, err = RestoreFolder(t.Context(), b.Path, fresh, evening); err == nil {
		t.Error("a damaged copy was restored")
	}
	if left, err := os.ReadDir(fresh); err != nil || len(left) != 0 {
		t.Errorf("a restore that failed left %v, %v", left, err)
	}
}

// TestClosingWhileABackupReads must not hold up the rooms that go on.
func TestClosingWhileABackupReads(t *testing.T) {
	s := open(t, t.TempDir())
	for _, session := range []string{"ends", "goes on"} {
		begin(t, s, session)
		appendOne(t, s, session, 0, "x")
	}
	backup, err := s.reads.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	var n int
	if err := backup.QueryRowContext(t.Context(), "SELECT count(*) FROM events").Scan(&n); err != nil || n != 2 {
		t.Fatalf("%d rows, %v", n, err)
	}
	began := time.Now()
	if err := s.Finish(t.Context(), "ends", nil, evening); !errors.Is(err, errNotCleared) {
		t.Errorf("finish while somebody reads: %v", err)
	}
	appendOne(t, s, "goes on", 1, "y")
	if took := time.Since(began); took > clearWithin+500*time.Millisecond {
		t.Errorf("another room waited %v", took)
	}
	if s.keys.find("ends") != nil {
		t.Error("the key outlived the session")
	}
	if err := backup.Rollback(); err != nil {
		t.Fatal(err)
	}
	if err := s.Finish(t.Context(), "ends", nil, evening); err != nil {
		t.Errorf("finish again: %v", err)
	}
}
