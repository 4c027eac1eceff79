package peers

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"hearth/cmd/hearthload/drive"
)

// What slow readers may cost (F17).
const (
	othersIn  = 100 * time.Millisecond // p99 of the others (R5)
	slowCut   = 10 * time.Second
	slowCosts = 64 << 20
	never     = 100 // people who never read
)

// wordy is a room in which so much is said that whoever does not read it falls
// behind within seconds.
var wordy = pace{50 * time.Millisecond, 200 * time.Millisecond, 1800}

// Slow has one person of twelve read 100 bytes a second, and then a hundred who
// never read, while twenty rooms go on (F17).
func Slow(ctx context.Context, o Options) (*Report, error) {
	s, err := set(ctx, o, 20)
	if err != nil {
		return nil, err
	}
	defer s.end()
	r := &Report{Part: "F17"}
	defer r.begin()()
	s.talk(ctx, wordy, s.rooms[:5]...)
	s.talk(ctx, standard, s.rooms[5:]...)
	drive.Wait(ctx, time.Second)
	grown, err := s.memory(ctx)
	if err != nil {
		return r, err
	}
	s.lat.Reset()
	slow := map[*drive.Member]bool{}
	for n := range o.pick(5, 1) {
		m := s.rooms[n].People[9]
		slow[m] = true
		if err := s.trickle(ctx, r, m); err != nil {
			return r, fmt.Errorf("read 100 bytes a second: %w", err)
		}
	}
	r.heard(s, "others while one reads 100 B/s", othersIn)
	s.lat.Reset()
	for range o.pick(3, 1) {
		if err := s.unread(ctx, r); err != nil {
			return r, fmt.Errorf("never read: %w", err)
		}
	}
	r.heard(s, fmt.Sprintf("others while %d never read", never), othersIn)
	r.near("memory more than before", float64(grown())/(1<<20), slowCosts>>20, " MiB")
	r.unharmed("others", s.rooms, slow)
	r.none("commands refused to others", s.refuse.Load())
	r.sound(s, 0)
	return r, nil
}

// tap is a connection that can be turned down to a hundred bytes a second.
type tap struct {
	net.Conn
	low atomic.Bool
}

func (t *tap) Read(p []byte) (int, error) {
	if t.low.Load() {
		time.Sleep(100 * time.Millisecond)
		p = p[:min(len(p), 10)]
	}
	return t.Conn.Read(p)
}

// trickle turns one person's connection down until the server ends it, and has
// them come back with resume.
func (s *scene) trickle(ctx context.Context, r *Report, m *drive.Member) error {
	t := &tap{}
	usual := m.House
	slow := *usual
	slow.HTTP = &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, network, addr string) (c net.Conn, err error) {
		t.Conn, err = narrow(ctx, network, addr)
		return t, err
	}}}
	m.Drop()
	m.House = &slow
	if err := m.Connect(ctx, false); err != nil {
		return err
	}
	drive.Wait(ctx, 200*time.Millisecond)
	before, err := ends(s.srv)
	if err != nil {
		return err
	}
	t.low.Store(true)
	took, _ := s.cut(ctx, before, 1)
	t.low.Store(false) // what the kernel holds is read to the end
	r.within("slow one is cut after", took, slowCut)
	select {
	case <-m.Gone():
	case <-time.After(patience):
		m.Drop()
	}
	m.House = usual
	var resumed, anew atomic.Int64
	m.Listen(func(m *drive.Member, h drive.Head, line []byte) {
		switch h.Kind {
		case drive.Resumed:
			resumed.Add(1)
		case drive.Hello:
			anew.Add(1)
		}
	})
	if err := m.Connect(ctx, false); err != nil {
		return err
	}
	drive.Wait(ctx, 500*time.Millisecond)
	r.all("slow one comes back and is given what was missed", int(resumed.Load()-anew.Load()), 1)
	r.none("slow one: frames missing or out of order", m.Missing.Load()+m.Order.Load())
	m.Listen(nil)
	return nil
}

// unread opens a hundred connections that say hello and read nothing more.
func (s *scene) unread(ctx context.Context, r *Report) error {
	before, err := ends(s.srv)
	if err != nil {
		return err
	}
	began := time.Now()
	for n := range never {
		c, err := greeted(ctx, s.rooms[n/20].People[n%10], narrow)
		if err != nil {
			return err
		}
		defer c.reset()
	}
	_, n := s.cut(ctx, before, never)
	r.all("people who never read and were cut", n, never)
	r.within("the last of them is cut after", time.Since(began), slowCut)
	return nil
}

// cut waits until so many connections have been ended by the server.
func (s *scene) cut(ctx context.Context, before, want int) (took time.Duration, n int) {
	took, _ = until(ctx, 2*slowCut, func() bool {
		drive.Wait(ctx, 50*time.Millisecond)
		now, err := ends(s.srv)
		n = now - before
		return err == nil && n >= want
	})
	return took, n
}

// ends is how many connections have ended, by any close code.
func ends(srv *drive.Server) (n int, err error) {
	page, err := srv.MetricsPage()
	if err != nil {
		return 0, err
	}
	for sc := bufio.NewScanner(bytes.NewReader(page)); sc.Scan(); {
		if rest, ok := strings.CutPrefix(sc.Text(), "hearth_disconnects_total{"); ok {
			_, value, _ := strings.Cut(rest, "} ")
			f, err := strconv.ParseFloat(value, 64)
			if err != nil {
				return 0, fmt.Errorf("read the metrics page: %w", err)
			}
			n += int(f)
		}
	}
	return n, nil
}

// memory notes what the server holds now; grown gives by how much it was more at
// most until it is called.
func (s *scene) memory(ctx context.Context) (grown func() int64, err error) {
	if err := s.srv.Collect(ctx); err != nil {
		return nil, err
	}
	before, err := drive.RSS(s.srv.PID())
	if err != nil {
		return nil, err
	}
	var most atomic.Int64
	ctx, stop := context.WithCancel(ctx)
	s.done.Go(func() {
		for ctx.Err() == nil {
			if now, err := drive.RSS(s.srv.PID()); err == nil {
				most.Store(max(most.Load(), now-before))
			}
			drive.Wait(ctx, 100*time.Millisecond)
		}
	})
	return func() int64 { stop(); return most.Load() }, nil
}
