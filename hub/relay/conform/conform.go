// Package conform is the one suite that every relay passes.
package conform

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"
)

// Relay is what the hub asks of a relay; package hub says what each method means.
type Relay interface {
	Publish(ctx context.Context, channel string, message []byte) error
	Subscribe(ctx context.Context, channel string, hear func(message []byte), fresh func()) (cancel func(), err error)
	Up() bool
	Close() error
}

// A House is a relay that several nodes share.
type House struct {
	// Open gives a new node an end of it.
	Open func() Relay
	// Break takes the way away, for all nodes, and Mend gives it back.
	Break, Mend func()
	// Within is how long at most both take to be noticed.
	Within time.Duration
}

// patience is how long is waited for what must come.
const patience = 10 * time.Second

// Run checks a relay; open gives a new one for each part.
func Run(t *testing.T, open func(*testing.T) House) {
	t.Helper()
	parts := map[string]func(*testing.T, House){
		"a message reaches all nodes, the sender's too":          reachesAll,
		"all hear one order":                                     oneOrder,
		"each sender's messages stay in order":                   sendersOrder,
		"channels are apart":                                     channelsApart,
		"large and empty messages arrive whole":                  sizes,
		"two subscribers of one node hear the same":              twoOnOne,
		"after cancel nothing is heard":                          cancelled,
		"a channel may be left and entered at once":              leaveAndEnter,
		"calls come one at a time":                               oneAtATime,
		"a thousand channels":                                    manyChannels,
		"a break is noticed, refused, mended and told":           breaks,
		"a closed relay refuses, and calls nobody":               closed,
		"what is subscribed again hears and is told of breaks":   subscribedLater,
		"a context that has ended ends publishing, subscribing":  ended,
		"a subscription that stands hears what follows, at once": standsAtOnce,
	}
	for name, part := range parts {
		t.Run(name, func(t *testing.T) { part(t, open(t)) })
	}
}

// at gives each part channels of its own: between the nodes of a cluster that has
// just stood still, messages of the part before may be on their way.
func at(t *testing.T, channel string) string {
	return strings.ReplaceAll(t.Name()+"-"+channel, " ", "_")
}

// An ear is a subscriber that keeps what it hears.
type ear struct {
	t      *testing.T
	cancel func()

	mu    sync.Mutex
	heard [][]byte
	fresh int
	news  chan struct{}
}

func listen(t *testing.T, r Relay, channel string) *ear {
	t.Helper()
	e := &ear{t: t, news: make(chan struct{}, 1)}
	cancel, err := r.Subscribe(t.Context(), at(t, channel), func(m []byte) {
		e.note(func() { e.heard = append(e.heard, bytes.Clone(m)) })
	}, func() { e.note(func() { e.fresh++ }) })
	if err != nil {
		t.Fatalf("subscribe: %v", err)
	}
	e.cancel = cancel
	return e
}

func (e *ear) note(what func()) {
	e.mu.Lock()
	what()
	e.mu.Unlock()
	select {
	case e.news <- struct{}{}:
	default:
	}
}

// until waits for what was heard to be enough.
func (e *ear) until(what string, enough func(heard [][]byte, fresh int) bool) {
	e.t.Helper()
	late := time.After(patience)
	for {
		e.mu.Lock()
		ok, n := enough(e.heard, e.fresh), len(e.heard)
		e.mu.Unlock()
		if ok {
			return
		}
		select {
		case <-e.news:
		case <-late:
			e.t.Fatalf("%s: not within %v (%d heard, fresh %d times)", what, patience, n, e.fresh)
		}
	}
}

func (e *ear) count(n int) [][]byte {
	e.t.Helper()
	e.until(fmt.Sprintf("%d messages", n), func(heard [][]byte, _ int) bool { return len(heard) >= n })
	return e.all()
}

func (e *ear) all() [][]byte {
	e.mu.Lock()
	defer e.mu.Unlock()
	return append([][]byte(nil), e.heard...)
}

func publish(t *testing.T, r Relay, channel string, message string) {
	t.Helper()
	if err := r.Publish(t.Context(), at(t, channel), []byte(message)); err != nil {
		t.Errorf("publish: %v", err)
	}
}

// settle publishes a last message and waits for it, so that whatever was
// published before has been heard.
func (e *ear) settle(r Relay, channel string) {
	e.t.Helper()
	publish(e.t, r, channel, "last")
	e.until("the last message", func(heard [][]byte, _ int) bool {
		return len(heard) > 0 && string(heard[len(heard)-1]) == "last"
	})
}

func (e *ear) told() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.fresh
}

func texts(heard [][]byte) (out []string) {
	for _, h := range heard {
		out = append(out, string(h))
	}
	return out
}

// eventually waits for something that no one tells of.
func eventually(t *testing.T, limit time.Duration, what string, is func() bool) {
	t.Helper()
	began := time.Now()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !is() {
		if time.Since(began) > limit {
			t.Fatalf("%s: not within %v", what, limit)
		}
		<-tick.C
	}
	t.Logf("%s: after %v (at most %v)", what, time.Since(began).Round(time.Millisecond), limit)
}
