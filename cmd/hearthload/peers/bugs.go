package peers

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"hearth/cmd/hearthload/crash"
	"hearth/cmd/hearthload/drive"
	"hearth/hub/fail"
)

// Sight is what a look at who sees what found.
type Sight struct {
	Found          []string
	AtDoor, Queues int           // lines to people at the door, queues shown
	LastOut        time.Duration // a removed person's connection was closed after
}

// watchRooms and watchPeople are how many are looked at.
const (
	watchRooms  = 3
	watchPeople = 8
)

// Watch runs rooms with people at the door, removes somebody in each, ends the
// server, and looks at what everybody was sent. env may hold a seeded bug.
func Watch(ctx context.Context, o Options, env ...string) (*Sight, error) {
	s, err := start(ctx, o, true, env...)
	if err != nil {
		return nil, err
	}
	defer s.end()
	sight := &Sight{}
	var links []drive.Links
	var doors []*door
	for range watchRooms {
		l, err := s.house.Schedule(ctx, s.group, "Tuesday group", watchPeople+2)
		if err != nil {
			return nil, err
		}
		r, err := s.house.Fill(ctx, l, drive.Plan{Participants: watchPeople, Format: "queue", Book: true})
		if err == nil {
			err = r.People[0].TakeFloor(ctx)
		}
		s.rooms, links = append(s.rooms, r), append(links, l)
		if err != nil {
			return nil, fmt.Errorf("fill a room: %w", err)
		}
		at, err := s.strangers(ctx, l)
		if err != nil {
			return nil, fmt.Errorf("come to the door: %w", err)
		}
		doors = append(doors, at...)
	}
	s.talk(ctx, pace{100 * time.Millisecond, 15 * time.Millisecond, 90}, s.rooms...)
	drive.Wait(ctx, 1500*time.Millisecond)
	for i, r := range s.rooms {
		last := watchPeople - 1
		out, err := s.remove(ctx, r, r.People[last], links[i].Personal[last])
		if err != nil {
			return nil, fmt.Errorf("remove somebody: %w", err)
		}
		sight.Found = append(sight.Found, out.findings()...)
		sight.LastOut = max(sight.LastOut, out.closed)
	}
	s.stop()
	s.srv.Kill()
	s.done.Wait()
	for _, m := range s.all() {
		m.AwaitStill(ctx)
	}
	for _, d := range doors {
		sight.Found = append(sight.Found, d.findings()...)
		sight.AtDoor += len(d.lines)
	}
	found, looked, err := s.floor(ctx)
	sight.Found, sight.Queues = append(sight.Found, found...), looked
	return sight, err
}

func (s *scene) all() (people []*drive.Member) {
	for _, r := range s.rooms {
		people = append(people, r.All()...)
	}
	return people
}

// strangers brings two people to the door of a room: one knocks, one has only
// opened the link. Neither is let in.
func (s *scene) strangers(ctx context.Context, l drive.Links) (doors []*door, err error) {
	for n, token := range l.Personal[watchPeople:] {
		d := &door{}
		m := &drive.Member{Name: []string{"Olga", "Petra"}[n], Role: "participant"}
		m.Listen(d.hear)
		if n == 0 {
			err = s.house.Enter(ctx, token, m)
		} else {
			m.House = s.house
			if m.Seat, m.Cookie, err = s.house.Open(ctx, token, ""); err == nil {
				err = m.Connect(ctx, true)
			}
		}
		if err != nil {
			return nil, err
		}
		doors = append(doors, d)
		context.AfterFunc(ctx, m.Drop)
	}
	return doors, nil
}

// Sees is the look at who sees what as a part: nothing is found in a hearth
// without a seeded bug.
func Sees(ctx context.Context, o Options) (*Report, error) {
	r := &Report{Part: "R6"}
	began := time.Now()
	sight, err := Watch(ctx, o)
	r.Took = time.Since(began)
	if err != nil {
		return r, err
	}
	r.none("frames of the room to people at the door, removed people let in, queues out of order", int64(len(sight.Found)))
	r.within("a removed person's connection is closed after", sight.LastOut, outIn)
	r.least("lines to people at the door", int64(sight.AtDoor), 4*watchRooms)
	r.least("queues that were shown", int64(sight.Queues), 1000)
	if len(sight.Found) > 0 {
		return r, errors.New(sight.Found[0])
	}
	return r, nil
}

// A seeded bug has to be found within this time (walls §3.2).
const foundIn = time.Minute

// Hunt looks for one seeded bug with the checker that is to find it.
func Hunt(ctx context.Context, o Options, bug string) (first string, took time.Duration, err error) {
	ctx, cancel := context.WithTimeout(ctx, foundIn)
	defer cancel()
	began := time.Now()
	if slices.Contains(fail.CrashBugs(), bug) {
		dir, err := o.folder()
		if err != nil {
			return "", 0, err
		}
		found, took, err := crash.Hunt(ctx, crash.Options{Program: o.Program, Dir: dir, Rooms: 6, Seed: o.Seed, Say: o.Say}, bug, foundIn)
		if len(found) > 0 {
			first = found[0].String()
		}
		return first, took, err
	}
	for ctx.Err() == nil && first == "" && err == nil {
		var found []string
		if found, err = look(ctx, o, bug); len(found) > 0 {
			first = found[0]
		}
	}
	return first, time.Since(began), err
}

// look takes one look at a hearth, or two of them, with a seeded bug.
func look(ctx context.Context, o Options, bug string) ([]string, error) {
	seeded := "HEARTH_BUG=" + bug
	if bug == fail.NoEpochCheck || bug == fail.GapIgnored {
		lasts := 3 * time.Second
		if bug == fail.NoEpochCheck { // nodes are in each other's way only now and then
			lasts = 8 * time.Second
		}
		two, err := Both(ctx, o, bug == fail.NoEpochCheck, lasts, seeded)
		if err != nil {
			return nil, err
		}
		return two.Found, nil
	}
	sight, err := Watch(ctx, o, seeded)
	if err != nil {
		return nil, err
	}
	return sight.Found, nil
}

// Bugs looks for every seeded bug, or only one, and prints a table.
func Bugs(ctx context.Context, o Options, only string, w io.Writer) error {
	var errs []error
	for _, bug := range fail.Bugs() {
		if only != "" && only != bug {
			continue
		}
		first, took, err := Hunt(ctx, o, bug)
		switch {
		case err != nil:
			errs = append(errs, fmt.Errorf("look for %s: %w", bug, err))
		case first == "":
			errs = append(errs, fmt.Errorf("the seeded bug %s was not found within %s", bug, took.Round(time.Second)))
		default:
			fmt.Fprintf(w, "bug %-22s found in %4.1f s (60 s): %s\n", bug, took.Seconds(), first)
		}
	}
	return errors.Join(errs...)
}
