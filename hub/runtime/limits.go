package runtime

import (
	"time"

	"golang.org/x/time/rate"

	"hearth/hub/socket"
)

// Rate is a token bucket. The zero Rate means the default of its field; a
// negative PerSecond switches the limit off (load runs only).
type Rate struct {
	PerSecond float64
	Burst     int
}

// Off is a Rate that limits nothing.
var Off = Rate{PerSecond: -1}

// Limits are the walls of one node (walls §2.4). A zero field means its default.
type Limits struct {
	Commands Rate          // commands of one seat, from all its sockets; 2/s, burst 20
	Words    Rate          // of these, commands that carry words; 1/s, burst 5
	Room     Rate          // commands of one room, facilitators' not counted; and again of its lobby; 50/s, burst 50
	Strikes  int           // excesses within StrikeIn that are only answered; the next one closes with 1008; 3
	StrikeIn time.Duration // 10 s
	Mailbox  int           // messages that wait for one room; 1,024. One more: "busy"
	PerConn  int           // of these, from one socket; 32. One more is a strike
	Sockets  int           // of one seat; 3. One more closes the oldest with 4009
	HelloIn  time.Duration // a socket says hello within; 5 s. Then 4400
	Ring     int           // frames kept of one room for resuming; 512
	Socket   socket.Limits // what one connection may cost
}

func (l Limits) withDefaults() Limits {
	rateOr(&l.Commands, Rate{2, 20})
	rateOr(&l.Words, Rate{1, 5})
	rateOr(&l.Room, Rate{50, 50})
	or(&l.Strikes, 3)
	or(&l.StrikeIn, 10*time.Second)
	or(&l.Mailbox, 1024)
	or(&l.PerConn, 32)
	or(&l.Sockets, 3)
	or(&l.HelloIn, 5*time.Second)
	or(&l.Ring, 512)
	return l
}

func or[T int | time.Duration](v *T, def T) {
	if *v == 0 {
		*v = def
	}
}

func rateOr(v *Rate, def Rate) {
	if v.PerSecond == 0 {
		*v = def
	}
}

// bucket is one Rate at work. The zero bucket is full; it is made when it is
// first used, so that an idle connection does not pay for it.
type bucket struct{ l *rate.Limiter }

func (b *bucket) take(now time.Time, r Rate) bool {
	if r.PerSecond < 0 {
		return true
	}
	if b.l == nil {
		b.l = rate.NewLimiter(rate.Limit(r.PerSecond), r.Burst)
	}
	return b.l.AllowN(now, 1)
}

// strikes counts excesses of one socket within a window that begins with the
// first of them. Most sockets never have one: the zero value holds nothing.
type strikes struct{ window *window }

type window struct {
	n     int
	since time.Time
}

// add counts one and says whether it is one too many.
func (s *strikes) add(now time.Time, l *Limits) (out bool) {
	if s.window == nil {
		s.window = &window{}
	}
	w := s.window
	if w.n == 0 || now.Sub(w.since) >= l.StrikeIn {
		w.n, w.since = 0, now
	}
	w.n++
	return w.n > l.Strikes
}
