package bench

import (
	"context"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"hearth/cmd/hearthload/drive"
)

// idle measures what a connection costs that says nothing. The rooms are set
// up first and the server is started anew on them, so that what setting up left
// in memory is not counted as the cost of a connection.
func (w *world) idle(ctx context.Context, s *side) error {
	part := "(a) idle connections"
	w.sayf("filling %d rooms", w.idleRooms)
	if err := s.fill(ctx, w.idleRooms); err != nil {
		return err
	}
	before, err := drive.RSS(s.srv.PID())
	if err != nil {
		return err
	}
	if err := s.restart(ctx); err != nil {
		return err
	}
	w.sayf("starting anew on them, connecting, letting them settle")
	base, err := w.rest(ctx, s)
	if err != nil {
		return err
	}
	if err := s.connect(ctx); err != nil {
		return err
	}
	full, err := w.rest(ctx, s)
	if err != nil {
		return err
	}
	n := float64(len(s.rooms) * perRoom)
	w.rep.plain(part, "connections", n, "")
	w.rep.atMost(part, "memory (RSS) per connection", float64(full.rss-base.rss)/n/1024, 12, "KiB")
	w.rep.atMost(part, "goroutines per connection", (full.goroutines-base.goroutines)/n, 1, "")
	w.rep.plain(part, "memory (RSS) in all, rooms loaded, nobody there", float64(base.rss)/(1<<20), "MiB")
	w.rep.plain(part, "memory (RSS) in all, everybody there", float64(full.rss)/(1<<20), "MiB")
	w.rep.plain(part, "memory (RSS) in all just after setting up", float64(before)/(1<<20), "MiB")
	w.rep.note("(a) the process's RSS with everybody connected less its RSS with the same rooms loaded and nobody connected, over %d connections, each after a collection and %s of rest", int(n), w.idleSettle)
	return s.carryOn(ctx)
}

// weight is what a process holds at one moment.
type weight struct {
	rss        int64
	goroutines float64
}

// rest collects garbage, lets the server settle, and weighs it.
func (w *world) rest(ctx context.Context, s *side) (weight, error) {
	if err := s.srv.Collect(ctx); err != nil {
		return weight{}, err
	}
	drive.Wait(ctx, w.idleSettle)
	if err := s.srv.Collect(ctx); err != nil {
		return weight{}, err
	}
	drive.Wait(ctx, time.Second)
	rss, err := drive.RSS(s.srv.PID())
	if err != nil {
		return weight{}, err
	}
	g, err := s.srv.Measure("go_goroutines")
	return weight{rss, g}, err
}

// wayIn notes the CPU of bringing people in from nothing.
func (w *world) wayIn(rooms int, cpu, took time.Duration) {
	people := float64(rooms * perRoom)
	part := "(e) joining"
	w.rep.plain(part, "whole way in: link, socket, knock, greet, admit", us(cpu)/people, "µs CPU")
	w.rep.plain(part, "people brought in, per second", people/took.Seconds(), "/s")
}

func us(d time.Duration) float64 { return float64(d.Microseconds()) }

type formRoom struct {
	sent  atomic.Int64 // when the event under way was sent, ns
	acked atomic.Int64
	got   [perRoom]atomic.Int64
}

type formSeat struct {
	room *formRoom
	i    int
}

type formLoad struct {
	lat             drive.Latency
	acked, refused  atomic.Int64
	sent, delivered atomic.Int64
	rooms           []*formRoom
}

// listen hears the form of every room of a side.
func listen(s *side) *formLoad {
	f := &formLoad{}
	for _, r := range s.rooms {
		fr := &formRoom{}
		f.rooms = append(f.rooms, fr)
		for i, m := range r {
			m.Tag = &formSeat{fr, i}
			m.Listen(f.hear)
		}
	}
	return f
}

func (f *formLoad) hear(m *drive.Member, h drive.Head, line []byte) {
	seat, _ := m.Tag.(*formSeat)
	switch {
	case h.Kind == drive.Set && h.To == drive.RoomStream && drive.HasNext(line):
		f.lat.Add(time.Duration(time.Now().UnixNano() - seat.room.sent.Load()))
		seat.room.got[seat.i].Add(1)
		f.delivered.Add(1)
	case h.Kind == drive.Ack && drive.Form(line) > 0:
		f.acked.Add(1)
		seat.room.acked.Add(1)
	case h.Kind == drive.No:
		f.refused.Add(1)
	}
}

// toggle is the k-th event of a room: nine people raise and lower a hand in turn.
func toggle(room []*drive.Member, k int) (*drive.Member, map[string]bool) {
	return room[3+k/2%(perRoom-3)], map[string]bool{"up": k%2 == 0}
}

// form runs two durable events a second in each room.
func (w *world) form(ctx context.Context, s *side) error {
	part := "(b) form events"
	w.sayf("two form events a second in each of %d rooms, for %s", len(s.rooms), w.formFor)
	f := listen(s)
	missing, order := faults(s)
	before, cpu, began := frames(s), s.cpu(), time.Now()
	lctx, stop := context.WithTimeout(ctx, w.formFor)
	defer stop()
	var wg sync.WaitGroup
	for i, r := range s.rooms {
		wg.Go(func() { f.drive(lctx, r, f.rooms[i]) })
	}
	wg.Wait()
	took := time.Since(began)
	until(ctx, 5*time.Second, func() bool {
		return f.acked.Load()+f.refused.Load() >= f.sent.Load() && f.delivered.Load() >= f.acked.Load()*perRoom
	})
	used := s.cpu() - cpu
	for m := range s.all {
		m.Listen(nil)
	}
	var lost, extra int64
	for _, fr := range f.rooms {
		for i := range fr.got {
			d := fr.acked.Load() - fr.got[i].Load()
			lost += max(d, 0)
			extra += max(-d, 0)
		}
	}
	missing2, order2 := faults(s)
	w.rep.plain(part, "rooms", float64(len(s.rooms)), "")
	w.rep.plain(part, "events sent", float64(f.sent.Load()), "")
	w.rep.atMost(part, "events not acknowledged as durable", float64(f.sent.Load()-f.acked.Load()), 0, "")
	w.rep.atMost(part, "deliveries lost (of acknowledged events)", float64(lost+missing2-missing), 0, "")
	w.rep.atMost(part, "deliveries out of order or doubled", float64(extra+order2-order), 0, "")
	w.rep.plain(part, "p50 client to client", ms(f.lat.At(.5)), "ms")
	w.rep.atMost(part, "p99 client to client", ms(f.lat.At(.99)), 50, "ms")
	w.rep.plain(part, "longest", ms(f.lat.Max()), "ms")
	w.rep.plain(part, "commits per second (as offered)", float64(f.acked.Load())/took.Seconds(), "/s")
	w.rep.plain(part, "server CPU", used.Seconds()/took.Seconds()*100, "%")
	w.rep.plain(part, "CPU per million deliveries", us(used)/float64(max(f.delivered.Load(), 1)), "s")
	w.rep.plain(part, "frames received in all", float64(frames(s)-before), "")
	w.rep.note("(b) an event is a hand going up or down while somebody holds the floor; client to client is from the sender's write to each of the %d members' read, in one process", perRoom)
	return nil
}

func (f *formLoad) drive(ctx context.Context, room []*drive.Member, fr *formRoom) {
	drive.Wait(ctx, rand.N(500*time.Millisecond))
	tick := time.NewTicker(500 * time.Millisecond)
	defer tick.Stop()
	for k := 0; ctx.Err() == nil; k++ {
		m, up := toggle(room, k)
		fr.sent.Store(time.Now().UnixNano())
		if _, err := m.Send("hand", up); err == nil {
			f.sent.Add(1)
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
		}
	}
}

// commits finds out how many durable commands the server takes at most: one
// is always under way in each room.
func (w *world) commits(ctx context.Context, s *side) error {
	part := "(f) commits"
	w.sayf("as many commits as it takes, %s", w.commitFor)
	var acked, refused atomic.Int64
	var going atomic.Bool
	going.Store(true)
	var lat drive.Latency
	type seat struct {
		room []*drive.Member
		k    *atomic.Int64
		sent *atomic.Int64
	}
	next := func(t *seat) {
		m, up := toggle(t.room, int(t.k.Add(1)-1))
		t.sent.Store(time.Now().UnixNano())
		_, _ = m.Send("hand", up)
	}
	hear := func(m *drive.Member, h drive.Head, line []byte) {
		t, _ := m.Tag.(*seat)
		switch {
		case h.Kind == drive.Ack && drive.Form(line) > 0:
			acked.Add(1)
			lat.Add(time.Duration(time.Now().UnixNano() - t.sent.Load()))
		case h.Kind == drive.No:
			refused.Add(1)
		default:
			return
		}
		if going.Load() {
			next(t)
		}
	}
	var seats []*seat
	for _, r := range s.rooms {
		t := &seat{r, new(atomic.Int64), new(atomic.Int64)}
		seats = append(seats, t)
		for _, m := range r {
			m.Tag = t
			m.Listen(hear)
		}
	}
	began := time.Now()
	for _, t := range seats {
		next(t)
	}
	drive.Wait(ctx, w.commitFor)
	n, took := acked.Load(), time.Since(began)
	going.Store(false)
	drive.Wait(ctx, time.Second)
	for m := range s.all {
		m.Listen(nil)
	}
	w.rep.plain(part, "durable commits per second, one under way per room", float64(n)/took.Seconds(), "/s")
	w.rep.plain(part, "p99 from sending to acknowledgement then", ms(lat.At(.99)), "ms")
	w.rep.plain(part, "refused", float64(refused.Load()), "")
	return nil
}

func frames(s *side) (n int64) {
	for m := range s.all {
		n += m.Frames.Load()
	}
	return n
}

func faults(s *side) (missing, order int64) {
	for m := range s.all {
		missing += m.Missing.Load()
		order += m.Order.Load()
	}
	return missing, order
}
