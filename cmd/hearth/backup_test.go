package main

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hearth/hub/journal/pgtest"
)

// says wants a command to end well and to say something.
func says(t *testing.T, got ran, words ...string) {
	t.Helper()
	for _, w := range words {
		if got.code != 0 || !strings.Contains(got.out, w) {
			t.Errorf("ended with %d, want %q in\n%s%s", got.code, w, got.out, got.errs)
		}
	}
}

// fails wants a command to end with 1 and one line.
func fails(t *testing.T, got ran, because string) {
	t.Helper()
	if got.code != 1 || strings.Count(got.errs, "\n") != 1 || !strings.Contains(got.errs, because) {
		t.Errorf("ended with %d, want one line with %q, got\n%s", got.code, because, got.errs)
	}
}

// lived opens links of the example and gives the organiser's cookie.
func lived(t *testing.T, r *running) (cookie string) {
	t.Helper()
	links := r.shown(7)
	for _, who := range []string{"Participant 1", "Participant 2", "Organiser"} {
		status, _, got := r.open(links[who])
		if status != http.StatusOK {
			t.Fatalf("the %s link opens with %d", who, status)
		}
		cookie = got
	}
	return cookie
}

func isHome(t *testing.T, r *running, cookie string) {
	t.Helper()
	if status, page := r.get("/api/house", cookie); status != http.StatusOK || !strings.Contains(page, `"name":"Tuesday group"`) {
		t.Errorf("the house that was brought back: %d %s", status, page)
	}
}

// TestBackupOfARunningHouse backs up under a running server, tries the backup,
// kills the server and goes on from the backup on another folder.
func TestBackupOfARunningHouse(t *testing.T) {
	folder, to, next := t.TempDir(), filepath.Join(t.TempDir(), "backup"), filepath.Join(t.TempDir(), "next")
	r := serveIn(t, folder, "--example")
	cookie := lived(t, r)
	if strings.Contains(r.numbers(), "hearth_backup_age_seconds") {
		t.Error("a backup is known before there was one")
	}
	says(t, hearthRun(t, nil, "backup", "--data", folder, "--to", to), "read again and whole", "2 keys")
	if !strings.Contains(r.numbers(), "hearth_backup_age_seconds") {
		t.Error("the running server does not know of the backup")
	}
	says(t, hearthRun(t, nil, "verify", "--from", to), "restores in", "the house is whole")
	fails(t, hearthRun(t, nil, "verify", "--data", folder), "already running")
	fails(t, hearthRun(t, nil, "backup", "--data", folder), "--to")
	fails(t, hearthRun(t, nil, "backup", "--data", folder, "--to", filepath.Join(folder, "in")), "outside of the data folder")
	fails(t, hearthRun(t, nil, "backup", "--data", next, "--to", to), "no data folder")
	fails(t, hearthRun(t, nil, "restore", "--data", next), "--from")
	r.kill()
	fails(t, hearthRun(t, nil, "restore", "--from", to, "--data", folder), "move it away first")
	says(t, hearthRun(t, nil, "verify", "--data", folder), "the house is whole")
	says(t, hearthRun(t, nil, "restore", "--from", to, "--data", next), "restored from "+to, "the house is whole")
	isHome(t, serveIn(t, next), cookie)
}

// TestBackupOnPostgres is the same with the server's own tools: the database and
// the keys of sessions go different ways.
func TestBackupOnPostgres(t *testing.T) {
	server := pgtest.Shared(t)
	url, to := server.Database(t), t.TempDir()
	flags := database(t, url)
	r := serveIn(t, t.TempDir(), append(flags, "--example")...)
	cookie := lived(t, r)
	dump := filepath.Join(to, "hearth.dump")
	server.Tool(t, "pg_dump", "-Fc", "--exclude-table-data=session_keys", "--exclude-table-data=nodes", "--file="+dump, url)
	says(t, hearthRun(t, nil, append([]string{"backup", "--to", to}, flags...)...), "2 keys of groups and sessions")
	says(t, hearthRun(t, nil, append([]string{"verify"}, flags...)...), "the house is whole")

	next := server.Database(t)
	server.Tool(t, "pg_restore", "--exit-on-error", "--no-owner", "--dbname="+next, dump)
	there := []string{"--database-url", next, flags[2], flags[3]}
	got := hearthRun(t, nil, append([]string{"verify"}, there...)...)
	if fails(t, got, "not whole"); !strings.Contains(got.out, "no key opens") {
		t.Errorf("a database without its keys:\n%s", got.out)
	}
	says(t, hearthRun(t, nil, append([]string{"restore", "--from", to}, there...)...), "the house is whole")
	again := serveIn(t, t.TempDir(), there...)
	isHome(t, again, cookie)
	again.stop()

	if err := os.Remove(filepath.Join(to, "session-keys.json")); err != nil {
		t.Fatal(err)
	}
	fails(t, hearthRun(t, nil, append([]string{"restore", "--from", to}, there...)...), "no such file")
}
