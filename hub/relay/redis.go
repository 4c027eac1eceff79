package relay

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"

	"hearth/hub/remote"
)

const (
	// publishWithin bounds a publication, whatever Redis does.
	publishWithin = 250 * time.Millisecond
	// subscribeWithin bounds the waiting for a subscription to stand.
	subscribeWithin = time.Second
	// retryLeast and retryMost bound the pauses between tries to connect.
	retryLeast, retryMost = 50 * time.Millisecond, 500 * time.Millisecond
	// prefix is how the names of all channels begin, so that an ACL rule can
	// name them. The braces are Redis Cluster's hash tag: what belongs to a
	// session lies on one node, and messages of one channel are published
	// through the same node and so keep one order.
	prefix = "hearth:{"
)

// Redis is a relay by pub/sub: one connection hears all channels of a node.
// Messages are sealed; Redis keeps and learns nothing but who talks where and
// how much. Safe for use by many goroutines.
//
// Several times a second the node publishes a word to itself through the same
// way as everything else. Its echo proves what no answer to a ping does: that
// what is published reaches those who listen, also after a failover has left one
// of the two connections at a server that was put down. Without an echo for
// 0.75 s the relay is down, without one for 2 s it connects anew.
type Redis struct {
	client redis.UniversalClient
	seal   *seal
	log    *slog.Logger
	self   string        // the channel of the probe
	up     atomic.Bool   // echoes come back
	tried  chan struct{} // closed when it first was up, or could not connect
	wake   chan struct{} // some channel is not as wanted
	stop   context.CancelFunc
	done   chan struct{}
	probes sync.WaitGroup

	leftOut strangers

	mu       sync.Mutex
	closed   bool
	channels map[string]*channel
}

// state is what the connection of the moment knows of a channel.
type state uint8

const (
	off state = iota
	entering
	on
	leaving
)

type channel struct {
	state state
	subs  []*subscriber
}

type subscriber struct {
	hear  func([]byte)
	fresh func()
	over  atomic.Bool
	stood chan struct{} // closed once Subscribe may return
	stand bool          // the same; under mu
}

// NewRedis begins to connect and waits up to a second for it, then gives the
// relay out, up or not. key seals the messages and is the same on all nodes. log
// hears when the relay goes down and comes back, and may be nil. The client
// belongs to the caller and must outlive the relay.
func NewRedis(client redis.UniversalClient, key [32]byte, log *slog.Logger) *Redis {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	ctx, stop := context.WithCancel(context.Background())
	r := &Redis{
		client: client, seal: newSeal(key), log: log, self: prefix + "probe-" + random() + "}",
		tried: make(chan struct{}), wake: make(chan struct{}, 1), stop: stop, done: make(chan struct{}),
		channels: make(map[string]*channel),
	}
	go r.run(ctx)
	select {
	case <-r.tried:
	case <-time.After(subscribeWithin):
	}
	return r
}

// Publish implements hub.Relay. It gives up after 250 ms, and while the relay is
// down it does not try; the error is ErrAway. What was given up may still arrive:
// success says more than failure does.
func (r *Redis) Publish(ctx context.Context, channel string, message []byte) error {
	if !r.up.Load() {
		return ErrAway
	}
	ctx, cancel := context.WithTimeout(ctx, publishWithin)
	defer cancel()
	name := prefix + channel + "}"
	if err := r.publish(ctx, name, r.seal.close(name, message)); err != nil {
		return fmt.Errorf("%w: publish: %w", ErrAway, err)
	}
	return nil
}

// publish sends. What is sent twice is heard once; see seal.
func (r *Redis) publish(ctx context.Context, name string, payload any) error {
	return remote.OverStale(func() error { return r.send(ctx, name, payload) })
}

// send goes through the node of a Redis Cluster that has the channel's slot: one
// way for all, so that all hear one order.
func (r *Redis) send(ctx context.Context, name string, payload any) error {
	if cluster, is := r.client.(*redis.ClusterClient); is {
		master, err := cluster.MasterForKey(ctx, name)
		if err != nil {
			return err
		}
		return master.Publish(ctx, name, payload).Err()
	}
	return r.client.Publish(ctx, name, payload).Err()
}

// Subscribe implements hub.Relay. It waits a second at most. While the relay is
// down it does not wait: the subscription begins when the relay is back, and then
// fresh is called. An error means that the context has ended or the relay is
// closed, and nothing is subscribed.
func (r *Redis) Subscribe(ctx context.Context, name string, hear func([]byte), fresh func()) (func(), error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	patience := time.NewTimer(subscribeWithin)
	defer patience.Stop()
	select {
	case <-r.tried:
	case <-patience.C:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	sub := &subscriber{hear: hear, fresh: fresh, stood: make(chan struct{})}
	if err := r.enter(prefix+name+"}", sub); err != nil {
		return nil, err
	}
	end := func() { r.leave(prefix+name+"}", sub) }
	select {
	case <-sub.stood:
	case <-patience.C:
		r.promise(sub)
	case <-ctx.Done():
		end()
		return nil, ctx.Err()
	case <-r.done:
		end()
		return nil, ErrClosed
	}
	return end, nil
}

func (r *Redis) enter(name string, sub *subscriber) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return ErrClosed
	}
	ch := r.channels[name]
	if ch == nil {
		ch = &channel{}
		r.channels[name] = ch
	}
	ch.subs = append(ch.subs, sub)
	if ch.state == on || !r.up.Load() {
		sub.stands()
	}
	r.nudge()
	return nil
}

// stands lets Subscribe return. From then on it is told when the subscription
// begins, for it may have missed something. The relay's mu is held.
func (s *subscriber) stands() {
	if !s.stand {
		s.stand = true
		close(s.stood)
	}
}

func (r *Redis) promise(sub *subscriber) {
	r.mu.Lock()
	defer r.mu.Unlock()
	sub.stands()
}

// fall is told that the relay is down, and lets go who waits for a subscription.
func (r *Redis) fall() (was bool) {
	was = r.up.Swap(false)
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, ch := range r.channels {
		for _, sub := range ch.subs {
			sub.stands()
		}
	}
	return was
}

func (r *Redis) leave(name string, sub *subscriber) {
	sub.over.Store(true)
	r.mu.Lock()
	defer r.mu.Unlock()
	ch := r.channels[name]
	if ch == nil {
		return
	}
	// A new list: the old one may be walked through just now.
	ch.subs = slices.DeleteFunc(slices.Clone(ch.subs), func(s *subscriber) bool { return s == sub })
	if len(ch.subs) > 0 {
		return
	}
	if ch.state == off {
		delete(r.channels, name)
		return
	}
	r.nudge()
}

func (r *Redis) nudge() {
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

// Up implements hub.Relay.
func (r *Redis) Up() bool { return r.up.Load() }

// Close implements hub.Relay and waits for a call under way. It must not be
// called from hear or fresh.
func (r *Redis) Close() error {
	r.mu.Lock()
	r.closed = true
	for _, ch := range r.channels {
		for _, sub := range ch.subs {
			sub.over.Store(true)
		}
	}
	r.mu.Unlock()
	r.stop()
	<-r.done
	r.probes.Wait()
	r.up.Store(false)
	return nil
}

// run keeps a connection. Its goroutine is the one that calls hear and fresh.
func (r *Redis) run(ctx context.Context) {
	defer close(r.done)
	tried := sync.OnceFunc(func() { close(r.tried) })
	defer tried()
	pause, quiet := retryLeast, false
	for ctx.Err() == nil {
		l := &line{of: r, tried: tried, tick: make(chan struct{}, 1)}
		err := l.serve(ctx)
		was := r.fall()
		tried()
		if ctx.Err() != nil {
			return
		}
		if was || l.proven {
			pause, quiet = retryLeast, false
		}
		if !quiet {
			r.log.Warn("the relay to other nodes is down", slog.Any("err", err))
			quiet = true
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
		}
		pause = min(2*pause, retryMost)
	}
}

// reset forgets what the last connection knew.
func (r *Redis) reset() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for name, ch := range r.channels {
		ch.state = off
		if len(ch.subs) == 0 {
			delete(r.channels, name)
		}
	}
}

// wanted takes the channels that the connection should enter and leave now.
func (r *Redis) wanted() (enter, leave []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for name, ch := range r.channels {
		switch {
		case ch.state == off && len(ch.subs) > 0:
			ch.state = entering
			enter = append(enter, name)
		case ch.state == on && len(ch.subs) == 0:
			ch.state = leaving
			leave = append(leave, name)
		}
	}
	return enter, leave
}

// entered is told that a channel is subscribed; it gives those who heard it
// before and may have missed something.
func (r *Redis) entered(name string) (missed []*subscriber) {
	r.mu.Lock()
	defer r.mu.Unlock()
	ch := r.channels[name]
	if ch == nil {
		return nil
	}
	ch.state = on
	for _, sub := range ch.subs {
		if sub.stand {
			missed = append(missed, sub)
			continue
		}
		sub.stands()
	}
	if len(ch.subs) == 0 {
		r.nudge()
	}
	return missed
}

// left is told that a channel is no longer subscribed.
func (r *Redis) left(name string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	ch := r.channels[name]
	if ch == nil {
		return
	}
	ch.state = off
	if len(ch.subs) == 0 {
		delete(r.channels, name)
		return
	}
	r.nudge() // somebody came while it was being left
}

func (r *Redis) listeners(name string) []*subscriber {
	r.mu.Lock()
	defer r.mu.Unlock()
	if ch := r.channels[name]; ch != nil {
		return ch.subs
	}
	return nil
}

// everybody gives all who are subscribed.
func (r *Redis) everybody() (all []*subscriber) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, ch := range r.channels {
		for _, sub := range ch.subs {
			if sub.stand && ch.state == on {
				all = append(all, sub)
			}
		}
	}
	return all
}

var errSilent = errors.New("Redis took what was published and did not deliver it for 2 s")
