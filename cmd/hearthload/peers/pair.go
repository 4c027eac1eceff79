package peers

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync/atomic"
	"time"

	"hearth/cmd/hearthload/chaos"
	"hearth/cmd/hearthload/crash"
	"hearth/cmd/hearthload/drive"
	"hearth/hub/freeport"
	"hearth/hub/journal"
	"hearth/hub/journal/kept"
	"hearth/hub/journal/pgtest"
)

// pair is two hearths with one PostgreSQL and one Redis, and rooms with people
// on both.
type pair struct {
	scene // srv is the first node
	other *drive.Server
	there *drive.House // the way to the other node
	pg    *pgtest.Server
	redis *chaos.Redis
	leaky *leaky
	store *journal.Postgres
}

// newPair starts everything. loses makes the second node miss one in so many of
// the messages that nodes send each other.
func newPair(ctx context.Context, o Options, loses int, env ...string) (_ *pair, err error) {
	p := &pair{}
	p.stop = func() {}
	defer func() {
		if err != nil {
			p.end()
		}
	}()
	dir, err := o.folder()
	if err != nil {
		return nil, err
	}
	if p.pg, err = pgtest.Run(); err != nil {
		return nil, fmt.Errorf("start a PostgreSQL: %w", err)
	}
	database, err := p.pg.NewDatabase()
	if err != nil {
		return nil, err
	}
	if p.redis, err = chaos.StartRedis(ctx, filepath.Join(dir, "redis")); err != nil {
		return nil, err
	}
	if p.leaky, err = newLeaky(p.redis.Addr, loses); err != nil {
		return nil, err
	}
	var key [32]byte
	_, _ = rand.Read(key[:])
	keyFile := filepath.Join(dir, "key")
	if err := os.WriteFile(keyFile, []byte(hex.EncodeToString(key[:])+"\n"), 0o600); err != nil {
		return nil, fmt.Errorf("write a key file: %w", err)
	}
	public, err := freeport.Address()
	if err != nil {
		return nil, err
	}
	public = "http://" + public
	node := func(name, redis string) (*drive.Server, error) {
		data := filepath.Join(dir, name)
		if err := os.Mkdir(data, 0o700); err != nil {
			return nil, fmt.Errorf("make a folder for a node: %w", err)
		}
		spec := drive.HearthSpec(o.Program, data, true)
		spec.Env = env
		spec.Args[2] = "--public-url=" + public
		spec.Args = append(spec.Args, "--database-url="+database, "--key-file="+keyFile, "--redis-url="+p.redis.URL(redis), "--node-name="+name)
		return spec.Start(ctx)
	}
	if p.srv, err = node("a", p.redis.Addr); err != nil {
		return nil, err
	}
	if p.other, err = node("b", p.leaky.l.Addr().String()); err != nil {
		return nil, err
	}
	p.house, p.there = drive.NewHouseAt(public, p.srv.Addr()), drive.NewHouseAt(public, p.other.Addr())
	p.store, err = journal.OpenPostgres(ctx, database, keyFile)
	return p, err
}

// fill brings people in on the first node; the last few of each room then go to
// the second.
func (p *pair) fill(ctx context.Context, rooms, move int) error {
	token, err := p.srv.OrganiserToken(ctx)
	if err != nil {
		return err
	}
	if p.group, err = p.house.Organise(ctx, token, "Peers group"); err != nil {
		return err
	}
	p.rooms, err = p.house.Rooms(ctx, p.group, rooms, 2, drive.Plan{Participants: watchPeople, Format: "queue", Book: true})
	if err != nil {
		return fmt.Errorf("fill the rooms: %w", err)
	}
	for _, r := range p.rooms {
		if err := r.People[0].TakeFloor(ctx); err != nil {
			return err
		}
		for _, m := range r.People[watchPeople-move:] {
			m.Drop()
			m.House = p.there
			if err := m.Connect(ctx, false); err != nil {
				return fmt.Errorf("connect to the other node: %w", err)
			}
		}
	}
	return nil
}

// found ends both nodes and looks at what everybody was shown; for back see
// floorFindings.
func (p *pair) found(ctx context.Context, back bool) (found []string, counts crash.Counts, err error) {
	p.halt()
	rows, raw := map[string][]crash.Row{}, map[string][][]byte{}
	var people []crash.Person
	for _, r := range p.rooms {
		err := p.store.Tail(ctx, r.Session, 0, func(seq int64, key kept.CommandKey, row []byte) error {
			rows[r.Session] = append(rows[r.Session], crash.Row{Seq: seq, Key: crash.Key{Seat: string(key.Seat), ID: key.ID}})
			raw[r.Session] = append(raw[r.Session], append([]byte{}, row...))
			return nil
		})
		if err != nil {
			return nil, counts, fmt.Errorf("read the journal: %w", err)
		}
		for _, m := range r.All() {
			people = append(people, crash.Person{Session: r.Session, Seat: m.Seat, Book: m.Book})
		}
	}
	var check crash.Checker
	check.Check(people, rows)
	for _, f := range check.Found {
		found = append(found, f.String())
	}
	queues, _, err := p.floorOf(raw, back)
	return append(found, queues...), check.Counts, err
}

// halt ends both nodes and waits until everybody has noticed.
func (p *pair) halt() {
	p.stop()
	for _, srv := range []*drive.Server{p.srv, p.other} {
		if srv != nil {
			srv.Kill()
		}
	}
	p.done.Wait()
	for _, m := range p.all() {
		if m != nil {
			m.AwaitStill(context.Background())
		}
	}
}

func (p *pair) end() {
	p.halt()
	for _, r := range p.rooms {
		if r != nil {
			r.Close()
		}
	}
	if p.store != nil {
		_ = p.store.Close()
	}
	if p.leaky != nil {
		p.leaky.close()
	}
	if p.redis != nil {
		p.redis.Kill()
	}
	if p.pg != nil {
		_ = p.pg.Remove()
	}
}

// Two is what a look at rooms on two nodes found.
type Two struct {
	Found   []string
	Frames  int           // that people were shown
	Lost    int64         // messages between nodes
	Said    int64         // words that people on the first node heard
	Unheard int64         // of these, what people on the second one did not
	Late    time.Duration // how long after the last of it they had heard all
}

// heardIn is how soon words that were lost between nodes are made up for, also
// when nothing is said after them.
const heardIn = 10 * time.Second

// Both looks at rooms with people on two nodes. busy says that people act on
// both; else those on the second node only listen, and it loses messages.
func Both(ctx context.Context, o Options, busy bool, lasts time.Duration, env ...string) (*Two, error) {
	loses, rooms := 40, watchRooms
	if busy { // nodes are in each other's way only now and then
		loses, rooms = 0, 4*watchRooms
	}
	p, err := newPair(ctx, o, loses, env...)
	if err != nil {
		return nil, err
	}
	defer p.end()
	if err := p.fill(ctx, rooms, watchPeople/2); err != nil {
		return nil, err
	}
	drive.Wait(ctx, time.Second)
	heard := p.count()
	for _, r := range p.rooms {
		if busy { // somebody on each node at the same moment
			half := watchPeople / 2
			turned := &drive.Room{People: slices.Concat(r.People[:1], r.People[half:], r.People[1:half])}
			p.talk(ctx, pace{100 * time.Millisecond, 25 * time.Millisecond, 90}, r)
			p.talk(ctx, pace{100 * time.Millisecond, 25 * time.Millisecond, 90}, turned)
			continue
		}
		here := &drive.Room{Lead: r.Lead, Care: r.Care, People: r.People[:watchPeople/2]}
		p.talk(ctx, pace{15 * time.Millisecond, 500 * time.Millisecond, 90}, here)
	}
	drive.Wait(ctx, lasts)
	p.stop()
	p.done.Wait()
	two := &Two{Lost: p.leaky.lost.Load()}
	drive.Wait(ctx, time.Second) // the last of it arrives
	two.Late, _ = until(ctx, heardIn, func() bool {
		two.Said, two.Unheard = heard()
		return two.Unheard == 0
	})
	found, counts, err := p.found(ctx, false)
	two.Found, two.Frames = found, counts.Frames
	if !busy && two.Lost == 0 && err == nil {
		err = errors.New("no message was lost: nothing was proved")
	}
	return two, err
}

// count counts the words that everybody hears from now on; what it gives sums
// up what was said, and how much of it did not reach people on the second node.
func (p *pair) count() func() (said, unheard int64) {
	ears := map[*drive.Member]*atomic.Int64{}
	for _, m := range p.all() {
		n := &atomic.Int64{}
		ears[m] = n
		m.Listen(func(_ *drive.Member, h drive.Head, _ []byte) {
			if h.Kind == drive.Words {
				n.Add(1)
			}
		})
	}
	return func() (said, unheard int64) {
		for _, r := range p.rooms {
			all := ears[r.Lead].Load()
			for _, m := range r.People[watchPeople/2:] {
				said += all
				unheard += max(all-ears[m].Load(), ears[m].Load()-all) // heard twice is no better
			}
		}
		return said, unheard
	}
}

// Nodes looks at rooms on two nodes as a part: with people who act on both at
// the same time, and with a relay that loses messages silently.
func Nodes(ctx context.Context, o Options) (*Report, error) {
	r := &Report{Part: "R3"}
	began := time.Now()
	lasts := time.Duration(o.pick(60, 3)) * time.Second
	for _, busy := range []bool{true, false} {
		two, err := Both(ctx, o, busy, lasts)
		r.Took = time.Since(began)
		if err != nil {
			return r, err
		}
		what := "people act on both nodes"
		if !busy {
			what = fmt.Sprintf("%d messages between nodes lost", two.Lost)
		}
		r.none(what+": frames or queues not as for everybody", int64(len(two.Found)))
		r.least(what+": frames that were shown", int64(two.Frames), 3000)
		r.Figures = append(r.Figures, Figure{What: what + ": words the other node's people did not hear once",
			Got: fmt.Sprintf("%d of %d", two.Unheard, two.Said), Target: "0", OK: two.Unheard == 0})
		r.within(what+": all was heard, after the last of it", two.Late, heardIn)
		if len(two.Found) > 0 {
			return r, errors.New(two.Found[0])
		}
	}
	return r, nil
}
