package relay_test

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"hearth/hub/relay"
	"hearth/hub/remote/redistest"
)

// TestReplaysThroughRedis is S03 with a real Redis: who can read and write there
// records 10,000 messages of a node and publishes them again, at once to the node
// that heard them, and to a node that was restarted. None is heard.
func TestReplaysThroughRedis(t *testing.T) {
	const messages, channel = 10_000, "hearth:{room}"
	server := redistest.Start(t, redistest.Options{})
	opt, err := redis.ParseURL(server.URL())
	if err != nil {
		t.Fatal(err)
	}
	intruder := redis.NewClient(opt)
	defer func() { _ = intruder.Close() }()
	tap := intruder.PSubscribe(t.Context(), "hearth:*")
	defer func() { _ = tap.Close() }()
	if _, err := tap.Receive(t.Context()); err != nil { // it stands
		t.Fatal(err)
	}
	taped := tap.Channel(redis.WithChannelSize(4 * messages))

	sender, hears := end(t, server), end(t, server)
	heard := counted(t, hears)
	recorded := make([]string, 0, messages)
	for range messages {
		if err := sender.Publish(t.Context(), "room", []byte("moved")); err != nil {
			t.Fatal(err)
		}
	}
	for len(recorded) < messages {
		m := <-taped
		if m.Channel == channel { // and not a node's word to itself
			recorded = append(recorded, m.Payload)
		}
	}
	await(t, func() bool { return heard.Load() == messages })

	replay := func(what string, to *atomic.Int64, from *relay.Redis) {
		t.Helper()
		before := to.Load()
		for i := range recorded {
			if err := intruder.Publish(t.Context(), channel, recorded[(i*7919)%len(recorded)]).Err(); err != nil {
				t.Fatal(err)
			}
		}
		if err := from.Publish(t.Context(), "room", []byte("true")); err != nil {
			t.Fatal(err)
		}
		await(t, func() bool { return to.Load() > before }) // comes behind all replays
		if effects := to.Load() - before - 1; effects != 0 {
			t.Errorf("%s: %d of %d replays were heard", what, effects, messages)
		}
	}
	replay("the node that heard them", heard, sender)
	again := end(t, server)
	replay("a node that was restarted", counted(t, again), sender)
	replay("it, when the sender was restarted too", counted(t, end(t, server)), end(t, server))
}

// counted counts what a node hears in the room.
func counted(t *testing.T, r *relay.Redis) *atomic.Int64 {
	t.Helper()
	var n atomic.Int64
	cancel, err := r.Subscribe(t.Context(), "room", func([]byte) { n.Add(1) }, func() {})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cancel)
	return &n
}

func await(t *testing.T, is func() bool) {
	t.Helper()
	for until := time.Now().Add(20 * time.Second); !is(); <-time.After(5 * time.Millisecond) {
		if time.Now().After(until) {
			t.Fatal("what was published never came")
		}
	}
}
