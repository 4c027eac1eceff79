package journal

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"hearth/hub/cluster"
	"hearth/hub/journal/kept"
	"hearth/hub/journal/pgtest"
)

// A drill is a house in PostgreSQL that is written to, and its backup folder.
type drill struct {
	*testing.T
	server       *pgtest.Server
	url, key, to string
	p            *Postgres
}

func startDrill(t *testing.T) *drill {
	server := pgtest.Shared(t)
	d := &drill{T: t, server: server, url: server.Database(t), key: newKeyFile(t, "1"), to: t.TempDir()}
	d.p = openAt(t, d.url, d.key)
	for _, session := range []string{"closed later", "goes on", "over"} {
		begin(t, d.p, session)
		appendOne(t, d.p, session, 0, "canary of "+session)
	}
	d.finish("over")
	return d
}

func (d *drill) finish(session string) {
	d.Helper()
	if err := d.p.Finish(d.Context(), session, []byte(`{"kept":true}`), evening); err != nil {
		d.Fatal(err)
	}
}

// dump is what docs/operating.md says to run, uncompressed so that it can be
// looked into.
func (d *drill) dump(name string) (path string) {
	d.Helper()
	path = filepath.Join(d.to, name)
	d.server.Tool(d.T, "pg_dump", "-Fc", "-Z0", "--exclude-table-data=session_keys", "--exclude-table-data=nodes", "--file="+path, d.url)
	return path
}

func (d *drill) keys() {
	d.Helper()
	if _, err := BackupKeys(d.Context(), d.p, d.to); err != nil {
		d.Fatal(err)
	}
}

// back restores a dump into a new database.
func (d *drill) back(dump string) (url string) {
	d.Helper()
	url = d.server.Database(d.T)
	d.server.Tool(d.T, "pg_restore", "--exit-on-error", "--no-owner", "--dbname="+url, dump)
	return url
}

func (d *drill) completed(url, key, from string) Restored {
	d.Helper()
	r, err := RestoreKeys(d.Context(), url, key, from, evening)
	if err != nil {
		d.Fatalf("restore: %v", err)
	}
	if !r.Whole() {
		d.Errorf("restored, but not whole: %+v", r)
	}
	return r
}

func (d *drill) rows(url, key, session string) int {
	d.Helper()
	p := openAt(d.T, url, key)
	defer p.Close()
	return count(d.T, p, session)
}

// TestPostgresDrill dumps a house with the server's own tools while it is
// written to, closes sessions, and restores into new databases: what was closed
// after the dump is unreadable from the next backup of the keys on.
func TestPostgresDrill(t *testing.T) {
	d := startDrill(t)
	ctx, stop := context.WithCancel(t.Context())
	var writing sync.WaitGroup
	writing.Go(func() {
		for n := int64(1); ctx.Err() == nil; n++ {
			_, err := d.p.Append(ctx, "goes on", n, kept.CommandKey{Seat: "a", ID: fmt.Sprint(n)}, [][]byte{[]byte("row")})
			if err != nil && ctx.Err() == nil {
				t.Errorf("append: %v", err)
				return
			}
		}
	})
	before := count(t, d.p, "goes on")
	old := d.dump("old.dump")
	d.keys()
	stop()
	writing.Wait()

	began := time.Now()
	url := d.back(old)
	r := d.completed(url, d.key, d.to)
	t.Logf("restored and verified in %v: %+v", time.Since(began), r.Verified)
	if n := d.rows(url, d.key, "goes on"); n < before || n != r.Rows-1 {
		t.Errorf("%d rows came back, there were %d before the dump, %d were verified", n, before, r.Rows)
	}
	if n := d.rows(url, d.key, "closed later"); n != 1 || len(r.Ended) != 0 {
		t.Errorf("before it is closed %d rows come back, %v ended; the test proves nothing", n, r.Ended)
	}
	works(t, openAt(t, url, d.key), "new one")

	d.finish("closed later")
	d.keys()
	url = d.back(old)
	if r := d.completed(url, d.key, d.to); !slices.Equal(r.Ended, []string{"closed later"}) {
		t.Errorf("%v ended", r.Ended)
	}
	if r := d.completed(url, d.key, d.to); len(r.Ended) != 0 {
		t.Errorf("done again, %v ended", r.Ended)
	}
	if n := d.rows(url, d.key, "closed later"); n != 0 {
		t.Errorf("%d rows of a closed session came back", n)
	}
	if n := d.rows(url, d.key, "goes on"); n < before {
		t.Errorf("%d rows came back, there were %d before the dump", n, before)
	}
	d.holdsNoKey(old)
}

// holdsNoKey looks for words and keys in everything that was backed up.
func (d *drill) holdsNoKey(dump string) {
	d.Helper()
	var by, wrapped []byte
	if err := d.p.pool.QueryRow(d.Context(), "SELECT by, wrapped FROM session_keys WHERE session = 'goes on'").Scan(&by, &wrapped); err != nil {
		d.Fatal(err)
	}
	text, err := os.ReadFile(dump)
	if err != nil {
		d.Fatal(err)
	}
	if !bytes.Contains(text, []byte("closed later")) {
		d.Error("the dump cannot be looked into")
	}
	if bytes.Contains(text, []byte("canary")) || bytes.Contains(text, fmt.Appendf(nil, "%x", wrapped)) || bytes.Contains(text, wrapped) {
		d.Error("the dump holds words or keys")
	}
	keys, err := os.ReadFile(filepath.Join(d.to, keysFile))
	if err != nil || bytes.Contains(keys, []byte("closed later")) || !bytes.Contains(keys, []byte("goes on")) {
		d.Errorf("the copy of the keys holds a closed session or lacks a living one, %v", err)
	}
}

// TestDrillWithTheKeyTurned restores a dump that has the keys in it, as a copy
// of the whole database server has, after the key of the key file was replaced:
// nothing of that time opens any more.
func TestDrillWithTheKeyTurned(t *testing.T) {
	d := startDrill(t)
	full := filepath.Join(d.to, "full.dump")
	d.server.Tool(t, "pg_dump", "-Fc", "--file="+full, d.url)
	d.finish("closed later")
	url := d.back(full)
	if n := d.rows(url, d.key, "closed later"); n != 1 {
		t.Errorf("with the key of that time %d rows come back; the test proves nothing", n)
	}
	// As docs/operating.md says: a new key at the end, every node anew, the old
	// key out.
	writeKeys(t, d.key, "12")
	if err := d.p.Close(); err != nil {
		t.Fatal(err)
	}
	d.p = openAt(t, d.url, d.key)
	writeKeys(t, d.key, "2")
	d.keys()
	if n := count(t, openAt(t, d.url, d.key), "goes on"); n != 1 {
		t.Errorf("the house itself shows %d rows after its key was replaced", n)
	}

	url = d.back(full)
	notOpened(t, url, d.key, "does not hold the key")
	if _, err := RestoreKeys(t.Context(), url, d.key, d.to, evening); err == nil || !strings.Contains(err.Error(), "opens none of the 3 keys") || strings.Contains(err.Error(), "\n") {
		t.Errorf("a key file that opens nothing: %v", err)
	}
	query(t, url, "DELETE FROM session_keys")
	r := d.completed(url, d.key, d.to)
	if !slices.Equal(r.Ended, []string{"closed later"}) {
		t.Errorf("%v ended", r.Ended)
	}
	if n := d.rows(url, d.key, "goes on"); n != 1 {
		t.Errorf("%d rows came back by the newest copy of the keys", n)
	}
	if n := d.rows(url, d.key, "closed later"); n != 0 {
		t.Errorf("%d rows of a closed session came back", n)
	}
}

// TestRestoreKeysIsRefused while somebody uses the database, and with a folder
// that holds no keys; but not for a node that is in the dump, or was killed.
func TestRestoreKeysIsRefused(t *testing.T) {
	d := startDrill(t)
	if _, err := RestoreKeys(t.Context(), d.url, d.key, t.TempDir(), evening); err == nil || !strings.Contains(err.Error(), "no such file") {
		t.Errorf("a folder without keys: %v", err)
	}
	ctx, stop := context.WithCancel(t.Context())
	var beating sync.WaitGroup
	beating.Go(func() {
		tick := time.NewTicker(lookEvery / 2)
		defer tick.Stop()
		for ctx.Err() == nil {
			d.p.seen(t, cluster.Node{ID: "a"})
			<-tick.C
		}
	})
	for up := 0; up == 0; {
		if err := d.p.pool.QueryRow(t.Context(), "SELECT count(*) FROM nodes").Scan(&up); err != nil {
			t.Fatal(err)
		}
	}
	_, err := RestoreKeys(t.Context(), d.url, d.key, "", evening)
	if err == nil || !strings.Contains(err.Error(), "1 nodes of hearth use this database") || strings.Contains(err.Error(), "\n") {
		t.Errorf("beside a node: %v", err)
	}
	stop()
	beating.Wait()
	query(t, d.url, "UPDATE nodes SET until = clock_timestamp() + interval '2 seconds'")
	if r := d.completed(d.url, d.key, ""); r.Rows != 2 {
		t.Errorf("%d rows are left", r.Rows)
	}
}
