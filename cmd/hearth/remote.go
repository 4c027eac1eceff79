package main

import (
	"context"
	"crypto/hkdf"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"strings"
	"sync/atomic"

	"github.com/prometheus/client_golang/prometheus"

	"hearth/hub"
	"hearth/hub/cluster"
	"hearth/hub/journal"
	"hearth/hub/limit"
	"hearth/hub/presence"
	"hearth/hub/relay"
	"hearth/hub/remote"
)

// wires are what a node has to do with others: all of it goes through Redis. The
// zero wires are those of a node alone.
type wires struct {
	redis    *remote.Redis
	relay    hub.Relay
	leases   cluster.Leases
	presence hub.Presence
	tries    limit.Shared // nil for a node alone
	close    []func() error
}

// connect opens Redis, if the settings name one. A Redis that must not be used is
// an error; one that does not answer yet is not.
func connect(ctx context.Context, c config, node string, log *slog.Logger) (w *wires, err error) {
	w = &wires{presence: presence.NewMemory()}
	if c.redis == "" {
		return w, nil
	}
	key, err := relayKey(c.keyFile)
	if err != nil {
		return nil, err
	}
	var opened atomic.Bool
	if w.redis, err = remote.Open(ctx, remote.Options{URL: c.redis, AllowNoPassword: c.open, Log: slog.New(once{log.Handler(), &opened})}); err != nil {
		return nil, err
	}
	opened.Store(true)
	between := relay.NewRedis(w.redis.Client(), key, log)
	lease := presence.NewRedis(w.redis.Client(), node, key, log)
	w.relay, w.leases, w.presence, w.tries = between, lease, lease, limit.NewRedis(w.redis.Client(), key)
	w.close = []func() error{between.Close, lease.Close, w.redis.Close}
	return w, nil
}

// once keeps a refusal out of the log until something was opened: before that it
// is the one line that the start ends with.
type once struct {
	slog.Handler
	opened *atomic.Bool
}

// Handle writes a line, or leaves it to who is given the error.
func (o once) Handle(ctx context.Context, r slog.Record) error {
	if r.Level >= slog.LevelError && !o.opened.Load() {
		return nil
	}
	return o.Handler.Handle(ctx, r)
}

// relayKey is what messages between nodes are sealed with, so that Redis sees no
// word. It is made from the last key of the key file: nodes hear each other
// while their last keys are the same.
func relayKey(keyFile string) (key [32]byte, err error) {
	keys, err := journal.ReadKeys(keyFile)
	if err != nil {
		return key, err
	}
	derived, err := hkdf.Key(sha256.New, keys[len(keys)-1], nil, "hearth relay of a house", len(key))
	if err != nil {
		return key, fmt.Errorf("make the key of the relay: %w", err)
	}
	return [32]byte(derived), nil
}

// Close gives up everything that goes through Redis.
func (w *wires) Close() (err error) {
	for _, end := range w.close {
		err = errors.Join(err, end())
	}
	w.close = nil
	return err
}

// collectors are about Redis; none for a node alone.
func (w *wires) collectors() []prometheus.Collector {
	if w.relay == nil {
		return nil
	}
	return []prometheus.Collector{gauge("redis_up", "1 when what this node sends through Redis comes back.", func() float64 {
		if w.relay.Up() {
			return 1
		}
		return 0
	})}
}

// checkRedis wants an address that can be read. The error shows nothing of it.
func checkRedis(v string) error {
	if v == "" {
		return nil
	}
	return remote.Check(v)
}

// maskedRedis is the address without passwords.
func maskedRedis(v string) string {
	if v == "" {
		return orNone("")
	}
	return remote.Mask(v)
}

// nodeName checks what a node is called, or makes it from the machine's name and
// the port: two on one machine listen on two ports.
func nodeName(v, listen string) (string, error) {
	if v == "" {
		host, err := os.Hostname()
		if err != nil || host == "" {
			host = "hearth"
		}
		_, port, _ := net.SplitHostPort(listen)
		v = strings.Map(inNodeName, host) + "-" + port
	}
	if len(v) > 64 || strings.Map(inNodeName, v) != v {
		return "", fmt.Errorf("%q: up to 64 letters, digits, dots and hyphens", v)
	}
	return v, nil
}

func inNodeName(r rune) rune {
	switch {
	case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '.', r == '-':
		return r
	}
	return '-'
}
