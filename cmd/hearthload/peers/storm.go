package peers

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"hearth/cmd/hearthload/drive"
)

// What holds when everybody comes at once (F22). Promised are 5 s and 250 ms;
// measured are 0.48 s and, on a busy machine, 65 ms.
const (
	stormRooms  = 50
	stormEach   = 10
	stormIn     = 10 * time.Second
	stormSpread = 8 * time.Second
	stormBack   = 1400 * time.Millisecond
	stormOthers = 190 * time.Millisecond
)

// newcomers are names for people who come to one room; no two look alike.
var newcomers = [...]string{"Ada", "Bela", "Cora", "Dirk", "Emil", "Frida", "Gita", "Hugo", "Ivo", "Jasmin"}

// opening is a room whose facilitators wait for people.
type opening struct {
	links drive.Links
	room  *drive.Room
}

// Storm has 500 people join within 10 s, half of them at the same moment, while
// 20 rooms go on; and then 240 come back after a kill (F22).
func Storm(ctx context.Context, o Options) (*Report, error) {
	s, err := set(ctx, o, 20)
	if err != nil {
		return nil, err
	}
	defer s.end()
	r := &Report{Part: "F22"}
	defer r.begin()()
	open, err := s.openRooms(ctx, stormRooms)
	if err != nil {
		return r, fmt.Errorf("open rooms: %w", err)
	}
	running := s.rooms
	for _, o := range open {
		s.rooms = append(s.rooms, o.room)
	}
	s.talk(ctx, standard, running...)
	drive.Wait(ctx, time.Second)
	s.lat.Reset()
	if err := s.joinAll(ctx, r, open, o.Seed); err != nil {
		return r, err
	}
	r.heard(s, "running rooms", stormOthers)
	r.unharmed("running rooms", running, nil)
	r.none("commands refused in the running rooms", s.refuse.Load())
	r.sound(s, 0)
	s.stop()
	back := running
	if o.Whole {
		back = s.rooms
	} else {
		for _, o := range open {
			o.room.Close()
		}
	}
	return r, s.returnAll(ctx, r, back)
}

func (s *scene) openRooms(ctx context.Context, n int) ([]opening, error) {
	open := make([]opening, n)
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(8)
	for i := range open {
		g.Go(func() error {
			l, err := s.house.Schedule(ctx, s.group, "Open evening", stormEach)
			if err != nil {
				return err
			}
			room := &drive.Room{Session: l.Session, Lead: &drive.Member{Name: "Lena", Role: "lead"}, Care: &drive.Member{Name: "Wim", Role: "wellbeing"}}
			open[i] = opening{l, room}
			if err := s.house.Enter(ctx, l.Lead, room.Lead); err != nil {
				return err
			}
			return s.house.Enter(ctx, l.Wellbeing, room.Care)
		})
	}
	return open, g.Wait()
}

// joinAll lets everybody open their link, connect, knock, be greeted and let in.
func (s *scene) joinAll(ctx context.Context, r *Report, open []opening, seed uint64) error {
	rng := rand.New(rand.NewPCG(seed, 22))
	var times drive.Latency
	var first atomic.Pointer[error]
	var all sync.WaitGroup
	began := time.Now()
	for i, o := range open {
		for n := range stormEach {
			m := &drive.Member{Name: newcomers[n], Role: "participant"}
			o.room.People = append(o.room.People, m)
			var after time.Duration // half of them come on the hour
			if (i*stormEach+n)%2 == 1 {
				after = time.Duration(rng.Int64N(int64(stormSpread)))
			}
			all.Go(func() {
				drive.Wait(ctx, after)
				at := time.Now()
				if err := s.join(ctx, o.links.Personal[n], m, o.room.Care); err != nil {
					first.CompareAndSwap(nil, &err)
					return
				}
				times.Add(time.Since(at))
			})
		}
	}
	all.Wait()
	r.all("people who joined", int(times.N()), stormRooms*stormEach)
	r.within("everybody is in after", time.Since(began), stormIn)
	r.within(fmt.Sprintf("joining, from the link to the room: p50 %s, the longest", short(times.At(.5))), times.Max(), stormIn)
	if err := first.Load(); err != nil {
		return fmt.Errorf("join: %w", *err)
	}
	return nil
}

func (s *scene) join(ctx context.Context, token string, m, care *drive.Member) error {
	if err := s.house.Enter(ctx, token, m); err != nil {
		return err
	}
	for _, verb := range []string{"greet", "admit"} {
		if err := care.Must(ctx, verb, map[string]string{"seat": m.Seat}); err != nil {
			return err
		}
	}
	return m.AwaitInside(ctx)
}

// returnAll kills the server and starts it again; everybody tries to come back
// all the time.
func (s *scene) returnAll(ctx context.Context, r *Report, rooms []*drive.Room) error {
	s.done.Wait()
	s.srv.Kill()
	var people []*drive.Member
	for _, room := range rooms {
		people = append(people, room.All()...)
	}
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	var back atomic.Int64
	var all sync.WaitGroup
	for _, m := range people {
		all.Go(func() {
			for m.Drop(); ctx.Err() == nil; drive.Wait(ctx, 50*time.Millisecond+rand.N(100*time.Millisecond)) {
				if m.Connect(ctx, false) == nil && m.Inside() {
					back.Add(1)
					return
				}
			}
		})
	}
	began := time.Now()
	srv, err := s.srv.Again(ctx)
	if err != nil {
		return fmt.Errorf("start again: %w", err)
	}
	s.srv = srv
	up := time.Since(began)
	all.Wait()
	r.within(fmt.Sprintf("after kill -9 (the server was up in %s) %d are back after", short(up), back.Load()), time.Since(began), stormBack)
	r.all("people who came back", int(back.Load()), len(people))
	return nil
}
