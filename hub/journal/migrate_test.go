package journal

import (
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/pressly/goose/v3"

	"hearth/hub/journal/kept"
	"hearth/hub/journal/pgtest"
)

// What the next hearth might do to the tables.
const (
	adds      = "-- +goose Up\n-- Adds only.\nALTER TABLE groups ADD COLUMN colour TEXT NOT NULL DEFAULT 'green';\nALTER TABLE house ADD COLUMN motto TEXT;\nCREATE TABLE rota (day TEXT PRIMARY KEY);\n"
	takesAway = "-- +goose Up\nUPDATE house SET oldest = 1000;\nALTER TABLE groups RENAME COLUMN region TO place;\n"
)

// newer is what a newer hearth knows: the real steps and one more.
func newer(t *testing.T, folder, step string) fs.FS {
	t.Helper()
	all := fstest.MapFS{}
	err := fs.WalkDir(steps(folder), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(steps(folder), path)
		all[path] = &fstest.MapFile{Data: text}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	all["01000_next.sql"] = &fstest.MapFile{Data: []byte(step)}
	return all
}

// known is the version of the tables that this program knows.
func known(t *testing.T, folder string) int64 {
	t.Helper()
	files, err := fs.Glob(steps(folder), "*.sql")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d steps, %v", len(files), err)
	}
	n, err := goose.NumericComponent(slices.Max(files))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// works uses a store for what a meeting needs.
func works(t *testing.T, s aStore, session string) {
	t.Helper()
	begin(t, s, session)
	for n := range int64(3) {
		if _, err := s.Append(t.Context(), session, n, kept.CommandKey{ID: string(rune('a' + n))}, [][]byte{[]byte("x")}); err != nil {
			t.Fatalf("append: %v", err)
		}
	}
	if n := count(t, s, session); n != 3 {
		t.Errorf("%d rows", n)
	}
	if _, err := s.Groups(t.Context()); err != nil {
		t.Errorf("list groups: %v", err)
	}
	if err := s.Finish(t.Context(), session, []byte("{}"), time.Now()); err != nil {
		t.Errorf("finish: %v", err)
	}
}

// TestOlderHearthOnNewerFolder: an older hearth may go back to a folder that a
// newer one has brought forward, if nothing was taken away.
func TestOlderHearthOnNewerFolder(t *testing.T) {
	for _, step := range []string{adds, takesAway} {
		dir := t.TempDir()
		if err := open(t, dir).Close(); err != nil {
			t.Fatal(err)
		}
		db, err := sql.Open("sqlite", address(filepath.Join(dir, "hearth.db"), "rw"))
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		for range 2 { // the second time there is nothing to do
			if err := migrate(t.Context(), db, goose.DialectSQLite3, newer(t, "sqlite", step), nil); err != nil {
				t.Fatalf("the newer hearth: %v", err)
			}
		}
		if step == adds {
			works(t, open(t, dir), "s")
			continue
		}
		refused(t, dir, fmt.Sprintf("written by a newer hearth (tables version 1000, usable from version 1000 on, this program knows %d)", known(t, "sqlite")))
	}
}

// TestOlderHearthBesideNewer is a rolling deploy as the database sees it: the
// newer hearth brings the tables forward under the older one, which goes on, and
// can start again.
func TestOlderHearthBesideNewer(t *testing.T) {
	for _, step := range []string{adds, takesAway} {
		url, key := pgtest.Shared(t).Database(t), newKeyFile(t, "1")
		running := openAt(t, url, key)
		works(t, running, "before")
		config, err := pgx.ParseConfig(url)
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if err := migratePostgres(t.Context(), config, newer(t, "postgres", step)); err != nil {
				t.Fatalf("the newer hearth: %v", err)
			}
		}
		if step == takesAway {
			notOpened(t, url, key, fmt.Sprintf("written by a newer hearth (tables version 1000, usable from version 1000 on, this program knows %d)", known(t, "postgres")))
			continue
		}
		works(t, running, "beside")
		works(t, openAt(t, url, key), "after")
	}
}

// TestBringingForwardLetsOthersPass: a step that waits for somebody who reads,
// such as a backup, must not stop everybody else.
func TestBringingForwardLetsOthersPass(t *testing.T) {
	url, key := pgtest.Shared(t).Database(t), newKeyFile(t, "1")
	p := openAt(t, url, key)
	config, err := pgx.ParseConfig(url)
	if err != nil {
		t.Fatal(err)
	}
	backup, err := p.pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := backup.Exec(t.Context(), "LOCK TABLE house, groups IN ACCESS SHARE MODE"); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- migratePostgres(t.Context(), config, newer(t, "postgres", adds)) }()
	const waits = "SELECT count(*) FROM pg_locks WHERE NOT granted AND mode = 'AccessExclusiveLock' AND relation = 'groups'::regclass"
	for n := 0; n == 0; {
		if err := p.pool.QueryRow(t.Context(), waits).Scan(&n); err != nil {
			t.Fatal(err)
		}
	}
	began := time.Now()
	if _, err := p.Groups(t.Context()); err != nil { // has to wait, but not for the backup's end
		t.Errorf("a read behind a step that waits: %v", err)
	}
	took := time.Since(began)
	if took > changeWithin+2*time.Second {
		t.Errorf("a read behind a step that waits took %v", took)
	}
	select {
	case err := <-done:
		t.Errorf("the step did not wait for who reads: %v", err)
	default:
	}
	if err := backup.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil {
		t.Errorf("the step, once nobody was in its way: %v", err)
	}
	t.Logf("a read behind a waiting step took %v", took)
}

// saysWhoMayUseIt is whether a step says what it means for older hearths.
func saysWhoMayUseIt(text string) bool {
	return strings.Contains(text, "\n-- Adds only.\n") != strings.Contains(text, "\nUPDATE house SET oldest = ")
}

// TestEveryStepSaysWhoMayUseIt makes whoever writes a step think of the hearth
// that runs beside it.
func TestEveryStepSaysWhoMayUseIt(t *testing.T) {
	for text, says := range map[string]bool{adds: true, takesAway: true, "-- +goose Up\nDROP TABLE groups;": false, adds + takesAway: false} {
		if saysWhoMayUseIt(text) != says {
			t.Errorf("%q says so: %v", text, !says)
		}
	}
	for _, folder := range []string{"sqlite", "postgres"} {
		all, err := fs.Glob(steps(folder), "*.sql")
		if err != nil || len(all) < 2 {
			t.Fatalf("%d steps, %v", len(all), err)
		}
		for _, path := range all {
			text, err := fs.ReadFile(steps(folder), path)
			if err != nil {
				t.Fatal(err)
			}
			// The first two are from before older hearths could read it.
			if path >= "00003" && !saysWhoMayUseIt(string(text)) {
				t.Errorf("%s/%s says neither \"-- Adds only.\" nor which hearth is the oldest that may use it", folder, path)
			}
		}
	}
}

// leftByTheFirst makes the tables of the first hearth, with one group in them.
func leftByTheFirst(t *testing.T, path string) {
	t.Helper()
	db, err := sql.Open("sqlite", address(path, "rwc", "journal_mode(wal)"))
	if err != nil {
		t.Fatal(err)
	}
	first := fstest.MapFS{}
	text, err := fs.ReadFile(steps("sqlite"), "00001_first.sql")
	first["00001_first.sql"] = &fstest.MapFile{Data: text}
	if err := errors.Join(err, migrate(t.Context(), db, goose.DialectSQLite3, first, func(int64) error { return errUndo })); err != nil {
		t.Fatalf("the first hearth: %v", err)
	}
	_, err = db.ExecContext(t.Context(), "INSERT INTO groups (id, name, template, policy, region, contact, created, draft) VALUES ('g', 'old name', '', '', '', '', 0, '{}')")
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
}

// holdsTheOld wants a copy to be as the first hearth left it.
func holdsTheOld(t *testing.T, copied string) {
	t.Helper()
	if err := checkCopy(t.Context(), copied); err != nil {
		t.Errorf("the copy: %v", err)
	}
	old, err := sql.Open("sqlite", address(copied, "ro"))
	if err != nil {
		t.Fatal(err)
	}
	defer old.Close()
	var name string
	var version int
	err = old.QueryRowContext(t.Context(), "SELECT name, (SELECT max(version_id) FROM goose_db_version) FROM groups").Scan(&name, &version)
	if err != nil || name != "old name" || version != 1 {
		t.Errorf("the copy holds %q in version %d, %v", name, version, err)
	}
}

// TestCopyBeforeTheTablesChange: an update that was a mistake can be undone.
func TestCopyBeforeTheTablesChange(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "hearth.db")
	leftByTheFirst(t, path)
	s := open(t, dir)
	if err := s.write(t.Context(), func(tx *write) error { return tx.change("UPDATE groups SET name = 'new name'") }); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	copied := path + ".before-2"
	info, err := os.Stat(copied)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("the copy: %v, %v", info, err)
	}
	holdsTheOld(t, copied)

	if err := open(t, dir).Close(); err != nil {
		t.Fatal(err)
	}
	if again, err := os.Stat(copied); err != nil || !again.ModTime().Equal(info.ModTime()) {
		t.Errorf("a start that changes nothing changed the copy: %v", err)
	}
	long := time.Now().Add(-copiesKept - time.Hour)
	if err := os.Chtimes(copied, long, long); err != nil {
		t.Fatal(err)
	}
	if err := open(t, dir).Close(); err != nil {
		t.Fatal(err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "hearth.db*")); !slices.Equal(left, []string{path}) {
		t.Errorf("there is %v", left)
	}
}
