package garbage

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

// scene is a server with one room that is attacked and others that go on.
type scene struct {
	srv    *drive.Server
	room   *drive.Room   // attacked
	others []*drive.Room // must not notice
	shown  atomic.Int64  // numbered frames that people of the attacked room got
	spoken atomic.Pointer[[]byte]
	lat    drive.Latency // of the other rooms
	load   drive.Work    // when the attack began
	still  func() drive.Still
	refuse atomic.Int64 // refusals in the other rooms
	stop   context.CancelFunc
	done   sync.WaitGroup
}

func timeLimit() (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.Background(), patience)
}

// set makes the scene. On a server with its limits in force the rooms are
// small, because one person may admit only so many people at once.
func set(ctx context.Context, program, dir string, lift bool, people int) (*scene, error) {
	if err := os.MkdirAll(filepath.Join(dir, "data"), 0o700); err != nil {
		return nil, fmt.Errorf("make a data folder: %w", err)
	}
	srv, err := drive.HearthSpec(program, filepath.Join(dir, "data"), lift).Start(ctx)
	if err != nil {
		return nil, err
	}
	s := &scene{srv: srv}
	house := drive.NewHouse(srv.URL)
	token, err := srv.OrganiserToken(ctx)
	var group string
	if err == nil {
		group, err = house.Organise(ctx, token, "Garbage group")
	}
	var rooms []*drive.Room
	if err == nil {
		rooms, err = house.Rooms(ctx, group, 6, 2, drive.Plan{Participants: people, Format: "queue"})
	}
	if err != nil {
		srv.Kill()
		return nil, fmt.Errorf("set the scene: %w", err)
	}
	s.room, s.others = rooms[0], rooms[1:]
	for _, r := range s.others {
		if err := r.People[0].TakeFloor(ctx); err != nil {
			srv.Kill()
			return nil, fmt.Errorf("take the floor: %w", err)
		}
		for _, m := range r.All() {
			m.Listen(s.hear)
		}
	}
	for _, m := range s.room.All() {
		m.Listen(s.watch)
	}
	var lctx context.Context
	lctx, s.stop = context.WithCancel(ctx)
	say, hand := sayWithin, handWithin
	if lift {
		say, hand = sayLifted, handLifted
	}
	for i, r := range s.others {
		s.done.Go(func() { s.talk(lctx, i, r, say, hand) })
	}
	return s, nil
}

// watch notes every frame that shows an effect in the attacked room.
func (s *scene) watch(_ *drive.Member, h drive.Head, line []byte) {
	if h.Kind == drive.Set || h.Kind == drive.Words {
		s.shown.Add(1)
		kept := append([]byte{}, line...)
		s.spoken.Store(&kept)
	}
}

// hear times what people say in the other rooms.
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

// Paces of the other rooms: within every limit, and where limits are lifted.
const (
	sayWithin, handWithin = 1300 * time.Millisecond, 700 * time.Millisecond
	sayLifted, handLifted = 200 * time.Millisecond, 300 * time.Millisecond
)

// talk has the speaker say something and others raise and lower a hand, which
// is durable, at an even pace.
func (s *scene) talk(ctx context.Context, at int, r *drive.Room, every, handEvery time.Duration) {
	say, hand := time.NewTicker(every), time.NewTicker(handEvery)
	defer say.Stop()
	defer hand.Stop()
	rest := strings.Repeat(" and so on", 8)
	for k := at * 2; ; {
		select {
		case <-say.C:
			_, _ = r.People[0].Send("share", map[string]string{"text": fmt.Sprintf("%d%s", time.Now().UnixNano(), rest)})
		case <-hand.C:
			m := r.People[1+k/2%(len(r.People)-1)]
			_, _ = m.Send("hand", map[string]bool{"up": k%2 == 0})
			k++
		case <-ctx.Done():
			return
		}
	}
}

// step makes one durable change in the attacked room and gives its number.
func (s *scene) step(ctx context.Context, locked bool) (int64, error) {
	r, err := s.room.Care.Do(ctx, "door", map[string]bool{"locked": locked})
	if err != nil {
		return 0, fmt.Errorf("lock the door: %w", err)
	}
	if r.Code != "" || r.Form == 0 {
		return 0, fmt.Errorf("lock the door: %q, number %d", r.Code, r.Form)
	}
	return r.Form, nil
}

// quiet runs attack and gives how many rows it left in the attacked room's
// journal and how many frames people there saw of it.
func (s *scene) quiet(ctx context.Context, attack func() error) (rows, frames int64, err error) {
	first, err := s.step(ctx, true)
	if err != nil {
		return 0, 0, err
	}
	second, err := s.step(ctx, false)
	if err != nil {
		return 0, 0, err
	}
	settle(ctx)
	s.shown.Store(0)
	s.load, s.still = drive.Spent(), drive.WatchStill()
	err = attack()
	settle(ctx)
	frames = s.shown.Load()
	for _, m := range s.room.All() {
		m.Listen(nil)
	}
	third, err2 := s.step(ctx, true)
	if err != nil || err2 != nil {
		return 0, 0, fmt.Errorf("attack: %w, %w", err, err2)
	}
	_, err = s.step(ctx, false)
	return third - second - (second - first), frames, err
}

// settle lets what is under way arrive.
func settle(ctx context.Context) {
	drive.Wait(ctx, 400*time.Millisecond)
}

func (s *scene) end() {
	s.stop()
	s.done.Wait()
	s.srv.Kill()
	s.room.Close()
	for _, r := range s.others {
		r.Close()
	}
}
