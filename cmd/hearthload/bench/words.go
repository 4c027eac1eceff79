package bench

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"hearth/cmd/hearthload/drive"
)

// sentence fills a share up to a usual length.
var sentence = " " + strings.Repeat("these are some words that somebody says ", 3)

func share() map[string]string {
	return map[string]string{"text": fmt.Sprintf("%d%s", time.Now().UnixNano(), sentence)}
}

type wordLoad struct {
	counting  atomic.Bool
	delivered atomic.Int64
	bytes     atomic.Int64
	refused   atomic.Int64
	lat       *drive.Latency
	again     func(m *drive.Member) // called for each share its speaker hears back
}

func (l *wordLoad) hear(m *drive.Member, h drive.Head, line []byte) {
	switch h.Kind {
	case drive.Words:
		if l.counting.Load() {
			l.delivered.Add(1)
			l.bytes.Add(int64(len(line)))
			if at := drive.Digits(drive.Said(line)); at > 0 {
				l.lat.Add(time.Duration(time.Now().UnixNano() - at))
			}
		}
		if l.again != nil && m.Tag == speaks {
			l.again(m)
		}
	case drive.No:
		l.refused.Add(1)
	}
}

type mark struct{ string }

var speaks = &mark{"speaks"}

// round is what one round of one side gave.
type round struct {
	delivered float64
	cpu       time.Duration
	took      time.Duration
	bytes     float64
	p50, p99  time.Duration
	refused   int64
}

func (r round) perDelivery() float64 { return us(r.cpu) / max(r.delivered, 1) }
func (r round) perCPU() float64      { return r.delivered / max(r.cpu.Seconds(), 0.001) }

// measure runs load for a warm-up and then a counted time.
func measure(ctx context.Context, s *side, lasts time.Duration, l *wordLoad, load func(ctx context.Context)) round {
	for _, r := range s.rooms {
		for _, m := range r {
			m.Tag = nil
			m.Listen(l.hear)
		}
		speaker(r).Tag = speaks
	}
	l.lat = &drive.Latency{}
	lctx, stop := context.WithCancel(ctx)
	var wg sync.WaitGroup
	wg.Go(func() { load(lctx) })
	drive.Wait(ctx, 700*time.Millisecond)
	cpu, began := s.cpu(), time.Now()
	l.counting.Store(true)
	drive.Wait(ctx, lasts)
	l.counting.Store(false)
	r := round{cpu: s.cpu() - cpu, took: time.Since(began), delivered: float64(l.delivered.Load())}
	stop()
	wg.Wait()
	drive.Wait(ctx, 300*time.Millisecond)
	for m := range s.all {
		m.Listen(nil)
	}
	r.bytes = float64(l.bytes.Load()) / max(r.delivered, 1)
	r.p50, r.p99, r.refused = l.lat.At(.5), l.lat.At(.99), l.refused.Load()
	return r
}

// steady has each room's speaker say something at an even pace.
func (w *world) steady(ctx context.Context, s *side) round {
	l := &wordLoad{}
	gap := time.Duration(float64(time.Second) * float64(len(s.rooms)) / float64(w.wordRate))
	return measure(ctx, s, w.wordFor, l, func(ctx context.Context) {
		var wg sync.WaitGroup
		for i, r := range s.rooms {
			wg.Go(func() {
				drive.Wait(ctx, gap*time.Duration(i)/time.Duration(len(s.rooms)))
				tick := time.NewTicker(gap)
				defer tick.Stop()
				for ctx.Err() == nil {
					_, _ = speaker(r).Send("share", share())
					select {
					case <-tick.C:
					case <-ctx.Done():
					}
				}
			})
		}
		wg.Wait()
	})
}

// saturated keeps four shares under way in each room.
func (w *world) saturated(ctx context.Context, s *side) round {
	var going atomic.Bool
	going.Store(true)
	l := &wordLoad{}
	l.again = func(m *drive.Member) {
		if going.Load() {
			_, _ = m.Send("share", share())
		}
	}
	return measure(ctx, s, w.fullFor, l, func(ctx context.Context) {
		for _, r := range s.rooms {
			for range 4 {
				_, _ = speaker(r).Send("share", share())
			}
		}
		<-ctx.Done()
		going.Store(false)
	})
}

type pick func(round) float64

func medianOf(rs []round, p pick) float64 {
	v := make([]float64, len(rs))
	for i, r := range rs {
		v[i] = p(r)
	}
	return median(v)
}

// ratio is the median over rounds of what one is to the other.
func ratio(a, b []round, p pick) float64 {
	v := make([]float64, len(a))
	for i := range a {
		v[i] = p(a[i]) / max(p(b[i]), 1e-9)
	}
	return median(v)
}

func (w *world) alternate(ctx context.Context, a, b *side, one func(context.Context, *side) round) (ra, rb []round) {
	for i := range w.rounds {
		if ctx.Err() != nil {
			break
		}
		if i%2 == 0 {
			ra, rb = append(ra, one(ctx, a)), append(rb, one(ctx, b))
		} else {
			rb, ra = append(rb, one(ctx, b)), append(ra, one(ctx, a))
		}
	}
	return ra, rb
}

// words compares both sides at a steady pace.
func (w *world) words(ctx context.Context, a, b *side) error {
	part := fmt.Sprintf("(c) words, %d shares a second over %d rooms", w.wordRate, w.wordRooms)
	w.sayf("words at a steady pace, %d rounds of %s each", w.rounds, w.wordFor)
	missing, order := faults(a)
	ra, rb := w.alternate(ctx, a, b, w.steady)
	missing2, order2 := faults(a)
	perSecond := func(r round) float64 { return r.delivered / r.took.Seconds() }
	w.rep.plain(part, "deliveries per second, hearth", medianOf(ra, perSecond), "/s")
	w.rep.plain(part, "deliveries per second, bare", medianOf(rb, perSecond), "/s")
	w.rep.plain(part, "bytes per delivery, hearth", medianOf(ra, func(r round) float64 { return r.bytes }), "")
	w.rep.plain(part, "bytes per delivery, bare", medianOf(rb, func(r round) float64 { return r.bytes }), "")
	w.rep.plain(part, "CPU per million deliveries, hearth", medianOf(ra, round.perDelivery), "s")
	w.rep.plain(part, "CPU per million deliveries, bare", medianOf(rb, round.perDelivery), "s")
	w.rep.atMost(part, "CPU per delivery, hearth to bare", ratio(ra, rb, round.perDelivery), 1, "x")
	p50 := func(r round) float64 { return ms(r.p50) }
	p99 := func(r round) float64 { return ms(r.p99) }
	w.rep.plain(part, "p50 client to client, hearth", medianOf(ra, p50), "ms")
	w.rep.plain(part, "p50 client to client, bare", medianOf(rb, p50), "ms")
	w.rep.plain(part, "p99 client to client, bare", medianOf(rb, p99), "ms")
	w.rep.atMost(part, "p99 client to client, hearth", medianOf(ra, p99), medianOf(rb, p99), "ms")
	w.rep.atMost(part, "lost or out of order, hearth", float64(missing2-missing+order2-order), 0, "")
	w.rep.plain(part, "refused, hearth", sumRefused(ra), "")
	w.rep.note("(c) CPU is the server process's user and system time over the counted part of a round; only words are counted as deliveries, hearth's acknowledgements and pings are paid for but not counted")
	return nil
}

// full compares both sides with four shares under way in each room.
func (w *world) full(ctx context.Context, a, b *side) error {
	part := "(d) saturated, four shares under way per room"
	w.sayf("words without a pause, %d rounds of %s each", w.rounds, w.fullFor)
	ra, rb := w.alternate(ctx, a, b, w.saturated)
	w.rep.plain(part, "deliveries per server CPU second, hearth", medianOf(ra, round.perCPU), "/s")
	w.rep.plain(part, "deliveries per server CPU second, bare", medianOf(rb, round.perCPU), "/s")
	w.rep.atLeast(part, "hearth to bare", ratio(ra, rb, round.perCPU), 2, "x")
	perSecond := func(r round) float64 { return r.delivered / r.took.Seconds() }
	w.rep.plain(part, "deliveries per second, hearth", medianOf(ra, perSecond), "/s")
	w.rep.plain(part, "deliveries per second, bare", medianOf(rb, perSecond), "/s")
	busy := func(r round) float64 { return r.cpu.Seconds() / r.took.Seconds() * 100 }
	w.rep.plain(part, "server CPU, hearth", medianOf(ra, busy), "%")
	w.rep.plain(part, "server CPU, bare", medianOf(rb, busy), "%")
	w.rep.plain(part, "refused, hearth", sumRefused(ra), "")
	w.rep.note("(d) one speaker per room keeps four shares under way; each share the speaker hears back lets the next one go")
	return nil
}

func sumRefused(rs []round) (n float64) {
	for _, r := range rs {
		n += float64(r.refused)
	}
	return n
}
