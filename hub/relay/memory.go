// Package relay carries messages between nodes: in memory, for several hubs in
// one process, or through Redis. Their promises are the suite in relay/conform.
package relay

import (
	"context"
	"errors"
	"slices"
	"sync"
)

// ErrAway says that the relay does not work just now. Nothing was sent, as far
// as is known.
var ErrAway = errors.New("the relay does not answer")

// ErrClosed says that the relay was closed.
var ErrClosed = errors.New("the relay is closed")

// Memory is one node's end of a relay within this process. [NewMemory] makes the
// first; [Memory.Another] gives further nodes an end of the same relay. Safe for
// use by many goroutines.
type Memory struct {
	shared *medium
	wake   chan struct{} // something waits in queue
	done   chan struct{} // the goroutine is over

	// Below, under shared.mu.
	subs   map[string][]*memorySub
	queue  []call
	away   bool
	closed bool
}

// medium is what all ends share: its lock makes the order for all.
type medium struct {
	mu   sync.Mutex
	ends []*Memory
}

type memorySub struct {
	hear  func([]byte)
	fresh func()
	over  bool
}

// A call is one message for one subscriber; nil message means fresh.
type call struct {
	to      *memorySub
	message []byte
	fresh   bool
}

// NewMemory makes a relay and gives its first end.
func NewMemory() *Memory { return (&medium{}).end() }

// Another gives a further node an end of the same relay.
func (m *Memory) Another() *Memory { return m.shared.end() }

func (s *medium) end() *Memory {
	m := &Memory{shared: s, wake: make(chan struct{}, 1), done: make(chan struct{}), subs: make(map[string][]*memorySub)}
	s.mu.Lock()
	s.ends = append(s.ends, m)
	s.mu.Unlock()
	go m.run()
	return m
}

// Publish implements hub.Relay.
func (m *Memory) Publish(ctx context.Context, channel string, message []byte) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	m.shared.mu.Lock()
	defer m.shared.mu.Unlock()
	switch {
	case m.closed:
		return ErrClosed
	case m.away:
		return ErrAway
	}
	for _, end := range m.shared.ends {
		if end.away {
			continue
		}
		for _, sub := range end.subs[channel] {
			end.push(call{to: sub, message: slices.Clone(message)})
		}
	}
	return nil
}

// push queues a call; shared.mu is held.
func (m *Memory) push(c call) {
	m.queue = append(m.queue, c)
	select {
	case m.wake <- struct{}{}:
	default:
	}
}

// Subscribe implements hub.Relay. While this end is severed the subscription is
// kept; it begins when the way is mended, and then fresh is called.
func (m *Memory) Subscribe(ctx context.Context, channel string, hear func([]byte), fresh func()) (func(), error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	m.shared.mu.Lock()
	defer m.shared.mu.Unlock()
	if m.closed {
		return nil, ErrClosed
	}
	sub := &memorySub{hear: hear, fresh: fresh}
	m.subs[channel] = append(m.subs[channel], sub)
	return func() {
		m.shared.mu.Lock()
		defer m.shared.mu.Unlock()
		sub.over = true
		m.subs[channel] = slices.DeleteFunc(m.subs[channel], func(s *memorySub) bool { return s == sub })
		if len(m.subs[channel]) == 0 {
			delete(m.subs, channel)
		}
	}, nil
}

// Up implements hub.Relay.
func (m *Memory) Up() bool {
	m.shared.mu.Lock()
	defer m.shared.mu.Unlock()
	return !m.away && !m.closed
}

// Sever takes this end's way to the others away, as a network does that fails:
// for tests of what a node does then.
func (m *Memory) Sever() {
	m.shared.mu.Lock()
	defer m.shared.mu.Unlock()
	m.away = true
}

// Mend gives the way back and tells every subscriber of this end that it may
// have missed something.
func (m *Memory) Mend() {
	m.shared.mu.Lock()
	defer m.shared.mu.Unlock()
	if !m.away || m.closed {
		return
	}
	m.away = false
	for _, subs := range m.subs {
		for _, sub := range subs {
			m.push(call{to: sub, fresh: true})
		}
	}
}

// Close implements hub.Relay: it ends this end and waits for a call under way.
// Other ends go on. It must not be called from hear or fresh.
func (m *Memory) Close() error {
	m.shared.mu.Lock()
	if !m.closed {
		m.closed = true
		m.shared.ends = slices.DeleteFunc(m.shared.ends, func(e *Memory) bool { return e == m })
		clear(m.subs)
		m.queue = nil
		close(m.wake)
	}
	m.shared.mu.Unlock()
	<-m.done
	return nil
}

// run makes the calls, one at a time.
func (m *Memory) run() {
	defer close(m.done)
	for range m.wake {
		for {
			c, ok := m.next()
			if !ok {
				break
			}
			if c.fresh {
				c.to.fresh()
			} else {
				c.to.hear(c.message)
			}
		}
	}
}

func (m *Memory) next() (c call, ok bool) {
	m.shared.mu.Lock()
	defer m.shared.mu.Unlock()
	for len(m.queue) > 0 {
		c, m.queue = m.queue[0], m.queue[1:]
		if !c.to.over {
			return c, true
		}
	}
	return call{}, false
}
