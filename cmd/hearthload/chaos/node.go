package chaos

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"hearth/cmd/hearthload/drive"
)

// Node is one hearth with a wire of its own to each store.
type Node struct {
	Name  string
	PG    *Wire
	Redis *Wire // nil without Redis
	House *drive.House

	srv    *drive.Server
	starts atomic.Int64
}

// exitIn is how long a node may take to end when asked to (F16).
const exitIn = 30 * time.Second

// newNode starts a node. clients know it by public, whichever node they reach.
func newNode(ctx context.Context, program, dir, name, public string, dbURL func(addr string) string, keyFile, pgAddr string, tap func() Tap, redis *Redis) (*Node, error) {
	data := filepath.Join(dir, name)
	if err := os.MkdirAll(data, 0o700); err != nil {
		return nil, fmt.Errorf("make a folder for a node: %w", err)
	}
	n := &Node{Name: name}
	var err error
	if n.PG, err = NewWire(pgAddr, tap); err != nil {
		return nil, err
	}
	args := []string{"serve", "--listen={listen}", "--public-url=" + public, "--data={dir}", "--metrics-listen={metrics}", "--unsafe-lift-rate-limits",
		"--log-level=debug", "--database-url=" + dbURL(n.PG.Addr()), "--key-file=" + keyFile}
	if redis != nil {
		if n.Redis, err = NewWire(redis.Addr, nil); err != nil {
			return nil, err
		}
		args = append(args, "--redis-url="+redis.URL(n.Redis.Addr()), "--node-name="+name)
	}
	spec := drive.Spec{Program: program, Args: args, Dir: data, CPU: -1, Ready: "/healthz"}
	if n.srv, err = spec.Start(ctx); err != nil {
		return nil, fmt.Errorf("start node %s: %w", name, err)
	}
	n.House = drive.NewHouseAt(public, n.srv.Addr())
	return n, nil
}

// Kill ends the node as kill -9 does.
func (n *Node) Kill() { n.srv.Kill() }

// Start starts it again, on the same address.
func (n *Node) Start(ctx context.Context) error {
	srv, err := n.srv.Again(ctx)
	if err != nil {
		return fmt.Errorf("start node %s again: %w", n.Name, err)
	}
	n.srv = srv
	n.starts.Add(1)
	return nil
}

// errLate says that a node did not end in time.
var errLate = errors.New("the node did not end in time")

// Term asks the node to end and gives how long that took.
func (n *Node) Term(ctx context.Context) (time.Duration, error) {
	began := time.Now()
	n.srv.Term()
	late := time.NewTimer(exitIn + 5*time.Second)
	defer late.Stop()
	select {
	case <-n.srv.Gone():
		return time.Since(began), n.srv.Ended()
	case <-late.C:
		n.srv.Kill()
		return time.Since(began), errLate
	case <-ctx.Done():
		return time.Since(began), ctx.Err()
	}
}

// Running says whether the process lives.
func (n *Node) Running() bool {
	select {
	case <-n.srv.Gone():
		return false
	default:
		return true
	}
}

// Status asks for a page such as /healthz; 0 when there is no answer in 2 s.
func (n *Node) Status(ctx context.Context, path string) int {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, n.srv.URL+path, nil)
	if err != nil {
		return 0
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0
	}
	resp.Body.Close()
	return resp.StatusCode
}

// end kills the node and closes its wires.
func (n *Node) end() {
	n.srv.Continue()
	n.srv.Kill()
	n.PG.Close()
	if n.Redis != nil {
		n.Redis.Close()
	}
}
