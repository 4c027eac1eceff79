package journal

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"hearth/hub/journal/conform"
	"hearth/hub/journal/kept"
	"hearth/hub/journal/pgtest"
)

func TestPostgresConforms(t *testing.T) {
	server := pgtest.Shared(t)
	conform.Run(t, func(t *testing.T) conform.Opener {
		url, keyFile := server.Database(t), newKeyFile(t, "1")
		return func(t *testing.T) conform.Kept { return openAt(t, url, keyFile) }
	})
}

// newKeyFile makes a key file with a key of each digit.
func newKeyFile(t testing.TB, digits string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "key")
	writeKeys(t, path, digits)
	return path
}

func writeKeys(t testing.TB, path, digits string) {
	t.Helper()
	text := "# made for a test\n\n"
	for _, d := range digits {
		text += strings.Repeat(string(d), 2*keySize) + "\n"
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func openAt(t testing.TB, url, keyFile string) *Postgres {
	t.Helper()
	p, err := OpenPostgres(t.Context(), url, keyFile)
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	t.Cleanup(func() { _ = p.Close() })
	return p
}

// node opens a new database; nodes more on the same one with openAt(p.url…).
func node(t testing.TB) (p *Postgres, another func() *Postgres) {
	t.Helper()
	url, keyFile := pgtest.Shared(t).Database(t), newKeyFile(t, "1")
	another = func() *Postgres { return openAt(t, url, keyFile) }
	return another(), another
}

// notOpened says how OpenPostgres refuses: in one line, without the password.
func notOpened(t *testing.T, url, keyFile, because string) {
	t.Helper()
	p, err := OpenPostgres(t.Context(), url, keyFile)
	if err == nil {
		_ = p.Close()
		t.Fatalf("it was opened, want %q", because)
	}
	if !strings.Contains(err.Error(), because) || strings.Contains(err.Error(), "\n") || strings.Contains(err.Error(), "canary") {
		t.Errorf("refused with %q, want one line with %q", err, because)
	}
}

// query runs a statement as somebody who is not hearth.
func query(t testing.TB, url, statement string, args ...any) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	_, err = conn.Exec(t.Context(), statement, args...)
	if err := errors.Join(err, conn.Close(t.Context())); err != nil {
		t.Fatal(err)
	}
}

func TestPostgresIsRefused(t *testing.T) {
	url, key := pgtest.Shared(t).Database(t), newKeyFile(t, "1")
	notOpened(t, "postgres://hearth:canary@127.0.0.1:1/x?sslmode=disable", key, "failed to connect")
	notOpened(t, "postgres://hearth:canary@127.0.0.1:port/x", key, "cannot be read")
	notOpened(t, url+"&default_query_exec_mode=simple_protocol", key, "default_query_exec_mode")
	notOpened(t, url, "", "HEARTH_KEY_FILE")
	notOpened(t, url, filepath.Join(t.TempDir(), "none"), "read the key file")
	notOpened(t, url, newKeyFile(t, ""), "holds no key")
	notOpened(t, url, newKeyFile(t, "x"), "line 3 of the key file")

	p := openAt(t, url, key)
	begin(t, p, "s")
	if _, err := p.sealOf(t.Context(), "s"); err != nil {
		t.Fatal(err)
	}
	notOpened(t, url, newKeyFile(t, "2"), "does not hold the key")
	query(t, url, "INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, true)")
	query(t, url, "UPDATE house SET oldest = 9998")
	notOpened(t, url, key, "written by a newer hearth")
}

func TestServerThatMayForgetIsRefused(t *testing.T) {
	server := pgtest.Start(t, "fsync=off")
	notOpened(t, server.Database(t), newKeyFile(t, "1"), "fsync=off")
	good := settled{commit: "on", fsync: "on", encoding: "UTF8", version: 150004}
	if err := good.check(); err != nil {
		t.Errorf("a good server: %v", err)
	}
	for because, spoil := range map[string]func(*settled){
		"PostgreSQL 14":      func(s *settled) { s.version = 140022 },
		"synchronous_commit": func(s *settled) { s.commit = "local" },
		"SQL_ASCII":          func(s *settled) { s.encoding = "SQL_ASCII" },
		"standby":            func(s *settled) { s.standby = true },
	} {
		s := good
		if spoil(&s); s.check() == nil || !strings.Contains(s.check().Error(), because) {
			t.Errorf("a server with another %s: %v", because, s.check())
		}
	}
}

// TestEveryConnectionWaitsForTheDisk opens a house in a database whose owner
// wanted speed.
func TestEveryConnectionWaitsForTheDisk(t *testing.T) {
	url := pgtest.Shared(t).Database(t)
	name := url[strings.LastIndex(url, "/")+1 : strings.Index(url, "?")]
	query(t, url, "ALTER DATABASE "+name+" SET synchronous_commit = off")
	query(t, url, "ALTER DATABASE "+name+" SET default_transaction_isolation = 'serializable'")
	p := openAt(t, url, newKeyFile(t, "1"))
	for range 3 {
		p.renewed = time.Time{}
		p.renew()
		for who, ask := range map[string]interface {
			QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
		}{"the log": p.logs, "the tables": p.writes, "who reads": p.pool, "the beats": p.beats} {
			var commit, isolation string
			err := ask.QueryRow(t.Context(), "SELECT current_setting('synchronous_commit'), current_setting('transaction_isolation')").Scan(&commit, &isolation)
			if err != nil || commit != "on" || isolation != "read committed" {
				t.Errorf("%s: synchronous_commit is %s, isolation %s, %v", who, commit, isolation, err)
			}
		}
	}
}

// TestNoSimpleProtocol is A32: nothing in hearth asks for the protocol in which
// values are written into the statement.
func TestNoSimpleProtocol(t *testing.T) {
	files := 0
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		files++
		text, err := os.ReadFile(path)
		for _, word := range []string{"SimpleProtocol", "simple_protocol", "QueryExecModeExec", "PreferSimple"} {
			if strings.Contains(string(text), word) {
				t.Errorf("%s says %s", path, word)
			}
		}
		return err
	})
	if err != nil || files < 50 {
		t.Fatalf("%d files looked at, %v", files, err)
	}
}

// TestKeyFileTurns replaces the key of the key file while a node is up.
func TestKeyFileTurns(t *testing.T) {
	url, key := pgtest.Shared(t).Database(t), newKeyFile(t, "1")
	p := openAt(t, url, key)
	begin(t, p, "s")
	if _, err := p.Append(t.Context(), "s", 0, kept.CommandKey{ID: "1"}, [][]byte{[]byte("x")}); err != nil {
		t.Fatal(err)
	}
	writeKeys(t, key, "12")
	next := openAt(t, url, key)
	p.keys.forget("s")
	if n := count(t, p, "s"); n != 1 {
		t.Errorf("a node that is up sees %d rows after another wrapped the key again", n)
	}
	writeKeys(t, key, "2")
	last := openAt(t, url, key)
	for _, node := range []*Postgres{next, last} {
		if n := count(t, node, "s"); n != 1 {
			t.Errorf("a node with the new key sees %d rows", n)
		}
	}
	notOpened(t, url, newKeyFile(t, "1"), "does not hold the key")
}
