package main

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"hearth/hub/journal/pgtest"
	"hearth/hub/remote/redistest"
)

// TestDoctorAtTheDatabase looks at real servers: one that is well, one that could
// lose what was acknowledged, one that is gone; and at the key file.
func TestDoctorAtTheDatabase(t *testing.T) {
	server := pgtest.Start(t)
	args := database(t, server.Database(t))
	url, key := args[1], args[3]
	// There is no hearth at the address, and that is bad; it is not looked at here.
	want := func(more map[string]grade) map[string]grade {
		all := map[string]grade{"public URL": bad, "backup": look}
		for what, g := range more {
			all[what] = g
		}
		return all
	}
	args = append(args, "--listen", freePort(t), "--metrics-listen", "off")
	if got := diagnosis(t, nil, args, want(nil)); !strings.Contains(got.out, "fsync on") || !strings.Contains(got.out, "same as the database's") {
		t.Errorf("the database is\n%s", got.out)
	}
	for mode, g := range map[os.FileMode]grade{0o440: look, 0o444: bad} {
		if err := os.Chmod(key, mode); err != nil {
			t.Fatal(err)
		}
		diagnosis(t, nil, args, want(map[string]grade{"key file": g}))
	}
	if err := os.Chmod(key, 0o600); err != nil {
		t.Fatal(err)
	}
	two := strings.Repeat("4", 64) + "\n" + strings.Repeat("5", 64) + "\n"
	if err := os.WriteFile(key, []byte(two), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := diagnosis(t, nil, args, want(nil)); !strings.Contains(got.out, "2 keys") {
		t.Errorf("the key file is\n%s", got.out)
	}
	if err := os.WriteFile(key, []byte("canary\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := diagnosis(t, nil, args, want(map[string]grade{"key file": bad})); strings.Contains(got.out, "canary") {
		t.Errorf("the doctor shows a key:\n%s", got.out)
	}
	if err := os.WriteFile(key, []byte(two), 0o600); err != nil {
		t.Fatal(err)
	}
	server.Kill()
	got := diagnosis(t, nil, args, want(map[string]grade{"database": bad}))
	if strings.Contains(got.out, strings.TrimPrefix(url, "postgres://")) {
		t.Errorf("the doctor shows the address:\n%s", got.out)
	}
	careless := pgtest.Start(t, "fsync=off", "synchronous_commit=off")
	args[1] = careless.Database(t)
	if got := diagnosis(t, nil, args, want(map[string]grade{"database": bad})); !strings.Contains(got.out, "fsync is off") || !strings.Contains(got.out, "synchronous_commit is off") {
		t.Errorf("the database is\n%s", got.out)
	}
}

// TestDoctorAtRedis looks at real servers: one with a user that may do little,
// one with a user that may do everything, one without a password, one gone.
func TestDoctorAtRedis(t *testing.T) {
	args := database(t, pgtest.Shared(t).Database(t))
	args = append(args, "--listen", freePort(t), "--metrics-listen", "off")
	server := redistest.Start(t, redistest.Options{RDB: true})
	rule := strings.Fields(strings.Replace(aclLine, ">PASSWORD", ">canary", 1))[1:]
	command := []any{"ACL", "SETUSER"}
	for _, word := range rule {
		command = append(command, word)
	}
	if _, err := server.Do(command...); err != nil {
		t.Fatal(err)
	}
	look1 := func(env string, more map[string]grade) ran {
		t.Helper()
		more["public URL"], more["backup"] = bad, look
		got := diagnosis(t, []string{"HEARTH_REDIS_URL=" + env}, args, more)
		if strings.Contains(got.out+got.errs, "canary") {
			t.Errorf("the doctor shows a password:\n%s%s", got.out, got.errs)
		}
		return got
	}
	little := fmt.Sprintf("redis://hearth:canary@%s/0", server.Addr())
	if got := look1(little, map[string]grade{}); !strings.Contains(got.out, "no more than hearth needs") {
		t.Errorf("Redis is\n%s", got.out)
	}
	if got := look1(server.URL(), map[string]grade{"redis user": look}); !strings.Contains(got.out, "dangerous") || !strings.Contains(got.out, "writes itself to disk") {
		t.Errorf("Redis is\n%s", got.out)
	}
	look1(strings.Replace(little, "canary", "canary2", 1), map[string]grade{"redis": bad})
	open := redistest.Start(t, redistest.Options{Open: true})
	if got := look1(open.URL(), map[string]grade{"redis": bad}); !strings.Contains(got.out, "without a password") {
		t.Errorf("Redis is\n%s", got.out)
	}
	server.Kill()
	look1(little, map[string]grade{"redis": bad})
}
