// Package redistest starts a real Redis for tests: in a folder of its own, on a
// free port of 127.0.0.1, with a password, gone when the tests are over. [Run]
// is for programs that are no tests.
package redistest

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"hearth/hub/freeport"
)

// startWithin bounds each start of a server.
const startWithin = 20 * time.Second

// ErrNone says that there is no redis-server on this machine.
var ErrNone = errors.New("there is no Redis on this machine; install the package redis-server")

// Options say what kind of Redis is started. The zero Options are one with a
// password that writes nothing to disk.
type Options struct {
	Open     bool     // asks for no password
	Password string   // default: a fixed one
	AOF      bool     // keeps an append-only file, synced every second
	RDB      bool     // saves its data each second in which something changed
	Cluster  bool     // a cluster of this one server
	TLS      bool     // speaks TLS only; see [Server.Authorities]
	Of       *Server  // a replica of that server, with the same password
	Settings []string // pairs of name and value, such as "maxmemory", "64mb"

	member bool // of a cluster that others form; see Cluster
}

// A Server is a Redis of a test. Its methods belong to one goroutine, but for
// [Server.Do] and what only reads.
type Server struct {
	bin, dir string
	port     int
	o        Options

	certificate *tls.Config // of a client that trusts the server; nil without TLS

	cmd  *exec.Cmd
	gone <-chan struct{}
	side *redis.Client // for Do; dials anew after each start
}

// Start starts a server that ends with the test. Without a Redis on this machine
// the test is skipped, or fails if CI is set.
func Start(t testing.TB, o Options) *Server {
	t.Helper()
	s, err := Run(o)
	switch {
	case errors.Is(err, ErrNone) && os.Getenv("CI") == "":
		t.Skip(err)
	case err != nil:
		t.Fatalf("start a Redis: %v", err)
	}
	t.Cleanup(func() {
		if err := s.Stop(); err != nil {
			t.Errorf("end a Redis: %v", err)
		}
	})
	return s
}

// Run starts a server and waits until it answers. [Server.Stop] ends it; it ends
// by itself with this process.
func Run(o Options) (_ *Server, err error) {
	s := &Server{o: o}
	if s.bin, err = exec.LookPath("redis-server"); err != nil {
		return nil, ErrNone
	}
	if o.Of != nil {
		s.o.Password = o.Of.o.Password
	} else if s.o.Password == "" && !o.Open {
		s.o.Password = "for-tests-only"
	}
	if s.dir, err = os.MkdirTemp("", "hearth-redis"); err != nil {
		return nil, err
	}
	find := freeport.Pick
	if o.Cluster || o.member {
		find = freeBusPort
	}
	if s.port, err = find(); err != nil {
		return nil, errors.Join(err, s.Stop())
	}
	if o.TLS {
		if s.certificate, err = certify(s.dir); err != nil {
			return nil, errors.Join(err, s.Stop())
		}
	}
	if err := s.Again(); err != nil {
		return nil, errors.Join(err, s.Stop())
	}
	return s, nil
}

// Again starts a server that was killed or stopped: the same port, the same
// folder and so whatever it had kept.
func (s *Server) Again() error {
	if s.cmd != nil {
		return errors.New("the Redis runs already")
	}
	if err := s.launch(); err != nil {
		return err
	}
	s.side = redis.NewClient(&redis.Options{Addr: s.Addr(), Password: s.o.Password, PoolSize: 2, MaxRetries: -1, DialerRetries: 1, DisableIdentity: true, TLSConfig: s.certificate})
	deadline := time.Now().Add(startWithin)
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		err := s.ready()
		if err == nil {
			return nil
		}
		select {
		case <-s.gone:
			said, _ := os.ReadFile(s.logPath())
			return fmt.Errorf("the Redis ended by itself: %w\n%s", err, said)
		case <-tick.C:
			if time.Now().After(deadline) {
				return err
			}
		}
	}
}

// ready says whether the server answers, and lets one that is a cluster take all
// slots.
func (s *Server) ready() error {
	// The client waits a second after a few dials that failed.
	conn, err := net.DialTimeout("tcp", s.Addr(), time.Second)
	if err != nil {
		return err
	}
	_ = conn.Close()
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if err := s.side.Ping(ctx).Err(); err != nil || !s.o.Cluster {
		return err
	}
	info, err := s.side.ClusterInfo(ctx).Result()
	if err != nil {
		return err
	}
	if len(info) < len("cluster_state:ok") || info[:len("cluster_state:ok")] != "cluster_state:ok" {
		_ = s.side.Do(ctx, "CLUSTER", "ADDSLOTSRANGE", 0, 16383).Err() // it may have them, and only need a moment
		return errors.New("the cluster is not formed yet")
	}
	return nil
}

func (s *Server) launch() error {
	cmd := exec.Command(s.bin, s.settings()...)
	cmd.Dir = s.dir
	gone, err := begin(cmd)
	if err != nil {
		return err
	}
	s.cmd, s.gone = cmd, gone
	return nil
}

// begin starts a program that ends with this process, however that ends, and not
// before. Once it has ended, gone is closed.
func begin(cmd *exec.Cmd) (gone <-chan struct{}, err error) {
	over, started := make(chan struct{}), make(chan error)
	dieWithParent(cmd)
	go func() {
		runtime.LockOSThread() // a child ends when the thread that started it does
		defer close(over)
		err := cmd.Start()
		started <- err
		if err == nil {
			_ = cmd.Wait()
		}
	}()
	return over, <-started
}

func (s *Server) settings() []string {
	port, tlsPort := strconv.Itoa(s.port), "0"
	if s.o.TLS {
		port, tlsPort = tlsPort, port
	}
	args := []string{"--port", port, "--bind", "127.0.0.1", "--dir", s.dir, "--logfile", s.logPath(), "--daemonize", "no", "--databases", "2"}
	if s.o.TLS {
		args = append(args, "--tls-port", tlsPort, "--tls-auth-clients", "no",
			"--tls-cert-file", s.Authorities(), "--tls-key-file", filepath.Join(s.dir, keyFile), "--tls-ca-cert-file", s.Authorities())
	}
	if s.o.Password != "" {
		args = append(args, "--requirepass", s.o.Password, "--masterauth", s.o.Password)
	} else {
		args = append(args, "--protected-mode", "no")
	}
	if s.o.AOF {
		args = append(args, "--appendonly", "yes")
	}
	save := []string{""}
	if s.o.RDB {
		save = []string{"1", "1"}
	}
	args = append(append(args, "--save"), save...)
	if s.o.Cluster || s.o.member {
		args = append(args, "--cluster-enabled", "yes", "--cluster-node-timeout", "5000")
	}
	if s.o.Of != nil {
		args = append(args, "--replicaof", "127.0.0.1", strconv.Itoa(s.o.Of.port), "--repl-diskless-sync-delay", "0")
	}
	for i := 0; i+1 < len(s.o.Settings); i += 2 {
		args = append(args, "--"+s.o.Settings[i], s.o.Settings[i+1])
	}
	return args
}

func (s *Server) logPath() string { return filepath.Join(s.dir, "log") }

// Addr is host and port.
func (s *Server) Addr() string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(s.port)) }

// URL is the address with the password, as hearth takes it.
func (s *Server) URL() string {
	u := "redis://"
	if s.o.TLS {
		u = "rediss://"
	}
	if s.o.Password != "" {
		u += ":" + s.o.Password + "@"
	}
	u += s.Addr() + "/0"
	switch {
	case s.o.Cluster, s.o.member:
		u += "?cluster=true"
	case s.o.TLS:
		u += "?ca_file=" + s.Authorities()
	}
	return u
}

// Password is what the server asks for; empty if for nothing.
func (s *Server) Password() string { return s.o.Password }

// Authorities is the file of a server's certificate that vouches for itself.
func (s *Server) Authorities() string { return filepath.Join(s.dir, certificateFile) }

// Folder is where the server keeps its files: log, append-only file and dump.
func (s *Server) Folder() string { return s.dir }

// PID is the process of the running server.
func (s *Server) PID() int { return s.cmd.Process.Pid }

// Kill ends the server as kill -9 does and waits until it is gone. A server that
// is paused is killed too.
func (s *Server) Kill() { s.end(syscall.SIGKILL) }

// Quit lets the server end in order and waits until it is gone.
func (s *Server) Quit() { s.end(syscall.SIGTERM) }

func (s *Server) end(how syscall.Signal) {
	if s.cmd == nil {
		return
	}
	_ = s.cmd.Process.Signal(how)
	<-s.gone
	s.cmd = nil
	if s.side != nil {
		_ = s.side.Close()
		s.side = nil
	}
}

// Pause stops the server in its tracks (SIGSTOP): it keeps its connections and
// answers nobody until [Server.Cont].
func (s *Server) Pause() error { return s.signal(syscall.SIGSTOP) }

// Cont lets a paused server go on.
func (s *Server) Cont() error { return s.signal(syscall.SIGCONT) }

func (s *Server) signal(which syscall.Signal) error {
	if s.cmd == nil {
		return errors.New("the Redis does not run")
	}
	return s.cmd.Process.Signal(which)
}

// Wipe lets the server forget everything.
func (s *Server) Wipe() error {
	_, err := s.Do("FLUSHALL")
	return err
}

// Do runs a command with all rights.
func (s *Server) Do(args ...any) (any, error) {
	if s.side == nil {
		return nil, errors.New("the Redis does not run")
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	return s.side.Do(ctx, args...).Result()
}

// Stop ends the server and removes its folder.
func (s *Server) Stop() error {
	s.end(syscall.SIGKILL)
	return os.RemoveAll(s.dir)
}
