package redistest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"hearth/hub/freeport"
)

// MasterName is what a [Sentinel] calls the server that it watches.
const MasterName = "hearth"

// A Sentinel watches a server and makes a replica master when it is gone for
// half a second. There is one only, so it decides alone.
type Sentinel struct {
	dir  string
	port int
	of   *Server
	cmd  *exec.Cmd
	gone <-chan struct{}
}

// Watch starts a sentinel that ends with the test. The master must have a
// replica already.
func Watch(t testing.TB, master *Server) *Sentinel {
	t.Helper()
	s := &Sentinel{of: master}
	t.Cleanup(func() {
		if s.cmd != nil {
			_ = s.cmd.Process.Signal(syscall.SIGKILL)
			<-s.gone
		}
		_ = os.RemoveAll(s.dir)
	})
	if err := s.start(); err != nil {
		t.Fatalf("start a sentinel: %v", err)
	}
	return s
}

func (s *Sentinel) start() (err error) {
	if s.dir, err = os.MkdirTemp("", "hearth-sentinel"); err != nil {
		return err
	}
	if s.port, err = freeport.Pick(); err != nil {
		return err
	}
	config := fmt.Sprintf("port %d\nbind 127.0.0.1\ndir %s\nlogfile %s\n", s.port, s.dir, filepath.Join(s.dir, "log"))
	config += fmt.Sprintf("sentinel monitor %s 127.0.0.1 %d 1\nsentinel auth-pass %s %s\n", MasterName, s.of.port, MasterName, s.of.o.Password)
	config += fmt.Sprintf("sentinel down-after-milliseconds %s 500\nsentinel failover-timeout %[1]s 3000\n", MasterName)
	path := filepath.Join(s.dir, "sentinel.conf")
	if err := os.WriteFile(path, []byte(config), 0o600); err != nil {
		return err
	}
	cmd := exec.Command(s.of.bin, path, "--sentinel")
	gone, err := begin(cmd)
	if err != nil {
		return err
	}
	s.cmd, s.gone = cmd, gone
	return s.sees()
}

// sees waits until the sentinel knows the replica.
func (s *Sentinel) sees() error {
	client := redis.NewSentinelClient(&redis.Options{Addr: s.Addr(), MaxRetries: -1, PoolSize: 1000})
	defer client.Close()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(startWithin); time.Now().Before(deadline); <-tick.C {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		replicas, err := client.Replicas(ctx, MasterName).Result()
		cancel()
		if err == nil && len(replicas) > 0 && replicas[0]["master-link-status"] == "ok" {
			return nil
		}
	}
	return errors.New("the sentinel sees no replica")
}

// Addr is host and port.
func (s *Sentinel) Addr() string { return fmt.Sprintf("127.0.0.1:%d", s.port) }

// URL is the address by which hearth finds the master.
func (s *Sentinel) URL() string {
	return fmt.Sprintf("redis://:%s@%s/0?master_name=%s", s.of.o.Password, s.Addr(), MasterName)
}
