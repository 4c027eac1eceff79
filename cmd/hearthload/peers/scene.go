package peers

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"hearth/cmd/hearthload/drive"
)

// perRoom is how many people a room has: lead, wellbeing and ten more.
const perRoom = 12

// scene is a server with rooms that go on with their session.
type scene struct {
	srv   *drive.Server
	house *drive.House
	group string
	rooms []*drive.Room

	lat    drive.Latency // of words, from being sent to being heard
	refuse atomic.Int64  // refusals heard in the rooms
	stop   context.CancelFunc
	done   sync.WaitGroup
}

// start starts a server on a fresh folder.
func start(ctx context.Context, o Options, lift bool, env ...string) (*scene, error) {
	dir, err := o.folder()
	if err != nil {
		return nil, err
	}
	dir = filepath.Join(dir, "data")
	if err := os.Mkdir(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make a data folder: %w", err)
	}
	spec := drive.HearthSpec(o.Program, dir, lift)
	spec.Env = env
	s := &scene{stop: func() {}}
	if s.srv, err = spec.Start(ctx); err != nil {
		return nil, err
	}
	s.house = drive.NewHouse(s.srv.URL)
	token, err := s.srv.OrganiserToken(ctx)
	if err == nil {
		s.group, err = s.house.Organise(ctx, token, "Peers group")
	}
	if err != nil {
		s.srv.Kill()
		return nil, err
	}
	return s, nil
}

// set starts a server and fills rooms in which one person holds the floor.
func set(ctx context.Context, o Options, rooms int, env ...string) (*scene, error) {
	s, err := start(ctx, o, true, env...)
	if err != nil {
		return nil, err
	}
	s.rooms, err = s.house.Rooms(ctx, s.group, rooms, 8, drive.Plan{Participants: perRoom - 2, Format: "queue"})
	for _, r := range s.rooms {
		if err == nil {
			err = r.People[0].TakeFloor(ctx)
		}
	}
	if err != nil {
		s.srv.Kill()
		return nil, fmt.Errorf("set the scene: %w", err)
	}
	for _, r := range s.rooms {
		for _, m := range r.All() {
			m.Listen(s.hear)
		}
	}
	return s, nil
}

// hear times what people say.
func (s *scene) hear(_ *drive.Member, h drive.Head, line []byte) {
	switch h.Kind {
	case drive.Words:
		if at := drive.Digits(drive.Said(line)); at > 0 {
			s.lat.Add(time.Duration(time.Now().UnixNano() - at))
		}
	case drive.No:
		s.refuse.Add(1)
	}
}

// pace is how busy a room is.
type pace struct {
	say, hand time.Duration // between two, of the whole room
	letters   int           // of what is said
}

// Standard load: with 20 rooms, 200 commands a second (walls §3.2).
var standard = pace{200 * time.Millisecond, 200 * time.Millisecond, 90}

// talk lets rooms go on until the scene ends: the speaker says something, the
// others raise and lower a hand, which is durable.
func (s *scene) talk(ctx context.Context, p pace, rooms ...*drive.Room) {
	ctx, cancel := context.WithCancel(ctx)
	before := s.stop
	s.stop = func() { before(); cancel() }
	for i, r := range rooms {
		s.done.Go(func() { p.run(ctx, i, r) })
	}
}

func (p pace) run(ctx context.Context, at int, r *drive.Room) {
	say, hand := time.NewTicker(p.say), time.NewTicker(p.hand)
	defer say.Stop()
	defer hand.Stop()
	rest := strings.Repeat(" and so on", p.letters/10)
	for k := at; ; {
		select {
		case <-say.C:
			_, _ = r.People[0].Send("share", map[string]string{"text": fmt.Sprintf("%d%s", time.Now().UnixNano(), rest)})
		case <-hand.C:
			others := r.People[1:] // all raise a hand, one after another, and then lower it
			_, _ = others[k%len(others)].Send("hand", map[string]bool{"up": k/len(others)%2 == 0})
			k++
		case <-ctx.Done():
			return
		}
	}
}

// unharmed notes what people of some rooms must not have seen: a gap, a frame
// out of order, the end of their connection. It gives how many of them there are.
func (r *Report) unharmed(what string, rooms []*drive.Room, but map[*drive.Member]bool) int {
	var faults, ended int64
	n := 0
	for _, room := range rooms {
		for _, m := range room.All() {
			if but[m] {
				continue
			}
			n++
			faults += m.Missing.Load() + m.Order.Load()
			select {
			case <-m.Gone():
				ended++
			default:
			}
		}
	}
	r.none(what+": frames missing or out of order", faults)
	r.none(what+": connections that ended", ended)
	return n
}

// sound notes that the server lives and no room panicked.
func (r *Report) sound(s *scene, panics int) {
	select {
	case <-s.srv.Gone():
		r.all("the server is there", 0, 1)
		return
	default:
	}
	n, err := s.srv.Measure("hearth_room_panics_total")
	if err != nil {
		n = -1
	}
	r.all("rooms that panicked", int(n), panics)
}

// heard notes the latency of what was said since the last reset.
func (r *Report) heard(s *scene, what string, most time.Duration) {
	r.within(fmt.Sprintf("%s: p99 over %d deliveries", what, s.lat.N()), s.lat.At(.99), most)
	r.least(what+": deliveries", s.lat.N(), 500)
}

func (s *scene) end() {
	s.stop()
	s.srv.Kill()
	s.done.Wait()
	for _, r := range s.rooms {
		if r != nil {
			r.Close()
		}
	}
}
