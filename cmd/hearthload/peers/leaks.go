package peers

import (
	"context"
	"fmt"
	"os"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"hearth/cmd/hearthload/drive"
)

// What abnormal ends may leave behind (F25).
const (
	moreGoroutines = 3
	moreFiles      = 2
	settlesIn      = 10 * time.Second
	seatRests      = 300 * time.Millisecond // until the server has noticed the end of its last connection
)

// ending is one way to end a connection badly.
type ending struct {
	name  string
	do    func(ctx context.Context, m *drive.Member) error
	width int // how many at once; more where it takes seconds by nature
}

func endings() []ending {
	// as greets and then does something.
	as := func(do func(*raw)) func(context.Context, *drive.Member) error {
		return func(ctx context.Context, m *drive.Member) error {
			c, err := greeted(ctx, m, drive.Spread)
			if err == nil {
				do(c)
			}
			return err
		}
	}
	upgraded := func(do func(*raw)) func(context.Context, *drive.Member) error {
		return func(ctx context.Context, m *drive.Member) error {
			c, err := upgrade(ctx, m, drive.Spread)
			if err == nil {
				do(c)
			}
			return err
		}
	}
	part := frame(opText, []byte(`{"do":"hand","up":true}`))[:9]
	return []ending{
		{"connect, and nothing more", halfRequest(0), 2},
		{"half a request, then FIN", halfRequest(60), 2},
		{"a request, then RST before the answer", unheard, 2},
		{"upgraded, then FIN", upgraded((*raw).fin), 2},
		{"upgraded, then RST", upgraded((*raw).reset), 2},
		{"upgraded, and never hello", upgraded(func(c *raw) { c.over(); c.fin() }), 50},
		{"hello, then FIN without a close frame", as((*raw).fin), 2},
		{"hello, then RST", as((*raw).reset), 2},
		{"hello, half a frame, then FIN", as(func(c *raw) { _, _ = c.c.Write(part); c.fin() }), 2},
		{"hello, half a frame, then RST", as(func(c *raw) { _, _ = c.c.Write(part); c.reset() }), 2},
		{"hello, half-closed, and reading on", as(func(c *raw) { c.half(); c.over(); c.fin() }), 10},
		{"hello, a close frame, and never gone", as(func(c *raw) {
			_, _ = c.c.Write(frame(opClose, []byte{3, 232}))
			for c.over() != 1006 { // until the server has hung up
			}
			c.fin()
		}), 10},
	}
}

// halfRequest sends the beginning of a request.
func halfRequest(n int) func(context.Context, *drive.Member) error {
	return func(ctx context.Context, m *drive.Member) error {
		host := strings.TrimPrefix(m.House.URL, "http://")
		c, err := drive.Spread(ctx, "tcp", host)
		if err != nil {
			return fmt.Errorf("connect: %w", err)
		}
		defer c.Close()
		_, err = c.Write([]byte(request(m, host)[:n]))
		return err
	}
}

// unheard asks for the socket and is gone before the answer.
func unheard(ctx context.Context, m *drive.Member) error {
	host := strings.TrimPrefix(m.House.URL, "http://")
	c, err := drive.Spread(ctx, "tcp", host)
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	_, err = c.Write([]byte(request(m, host)))
	reset(c)
	return err
}

// Leaks ends connections in twelve abnormal ways, 100 each in the short form and
// 1,000 in the whole one, and counts what they leave behind (F25).
func Leaks(ctx context.Context, o Options) (*Report, error) {
	s, err := set(ctx, o, 12)
	if err != nil {
		return nil, err
	}
	defer s.end()
	r := &Report{Part: "F25"}
	defer r.begin()()
	if err := s.endAll(ctx, 8); err != nil { // what is made once is not a leak
		return r, err
	}
	s.house.HTTP.CloseIdleConnections()
	drive.Wait(ctx, settlesIn/2)
	before, err := s.held(ctx)
	if err != nil {
		return r, err
	}
	each := o.pick(1000, 100)
	if err := s.endAll(ctx, each); err != nil {
		return r, err
	}
	s.house.HTTP.CloseIdleConnections()
	var after holding
	took, ok := until(ctx, settlesIn, func() bool {
		if after, err = s.held(ctx); err != nil {
			return true
		}
		return after.goroutines-before.goroutines <= moreGoroutines && after.files-before.files <= moreFiles
	})
	if err != nil {
		return r, err
	}
	r.Figures = append(r.Figures, Figure{What: fmt.Sprintf("%d ways to end badly, connections of each", len(endings())), Got: fmt.Sprint(each), Target: fmt.Sprint(each), OK: true})
	r.near("goroutines more than before", float64(after.goroutines-before.goroutines), moreGoroutines, "")
	r.near("file descriptors more than before", float64(after.files-before.files), moreFiles, "")
	r.near("memory more than before", float64(after.rss-before.rss)/(1<<20), 20, " MiB")
	if ok {
		r.within("settled after", took, settlesIn)
	}
	r.unharmed("people in the rooms", s.rooms, nil)
	r.sound(s, 0)
	return r, s.seesLeaks(ctx, r)
}

// seesLeaks proves the count: five connections that stay have to be in it.
func (s *scene) seesLeaks(ctx context.Context, r *Report) error {
	before, err := s.held(ctx)
	if err != nil {
		return err
	}
	for n := range 5 {
		c, err := greeted(ctx, s.rooms[0].People[n], drive.Spread)
		if err != nil {
			return err
		}
		defer c.fin()
	}
	after, err := s.held(ctx)
	r.least("five connections that stay are counted as goroutines", int64(after.goroutines-before.goroutines), moreGoroutines+1)
	r.least("and as file descriptors", int64(after.files-before.files), moreFiles+1)
	return err
}

// endAll ends n connections in each way. What waits is done by many at once, for
// each has a time limit of the server to sit out. A seat rests before it is used
// again, so that no connection is pushed out for being its fourth.
func (s *scene) endAll(ctx context.Context, n int) error {
	seats := make(chan *drive.Member, len(s.rooms)*perRoom)
	for _, room := range s.rooms {
		for _, m := range room.People {
			seats <- m
		}
	}
	g, ctx := errgroup.WithContext(ctx)
	for _, e := range endings() {
		var next atomic.Int64
		for range e.width {
			g.Go(func() error {
				for next.Add(1) <= int64(n) {
					m := <-seats
					err := e.do(ctx, m)
					time.AfterFunc(seatRests, func() { seats <- m })
					if err != nil {
						return fmt.Errorf("%s: %w", e.name, err)
					}
				}
				return nil
			})
		}
	}
	return g.Wait()
}

// holding is what a process has in hand.
type holding struct {
	goroutines, files int
	rss               int64
}

func (s *scene) held(ctx context.Context) (h holding, err error) {
	if err := s.srv.Collect(ctx); err != nil {
		return h, err
	}
	goes, err := s.srv.Measure("go_goroutines")
	if err != nil {
		return h, err
	}
	files, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", s.srv.PID()))
	if err != nil {
		return h, fmt.Errorf("count the server's files: %w", err)
	}
	h.goroutines, h.files = int(goes), len(files)
	h.rss, err = drive.RSS(s.srv.PID())
	return h, err
}
