package drive

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"

	"hearth/hub/freeport"
)

// Server is a server under test, running as a child process.
type Server struct {
	URL     string // http://127.0.0.1:port
	Metrics string // URL of the metrics page; empty for the bare server
	Log     string // file that takes its standard output and error
	Dir     string // its data folder

	spec Spec
	cmd  *exec.Cmd
	gone chan struct{}
	end  error
}

// Spec says how to start a server. The same spec starts it again on the same
// folder and ports.
type Spec struct {
	Program string
	Args    []string // {listen}, {url}, {metrics} and {dir} are filled in
	Env     []string // added to this process's environment
	Dir     string
	CPU     int // bound to this processor; -1 for none
	Ready   string
	listen  string
	metrics string
}

// HearthSpec is a hearth on a fresh folder, with rate limits lifted when lift
// is set.
func HearthSpec(program, dir string, lift bool) Spec {
	args := []string{"serve", "--listen={listen}", "--public-url={url}", "--data={dir}", "--metrics-listen={metrics}"}
	if lift {
		args = append(args, "--unsafe-lift-rate-limits")
	}
	return Spec{Program: program, Args: args, Dir: dir, CPU: -1, Ready: "/healthz"}
}

// Start starts a server and waits until it answers, at most 20 s.
func (s Spec) Start(ctx context.Context) (*Server, error) {
	if s.listen == "" {
		var err1, err2 error
		s.listen, err1 = freeport.Address()
		s.metrics, err2 = freeport.Address()
		if err := errors.Join(err1, err2); err != nil {
			return nil, err
		}
	}
	srv := &Server{URL: "http://" + s.listen, Dir: s.Dir, Log: filepath.Join(s.Dir, "..", filepath.Base(s.Dir)+".log"), spec: s}
	fill := strings.NewReplacer("{listen}", s.listen, "{url}", srv.URL, "{metrics}", s.metrics, "{dir}", s.Dir)
	args := make([]string, len(s.Args))
	for i, a := range s.Args {
		args[i] = fill.Replace(a)
		if strings.Contains(a, "{metrics}") {
			srv.Metrics = "http://" + s.metrics + "/metrics"
		}
	}
	log, err := os.OpenFile(srv.Log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open the server's log: %w", err)
	}
	defer log.Close()
	srv.cmd = exec.Command(s.Program, args...)
	srv.cmd.Stdout, srv.cmd.Stderr = log, log
	srv.cmd.Env = append(os.Environ(), s.Env...)
	srv.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	start := srv.cmd.Start
	if s.CPU >= 0 {
		start = func() error { return OnCPU(s.CPU, srv.cmd.Start) }
	}
	srv.gone = make(chan struct{})
	started := make(chan error)
	go func() {
		// The child ends with the thread that started it: with this program,
		// however that ends, and not before.
		runtime.LockOSThread()
		defer close(srv.gone)
		err := start()
		started <- err
		if err == nil {
			srv.end = srv.cmd.Wait()
		}
	}()
	if err := <-started; err != nil {
		return nil, fmt.Errorf("start %s: %w", s.Program, err)
	}
	if err := srv.ready(ctx, s.Ready); err != nil {
		srv.Kill()
		return nil, err
	}
	return srv, nil
}

// Again starts the same server on the same folder and ports, with other
// additions to its environment.
func (s *Server) Again(ctx context.Context, env ...string) (*Server, error) {
	spec := s.spec
	spec.Env = env
	return spec.Start(ctx)
}

func (s *Server) ready(ctx context.Context, path string) error {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.URL+path, nil)
		if err != nil {
			return fmt.Errorf("ask whether the server is up: %w", err)
		}
		resp, err := http.DefaultClient.Do(req)
		if err == nil {
			resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case <-tick.C:
		case <-s.gone:
			return fmt.Errorf("the server ended while starting (%w): %s", s.end, s.tail())
		case <-ctx.Done():
			return fmt.Errorf("the server did not answer: %w; last error: %w", ctx.Err(), err)
		}
	}
}

func (s *Server) tail() string {
	b, _ := os.ReadFile(s.Log)
	return string(b[max(0, len(b)-600):])
}

// PID is the child's process id.
func (s *Server) PID() int { return s.cmd.Process.Pid }

// Gone is closed when the process has ended.
func (s *Server) Gone() <-chan struct{} { return s.gone }

// Kill ends the process with SIGKILL and waits for it.
func (s *Server) Kill() {
	_ = s.cmd.Process.Kill()
	<-s.gone
}

// Pause stops the process where it is, as SIGSTOP does; Continue lets it go on.
func (s *Server) Pause() { _ = s.cmd.Process.Signal(syscall.SIGSTOP) }

// Continue undoes Pause.
func (s *Server) Continue() { _ = s.cmd.Process.Signal(syscall.SIGCONT) }

// Addr is where the server listens.
func (s *Server) Addr() string { return s.spec.listen }

// Term asks the process to end.
func (s *Server) Term() { _ = s.cmd.Process.Signal(syscall.SIGTERM) }

// Ended is nil after a clean end; it may be asked once Gone is closed.
func (s *Server) Ended() error { return s.end }

// Measure reads one unlabelled number from the metrics page; -1 when absent.
func (s *Server) Measure(name string) (float64, error) {
	page, err := s.MetricsPage()
	if err != nil {
		return -1, err
	}
	sc := bufio.NewScanner(bytes.NewReader(page))
	for sc.Scan() {
		if rest, ok := strings.CutPrefix(sc.Text(), name+" "); ok {
			return strconv.ParseFloat(strings.TrimSpace(rest), 64)
		}
	}
	return -1, nil
}

// MetricsPage fetches the whole metrics page.
func (s *Server) MetricsPage() ([]byte, error) {
	resp, err := http.Get(s.Metrics)
	if err != nil {
		return nil, fmt.Errorf("read the metrics page: %w", err)
	}
	defer resp.Body.Close()
	return io.ReadAll(io.LimitReader(resp.Body, 1<<22))
}

// Collect has the server collect garbage, by asking for a heap profile.
func (s *Server) Collect(ctx context.Context) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimSuffix(s.Metrics, "metrics")+"debug/pprof/heap?gc=1", nil)
	if err != nil {
		return fmt.Errorf("ask for a collection: %w", err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return fmt.Errorf("ask for a collection: %w", err)
	}
	defer resp.Body.Close()
	_, err = io.Copy(io.Discard, resp.Body)
	return err
}

var linkToken = regexp.MustCompile(`#([A-Za-z0-9_-]{43})`)

// OrganiserToken finds the organiser's link that a first start prints; it
// waits for it at most 5 s.
func (s *Server) OrganiserToken(ctx context.Context) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		b, err := os.ReadFile(s.Log)
		if err != nil {
			return "", fmt.Errorf("read the server's log: %w", err)
		}
		if m := linkToken.FindSubmatch(b); m != nil {
			return string(m[1]), nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return "", fmt.Errorf("find the organiser's link in what the server printed: %w", ctx.Err())
		}
	}
}
