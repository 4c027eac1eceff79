// Package cluster starts a whole house of several nodes on one machine, for
// looking at: PostgreSQL, Redis, two hearths and a proxy, with the example group.
package cluster

import (
	"bufio"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"hearth/cmd/hearthload/drive"
	"hearth/hub/journal/pgtest"
	"hearth/hub/remote/redistest"
)

// Options say what is started.
type Options struct {
	Program string // a hearth
	Listen  string // where the proxy listens, such as 127.0.0.1:8080
	Dir     string // an empty folder for logs and the key
	Say     func(format string, args ...any)
}

// Cluster is a house that is up. Its methods belong to one goroutine.
type Cluster struct {
	Nodes []*drive.Server // the first printed the links
	Page  string          // what the first printed for people
	Proxy *Proxy

	server *http.Server
	pg     *pgtest.Server
	redis  *redistest.Server
}

// settleWithin bounds the wait until both nodes know of each other.
const settleWithin = 20 * time.Second

// Start starts everything; when it returns, links open. What it started before
// an error is stopped.
func Start(ctx context.Context, o Options) (_ *Cluster, err error) {
	c := &Cluster{}
	defer func() {
		if err != nil {
			err = errors.Join(err, c.Stop(context.WithoutCancel(ctx)))
		}
	}()
	listener, err := net.Listen("tcp", o.Listen)
	if err != nil {
		return nil, fmt.Errorf("listen: %w", err)
	}
	public := "http://" + listener.Addr().String()
	c.Proxy = NewProxy()
	c.server = &http.Server{Handler: c.Proxy, ReadHeaderTimeout: 5 * time.Second}
	go c.server.Serve(listener) // ends when it is closed
	o.Say("PostgreSQL …")
	if c.pg, err = pgtest.Run(); err != nil {
		return nil, err
	}
	o.Say("Redis …")
	if c.redis, err = redistest.Run(redistest.Options{}); err != nil {
		return nil, err
	}
	if err := c.startNodes(ctx, o, public); err != nil {
		return nil, err
	}
	c.Page, err = printed(c.Nodes[0].Log)
	return c, err
}

func (c *Cluster) startNodes(ctx context.Context, o Options, public string) error {
	database, err := c.pg.NewDatabase()
	if err != nil {
		return err
	}
	var key [32]byte
	if _, err := rand.Read(key[:]); err != nil {
		return err
	}
	keyFile := filepath.Join(o.Dir, "key")
	if err := os.WriteFile(keyFile, []byte(hex.EncodeToString(key[:])), 0o600); err != nil {
		return fmt.Errorf("write the key: %w", err)
	}
	for _, name := range []string{"one", "two"} {
		o.Say("node %s …", name)
		dir := filepath.Join(o.Dir, name)
		if err := os.Mkdir(dir, 0o700); err != nil {
			return fmt.Errorf("make a folder for a node: %w", err)
		}
		args := []string{"serve", "--listen={listen}", "--public-url=" + public, "--metrics-listen={metrics}", "--key-file=" + keyFile, "--node-name=" + name, "--trusted-proxies=127.0.0.1"}
		if len(c.Nodes) == 0 {
			args = append(args, "--example") // one makes the links; both know them
		}
		// Addresses with passwords belong into variables, for flags can be seen by others.
		env := []string{"HEARTH_DATABASE_URL=" + database, "HEARTH_REDIS_URL=" + c.redis.URL()}
		node, err := drive.Spec{Program: o.Program, Args: args, Env: env, Dir: dir, CPU: -1, Ready: "/readyz"}.Start(ctx)
		if err != nil {
			return fmt.Errorf("start node %s: %w", name, err)
		}
		c.Nodes = append(c.Nodes, node)
		c.Proxy.Add(name, node.URL)
	}
	return c.settle(ctx)
}

// settle waits until every node sees every other.
func (c *Cluster) settle(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, settleWithin)
	defer cancel()
	for _, node := range c.Nodes {
		for up, err := node.Measure("hearth_nodes_up"); err != nil || int(up) != len(c.Nodes); up, err = node.Measure("hearth_nodes_up") {
			if ctx.Err() != nil {
				return errors.Join(errors.New("the nodes do not find each other"), err)
			}
			drive.Wait(ctx, 50*time.Millisecond)
		}
	}
	return nil
}

// printed is what a node showed to people: its output without the log.
func printed(path string) (string, error) {
	file, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer file.Close()
	var page strings.Builder
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		if line := lines.Text(); !strings.HasPrefix(line, "{") && !strings.Contains(line, "make run") && !strings.Contains(line, "Ctrl+C") {
			page.WriteString(line + "\n")
		}
	}
	return strings.Trim(page.String(), "\n") + "\n", lines.Err()
}

// Stop ends everything that was started, by its process, in the order in which
// an operator would: nodes, then what they rest on.
func (c *Cluster) Stop(ctx context.Context) error {
	for _, node := range c.Nodes {
		node.Term()
	}
	for _, node := range c.Nodes {
		select {
		case <-node.Gone():
		case <-ctx.Done():
			node.Kill()
		}
	}
	var errs []error
	if c.server != nil {
		errs = append(errs, c.server.Close())
	}
	if c.redis != nil {
		errs = append(errs, c.redis.Stop())
	}
	if c.pg != nil {
		errs = append(errs, c.pg.Remove())
	}
	return errors.Join(errs...)
}
