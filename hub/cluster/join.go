package cluster

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
)

const (
	// beatAlone and beatEvery are how often a node beats that has no relay to others,
	// and one that has.
	beatAlone = 4 * time.Second
	beatEvery = 2 * time.Second
)

// Join says that this node is up, unless it must not be: nodes that do not hear each
// other would show the people of one room different meetings. The error is one line
// for the operator.
//
// From then on it says so again and again, until [Membership.Leave]. failed gets why
// the node must go after all; nil: nobody is told.
func (m *Membership) Join(ctx context.Context, failed chan<- error) error {
	if err := m.Beat(ctx); err != nil {
		return err
	}
	for _, other := range m.others() {
		// One of our name on our address is dead, or we would not have got the address.
		if err := m.mayNot(other); err != nil && NameOf(other.ID) != NameOf(m.Self()) {
			m.gone(ctx)
			return err
		}
	}
	ctx, m.stop = context.WithCancel(context.WithoutCancel(ctx))
	m.ended = make(chan struct{})
	go m.stay(ctx, failed)
	return nil
}

// Leave says that the node is no longer up. If that fails the others find out. Only
// after Join, once, by the goroutine that joined or one after it.
func (m *Membership) Leave(ctx context.Context) {
	m.stop()
	<-m.ended // a late beat would bring it back
	m.gone(ctx)
}

func (m *Membership) gone(ctx context.Context) {
	ctx, done := context.WithTimeout(context.WithoutCancel(ctx), wait)
	defer done()
	if err := m.cfg.Store.Unbeat(ctx, m.Self()); err != nil {
		m.cfg.Log.Warn("the store cannot be told that this node is gone; it finds out by itself", "err", err)
	}
}

// mayNot says why this node must not be up beside another.
func (m *Membership) mayNot(other Node) error {
	const again = "; if that one died just now, start again in 12 seconds"
	switch {
	case !m.cfg.Self.Relay:
		return fmt.Errorf("another hearth (%s) is using this database, and more than one node needs Redis: give every node --redis-url%s", NameOf(other.ID), again)
	case !other.Relay:
		return fmt.Errorf("another hearth (%s) is using this database without Redis: stop it, and start it again with --redis-url%s", NameOf(other.ID), again)
	}
	return nil
}

// NameOf is the name of a node without what makes its id unique.
func NameOf(id string) string {
	if i := strings.LastIndexByte(id, '-'); i >= 0 {
		return id[:i]
	}
	return id
}

func (m *Membership) others() (all []Node) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, n := range m.up {
		if n.ID != m.Self() {
			all = append(all, n)
		}
	}
	return all
}

// stay says again and again that the node is up, until ctx ends. What looked
// like a dead node of the same name may turn out to be alive.
func (m *Membership) stay(ctx context.Context, failed chan<- error) {
	defer close(m.ended)
	every := beatAlone
	if m.cfg.Self.Relay {
		every = beatEvery
	}
	t := time.NewTicker(every)
	defer t.Stop()
	began, before, quiet := time.Now(), m.others(), false
	for {
		select {
		case <-t.C:
		case <-ctx.Done():
			return
		}
		err := m.Beat(ctx)
		if err != nil && !quiet && ctx.Err() == nil {
			m.cfg.Log.Warn("the store cannot be told that this node is up", "err", err)
		}
		quiet = err != nil
		if err != nil || before == nil || time.Since(began) < beatGood+time.Second {
			continue
		}
		for _, other := range m.others() {
			if NameOf(other.ID) != NameOf(m.Self()) || !slices.Contains(before, other) {
				continue // of two that are alive the younger goes
			}
			m.cfg.Log.Warn("two nodes have the same name: give each a --node-name of its own")
			if err := m.mayNot(other); err != nil && failed != nil {
				failed <- err
				return
			}
		}
		before = nil
	}
}
