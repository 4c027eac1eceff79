package bench

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"hearth/cmd/hearthload/drive"
	"hearth/hub/freeport"
	"hearth/hub/journal/pgtest"
	"hearth/hub/remote/redistest"
)

const hops = "(g) hops"

// stores are what nodes share.
type stores struct {
	pg      *pgtest.Server
	redis   *redistest.Server
	url     string
	keyFile string
}

// openStores starts PostgreSQL and Redis, on the servers' processor.
func (w *world) openStores() (_ *stores, err error) {
	s := &stores{keyFile: filepath.Join(w.dir, "key")}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.close())
		}
	}()
	var key [32]byte
	_, _ = rand.Read(key[:])
	if err := os.WriteFile(s.keyFile, []byte(hex.EncodeToString(key[:])+"\n"), 0o600); err != nil {
		return nil, fmt.Errorf("write a key file: %w", err)
	}
	err = drive.OnCPU(0, func() (err error) {
		if s.pg, err = pgtest.Run(); err != nil {
			return fmt.Errorf("start a PostgreSQL: %w", err)
		}
		if s.redis, err = redistest.Run(redistest.Options{}); err != nil {
			return fmt.Errorf("start a Redis: %w", err)
		}
		s.url, err = s.pg.NewDatabase()
		return err
	})
	return s, err
}

func (s *stores) close() error {
	var err error
	if s.pg != nil {
		err = s.pg.Remove()
	}
	if s.redis != nil {
		err = errors.Join(err, s.redis.Stop())
	}
	return err
}

// startNodes starts hearths that share a house; clients know all of them by one
// address, as behind a proxy.
func (w *world) startNodes(ctx context.Context, st *stores, name string, n int) (_ *side, err error) {
	public, err := freeport.Address()
	if err != nil {
		return nil, err
	}
	s := &side{name: name}
	defer func() {
		if err != nil {
			s.close()
		}
	}()
	for i := range n {
		dir := filepath.Join(w.dir, fmt.Sprintf("%s-%d", name, i))
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return nil, fmt.Errorf("make a folder for a node: %w", err)
		}
		srv, err := drive.Spec{Program: w.hearth, Dir: dir, CPU: 0, Ready: "/healthz", Args: []string{
			"serve", "--listen={listen}", "--public-url=http://" + public, "--data={dir}", "--metrics-listen={metrics}", "--unsafe-lift-rate-limits",
			"--database-url=" + st.url, "--key-file=" + st.keyFile, "--redis-url=" + st.redis.URL(), "--node-name=" + fmt.Sprintf("n%d", i),
		}}.Start(ctx)
		if err != nil {
			return nil, err
		}
		s.nodes = append(s.nodes, srv)
	}
	s.srv = s.nodes[0]
	s.house = drive.NewHouseAt("http://"+public, s.srv.Addr())
	token, err := s.srv.OrganiserToken(ctx)
	if err == nil {
		s.group, err = s.house.Organise(ctx, token, "Bench group")
	}
	return s, err
}

// split moves every second person of each room to the second node.
func (s *side) split(ctx context.Context) error {
	there := drive.NewHouseAt(s.house.URL, s.nodes[1].Addr())
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(16)
	for _, r := range s.rooms {
		g.Go(func() error {
			for i, m := range r {
				if i%2 == 0 {
					continue
				}
				m.Drop()
				m.House = there
				if err := m.Connect(gctx, true); err != nil {
					return fmt.Errorf("move to the second node: %w", err)
				}
			}
			return nil
		})
	}
	return g.Wait()
}

// hopping measures the same load on one node with SQLite, on one with
// PostgreSQL and Redis, and on two with every room split between them.
func (w *world) hopping(ctx context.Context) (err error) {
	st, err := w.openStores()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, st.close()) }()
	w.sayf("starting one node on SQLite, one on PostgreSQL and Redis, and two that share every room")
	a, err := w.startHearth(ctx, "sqlite")
	if err != nil {
		return err
	}
	defer func() { a.close() }()
	b, err := w.startNodes(ctx, st, "one", 1)
	if err != nil {
		return err
	}
	defer func() { b.close() }()
	apart := *st
	if apart.url, err = st.pg.NewDatabase(); err != nil { // a house of its own
		return err
	}
	c, err := w.startNodes(ctx, &apart, "two", 2)
	if err != nil {
		return err
	}
	defer func() { c.close() }()
	sides := []*side{a, b, c}
	for _, s := range sides {
		if err := errors.Join(s.fill(ctx, w.hopRooms), s.holdFloor(ctx)); err != nil {
			return err
		}
	}
	if err := c.split(ctx); err != nil {
		return err
	}
	drive.Wait(ctx, 14*time.Second) // ten seconds after somebody moved, presence is asked once about the others
	if err := w.steadyPresence(ctx, st, c); err != nil {
		return err
	}
	return w.compare(ctx, sides)
}

// compare runs the same rounds on each side in turn and reports them.
func (w *world) compare(ctx context.Context, sides []*side) error {
	names := []string{"one node, SQLite", "one node, PostgreSQL + Redis", "two nodes, rooms split"}
	words, form := make([][]round, len(sides)), make([][]round, len(sides))
	w.sayf("%d rounds of words and of form on each", w.rounds)
	for i := range w.rounds {
		for j := range sides {
			at := (i + j) % len(sides)
			words[at] = append(words[at], w.steady(ctx, sides[at]))
			form[at] = append(form[at], w.formRound(ctx, sides[at]))
		}
	}
	for _, kind := range []struct {
		name   string
		rounds [][]round
	}{{"words", words}, {"form", form}} {
		for i, name := range names {
			rs := kind.rounds[i]
			w.rep.plain(hops, kind.name+", "+name+": p50", medianOf(rs, func(r round) float64 { return ms(r.p50) }), "ms")
			w.rep.plain(hops, kind.name+", "+name+": p99", medianOf(rs, func(r round) float64 { return ms(r.p99) }), "ms")
			w.rep.plain(hops, kind.name+", "+name+": CPU per delivery", medianOf(rs, round.perDelivery), "µs")
		}
		for i, name := range []string{"PostgreSQL and Redis to SQLite", "two nodes to one"} {
			w.rep.plain(hops, kind.name+", "+name+": p50", ratio(kind.rounds[i+1], kind.rounds[i], func(r round) float64 { return ms(r.p50) }), "x")
			w.rep.plain(hops, kind.name+", "+name+": CPU per delivery", ratio(kind.rounds[i+1], kind.rounds[i], round.perDelivery), "x")
		}
	}
	for i, s := range sides {
		missing, order := faults(s)
		w.rep.atMost(hops, "lost or out of order, "+names[i], float64(missing+order), 0, "")
	}
	w.rep.note("(g) the same rooms and the same pace on each side, in turn; PostgreSQL, Redis and all nodes share processor 0; CPU is that of the hearth processes together, over %d rooms", w.hopRooms)
	return nil
}

// formRound runs two durable events a second in each room.
func (w *world) formRound(ctx context.Context, s *side) round {
	f := listen(s)
	cpu, began := s.cpu(), time.Now()
	lctx, stop := context.WithTimeout(ctx, w.wordFor)
	defer stop()
	var all sync.WaitGroup
	for i, r := range s.rooms {
		all.Go(func() { f.drive(lctx, r, f.rooms[i]) })
	}
	all.Wait()
	until(ctx, 5*time.Second, func() bool { return f.delivered.Load() >= f.acked.Load()*perRoom })
	out := round{cpu: s.cpu() - cpu, took: time.Since(began), delivered: float64(f.delivered.Load()), p50: f.lat.At(.5), p99: f.lat.At(.99), refused: f.refused.Load()}
	for m := range s.all {
		m.Listen(nil)
	}
	return out
}

// steadyPresence counts what the nodes ask of Redis while everybody is connected
// and nobody says anything.
func (w *world) steadyPresence(ctx context.Context, st *stores, s *side) error {
	m, err := st.redis.Monitor()
	if err != nil {
		return fmt.Errorf("listen to Redis: %w", err)
	}
	drive.Wait(ctx, w.watchFor)
	lines := m.Lines()
	m.Close()
	people := 0
	for _, line := range lines {
		if strings.Contains(line, "hearth:pres") {
			people++
		}
	}
	minutes, conns := w.watchFor.Minutes(), float64(len(s.rooms)*perRoom)
	w.rep.plain(hops, "connections at rest on two nodes", conns, "")
	w.rep.plain(hops, "Redis commands per node and second, at rest", float64(len(lines))/minutes/60/3, "/s")
	w.rep.atMost(hops, "of these about people, per connection and minute", float64(people)/conns/minutes, 0, "")
	return nil
}
