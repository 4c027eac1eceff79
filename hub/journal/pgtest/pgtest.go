// Package pgtest starts a real PostgreSQL for tests: a new cluster in a folder
// of its own, on a free port of 127.0.0.1, gone when the tests are over.
package pgtest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"hearth/hub/freeport"
)

// startWithin bounds the making of a cluster and each start of its server.
const startWithin = 60 * time.Second

// A Server is a PostgreSQL of a test or of a driver. Its methods are for one
// goroutine at a time.
type Server struct {
	bin, dir string
	port     int
	settings []string

	cmd  *exec.Cmd
	gone chan struct{}

	paused bool
	family []int // processes that were paused, the server's first
}

// Start makes a cluster and starts its server, which ends with the test.
// settings are given to the server, such as "fsync=off". Without a PostgreSQL
// on this machine the test is skipped, or fails if CI is set.
func Start(t testing.TB, settings ...string) *Server {
	t.Helper()
	s, err := start(binaries(t), settings)
	if err != nil {
		t.Fatalf("start a PostgreSQL: %v", err)
	}
	t.Cleanup(func() {
		if err := s.Remove(); err != nil {
			t.Errorf("end a PostgreSQL: %v", err)
		}
	})
	return s
}

// ErrNone says that this machine has no PostgreSQL.
var ErrNone = errors.New("there is no PostgreSQL on this machine; install the package postgresql")

// Run is Start for a program that is no test: whoever calls it ends the server
// with Remove. The server ends with the program in any case. It gives ErrNone
// on a machine without a PostgreSQL.
func Run(settings ...string) (*Server, error) {
	bin := find()
	if bin == "" {
		return nil, ErrNone
	}
	return start(bin, settings)
}

// Find is nil if there is a PostgreSQL on this machine, else ErrNone.
func Find() error {
	if find() == "" {
		return ErrNone
	}
	return nil
}

var shared struct {
	sync.Mutex
	server *Server
}

// Shared is one server for all tests of a package; its TestMain calls
// StopShared at the end. Each test takes a Database of its own.
func Shared(t testing.TB) *Server {
	t.Helper()
	shared.Lock()
	defer shared.Unlock()
	if shared.server == nil {
		s, err := start(binaries(t), nil)
		if err != nil {
			t.Fatalf("start a PostgreSQL: %v", err)
		}
		shared.server = s
	}
	return shared.server
}

// StopShared ends the shared server, if there is one.
func StopShared() {
	shared.Lock()
	defer shared.Unlock()
	if shared.server == nil {
		return
	}
	if err := shared.server.Remove(); err != nil {
		fmt.Fprintln(os.Stderr, "end a PostgreSQL:", err)
	}
	shared.server = nil
}

// binaries is the folder of the newest PostgreSQL on this machine.
func binaries(t testing.TB) string {
	t.Helper()
	bin := find()
	switch {
	case bin != "":
	case os.Getenv("CI") != "":
		t.Fatal(ErrNone)
	default:
		t.Skip(ErrNone)
	}
	return bin
}

func find() string {
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/postgres")
	slices.SortFunc(found, func(a, b string) int { return version(b) - version(a) })
	if len(found) == 0 {
		path, err := exec.LookPath("postgres")
		if err != nil {
			return ""
		}
		found = []string{path}
	}
	return filepath.Dir(found[0])
}

func version(path string) int {
	n, _ := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(path))))
	return n
}

func start(bin string, settings []string) (_ *Server, err error) {
	s := &Server{bin: bin, settings: settings}
	if s.dir, err = os.MkdirTemp("", "hearth-pg"); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.Remove())
		}
	}()
	if err := giveToServer(s.dir); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), startWithin)
	defer cancel()
	initdb := exec.CommandContext(ctx, filepath.Join(bin, "initdb"), "-D", filepath.Join(s.dir, "data"), "-U", "hearth", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
	initdb.Dir = s.dir
	asServer(initdb)
	if out, err := initdb.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("make a cluster: %w\n%s", err, out)
	}
	if s.port, err = freeport.Pick(); err != nil {
		return nil, err
	}
	return s, s.run()
}

// run starts the server and waits until it answers. A server that was killed
// leaves processes that take a moment to notice; until they have, a new one
// ends at once and is started again.
func (s *Server) run() error {
	deadline := time.Now().Add(startWithin)
	for {
		if err := s.launch(); err != nil {
			return err
		}
		err := s.answers(deadline)
		if err == nil {
			return nil
		}
		s.end(os.Kill)
		if time.Now().After(deadline) {
			said, _ := os.ReadFile(s.logPath())
			return fmt.Errorf("%w\n%s", err, said)
		}
	}
}

func (s *Server) launch() error {
	args := []string{"-D", filepath.Join(s.dir, "data"), "-p", strconv.Itoa(s.port),
		"-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "max_connections=120", "-c", "shared_buffers=32MB"}
	for _, setting := range s.settings {
		args = append(args, "-c", setting)
	}
	s.cmd = exec.Command(filepath.Join(s.bin, "postgres"), args...)
	s.cmd.Dir = s.dir
	// A file and not a pipe: children that outlive a killed server would keep a
	// pipe open, and the waiting for its end with it.
	log, err := os.Create(s.logPath())
	if err != nil {
		return err
	}
	defer log.Close()
	s.cmd.Stdout, s.cmd.Stderr = log, log
	asServer(s.cmd)
	cmd, gone, started := s.cmd, make(chan struct{}), make(chan error)
	s.gone = gone
	go func() {
		// The server ends when the thread that started it does: with the tests,
		// however they end, and not before.
		runtime.LockOSThread()
		defer close(gone)
		err := cmd.Start()
		started <- err
		if err == nil {
			_ = cmd.Wait()
		}
	}()
	if err := <-started; err != nil {
		s.cmd = nil
		return err
	}
	return nil
}

func (s *Server) logPath() string { return filepath.Join(s.dir, "log") }

var errEnded = errors.New("the server ended by itself")

// answers waits until the server takes a connection.
func (s *Server) answers(deadline time.Time) error {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		err := s.exec("SELECT 1")
		if err == nil {
			return nil
		}
		select {
		case <-s.gone:
			return errEnded
		case <-tick.C:
			if time.Now().After(deadline) {
				return err
			}
		}
	}
}

func (s *Server) exec(statement string) error {
	ctx, cancel := context.WithTimeout(context.Background(), startWithin)
	defer cancel()
	conn, err := pgx.Connect(ctx, s.URL("postgres"))
	if err != nil {
		return err
	}
	_, err = conn.Exec(ctx, statement)
	return errors.Join(err, conn.Close(ctx))
}

// URL is the address of a database of this server.
func (s *Server) URL(database string) string {
	return fmt.Sprintf("postgres://hearth@127.0.0.1:%d/%s?sslmode=disable", s.port, database)
}

var databases atomic.Int64

// Database makes an empty database and gives its address.
func (s *Server) Database(t testing.TB) string {
	t.Helper()
	url, err := s.NewDatabase()
	if err != nil {
		t.Fatal(err)
	}
	return url
}

// NewDatabase makes an empty database and gives its address.
func (s *Server) NewDatabase() (string, error) {
	name := fmt.Sprintf("hearth%d", databases.Add(1))
	if err := s.exec("CREATE DATABASE " + name); err != nil {
		return "", fmt.Errorf("make a database: %w", err)
	}
	return s.URL(name), nil
}

// Folder is where the server keeps its data and its write-ahead log.
func (s *Server) Folder() string { return filepath.Join(s.dir, "data") }

// Kill ends the server's first process as kill -9 does, and waits until the others
// have noticed and are gone too: one that is busy answers for a moment longer.
func (s *Server) Kill() { s.end(os.Kill) }

// Stop ends the server at once, in order, and waits until it is gone. The error
// is that of a server that had ended by itself.
func (s *Server) Stop() error {
	if s.cmd != nil {
		select {
		case <-s.gone:
			s.cmd = nil
			return errEnded
		default:
		}
	}
	s.end(os.Interrupt)
	return nil
}

// Again starts the server again, after Kill or Stop, on the same data and the
// same port.
func (s *Server) Again() error { return s.run() }

// Remove ends the server and takes its folder away.
func (s *Server) Remove() error {
	return errors.Join(s.Stop(), os.RemoveAll(s.dir))
}

// Restart starts the server again on the same data and the same port.
func (s *Server) Restart(t testing.TB) {
	t.Helper()
	if err := s.run(); err != nil {
		t.Fatalf("start the PostgreSQL again: %v", err)
	}
}

func (s *Server) end(how os.Signal) {
	if s.cmd == nil {
		return
	}
	if how != os.Kill {
		s.Resume() // it would not hear
	}
	var others []int
	if how == os.Kill {
		others = s.others()
	}
	_ = s.cmd.Process.Signal(how)
	<-s.gone
	s.wake()
	awaitEnd(others)
	s.cmd = nil
}
