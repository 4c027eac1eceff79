package garbage

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"hearth/cmd/hearthload/drive"
)

// Options say how much garbage.
type Options struct {
	Program string
	Dir     string
	Each    int // pieces of each kind
	Cuts    int // commands that are cut at every byte
	Seed    uint64
	Say     io.Writer
}

// Result is what one part found.
type Result struct {
	Part     string
	Lines    []string      // for people
	Broken   []string      // what was not as it should be
	P50, P99 time.Duration // of the other rooms while it ran
	Late     bool          // P99 was over its limit
	Other    float64       // processors that work of others on this machine took meanwhile
	Still    drive.Still   // what the machine itself added to times meanwhile
	Took     time.Duration
}

// Disturbed says that a late P99 may be the fault of the machine: others took a good
// part of a processor, or it stood still for as long.
func (r *Result) Disturbed() bool {
	return r.Late && (r.Other > 0.1 || r.Still.Longest > atMostOthers)
}

func (r *Result) broken(format string, args ...any) {
	if len(r.Broken) < 40 {
		r.Broken = append(r.Broken, fmt.Sprintf(format, args...))
	}
}

func (r *Result) line(format string, args ...any) {
	r.Lines = append(r.Lines, fmt.Sprintf(format, args...))
}

// atMostOthers is what the other rooms may notice (R5).
const atMostOthers = 100 * time.Millisecond

// settled notes what holds for every part: nothing came of it, nobody else
// noticed, the process lives.
func (r *Result) settled(s *scene, rows, frames int64, began time.Time) {
	r.P50, r.P99, r.Took = s.lat.At(.5), s.lat.At(.99), time.Since(began)
	if rows != 0 {
		r.broken("%d rows came into the attacked room's journal", rows)
	}
	if frames != 0 {
		r.broken("%d frames came to people of the attacked room; the last was %s", frames, *s.spoken.Load())
	}
	r.Other, r.Still = s.load.Others(r.Took), s.still()
	if r.P99 > atMostOthers {
		r.Late = true
		r.broken("p99 in the other rooms was %s, more than %s", r.P99, atMostOthers)
	}
	if s.lat.N() < 100 {
		r.broken("only %d deliveries in the other rooms: nothing was measured", s.lat.N())
	}
	for i, o := range s.others {
		for _, m := range o.All() {
			if m.Missing.Load()+m.Order.Load() > 0 {
				r.broken("room %d: %v", i, m.Fault())
			}
			select {
			case <-m.Gone():
				r.broken("room %d: a connection ended: %v", i, m.Why())
			default:
			}
		}
	}
	if n := s.refuse.Load(); n > 0 {
		r.broken("%d commands were refused in the other rooms", n)
	}
	select {
	case <-s.srv.Gone():
		r.broken("the server is gone: %v", s.srv.Ended())
	default:
	}
	if n, err := s.srv.Measure("hearth_room_panics_total"); err != nil || n != 0 {
		r.broken("hearth_room_panics_total is %v (%v)", n, err)
	}
	r.line("other rooms while it ran: p50 %s, p99 %s, longest %s over %d deliveries; other work on the machine took %.0f %% of a processor, and it stood still for %s at most",
		r.P50, r.P99, s.lat.Max(), s.lat.N(), r.Other*100, r.Still.Longest.Round(time.Millisecond))
}

// Kinds sends every kind of garbage.
func Kinds(ctx context.Context, o Options) (*Result, error) {
	s, err := set(ctx, o.Program, filepath.Join(o.Dir, "kinds"), true, 10)
	if err != nil {
		return nil, err
	}
	defer s.end()
	r := &Result{Part: "garbage"}
	rss, _ := drive.RSS(s.srv.PID())
	goes, _ := s.srv.Measure("go_goroutines")
	began := time.Now()
	rows, frames, err := s.quiet(ctx, func() error {
		hanging, err := s.hang()
		if err != nil {
			return err
		}
		for _, k := range kinds() {
			if err := s.kind(ctx, k, o, r); err != nil {
				return fmt.Errorf("%s: %w", k.name, err)
			}
		}
		hanging(r)
		return nil
	})
	if err != nil {
		return r, err
	}
	r.settled(s, rows, frames, began)
	return r, s.leftovers(ctx, r, rss, goes)
}

// leftovers compares goroutines and memory with before, within 10 s (F21).
func (s *scene) leftovers(ctx context.Context, r *Result, rss int64, goes float64) error {
	var more int64
	var threads float64
	for end := time.Now().Add(10 * time.Second); ; settle(ctx) {
		if err := s.srv.Collect(ctx); err != nil {
			return err
		}
		after, err := drive.RSS(s.srv.PID())
		if err != nil {
			return err
		}
		goesAfter, err := s.srv.Measure("go_goroutines")
		if err != nil {
			return err
		}
		more, threads = after-rss, goesAfter-goes
		if more <= mostMemory && threads <= mostGoroutines || time.Now().After(end) {
			break
		}
	}
	r.line("goroutines %+.0f, memory %+.1f MiB", threads, float64(more)/(1<<20))
	if threads > mostGoroutines {
		r.broken("%.0f goroutines more than before", threads)
	}
	if more > mostMemory {
		r.broken("%.1f MiB more than before", float64(more)/(1<<20))
	}
	return nil
}

// What garbage may leave behind.
const (
	mostMemory     = 20 << 20
	mostGoroutines = 3
)

// attackers send at the same time. Each takes two seats in turn, so that the
// server has noticed the end of one connection before the next comes on that
// seat, and pushes out none for being a fourth. A steady connection on every
// seat keeps it from being lost.
const attackers = 2

// seatOf is the n-th connection's seat of one attacker.
func (s *scene) seatOf(attacker, n int) *drive.Member {
	seats := (len(s.room.People) - idle) / attackers
	return s.room.People[attacker*seats+n%seats]
}

// idle are the last seats, which no attacker takes.
const idle = 2

// kind sends one kind of garbage and judges what came of it.
func (s *scene) kind(ctx context.Context, k kind, o Options, r *Result) error {
	all := tally{codes: map[int]int{}}
	attack := attackers
	if k.who == wellbeing {
		attack = 1 // one seat, one attacker
	}
	conns := (o.Each + k.each - 1) / k.each
	g, ctx := errgroup.WithContext(ctx)
	for a := range attack {
		g.Go(func() error { return s.send(ctx, k, a, conns/attack, o.Seed, &all) })
	}
	if err := g.Wait(); err != nil {
		return err
	}
	r.line("%-36s %4d pieces, ended with %v, %d refused, %d taken", k.name, conns*k.each, all.codes, all.no, all.ack)
	if all.ack > 0 {
		r.broken("%s: %d were taken", k.name, all.ack)
	}
	if len(k.want) == 0 && all.no < conns/attack*attack*k.each {
		r.broken("%s: only %d were refused", k.name, all.no)
	}
	for c, n := range all.codes {
		if len(k.want) == 0 && c != 0 || len(k.want) > 0 && !slices.Contains(k.want, c) {
			r.broken("%s: %d connections ended with %d, want %v", k.name, n, c, k.want)
		}
	}
	return nil
}

// tally sums up how connections ended.
type tally struct {
	mu      sync.Mutex
	codes   map[int]int
	no, ack int
}

func (t *tally) add(e ending) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.codes[e.code]++
	t.no, t.ack = t.no+e.no, t.ack+e.ack
}

// send is one attacker's share of one kind.
func (s *scene) send(ctx context.Context, k kind, attacker, conns int, seed uint64, all *tally) error {
	f := foreign{own: s.room.People[len(s.room.People)-1].Seat}
	for _, m := range s.others[0].All() {
		f.seats = append(f.seats, m.Seat)
	}
	rng := rand.New(rand.NewPCG(seed, uint64(attacker)))
	for n := range conns {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		m := s.seatOf(attacker, n)
		if k.who == wellbeing {
			m = s.room.Care
		}
		e, err := k.once(m, rng, f)
		if err != nil {
			return err
		}
		all.add(e)
	}
	return nil
}

// once opens a connection, sends the pieces of one kind, and sees it out.
func (k kind) once(m *drive.Member, rng *rand.Rand, f foreign) (ending, error) {
	c, err := dial(m, k.who != stranger)
	if err != nil {
		return ending{}, err
	}
	defer c.drop()
	var out []byte
	for range k.each {
		out = append(out, k.make(rng, f)...)
	}
	if _, err := c.c.Write(out); err != nil {
		return ending{}, fmt.Errorf("send: %w", err)
	}
	if len(k.want) > 0 {
		return c.end(), nil
	}
	e := c.answers(k.each)
	if e.code == 0 {
		_, err = c.c.Write(frame(opClose, []byte{3, 232}))
		if end := c.end(); end.code != 1000 {
			err = errors.Join(err, fmt.Errorf("a proper close was answered with %d", end.code))
		}
	}
	return e, err
}

// hangs is how long a peer that says nothing more may stay: 15 s to the next
// ping, 10 s to answer it (protocol §2), and a little.
const hangs = 28 * time.Second

// hang announces messages of up to 2^62 bytes and sends none of them (A17). The
// server may not make room for them, and lets go of who stays mute.
func (s *scene) hang() (look func(r *Result), err error) {
	began := time.Now()
	type over struct {
		code  int
		after time.Duration
	}
	ended := make(chan over, len(s.room.People))
	n := 0
	for i := range 2 * idle { // with the steady one three on a seat
		m := s.room.People[len(s.room.People)-1-i%idle]
		c, err := dial(m, true)
		if err != nil {
			return nil, err
		}
		_ = c.c.SetDeadline(began.Add(hangs + 5*time.Second))
		if _, err := c.c.Write(wire{op: opText, announce: 1 << (31 + 10*i)}.bytes()); err != nil {
			return nil, fmt.Errorf("send: %w", err)
		}
		n++
		go func() {
			defer c.drop()
			ended <- over{c.end().code, time.Since(began)}
		}()
	}
	return func(r *Result) {
		var last time.Duration
		for range n {
			o := <-ended
			last = max(last, o.after)
			if o.code != 4000 && o.code != 1009 || o.after > hangs {
				r.broken("a message that was announced and not sent ended with %d after %s", o.code, o.after.Round(time.Millisecond))
			}
		}
		r.line("%-36s %4d pieces, the last let go after %s", "length 2^31 to 2^61, nothing sent", n, last.Round(100*time.Millisecond))
	}, nil
}
