package peers

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"hearth/cmd/hearthload/drive"
)

// What is promised to people whose network dies without a word (F18).
const (
	noticedIn = 30 * time.Second
	keptFor   = 2 * time.Minute
	halfRooms = 5 // with ten people each behind the veil
)

// veil is a proxy that can stop passing bytes, both ways and without closing
// anything, as a network does that drops every packet.
type veil struct {
	to    string
	l     net.Listener
	drawn chan struct{} // closed: nothing passes any more
	over  chan struct{} // closed: everything ends
	mu    sync.Mutex
	conns []net.Conn
}

func newVeil(to string) (*veil, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listen: %w", err)
	}
	v := &veil{to: to, l: l, drawn: make(chan struct{}), over: make(chan struct{})}
	go v.accept()
	return v, nil
}

func (v *veil) accept() {
	for {
		from, err := v.l.Accept()
		if err != nil {
			return
		}
		to, err := drive.Spread(context.Background(), "tcp", v.to)
		if err != nil {
			_ = from.Close()
			continue
		}
		v.mu.Lock()
		v.conns = append(v.conns, from, to)
		v.mu.Unlock()
		go v.pass(from, to)
		go v.pass(to, from)
	}
}

func (v *veil) pass(from, to net.Conn) {
	buf := make([]byte, 16<<10)
	for {
		n, err := from.Read(buf)
		select {
		case <-v.drawn:
			<-v.over // neither the bytes nor the end go on
			return
		default:
		}
		if n > 0 {
			_, _ = to.Write(buf[:n])
		}
		if err != nil {
			_ = to.Close()
			return
		}
	}
}

func (v *veil) close() {
	close(v.over)
	_ = v.l.Close()
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, c := range v.conns {
		_ = c.Close()
	}
}

// behind is a house whose connections go through the veil.
func (v *veil) behind(h *drive.House) *drive.House {
	far := *h
	far.HTTP = &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, network, v.l.Addr().String())
	}}}
	return &far
}

// lookout notes what the lead of a room is shown of who is there.
type lookout struct {
	mu   sync.Mutex
	lost map[string]time.Time // when a seat was shown as reconnecting
	left map[string]bool
}

var keySeat = []byte(`"seat":"`)

func (o *lookout) hear(_ *drive.Member, h drive.Head, line []byte) {
	if h.Kind != drive.Set || h.To != drive.RoomStream {
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	for kind, note := range map[string]func(string){
		"reconnecting": func(seat string) { o.lost[seat] = time.Now() },
		"left":         func(seat string) { o.left[seat] = true },
	} {
		for _, on := range bytes.Split(line, []byte(`"kind":"`+kind+`"`))[1:] {
			note(string(drive.Text(on, keySeat)))
		}
	}
}

// HalfOpen cuts off fifty people without closing their connections (F18). In the
// whole form they stay away for two minutes.
func HalfOpen(ctx context.Context, o Options) (*Report, error) {
	s, err := set(ctx, o, 20)
	if err != nil {
		return nil, err
	}
	defer s.end()
	r := &Report{Part: "F18"}
	defer r.begin()()
	v, err := newVeil(strings.TrimPrefix(s.srv.URL, "http://"))
	if err != nil {
		return r, err
	}
	defer v.close()
	far, out, err := s.moveBehind(ctx, v)
	if err != nil {
		return r, err
	}
	s.talk(ctx, standard, s.rooms[halfRooms:]...)
	doors := s.toggleDoors(ctx, s.rooms[:halfRooms])
	drive.Wait(ctx, time.Second)
	s.lat.Reset()
	close(v.drawn)
	began := time.Now()
	shown := func() (n int, last time.Duration) {
		out.mu.Lock()
		defer out.mu.Unlock()
		for _, m := range far {
			if at, ok := out.lost[m.Seat]; ok {
				n, last = n+1, max(last, at.Sub(began))
			}
		}
		return n, last
	}
	until(ctx, noticedIn+5*time.Second, func() bool { n, _ := shown(); return n == len(far) })
	n, last := shown()
	r.all("people cut off and shown as reconnecting", n, len(far))
	r.within("the last of them noticed and shown after", last, noticedIn)
	away := 2 * time.Second
	if o.Whole {
		away = keptFor - time.Since(began)
	}
	drive.Wait(ctx, away)
	s.comeBack(ctx, r, far, out, began)
	doors()
	r.heard(s, "other rooms", othersIn)
	r.unharmed("other rooms", s.rooms[halfRooms:], nil)
	r.sound(s, 0)
	return r, nil
}

// moveBehind has the participants of the first rooms connect through the veil.
func (s *scene) moveBehind(ctx context.Context, v *veil) (far []*drive.Member, out *lookout, err error) {
	house := v.behind(s.house)
	out = &lookout{lost: map[string]time.Time{}, left: map[string]bool{}}
	for _, room := range s.rooms[:halfRooms] {
		for _, m := range room.People {
			m.Drop()
			m.House = house
			if err := m.Connect(ctx, false); err != nil {
				return nil, nil, fmt.Errorf("connect behind the veil: %w", err)
			}
			far = append(far, m)
		}
		room.Lead.Listen(out.hear)
	}
	return far, out, nil
}

// toggleDoors lets something happen in rooms that those who are cut off miss.
func (s *scene) toggleDoors(ctx context.Context, rooms []*drive.Room) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for k := 0; ctx.Err() == nil; k++ {
			for _, room := range rooms {
				_, _ = room.Care.Send("door", map[string]bool{"locked": k%2 == 0})
			}
			drive.Wait(ctx, 5*time.Second) // a door is a dozen frames, and a room keeps 512 (protocol §2)
		}
	}()
	return func() { cancel(); <-done }
}

// comeBack brings everybody back who was cut off, and looks whether their seats
// were kept and nothing is missing.
func (s *scene) comeBack(ctx context.Context, r *Report, far []*drive.Member, out *lookout, began time.Time) {
	var resumed atomic.Int64
	inside, gaps := 0, int64(0)
	for _, m := range far {
		m.Drop()
		m.House = s.house
		m.Listen(func(_ *drive.Member, h drive.Head, _ []byte) {
			if h.Kind == drive.Resumed {
				resumed.Add(1)
			}
		})
		if m.Connect(ctx, false) == nil && m.Inside() {
			inside++
		}
	}
	drive.Wait(ctx, time.Second)
	for _, m := range far {
		gaps += m.Missing.Load() + m.Order.Load()
	}
	out.mu.Lock()
	defer out.mu.Unlock()
	r.all(fmt.Sprintf("back in their seats after %s away, nobody let them in", short(time.Since(began))), inside, len(far))
	r.all("of these given what they had missed", int(resumed.Load()), len(far))
	r.none("frames they miss", gaps)
	r.none("people shown as having left", int64(len(out.left)))
}
