package remote_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"hearth/hub/quiet/quiettest"
	"hearth/hub/remote"
	"hearth/hub/remote/redistest"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m,
		// The client looks once a second whether a Redis that was gone is back; it
		// ends with the client, but not before its second is over.
		goleak.IgnoreAnyFunction("github.com/redis/go-redis/v9/internal/pool.(*ConnPool).tryDial"))
}

func open(t *testing.T, o remote.Options) (*remote.Redis, error) {
	t.Helper()
	r, err := remote.Open(t.Context(), o)
	if err == nil {
		t.Cleanup(func() { _ = r.Close() })
	}
	return r, err
}

func ping(t *testing.T, r *remote.Redis) error {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	return r.Client().Ping(ctx).Err()
}

func TestOpens(t *testing.T) {
	for name, o := range map[string]redistest.Options{
		"one server": {}, "a cluster": {Cluster: true}, "TLS": {TLS: true}, "keeping its data": {AOF: true, RDB: true},
	} {
		t.Run(name, func(t *testing.T) {
			s := redistest.Start(t, o)
			r, err := open(t, remote.Options{URL: s.URL()})
			if err != nil {
				t.Fatal(err)
			}
			if err := ping(t, r); err != nil {
				t.Error(err)
			}
			if strings.Contains(r.String(), s.Password()) || !strings.Contains(r.String(), s.Addr()) {
				t.Errorf("it is called %s", r)
			}
		})
	}
}

// TestRefusesWithoutPassword: a Redis that anybody may use is a way in (A33).
func TestRefusesWithoutPassword(t *testing.T) {
	for name, o := range map[string]redistest.Options{"one server": {Open: true}, "a cluster": {Open: true, Cluster: true}, "TLS": {Open: true, TLS: true}} {
		t.Run(name, func(t *testing.T) {
			s := redistest.Start(t, o)
			for _, u := range []string{s.URL(), strings.Replace(s.URL(), "://", "://:any-word@", 1)} {
				_, err := open(t, remote.Options{URL: u})
				if !errors.Is(err, remote.ErrNoPassword) || strings.Contains(err.Error(), "\n") || strings.Contains(err.Error(), "any-word") {
					t.Errorf("got %v", err)
				}
			}
			r, err := open(t, remote.Options{URL: s.URL(), AllowNoPassword: true})
			if err != nil || ping(t, r) != nil {
				t.Errorf("allowed, and still: %v", err)
			}
		})
	}
}

// TestRefusesOnceItAnswers: what is down at the start is looked at when it comes.
func TestRefusesOnceItAnswers(t *testing.T) {
	s := redistest.Start(t, redistest.Options{Open: true})
	s.Kill()
	var log quiettest.Lines
	began := time.Now()
	r, err := open(t, remote.Options{URL: s.URL(), Log: slog.New(slog.NewTextHandler(&log, nil))})
	if err != nil {
		t.Fatalf("a Redis that is down keeps nobody from starting: %v", err)
	}
	if took := time.Since(began); took > 3500*time.Millisecond {
		t.Errorf("the start took %v", took)
	}
	if err := s.Again(); err != nil {
		t.Fatal(err)
	}
	deadline := time.Now().Add(5 * time.Second)
	for r.Refused() == nil && time.Now().Before(deadline) {
		if err := ping(t, r); err == nil {
			t.Fatal("used without a password")
		}
	}
	if !errors.Is(r.Refused(), remote.ErrNoPassword) || strings.Count(log.String(), "level=ERROR") != 1 {
		t.Errorf("refused: %v; log:\n%s", r.Refused(), &log)
	}
	if _, err := s.Do("CONFIG", "SET", "requirepass", "now-there-is-one"); err != nil {
		t.Fatal(err)
	}
}

func TestStartsWhileItIsDown(t *testing.T) {
	for name, o := range map[string]redistest.Options{"one server": {}, "a cluster": {Cluster: true}, "TLS": {TLS: true}} {
		t.Run(name, func(t *testing.T) {
			s := redistest.Start(t, o)
			s.Kill()
			r, err := open(t, remote.Options{URL: s.URL()})
			if err != nil {
				t.Fatal(err)
			}
			if err := s.Again(); err != nil {
				t.Fatal(err)
			}
			for deadline := time.Now().Add(5 * time.Second); ping(t, r) != nil; {
				if time.Now().After(deadline) {
					t.Fatal("not used although it answers")
				}
			}
		})
	}
}

func TestWhatCannotBeRightIsAnError(t *testing.T) {
	s := redistest.Start(t, redistest.Options{})
	cluster := redistest.Start(t, redistest.Options{Cluster: true})
	secure := redistest.Start(t, redistest.Options{TLS: true})
	replica := redistest.Start(t, redistest.Options{Of: s})
	for name, c := range map[string]struct{ url, says string }{
		"a wrong password":           {"redis://:hunter2@" + s.Addr(), "does not know this user and password"},
		"no password":                {"redis://" + s.Addr(), "asks for a password"},
		"an unknown user":            {"redis://nobody:hunter2@" + s.Addr(), "does not know this user and password"},
		"a cluster not called one":   {strings.TrimSuffix(cluster.URL(), "?cluster=true"), "?cluster=true"},
		"one server called cluster":  {s.URL() + "?cluster=true", "cluster"},
		"a certificate of nobody":    {"rediss://:" + secure.Password() + "@" + secure.Addr(), "certificate"},
		"a replica":                  {replica.URL(), "replica"},
		"a database that is not":     {strings.TrimSuffix(s.URL(), "0") + "7", "out of range"},
		"a file that is not there":   {secure.URL() + "x", "ca_file"},
		"a port that is no number":   {"redis://:hunter2@localhost:http", "not an address"},
		"another scheme":             {"postgres://:hunter2@localhost", "not an address"},
		"a setting that is not":      {s.URL() + "?hunter=2", "not a setting"},
		"several hosts and no name":  {"redis://:hunter2@a:1,b:2", "master_name"},
		"a broken escape":            {"redis://:hunter2%zz@localhost", "not an address"},
		"cluster and sentinels":      {"redis://:hunter2@a?cluster=true&master_name=x", "choose one"},
		"an authority, but no TLS":   {"redis://:hunter2@a?ca_file=x", "rediss://"},
		"nothing":                    {"", "not an address"},
		"a database that is a word":  {"redis://:hunter2@a/x", "number of a database"},
		"a cluster's other database": {"redis://:hunter2@a/3?cluster=true", "database 0"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := open(t, remote.Options{URL: c.url})
			if err == nil || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), "\n") {
				t.Fatalf("got %v, want one line with %q", err, c.says)
			}
			for _, secret := range []string{"hunter2", s.Password()} {
				if strings.Contains(err.Error(), secret) {
					t.Errorf("it shows a password: %v", err)
				}
			}
		})
	}
}

// TestRefusesAnOldOne puts an older version into what a real Redis says of
// itself.
func TestRefusesAnOldOne(t *testing.T) {
	s := redistest.Start(t, redistest.Options{})
	about, err := s.Do("HELLO")
	if err != nil {
		t.Fatal(err)
	}
	version := fmt.Sprint(about.(map[any]any)["version"])
	addr := through(t, s.Addr(), func(said []byte) []byte {
		return bytes.ReplaceAll(said, []byte(version), []byte("6"+version[1:]))
	})
	_, err = open(t, remote.Options{URL: strings.Replace(s.URL(), s.Addr(), addr, 1)})
	if !errors.Is(err, remote.ErrTooOld) {
		t.Errorf("got %v", err)
	}
}

// through forwards connections to a server and changes what it says.
func through(t *testing.T, to string, change func([]byte) []byte) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	t.Cleanup(func() {
		_ = l.Close()
		all.Wait()
	})
	all.Go(func() {
		for {
			in, err := l.Accept()
			if err != nil {
				return
			}
			all.Go(func() { forward(in, to, change) })
		}
	})
	return l.Addr().String()
}

func forward(in net.Conn, to string, change func([]byte) []byte) {
	defer in.Close()
	out, err := net.Dial("tcp", to)
	if err != nil {
		return
	}
	var both sync.WaitGroup
	pass := func(from, to net.Conn, change func([]byte) []byte) {
		defer from.Close()
		defer to.Close()
		buf := make([]byte, 64<<10)
		for {
			n, err := from.Read(buf)
			if err != nil {
				return
			}
			if _, err := to.Write(change(buf[:n])); err != nil {
				return
			}
		}
	}
	both.Go(func() { pass(in, out, func(b []byte) []byte { return b }) })
	pass(out, in, change)
	both.Wait()
}

func TestMask(t *testing.T) {
	for given, want := range map[string]string{
		"redis://h:6379":                                       "redis://h:6379/0",
		"redis://u:p%40ss@h/3":                                 "redis://u:xxxxx@h:6379/3",
		"rediss://:secret@h:1,i:2?cluster=true":                "rediss://:xxxxx@h:1,i:2/0?cluster=true",
		"redis://u:p@h?master_name=m&sentinel_password=secret": "redis://u:xxxxx@h:6379/0?master_name=m",
		"redis://u:secret@[::1]:7000":                          "redis://u:xxxxx@[::1]:7000/0",
		"redis://u:sec:ret@h":                                  "redis://u:xxxxx@h:6379/0",
		"secret":                                               "[not an address of Redis]",
	} {
		if got := remote.Mask(given); got != want {
			t.Errorf("%s: got %s, want %s", given, got, want)
		}
	}
}

// What is shown of an address is the same whatever its password is.
func FuzzMask(f *testing.F) {
	f.Add("redis", "user", "pass")
	f.Fuzz(func(t *testing.T, host, user, password string) {
		if password == "" {
			return
		}
		with := func(password string) string {
			u := url.URL{Scheme: "redis", Host: host, User: url.UserPassword(user, password)}
			return fmt.Sprint(remote.Mask(u.String()), remote.Check(u.String()))
		}
		if got, want := with(password), with("another"); got != want {
			t.Errorf("%q is shown, and with another password %q", got, want)
		}
	})
}
