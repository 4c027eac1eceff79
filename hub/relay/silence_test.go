package relay_test

import (
	"context"
	"encoding/binary"
	"slices"
	"sync"
	"testing"
	"time"

	"hearth/hub/relay"
	"hearth/hub/remote/redistest"
)

// TestNothingIsLostInSilence: while Redis is killed, stopped, and cuts lines, a
// message that was published is heard by another node, or that node is told that
// it may have missed something. What is heard is in order, and once.
func TestNothingIsLostInSilence(t *testing.T) {
	s := redistest.Start(t, redistest.Options{})
	from, to := end(t, s), end(t, s)
	var heard []uint64 // 0: fresh; kept by the relay's goroutine
	cancel, err := to.Subscribe(t.Context(), "s", func(m []byte) { heard = append(heard, binary.BigEndian.Uint64(m)) }, func() { heard = append(heard, 0) })
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	var sent []uint64
	var publishing sync.WaitGroup
	publishing.Go(func() { sent = publishAll(ctx, from) })
	s.Suffer(t, troubles)
	until(t, func() bool { return from.Up() && to.Up() })
	<-time.After(200 * time.Millisecond) // some more while all is well
	stop()
	publishing.Wait()
	last := make(chan struct{})
	if _, err := to.Subscribe(t.Context(), "end", func([]byte) { close(last) }, func() {}); err != nil {
		t.Fatal(err)
	}
	if err := from.Publish(t.Context(), "end", nil); err != nil {
		t.Fatal(err)
	}
	<-last // one connection: all of the other channel came before
	cancel()
	if err := to.Close(); err != nil {
		t.Fatal(err)
	}
	account(t, sent, heard)
}

// publishAll gives the numbers that the relay took.
func publishAll(ctx context.Context, r *relay.Redis) (sent []uint64) {
	every := time.NewTicker(500 * time.Microsecond)
	defer every.Stop()
	for n := uint64(1); ctx.Err() == nil; n++ {
		if r.Publish(context.Background(), "s", binary.BigEndian.AppendUint64(nil, n)) == nil {
			sent = append(sent, n)
		}
		<-every.C
	}
	return sent
}

// troubles let Redis come back in between.
var troubles = []redistest.Trouble{
	redistest.Asked(300*time.Millisecond, "CLIENT", "KILL", "TYPE", "pubsub"),
	redistest.Asked(300*time.Millisecond, "CLIENT", "KILL", "TYPE", "normal"),
	redistest.Paused(400*time.Millisecond, 400*time.Millisecond), // too short to be noticed
	redistest.Paused(1500*time.Millisecond, 400*time.Millisecond),
	redistest.Paused(2700*time.Millisecond, 700*time.Millisecond), // the line is given up
	redistest.Down(300*time.Millisecond, 700*time.Millisecond),
	redistest.Asked(1500*time.Millisecond, "CLIENT", "PAUSE", 1200, "ALL"),
	redistest.Asked(300*time.Millisecond, "CLIENT", "KILL", "TYPE", "pubsub"),
}

func until(t *testing.T, is func() bool) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for began := time.Now(); !is(); <-tick.C {
		if time.Since(began) > 10*time.Second {
			t.Fatal("not within 10 s")
		}
	}
}

func account(t *testing.T, sent, heard []uint64) {
	t.Helper()
	missed, fresh, last := 0, false, uint64(0)
	times := 0
	gap := func(to uint64) {
		from, _ := slices.BinarySearch(sent, last+1)
		end, _ := slices.BinarySearch(sent, to)
		if n := end - from; n > 0 {
			missed += n
			if !fresh {
				t.Errorf("%d messages between %d and %d were taken, not heard, and nobody was told", n, last, to)
			}
		}
	}
	for _, n := range heard {
		if n == 0 {
			fresh = true
			times++
			continue
		}
		if n <= last {
			t.Errorf("%d was heard after %d", n, last)
		}
		gap(n)
		last, fresh = n, false
	}
	gap(^uint64(0))
	t.Logf("%d were taken, %d of them not heard, and %d times it was told that something may be missing", len(sent), missed, times)
	if times == 0 || len(sent) < 1000 {
		t.Error("the test has lost its subject")
	}
}
