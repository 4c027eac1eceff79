package main

import (
	"net/http"
	"strings"
	"testing"

	"hearth/hub/journal/pgtest"
	"hearth/hub/remote/redistest"
)

// TestTwoNodes starts two nodes on one database and one Redis: each knows of the
// other, what one gave out the other takes, and Redis may come and go.
func TestTwoNodes(t *testing.T) {
	redis := redistest.Start(t, redistest.Options{})
	args := append(database(t, pgtest.Shared(t).Database(t)), "--redis-url", redis.URL())
	north := serveIn(t, t.TempDir(), append(args, "--node-name", "north", "--example")...)
	links := north.shown(7)
	south := serveIn(t, t.TempDir(), append(args, "--node-name", "south", "--public-url", north.url)...)
	both := []*running{north, south}
	says := func(what, line string) {
		t.Helper()
		for _, r := range both {
			r.wait(what, func() bool { return strings.Contains(r.numbers(), line+"\n") })
		}
	}
	says("it knows of the other", "hearth_nodes_up 2")
	says("Redis works", "hearth_redis_up 1")
	if got := hearthRun(t, nil, append([]string{"doctor", "--metrics-listen", "off"}, args...)...); grades(got.out)["nodes"] != fine || !strings.Contains(got.out, "2 are up: north, south.") {
		t.Errorf("the doctor says\n%s", got.out)
	}
	_, _, cookie := north.open(links["Organiser"])
	if status, page := south.askAs(north, "/api/house", cookie); status != http.StatusOK || !strings.Contains(page, `"name":"Tuesday group"`) {
		t.Errorf("the other node answers the organiser with %d %s", status, page)
	}
	redis.Kill()
	says("Redis is gone", "hearth_redis_up 0")
	for _, r := range both {
		if status, text := r.get("/readyz", ""); status != http.StatusOK {
			t.Errorf("without Redis /readyz says %d %s: it is worse, but it works", status, text)
		}
	}
	if err := redis.Again(); err != nil {
		t.Fatal(err)
	}
	says("Redis is back", "hearth_redis_up 1")
	if code := north.stop(); code != 0 {
		t.Errorf("ended with %d\n%s", code, north.errs)
	}
	both = both[1:]
	says("it knows that it is alone", "hearth_nodes_up 1")
	// A node that would not hear it is refused, and says why.
	got := hearthRun(t, nil, append([]string{"serve", "--listen", "127.0.0.1:0", "--metrics-listen", "off", "--node-name", "east"}, args[:4]...)...)
	if got.code != 1 || strings.Count(got.errs, "\n") != 1 || !strings.Contains(got.errs, "(south)") {
		t.Errorf("a node without Redis ended with %d\n%s", got.code, got.errs)
	}
	if strings.Contains(north.errs.String()+south.errs.String(), redis.Password()) {
		t.Error("a log holds the password of Redis")
	}
}

// TestA33RedisWithoutPassword: refused in one line, or said out loud and kept
// from people.
func TestA33RedisWithoutPassword(t *testing.T) {
	open := redistest.Start(t, redistest.Options{Open: true})
	args := append(database(t, pgtest.Shared(t).Database(t)), "--redis-url", open.URL())
	got := hearthRun(t, nil, append([]string{"serve", "--listen", "127.0.0.1:0", "--metrics-listen", "off"}, args...)...)
	if got.code != 1 || got.out != "" || strings.Count(got.errs, "\n") != 1 || !strings.Contains(got.errs, "without a password") {
		t.Errorf("ended with %d\n%s%s", got.code, got.out, got.errs)
	}
	r := serveIn(t, t.TempDir(), append(args, "--unsafe-redis-without-password")...)
	if status, text := r.get("/readyz", ""); status != http.StatusServiceUnavailable || !strings.Contains(text, "unsafe-redis-without-password") {
		t.Errorf("/readyz says %d %q", status, text)
	}
	r.wait("the log says it", func() bool { return strings.Contains(r.errs.String(), "whoever reaches Redis") })
}

// askAs asks a node for a page under the address of another, as a proxy does that
// stands before both.
func (r *running) askAs(other *running, path, cookie string) (int, string) {
	r.Helper()
	req, err := http.NewRequest(http.MethodGet, r.url+path, nil)
	if err != nil {
		r.Fatal(err)
	}
	req.Host = other.listen
	req.Header.Set("Cookie", cookie)
	return r.do(req)
}

// TestNodeWithRedisBesideOneWithout: it does not matter which of the two lacks
// it; and the one that has it takes no harm.
func TestNodeWithRedisBesideOneWithout(t *testing.T) {
	redis := redistest.Start(t, redistest.Options{})
	args := database(t, pgtest.Shared(t).Database(t))
	alone := serveIn(t, t.TempDir(), append(args, "--node-name", "north")...)
	got := hearthRun(t, nil, append([]string{"serve", "--listen", "127.0.0.1:0", "--metrics-listen", "off", "--node-name", "south", "--redis-url", redis.URL()}, args...)...)
	if got.code != 1 || strings.Count(got.errs, "hearth: ") != 1 || !strings.Contains(got.errs, "(north)") || !strings.Contains(got.errs, "without Redis") {
		t.Errorf("ended with %d\n%s%s", got.code, got.out, got.errs)
	}
	if code := alone.stop(); code != 0 {
		t.Fatalf("ended with %d\n%s", code, alone.errs)
	}
	// One after the other they may change.
	after := serveIn(t, t.TempDir(), append(args, "--node-name", "south", "--redis-url", redis.URL())...)
	after.wait("it is ready", func() bool { status, _ := after.get("/readyz", ""); return status == http.StatusOK })
}
