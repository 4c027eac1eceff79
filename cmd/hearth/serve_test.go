package main

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestFirstStartShowsTheOrganisersLinkOnce: the first start shows it, the second
// does not, and the link still opens then.
func TestFirstStartShowsTheOrganisersLinkOnce(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "data")
	first := serveIn(t, folder)
	first.shown(1)
	shown := aLink.FindAllStringSubmatch(first.out.String(), -1)
	if len(shown) != 1 || shown[0][0] != first.url+"/j#"+shown[0][1] {
		t.Fatalf("the first start shows\n%s", first.out)
	}
	token := shown[0][1]
	if code := first.stop(); code != 0 {
		t.Errorf("SIGTERM ends with %d\n%s", code, first.errs)
	}
	second := serveIn(t, folder)
	if second.out.String() != "" {
		t.Errorf("the second start shows\n%s", second.out)
	}
	status, _, cookie := second.open(token)
	if page, _ := second.get("/api/house", cookie); status != http.StatusOK || page != http.StatusOK {
		t.Errorf("the link opens with %d, the house answers %d", status, page)
	}
	for _, log := range []string{first.errs.String(), second.errs.String()} {
		if strings.Contains(log, token) {
			t.Error("the token is in the log")
		}
	}
	if info, err := os.Stat(folder); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the data folder has %v, %v", info.Mode(), err)
	}
}

func TestOrganiserLinkVoidsTheOldOne(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "data")
	if got := hearthRun(t, nil, "organiser-link", "--data", folder); got.code != 1 || !strings.Contains(got.errs, "no data folder") {
		t.Errorf("without a folder it ended with %d %s", got.code, got.errs)
	}
	server := serveIn(t, folder)
	old := server.shown(1)[""]
	_, _, cookie := server.open(old)
	if got := hearthRun(t, nil, "organiser-link", "--data", folder); got.code != 1 || strings.Count(got.errs, "\n") != 1 || !strings.Contains(got.errs, "another hearth") {
		t.Errorf("while hearth runs it ended with %d %s", got.code, got.errs)
	}
	server.kill()
	got := hearthRun(t, nil, "organiser-link", "--data", folder, "--public-url", "https://groups.example.org")
	if got.code != 0 || !strings.Contains(got.out, "https://groups.example.org/j#") {
		t.Fatalf("ended with %d %s%s", got.code, got.out, got.errs)
	}
	_, fresh, _ := strings.Cut(got.out, "/j#")
	server = serveIn(t, folder)
	if status, _, _ := server.open(old); status != http.StatusNotFound {
		t.Errorf("the old link opens with %d", status)
	}
	if status, _ := server.get("/api/house", cookie); status != http.StatusForbidden {
		t.Errorf("the old device gets %d", status)
	}
	if status, _, _ := server.open(strings.TrimSpace(fresh)); status != http.StatusOK {
		t.Errorf("the new link opens with %d", status)
	}
}

// TestExample: seven links that lead into a session that is open now; the next
// start gives new ones, and windows that are open keep working.
func TestExample(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "data")
	server := serveIn(t, folder, "--example")
	first := server.shown(7)
	labels := []string{"Organiser", "Lead", "Wellbeing", "Trainee", "Participant 1", "Participant 2", "Participant 3"}
	if len(first) != len(labels) {
		t.Fatalf("it shows\n%s", server.out)
	}
	seats, cookies := map[string]string{}, map[string]string{}
	for _, label := range labels {
		status, seat, cookie := server.open(first[label])
		if status != http.StatusOK || label != "Organiser" && seat == "" {
			t.Fatalf("the %s link opens with %d and the seat %q", label, status, seat)
		}
		seats[label], cookies[label] = seat, cookie
	}
	_, home := server.get("/api/house", cookies["Organiser"])
	if strings.Count(home, `"name":"Tuesday group"`) != 1 {
		t.Errorf("the house is %s", home)
	}
	if code := server.stop(); code != 0 {
		t.Errorf("SIGTERM ends with %d", code)
	}

	server = serveIn(t, folder, "--example")
	second := server.shown(7)
	for _, label := range labels {
		if second[label] == "" || second[label] == first[label] {
			t.Errorf("the %s link was not made new", label)
		}
		if status, _, _ := server.open(first[label]); status != http.StatusNotFound {
			t.Errorf("the old %s link opens with %d", label, status)
		}
	}
	if status, again := server.get("/api/house", cookies["Organiser"]); status != http.StatusOK || strings.Count(again, `"name":"Tuesday group"`) != 1 {
		t.Errorf("the organiser's open window gets %d %s", status, again)
	}
	if status, seat, _ := server.open(second["Participant 2"]); status != http.StatusOK || seat == seats["Participant 2"] {
		t.Errorf("another device got %d and the seat of the window that is open", status)
	}
	if status, seat, _ := server.open(second["Lead"]); status != http.StatusOK || seat != seats["Lead"] {
		t.Errorf("the new lead link got %d and the seat %q, want %q", status, seat, seats["Lead"])
	}
}

// TestDrain: not ready first, then down with 0; a second signal does not wait.
func TestDrain(t *testing.T) {
	server := serveIn(t, t.TempDir())
	if status, text := server.get("/readyz", ""); status != http.StatusOK || text != "ready\n" {
		t.Errorf("/readyz says %d %q", status, text)
	}
	server.cmd.Process.Signal(syscall.SIGTERM)
	server.wait("it says that it drains", func() bool {
		status, text := server.get("/readyz", "")
		return status == http.StatusServiceUnavailable && text == "not ready: draining\n"
	})
	if status, _ := server.get("/healthz", ""); status != http.StatusOK {
		t.Errorf("/healthz says %d while draining", status)
	}
	began := time.Now()
	if code := server.stop(); code != 0 {
		t.Errorf("ends with %d\n%s", code, server.errs)
	}
	if took := time.Since(began); took > notReadyFor {
		t.Errorf("the second signal took %v", took)
	}
}

// TestKilledServerStartsAgain: after kill -9 the folder is free and the link,
// the seat and the device are there.
func TestKilledServerStartsAgain(t *testing.T) {
	folder := t.TempDir()
	server := serveIn(t, folder, "--example")
	lead := server.shown(7)["Lead"]
	_, seat, cookie := server.open(lead)
	server.kill()
	server = serveIn(t, folder)
	if status, again, _ := server.open(lead); status != http.StatusOK || again != seat {
		t.Errorf("the lead's link opens with %d and the seat %q, want %q", status, again, seat)
	}
	if cookie == "" {
		t.Error("there was no cookie")
	}
}

func TestOneNodePerFolder(t *testing.T) {
	folder := t.TempDir()
	server := serveIn(t, folder)
	got := hearthRun(t, nil, "serve", "--data", folder, "--listen", "127.0.0.1:0", "--metrics-listen", "off")
	if got.code != 1 || !strings.Contains(got.errs, "another hearth") {
		t.Errorf("a second one ended with %d %s", got.code, got.errs)
	}
	got = hearthRun(t, nil, "serve", "--data", t.TempDir(), "--listen", server.listen, "--metrics-listen", "off")
	if got.code != 1 || strings.Count(got.errs, "\n") != 1 || !strings.Contains(got.errs, "listen") {
		t.Errorf("on a taken address it ended with %d %s", got.code, got.errs)
	}
}

func TestHealthCommand(t *testing.T) {
	server := serveIn(t, t.TempDir(), "--public-url", "https://groups.example.org")
	if got := hearthRun(t, []string{"HEARTH_LISTEN=" + server.listen}, "health"); got.code != 0 || got.out+got.errs != "" {
		t.Errorf("healthy, and it ended with %d %s%s", got.code, got.out, got.errs)
	}
	server.kill()
	if got := hearthRun(t, []string{"HEARTH_LISTEN=" + server.listen}, "health"); got.code != 1 {
		t.Errorf("nobody there, and it ended with %d", got.code)
	}
}

// TestA34UnsafeSwitch: the switch is said out loud, and keeps traffic away.
func TestA34UnsafeSwitch(t *testing.T) {
	server := serveIn(t, t.TempDir(), "--unsafe-lift-rate-limits")
	if status, text := server.get("/readyz", ""); status != http.StatusServiceUnavailable || !strings.Contains(text, "unsafe-lift-rate-limits") {
		t.Errorf("/readyz says %d %q", status, text)
	}
	server.wait("the log says it", func() bool { return strings.Contains(server.errs.String(), "nothing is limited") })
	for i := range 15 {
		if status, _, _ := server.open("wrong"); status != http.StatusNotFound {
			t.Fatalf("try %d got %d", i+1, status)
		}
	}
}

func TestNoCoreDumps(t *testing.T) {
	server := serveIn(t, t.TempDir())
	limits, err := os.ReadFile(fmt.Sprintf("/proc/%d/limits", server.cmd.Process.Pid))
	if err != nil {
		t.Skip("there is no /proc here: ", err)
	}
	for line := range strings.Lines(string(limits)) {
		if f := strings.Fields(line); strings.HasPrefix(line, "Max core file size") && (f[4] != "0" || f[5] != "0") {
			t.Errorf("core dumps are on: %s", line)
		}
	}
}

// TestMetricsStayHere: on their own loopback listener, only by address, with few
// series, and nothing of it on the public one.
func TestMetricsStayHere(t *testing.T) {
	server := serveIn(t, t.TempDir(), "--example")
	for label, token := range server.shown(7) {
		if status, _, _ := server.open(token); status != http.StatusOK {
			t.Errorf("the %s link opens with %d", label, status)
		}
	}
	status, page := server.ask(http.MethodGet, "http://"+server.ops+"/metrics", "", "")
	if status != http.StatusOK {
		t.Fatalf("got %d", status)
	}
	series := 0
	for line := range strings.Lines(page) {
		if !strings.HasPrefix(line, "#") {
			series++
		}
	}
	if series < 30 || series > 500 {
		t.Errorf("%d series, want at most 500", series)
	}
	for _, want := range []string{"hearth_build_info{version=\"v0.0.0-test\"} 1", "hearth_sql_up 1", "hearth_disk_free_ratio", "hearth_links_opened_total{result=\"seat\"} 6", "go_goroutines", "process_resident_memory_bytes"} {
		if !strings.Contains(page, want) {
			t.Errorf("%q is not there", want)
		}
	}
	for _, path := range []string{"/metrics", "/debug/pprof/"} {
		if status, _ := server.get(path, ""); status != http.StatusNotFound {
			t.Errorf("the public listener answers %s with %d", path, status)
		}
	}
	req, err := http.NewRequest(http.MethodGet, "http://"+server.ops+"/metrics", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Host = "evil.example"
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusMisdirectedRequest {
		t.Errorf("another Host got %d", resp.StatusCode)
	}
}
