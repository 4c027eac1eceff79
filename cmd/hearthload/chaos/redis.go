package chaos

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"

	"hearth/hub/freeport"
)

// Redis is a redis-server with a password that writes down all it can, an
// append-only file and snapshots, so that a word that came to it would be found
// on its disk. Its methods are for one goroutine.
type Redis struct {
	Addr string
	dir  string
	cmd  *exec.Cmd
	gone chan struct{}
}

const redisPassword = "chaos-and-nothing-else"

// StartRedis starts one in a folder.
func StartRedis(ctx context.Context, dir string) (*Redis, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("make a folder for Redis: %w", err)
	}
	addr, err := freeport.Address()
	if err != nil {
		return nil, err
	}
	r := &Redis{Addr: addr, dir: dir}
	return r, r.Again(ctx)
}

// URL is the address of the same Redis seen through addr.
func (r *Redis) URL(addr string) string { return "redis://:" + redisPassword + "@" + addr + "/0" }

// Folder is where its files are.
func (r *Redis) Folder() string { return r.dir }

// Again starts it, also after Kill, on the same files and the same port, and
// waits until it answers, at most 20 s.
func (r *Redis) Again(ctx context.Context) error {
	_, port, _ := net.SplitHostPort(r.Addr)
	log, err := os.OpenFile(filepath.Join(r.dir, "redis.log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("open the log of Redis: %w", err)
	}
	defer log.Close()
	cmd := exec.Command("redis-server", "--bind", "127.0.0.1", "--port", port, "--requirepass", redisPassword,
		"--dir", r.dir, "--appendonly", "yes", "--save", "1 1", "--rdbcompression", "no", "--daemonize", "no")
	cmd.Stdout, cmd.Stderr = log, log
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	gone, started := make(chan struct{}), make(chan error)
	go func() {
		runtime.LockOSThread() // it ends with this thread, and so with this program
		defer close(gone)
		err := cmd.Start()
		started <- err
		if err == nil {
			_ = cmd.Wait()
		}
	}()
	if err := <-started; err != nil {
		return fmt.Errorf("start a Redis: %w", err)
	}
	r.cmd, r.gone = cmd, gone
	return r.answers(ctx)
}

func (r *Redis) answers(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		said, err := r.Say("PING")
		if err == nil && strings.HasPrefix(said, "+PONG") {
			return nil
		}
		select {
		case <-r.gone:
			return errors.New("start a Redis: it ended by itself")
		case <-tick.C:
		case <-ctx.Done():
			return fmt.Errorf("wait for Redis: %w; it said %q, %w", ctx.Err(), said, err)
		}
	}
}

// Say sends one command and gives the first line of the answer.
func (r *Redis) Say(command string) (string, error) {
	c, err := net.DialTimeout("tcp", r.Addr, time.Second)
	if err != nil {
		return "", fmt.Errorf("speak to Redis: %w", err)
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(2 * time.Second))
	if _, err := fmt.Fprintf(c, "AUTH %s\r\n%s\r\n", redisPassword, command); err != nil {
		return "", fmt.Errorf("speak to Redis: %w", err)
	}
	lines := bufio.NewReader(c)
	if _, err := lines.ReadString('\n'); err != nil {
		return "", fmt.Errorf("speak to Redis: %w", err)
	}
	said, err := lines.ReadString('\n')
	if err != nil {
		return "", fmt.Errorf("speak to Redis: %w", err)
	}
	return strings.TrimSpace(said), nil
}

// Kill ends it as kill -9 does.
func (r *Redis) Kill() {
	if r.cmd == nil {
		return
	}
	_ = r.cmd.Process.Kill()
	<-r.gone
	r.cmd = nil
}

// Pause stops it where it is; Continue lets it go on.
func (r *Redis) Pause() { _ = r.cmd.Process.Signal(syscall.SIGSTOP) }

// Continue undoes Pause.
func (r *Redis) Continue() { _ = r.cmd.Process.Signal(syscall.SIGCONT) }

// Wipe kills it and takes everything it had written away.
func (r *Redis) Wipe() error {
	r.Kill()
	list, err := os.ReadDir(r.dir)
	if err != nil {
		return fmt.Errorf("wipe Redis: %w", err)
	}
	for _, e := range list {
		if e.Name() == "redis.log" {
			continue
		}
		if err := os.RemoveAll(filepath.Join(r.dir, e.Name())); err != nil {
			return fmt.Errorf("wipe Redis: %w", err)
		}
	}
	return nil
}
