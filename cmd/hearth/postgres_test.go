package main

import (
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hearth/hub/journal/pgtest"
)

// database is what a start on a new PostgreSQL database is given.
func database(t *testing.T, url string) []string {
	t.Helper()
	key := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(key, []byte(strings.Repeat("5", 64)+"\n"), 0o400); err != nil {
		t.Fatal(err)
	}
	return []string{"--database-url", url, "--key-file", key}
}

// TestServeOnPostgres plays a first start, a restart, and a server that is gone
// for a while, on PostgreSQL; no data folder is made.
func TestServeOnPostgres(t *testing.T) {
	server := pgtest.Start(t)
	folder := filepath.Join(t.TempDir(), "data")
	args := append(database(t, server.Database(t)), "--example")
	r := serveIn(t, folder, args...)
	links := r.shown(6)
	status, _, cookie := r.open(links["Organiser"])
	if status != http.StatusOK {
		t.Fatalf("open the organiser's link: %d", status)
	}
	if code := r.stop(); code != 0 {
		t.Fatalf("ended with %d\n%s", code, r.errs)
	}
	if _, err := os.Stat(folder); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a data folder was made: %v", err)
	}
	r = serveIn(t, folder, args...)
	if status, page := r.get("/api/house", cookie); status != http.StatusOK || strings.Count(page, `"name":"Tuesday group"`) != 1 {
		t.Errorf("the house after a restart: %d %s", status, page)
	}
	server.Kill()
	r.wait("it is not ready without its database", func() bool { status, _ := r.get("/readyz", ""); return status == http.StatusServiceUnavailable })
	if status, _ := r.get("/healthz", ""); status != http.StatusOK {
		t.Errorf("health without a database: %d", status)
	}
	server.Restart(t)
	r.wait("it is ready again", func() bool { status, _ := r.get("/readyz", ""); return status == http.StatusOK })
}

// TestMoveToPostgres moves a house and goes on with it: the organiser's link
// that the first start gave out still opens.
func TestMoveToPostgres(t *testing.T) {
	folder := t.TempDir()
	r := serveIn(t, folder)
	link := r.shown(1)[""]
	flags := append(database(t, pgtest.Shared(t).Database(t)), "--data", folder)
	if got := hearthRun(t, nil, append([]string{"move"}, flags...)...); got.code != 1 || !strings.Contains(got.errs, "another hearth is using") {
		t.Errorf("moving under a running hearth ended with %d %s", got.code, got.errs)
	}
	r.stop()
	for _, says := range []string{"moved, and the same", "there already"} {
		got := hearthRun(t, nil, append([]string{"move"}, flags...)...)
		if got.code != 0 || !strings.Contains(got.out, says) || !strings.Contains(got.out, "organisers") {
			t.Errorf("move ended with %d, want %q\n%s%s", got.code, says, got.out, got.errs)
		}
	}
	r = serveIn(t, folder, flags[:4]...)
	if status, _, _ := r.open(link); status != http.StatusOK {
		t.Errorf("the organiser's link after the move: %d", status)
	}
	for _, bad := range []struct {
		args []string
		code int
	}{
		{[]string{"move", "--data", folder}, 1},
		{append([]string{"move", "--data", folder + "/none"}, flags[:4]...), 1},
		{[]string{"move", "--data", folder, flags[0], flags[1]}, 2}, // no key file
	} {
		if got := hearthRun(t, nil, bad.args...); got.code != bad.code || strings.Count(got.errs, "\n") != 1 {
			t.Errorf("hearth %q ended with %d %s", bad.args, got.code, got.errs)
		}
	}
}

// TestPasswordsStayHidden shows settings and failures without the password.
func TestPasswordsStayHidden(t *testing.T) {
	env := []string{"HEARTH_DATABASE_URL=postgres://hearth:canary@db.example.org/hearth?sslpassword=canary", "HEARTH_KEY_FILE=/etc/hearth/key",
		"HEARTH_REDIS_URL=rediss://hearth:canary@one.example.org:6379,two.example.org:6379/0?cluster=true", "HEARTH_NODE_NAME=north-1"}
	got := hearthRun(t, env, "check-config")
	if got.code != 0 || strings.Contains(got.out+got.errs, "canary") {
		t.Errorf("ended with %d\n%s%s", got.code, got.out, got.errs)
	}
	for _, line := range []string{"db.example.org/hearth", "/etc/hearth/key\n", "verify-full", "two.example.org:6379/0?cluster=true\n", "north-1\n"} {
		if !strings.Contains(got.out, line) {
			t.Errorf("%q is not in\n%s", line, got.out)
		}
	}
	for _, url := range []string{"postgres://hearth:canary@127.0.0.1:1/hearth", "postgres://hearth:canary@127.0.0.1:1/hearth?sslmode=wrong"} {
		got := hearthRun(t, nil, append([]string{"serve", "--listen", freePort(t)}, database(t, url)...)...)
		if got.code != 1 || strings.Contains(got.out+got.errs, "canary") || strings.Count(got.errs, "\n") != 1 {
			t.Errorf("ended with %d\n%s%s", got.code, got.out, got.errs)
		}
	}
}
