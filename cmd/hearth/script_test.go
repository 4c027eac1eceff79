package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"hearth/hub/freeport"
	"hearth/hub/journal/pgtest"
)

// program is the binary under test.
var program string

func TestMain(m *testing.M) {
	os.Exit(withProgram(m))
}

func withProgram(m *testing.M) int {
	dir, err := os.MkdirTemp("", "hearth")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	program = filepath.Join(dir, "hearth")
	build := exec.Command("go", "build", "-ldflags", "-X main.version=v0.0.0-test", "-o", program, ".")
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "build hearth: %v\n%s", err, out)
		return 1
	}
	defer pgtest.StopShared()
	return m.Run()
}

// ran is how a command ended.
type ran struct {
	code      int
	out, errs string
}

// hearthRun runs the binary to its end.
func hearthRun(t *testing.T, env []string, args ...string) ran {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Dir = t.TempDir()
	cmd.Env = append(os.Environ(), env...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	if _, ended := err.(*exec.ExitError); err != nil && !ended {
		t.Fatal(err)
	}
	return ran{cmd.ProcessState.ExitCode(), out.String(), errs.String()}
}

// running is a server under test.
type running struct {
	*testing.T
	cmd    *exec.Cmd
	url    string
	listen string
	ops    string
	out    *pen // what people are shown
	errs   *pen // what operators read
	gone   chan struct{}
}

func freePort(t *testing.T) string {
	t.Helper()
	address, err := freeport.Address()
	if err != nil {
		t.Fatal(err)
	}
	return address
}

// serveIn starts a server on a folder and waits until it answers.
func serveIn(t *testing.T, folder string, args ...string) *running {
	t.Helper()
	r := &running{T: t, listen: freePort(t), ops: freePort(t), out: &pen{}, errs: &pen{}, gone: make(chan struct{})}
	if i := slices.Index(args, "--listen"); i >= 0 { // every address, so this one too
		_, port, _ := net.SplitHostPort(args[i+1])
		r.listen = net.JoinHostPort("127.0.0.1", port)
	}
	r.url = "http://" + r.listen
	args = append([]string{"serve", "--data", folder, "--listen", r.listen, "--metrics-listen", r.ops}, args...)
	r.cmd = exec.Command(program, args...)
	r.cmd.Stdout, r.cmd.Stderr = r.out, r.errs
	if err := r.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		r.cmd.Wait()
		close(r.gone)
	}()
	t.Cleanup(r.kill)
	r.wait("the server answers", func() bool {
		resp, err := http.Get(r.url + "/healthz")
		if err != nil {
			return false
		}
		resp.Body.Close()
		return resp.StatusCode == http.StatusOK
	})
	return r
}

// wait asks again until something holds, for ten seconds at most.
func (r *running) wait(what string, holds func() bool) {
	r.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(10 * time.Second)
	for !holds() {
		select {
		case <-tick.C:
		case <-r.gone:
			r.Fatalf("the server ended while waiting: %s\n%s", what, r.errs)
		case <-deadline:
			r.Fatalf("never: %s\n%s", what, r.errs)
		}
	}
}

func (r *running) kill() {
	r.cmd.Process.Kill()
	<-r.gone
}

// stop sends SIGTERM and gives the exit code.
func (r *running) stop() int {
	r.Helper()
	r.cmd.Process.Signal(syscall.SIGTERM)
	return r.ends(28 * time.Second)
}

// ends waits for the end of the process and gives the exit code.
func (r *running) ends(within time.Duration) int {
	r.Helper()
	select {
	case <-r.gone:
	case <-time.After(within):
		r.Fatal("the server does not end")
	}
	return r.cmd.ProcessState.ExitCode()
}

// get fetches a page; status 0 means that nobody answered.
func (r *running) get(path, cookie string) (status int, body string) {
	return r.ask(http.MethodGet, r.url+path, cookie, "")
}

func (r *running) ask(method, url, cookie, body string) (int, string) {
	r.Helper()
	req, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		r.Fatal(err)
	}
	req.Header.Set("Origin", r.url)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Cookie", cookie)
	return r.do(req)
}

func (r *running) do(req *http.Request) (int, string) {
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, err.Error()
	}
	defer resp.Body.Close()
	text, _ := io.ReadAll(resp.Body)
	return resp.StatusCode, string(text)
}

// numbers fetches the metrics.
func (r *running) numbers() string {
	r.Helper()
	_, page := r.ask(http.MethodGet, "http://"+r.ops+"/metrics", "", "")
	return page
}

// open opens a link and gives what it led to and the device's cookie.
func (r *running) open(token string) (status int, seat, cookie string) {
	r.Helper()
	req, err := http.NewRequest(http.MethodPost, r.url+"/api/open", strings.NewReader(`{"token":"`+token+`"}`))
	if err != nil {
		r.Fatal(err)
	}
	req.Header.Set("Origin", r.url)
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		r.Fatal(err)
	}
	defer resp.Body.Close()
	var opened struct{ Kind, Seat string }
	json.NewDecoder(resp.Body).Decode(&opened)
	for _, c := range resp.Cookies() {
		cookie = c.Name + "=" + c.Value
	}
	return resp.StatusCode, opened.Seat, cookie
}

var aLink = regexp.MustCompile(`http://\S+/j#([A-Za-z0-9_-]{43})`)

// shown waits until a start has shown so many links, and gives their tokens by
// the words before them.
func (r *running) shown(n int) map[string]string {
	r.Helper()
	all := map[string]string{}
	r.wait(fmt.Sprint(n, " links are shown"), func() bool {
		for line := range strings.Lines(r.out.String()) {
			if at := aLink.FindStringSubmatchIndex(line); at != nil {
				all[strings.TrimSpace(line[:at[0]])] = line[at[2]:at[3]]
			}
		}
		return len(all) >= n
	})
	return all
}

// pen takes what a process writes.
type pen struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (p *pen) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.text.Write(b)
}

func (p *pen) String() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.text.String()
}
