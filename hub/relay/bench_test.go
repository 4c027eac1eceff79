package relay_test

import (
	"context"
	"encoding/binary"
	"slices"
	"sync"
	"testing"
	"time"

	"hearth/hub/relay"
	"hearth/hub/remote"
	"hearth/hub/remote/redistest"
)

// BenchmarkRelay measures what the way through Redis costs: from before the
// publication on one node to the call on another, and how many messages 64 rooms
// together get through.
func BenchmarkRelay(b *testing.B) {
	s := redistest.Start(b, redistest.Options{})
	open := func() *relay.Redis {
		client, err := remote.Open(context.Background(), remote.Options{URL: s.URL()})
		if err != nil {
			b.Fatal(err)
		}
		r := relay.NewRedis(client.Client(), key, nil)
		b.Cleanup(func() {
			_ = r.Close()
			_ = client.Close()
		})
		return r
	}
	from, to := open(), open()
	for name, rooms := range map[string]int{"one room": 1, "64 rooms": 64} {
		b.Run(name, func(b *testing.B) { through(b, from, to, rooms) })
	}
}

func through(b *testing.B, from, to *relay.Redis, rooms int) {
	var took []time.Duration // kept by the relay's goroutine
	heard := make(chan struct{}, b.N)
	began := time.Now()
	for room := range rooms {
		cancel, err := to.Subscribe(context.Background(), string(rune('a'+room)), func(m []byte) {
			took = append(took, time.Since(began)-time.Duration(binary.BigEndian.Uint64(m)))
			heard <- struct{}{}
		}, func() {})
		if err != nil {
			b.Fatal(err)
		}
		defer cancel()
	}
	b.ResetTimer()
	var all sync.WaitGroup
	for room := range rooms {
		all.Go(func() {
			message := make([]byte, 400)
			for i := room; i < b.N; i += rooms {
				binary.BigEndian.PutUint64(message, uint64(time.Since(began)))
				if err := from.Publish(context.Background(), string(rune('a'+room)), message); err != nil {
					b.Error(err)
					heard <- struct{}{}
				}
			}
		})
	}
	all.Wait()
	for range b.N {
		<-heard
	}
	b.StopTimer()
	slices.Sort(took)
	if len(took) > 0 {
		b.ReportMetric(float64(took[len(took)/2].Microseconds()), "p50-µs")
		b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "p99-µs")
		b.ReportMetric(float64(len(took))/b.Elapsed().Seconds(), "messages/s")
	}
}
