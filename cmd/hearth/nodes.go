package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"hearth/hub"
)

const (
	// beatEvery is how often a node says that it is up.
	beatEvery = 4 * time.Second
	// upFor is how long it counts as up after that, by the store's clock.
	upFor = 12 * time.Second
)

// membership is this node's place among those that share a store. Safe for use
// by many goroutines.
type membership struct {
	store hub.Store
	log   *slog.Logger
	self  hub.Node

	stop  context.CancelFunc // ends stay
	ended chan struct{}

	mu sync.Mutex
	up []hub.Node
}

// newNode gives this start of hearth an id of its own.
func newNode(c config) hub.Node {
	id := make([]byte, 4)
	_, _ = rand.Read(id) // never fails (crypto/rand)
	return hub.Node{ID: c.node + "-" + hex.EncodeToString(id), Relay: c.redis != ""}
}

// join says that a node is up, unless it must not be: nodes that do not hear
// each other would show the people of one room different meetings. The error is
// one line for the operator.
//
// From then on it says so again and again, until [membership.leave], or until the
// hub does ([membership.handOver]). failed gets why the node must go after all.
func join(ctx context.Context, store hub.Store, log *slog.Logger, self hub.Node, failed chan<- error) (*membership, error) {
	m := &membership{store: store, log: log, self: self, ended: make(chan struct{})}
	if err := m.beat(ctx); err != nil {
		return nil, err
	}
	for _, other := range m.others() {
		// One of our name on our address is dead, or we would not have got the address.
		if err := m.mayNot(other); err != nil && nameOf(other) != nameOf(self) {
			m.gone()
			return nil, err
		}
	}
	ctx, m.stop = context.WithCancel(context.WithoutCancel(ctx))
	go m.stay(ctx, failed)
	return m, nil
}

// mayNot says why this node must not be up beside another.
func (m *membership) mayNot(other hub.Node) error {
	const again = "; if that one died just now, start again in 12 seconds"
	switch {
	case !m.self.Relay:
		return fmt.Errorf("another hearth (%s) is using this database, and more than one node needs Redis: give every node --redis-url%s", nameOf(other), again)
	case !other.Relay:
		return fmt.Errorf("another hearth (%s) is using this database without Redis: stop it, and start it again with --redis-url%s", nameOf(other), again)
	}
	return nil
}

// nameOf is the node's name without what makes its id unique.
func nameOf(n hub.Node) string {
	if i := strings.LastIndexByte(n.ID, '-'); i >= 0 {
		return n.ID[:i]
	}
	return n.ID
}

func (m *membership) beat(ctx context.Context) error {
	up, err := m.store.Beat(ctx, m.self)
	if err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.up = up
	return nil
}

func (m *membership) others() (all []hub.Node) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, n := range m.up {
		if n.ID != m.self.ID {
			all = append(all, n)
		}
	}
	return all
}

// stay says again and again that the node is up, until ctx ends. What looked
// like a dead node of the same name may turn out to be alive.
func (m *membership) stay(ctx context.Context, failed chan<- error) {
	defer close(m.ended)
	every := time.NewTicker(beatEvery)
	defer every.Stop()
	began, before, quiet := time.Now(), m.others(), false
	for {
		select {
		case <-every.C:
		case <-ctx.Done():
			return
		}
		err := m.beat(ctx)
		if err != nil && !quiet && ctx.Err() == nil {
			m.log.Warn("say that this node is up", "err", err)
		}
		quiet = err != nil
		if err != nil || before == nil || time.Since(began) < upFor+time.Second {
			continue
		}
		for _, other := range m.others() {
			if nameOf(other) != nameOf(m.self) || !slices.Contains(before, other) {
				continue // of two that are alive the younger goes
			}
			m.log.Warn("two nodes have the same name: give each a --node-name of its own")
			if err := m.mayNot(other); err != nil {
				failed <- err
				return
			}
		}
		before = nil
	}
}

// handOver ends saying that the node is up: the hub says so from now on.
func (m *membership) handOver() {
	m.stop()
	<-m.ended
}

// leave says that the node is no longer up. If that fails the others find out.
func (m *membership) leave() {
	m.handOver() // a late beat would bring it back
	m.gone()
}

func (m *membership) gone() {
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
	defer cancel()
	if err := m.store.Unbeat(ctx, m.self.ID); err != nil {
		m.log.Warn("say that this node is gone", "err", err)
	}
}

func gauge(name, help string, value func() float64) prometheus.Collector {
	return prometheus.NewGaugeFunc(prometheus.GaugeOpts{Namespace: "hearth", Name: name, Help: help}, value)
}
