package peers

import (
	"bytes"
	"context"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"hearth/cmd/hearthload/drive"
)

// Soaking says how long hearth has to go on, and through what.
type Soaking struct {
	For  time.Duration
	Kill time.Duration // between two kills
	Room time.Duration // how long a session lasts before the organiser ends it
}

// The load of a soak (F25): 600 sockets, of which one in twenty ends and comes
// back each minute.
const (
	soakRooms  = 50
	soakChurn  = 0.05
	soakSlope  = 1.0                     // MiB an hour
	soakJudges = time.Hour               // shorter ones only measure
	soakWarm   = 6 * time.Minute         // of each life: the rooms' rings fill up
	soakBack   = 2800 * time.Millisecond // 0.95 s are measured
)

// soak is one run.
type soak struct {
	*scene
	o     Options
	plan  Soaking
	began time.Time

	mu    sync.Mutex
	slots [soakRooms]*soakRoom

	life    atomic.Int64
	up      atomic.Int64 // when this life began, Unix ns
	samples []sample
	back    []time.Duration
	faults  atomic.Int64 // frames missing or out of order, of people who have gone
	ended   atomic.Int64 // sessions that came to their end
	churned atomic.Int64
}

// soakRoom is a session under way.
type soakRoom struct {
	*drive.Room
	holder atomic.Pointer[drive.Member] // who has the floor
}

// Soak runs a server for hours, and says whether its memory grows (F25).
func Soak(ctx context.Context, o Options, plan Soaking) (*Report, error) {
	s := &soak{o: o, plan: plan, began: time.Now()}
	var err error
	if s.scene, err = start(ctx, o, true); err != nil {
		return nil, err
	}
	defer s.end()
	r := &Report{Part: "soak"}
	s.newLife()
	ctx, cancel := context.WithTimeout(ctx, plan.For)
	defer cancel()
	for i := range s.slots {
		s.done.Go(func() { s.slot(ctx, i) })
	}
	s.done.Go(func() { s.churn(ctx) })
	if err := s.lives(ctx); err != nil {
		return r, err
	}
	s.report(r)
	return r, nil
}

func (s *soak) newLife() {
	s.life.Add(1)
	s.up.Store(time.Now().UnixNano())
}

// slot has one session after another.
func (s *soak) slot(ctx context.Context, i int) {
	lasts := s.plan.Room * time.Duration(i+1) / soakRooms // so that they do not all end together
	for ; ctx.Err() == nil; lasts = s.plan.Room {
		room, err := s.gather(ctx)
		if err != nil { // the server is away just now, or time is up
			drive.Wait(ctx, time.Second)
			continue
		}
		s.put(i, room)
		inside, stop := context.WithTimeout(ctx, lasts)
		var all sync.WaitGroup
		for _, m := range room.All() {
			all.Go(func() { s.stay(inside, room, m) })
		}
		room.goOn(inside)
		s.put(i, nil)
		if ctx.Err() == nil {
			s.close(ctx, room)
		}
		stop()
		all.Wait()
		for _, m := range room.All() {
			m.Drop()
			s.faults.Add(m.Missing.Load() + m.Order.Load())
		}
	}
}

func (s *soak) put(i int, room *soakRoom) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.slots[i] = room
}

// gather begins a session.
func (s *soak) gather(ctx context.Context) (*soakRoom, error) {
	l, err := s.house.Schedule(ctx, s.group, "Tuesday group", perRoom-2)
	if err != nil {
		return nil, err
	}
	made, err := s.house.Fill(ctx, l, drive.Plan{Participants: perRoom - 2, Format: "queue"})
	if err != nil {
		made.Close()
		return nil, err
	}
	room := &soakRoom{Room: made}
	for _, m := range made.People {
		m.Listen(room.hear)
	}
	return room, nil
}

var (
	offered  = []byte(`"offer":{`)
	speaking = []byte(`"stage":"speaking"`)
	turnOver = []byte(`"turn":null`)
)

// hear takes what is offered, and knows who has the floor.
func (room *soakRoom) hear(m *drive.Member, h drive.Head, line []byte) {
	if h.To != drive.MeStream && h.Kind != drive.Hello {
		return
	}
	if bytes.Contains(line, offered) {
		_, _ = m.Send("take", nil)
	}
	switch {
	case h.To == drive.MeStream && bytes.Contains(line, speaking):
		room.holder.Store(m)
	case bytes.Contains(line, turnOver):
		room.holder.CompareAndSwap(m, nil)
	}
}

// goOn lets a session go on: whoever has the floor speaks and yields, the others
// raise their hands, the lead begins the queue anew when it has run empty.
func (room *soakRoom) goOn(ctx context.Context) {
	for n := 1; ctx.Err() == nil; n++ {
		drive.Wait(ctx, 500*time.Millisecond+rand.N(500*time.Millisecond))
		if h := room.holder.Load(); h != nil {
			if n%40 == 0 {
				_, _ = h.Send("yield", nil)
			} else {
				_, _ = h.Send("share", map[string]string{"text": "these are words that somebody says"})
			}
		}
		if n%8 == 0 {
			_, _ = room.People[rand.N(len(room.People))].Send("hand", map[string]bool{"up": rand.N(3) > 0})
		}
		if n%30 == 0 {
			_, _ = room.Lead.Send("carry-on", nil)
			_, _ = room.Lead.Send("begin", map[string]string{"format": "queue"})
		}
	}
}

// stay brings one person back whenever their connection has ended.
func (s *soak) stay(ctx context.Context, room *soakRoom, m *drive.Member) {
	for {
		select {
		case <-m.Gone():
		case <-ctx.Done():
			return
		}
		for drive.Wait(ctx, rand.N(time.Second)); ctx.Err() == nil; drive.Wait(ctx, 100*time.Millisecond+rand.N(400*time.Millisecond)) {
			if m.Connect(ctx, false) == nil {
				break
			}
		}
		if m == room.Lead {
			_, _ = m.Send("carry-on", nil)
		}
	}
}

// close has the organiser end a session.
func (s *soak) close(ctx context.Context, room *soakRoom) {
	a, err := s.house.Ask(ctx, "POST", "/api/sessions/"+room.Session+"/end", s.house.Cookie, struct{}{})
	if err == nil && a.Status < 300 {
		s.ended.Add(1)
	}
}

// churn ends one connection in twenty each minute: cut, or left without a word.
func (s *soak) churn(ctx context.Context) {
	pause := time.Duration(float64(time.Minute) / (soakChurn * soakRooms * perRoom))
	ways := endings()
	for ; ctx.Err() == nil; drive.Wait(ctx, pause) {
		m := s.anybody()
		if m == nil {
			continue
		}
		m.Drop()
		s.churned.Add(1)
		if way := ways[rand.N(len(ways))]; way.width < 10 {
			_ = way.do(ctx, m) // the server may be away
		}
	}
}

func (s *soak) anybody() *drive.Member {
	s.mu.Lock()
	defer s.mu.Unlock()
	if room := s.slots[rand.N(soakRooms)]; room != nil {
		return room.People[rand.N(len(room.People))]
	}
	return nil
}
