package relay

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"log/slog"
	"strconv"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
)

const (
	// tick is how often the line is looked at. Rules are counted in ticks and not
	// in time, so that a pause of this whole process is not held against Redis.
	tick = 250 * time.Millisecond
	// lateAfter and deadAfter are for how many ticks an echo may be out.
	lateAfter, deadAfter = 3, 8
	// batch is how many channels are named in one command.
	batch = 500
)

// A line is one connection to Redis and what is known of it.
type line struct {
	of     *Redis
	sub    *redis.PubSub
	tried  func()
	tick   chan struct{} // the probe's channel stands: begin
	proven bool          // an echo has come; belongs to the reader until it ends

	mu  sync.Mutex
	out uint64 // number of the probe whose echo is out; 0: none
	bad bool   // it could not be sent
	age int    // for how many ticks an echo has been out
	sum uint64 // number of the last probe
	err error  // why the line was given up
}

// serve connects, hears and tends until the line breaks.
func (l *line) serve(ctx context.Context) error {
	l.of.reset()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	l.sub = l.of.client.Subscribe(ctx)
	if err := l.sub.Subscribe(ctx, l.of.self); err != nil {
		_ = l.sub.Close()
		return fmt.Errorf("connect: %w", err)
	}
	var tending sync.WaitGroup
	tending.Go(func() {
		// Closing it is what ends the reading below.
		defer l.sub.Close()
		l.tend(ctx)
	})
	err := l.read(ctx)
	cancel()
	tending.Wait()
	if l.err != nil {
		return l.err
	}
	return err
}

// read hears until the connection breaks. The client would connect anew by
// itself; a new line does it in sight.
func (l *line) read(ctx context.Context) error {
	for {
		got, err := l.sub.ReceiveTimeout(ctx, 0)
		if err != nil {
			return fmt.Errorf("listen: %w", err)
		}
		switch got := got.(type) {
		case *redis.Message:
			l.message(got.Channel, got.Payload)
		case *redis.Subscription:
			l.subscription(got.Kind, got.Channel)
		}
	}
}

func (l *line) message(name, payload string) {
	if name == l.of.self {
		l.echo(payload)
		return
	}
	listeners := l.of.listeners(name)
	if len(listeners) == 0 {
		return
	}
	message, err := l.of.seal.open(name, []byte(payload))
	if err != nil {
		l.of.leftOut.note(l.of.log, err)
		return
	}
	for _, sub := range listeners {
		if !sub.over.Load() {
			sub.hear(message)
		}
	}
}

func (l *line) subscription(kind, name string) {
	switch {
	case name == l.of.self:
		select {
		case l.tick <- struct{}{}:
		default:
		}
	case kind == "subscribe":
		freshen(l.of.entered(name))
	case kind == "unsubscribe":
		l.of.left(name)
	}
}

func freshen(subs []*subscriber) {
	for _, sub := range subs {
		if !sub.over.Load() {
			sub.fresh()
		}
	}
}

// echo is told that a probe came back. From the first on the relay is up, and
// only then are the channels entered: whoever is told that a subscription is
// fresh can publish. If echoes had only been late, all are told all the same,
// for publications were refused meanwhile.
func (l *line) echo(payload string) {
	number, err := strconv.ParseUint(payload, 10, 64)
	l.mu.Lock()
	expected := err == nil && number != 0 && number == l.out
	if expected {
		l.out, l.age = 0, 0
	}
	l.mu.Unlock()
	if !expected {
		return
	}
	late := l.proven
	l.proven = true
	if l.of.up.Swap(true) {
		return
	}
	l.of.log.Info("the relay to other nodes is up")
	if late {
		freshen(l.of.everybody())
	}
	l.tried()
	l.of.nudge()
}

// tend probes, and enters and leaves channels as they are wanted.
func (l *line) tend(ctx context.Context) {
	every := time.NewTicker(tick)
	defer every.Stop()
	begun := false
	for {
		select {
		case <-ctx.Done():
			return
		case <-l.tick:
			begun = true
			l.probe(ctx)
		case <-every.C:
			if !l.inTime() {
				return
			}
			if begun {
				l.probe(ctx)
			}
		case <-l.of.wake:
		}
		if l.of.up.Load() && !l.enterAndLeave(ctx) {
			return
		}
	}
}

// inTime counts a tick; false means that the line is given up.
func (l *line) inTime() bool {
	l.mu.Lock()
	l.age++
	if l.out == 0 && l.sum > 0 {
		l.age = 0 // nothing is out; but a line that never began is counted too
	}
	age := l.age
	l.mu.Unlock()
	if age >= lateAfter && l.of.fall() {
		l.of.log.Warn("the relay to other nodes is down", slog.String("why", "no echo"))
	}
	if age >= deadAfter {
		l.err = errSilent
		return false
	}
	return true
}

// probe publishes to this node itself, unless an echo is out. Publishing may
// take as long as it wants: the age of the echo is what counts. A probe that could
// not be sent is followed by another, but grows no younger by it.
func (l *line) probe(ctx context.Context) {
	l.mu.Lock()
	if l.out != 0 && !l.bad {
		l.mu.Unlock()
		return
	}
	if l.out == 0 {
		l.age = 0
	}
	l.sum++
	l.out, l.bad = l.sum, false
	number := l.sum
	l.mu.Unlock()
	l.of.probes.Go(func() {
		if err := l.of.publish(ctx, l.of.self, strconv.FormatUint(number, 10)); err != nil {
			l.mu.Lock()
			defer l.mu.Unlock()
			l.bad = l.out == number
		}
	})
}

// enterAndLeave is false when the connection does not take it.
func (l *line) enterAndLeave(ctx context.Context) bool {
	enter, leave := l.of.wanted()
	for len(enter) > 0 {
		n := min(batch, len(enter))
		if err := l.sub.Subscribe(ctx, enter[:n]...); err != nil {
			l.err = fmt.Errorf("subscribe: %w", err)
			return false
		}
		enter = enter[n:]
	}
	for len(leave) > 0 {
		n := min(batch, len(leave))
		if err := l.sub.Unsubscribe(ctx, leave[:n]...); err != nil {
			l.err = fmt.Errorf("unsubscribe: %w", err)
			return false
		}
		leave = leave[n:]
	}
	return true
}

func random() string {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails (package crypto/rand)
	return hex.EncodeToString(b[:])
}

// strangers counts messages that were left out and says so once a minute: who can
// publish in Redis must not fill the log too. Belongs to the reader.
type strangers struct {
	count int
	said  time.Time
}

func (s *strangers) note(log *slog.Logger, err error) {
	s.count++
	if now := time.Now(); now.Sub(s.said) >= time.Minute {
		log.Warn("messages from Redis are left out", slog.Int("count", s.count), slog.Any("err", err))
		s.count, s.said = 0, now
	}
}
