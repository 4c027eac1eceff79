package runtime

import (
	"bytes"
	"flag"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"hearth/hub/fanout"
	"hearth/hub/replica"
	"hearth/hub/socket"
	"hearth/room"
)

var unseen = flag.Int("unseen", 1500, "how many pairs of runs are compared that differ only in what one seat may not see")

// act is one step of a run: a command at a moment.
type act struct {
	at  time.Duration
	by  room.SeatID
	cmd room.Command
}

// observed is a room without sockets, and one connection that keeps what it is sent.
type observed struct {
	*Room
	seat room.SeatID
	got  []byte
	done map[string]int // commands that were taken, by kind
}

var (
	unseenStart   = time.Unix(1_760_000_000, 0)
	unseenCharter = room.CharterRef{Number: 1, Digest: "d1"}
)

func observe(t *testing.T, seat room.SeatID) *observed {
	l := NewNode(Config{Log: slog.New(slog.DiscardHandler), Limits: Limits{Ring: 64}}, func(*Room) {}).NewRoom("s")
	l.about, l.sender = about{charter: unseenCharter, intro: []byte(`,"session":{}`)}, fanout.New("e", 64)
	t.Cleanup(l.node.stop)
	l.rep = replica.New("", world{l})
	l.state = l.rep.State
	l.caster = room.NewCaster(l.state)
	o := &observed{Room: l, seat: seat, done: map[string]int{}}
	p := l.placeOf(seat)
	m := &Member{seat: seat, place: p, room: l}
	m.Out = o
	p.conns = []*Member{m}
	p.Attach(&m.Receiver)
	l.sender.Welcome(&m.Receiver)
	return o
}

// PushLoan keeps what the observer is sent.
func (o *observed) PushLoan(frame *socket.Loan) {
	o.got = append(append(o.got, frame.Payload()...), '\n')
}

// run does one step as the worker does, but for journal and sockets, and keeps
// what the observer is sent.
func (o *observed) run(a act) {
	o.ticks(a.at)
	o.step(unseenStart.Add(a.at), a.by, a.cmd)
}

// ticks lets happen what is due by then.
func (o *observed) ticks(at time.Duration) {
	now := unseenStart.Add(at)
	for {
		due, ok := o.state.Due()
		if !ok || due.After(now) {
			break
		}
		rows := o.step(due, room.House, room.Tick{})
		if next, still := o.state.Due(); still && next.Equal(due) && !rows {
			break
		}
	}
}

// step runs one command, and says whether it left rows.
func (o *observed) step(now time.Time, by room.SeatID, cmd room.Command) (rows bool) {
	events, no := o.state.Decide(now, by, cmd)
	if by == o.seat && no != nil {
		o.got = append(append(o.got, fanout.No("x", no)...), '\n')
	}
	if no == nil {
		o.done[reflect.TypeOf(cmd).Name()]++
	}
	for _, e := range events {
		o.state.Apply(now, e)
	}
	o.show(now, events)
	o.flush()
	return slices.ContainsFunc(events, room.Durable)
}

var (
	randomResume = regexp.MustCompile(`"resume":"[^"]*"`)
	shownWords   = regexp.MustCompile(`"w[A-Za-z0-9_-]{22}"`)
)

// heard is everything that was sent. Tokens are chance, and so are ids of words:
// only which ids are the same can be seen.
func (o *observed) heard() string {
	names := map[string]string{}
	got := randomResume.ReplaceAll(o.got, []byte(`"resume":""`))
	return string(shownWords.ReplaceAllFunc(got, func(id []byte) []byte {
		if names[string(id)] == "" {
			names[string(id)] = fmt.Sprintf(`"words %d"`, len(names)+1)
		}
		return []byte(names[string(id)])
	}))
}

// S06: what a seat is sent, bytes, numbers and order, is the same in two runs that
// differ only in what that seat may not see.
func TestS06TwoRunsAreTheSameForWhoMayNotSeeTheDifference(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	taken := map[string]map[string]int{}
	for _, view := range views {
		taken[view.name] = map[string]int{}
		for i := range *unseen / len(views) {
			r := rand.New(rand.NewPCG(seed, uint64(i)))
			open := view.open(r)
			one, two := observe(t, view.seat), observe(t, view.seat)
			for k, a := range []*observed{one, two} {
				hidden := rand.New(rand.NewPCG(seed+uint64(k)+1, uint64(i)))
				for _, s := range prelude {
					a.run(s)
				}
				for n, s := range open {
					if view.later && n == 0 {
						a.run(s) // from now on it may not see
						continue
					}
					for j := range hidden.IntN(9) {
						at := s.at - time.Duration(9-j)*10*time.Millisecond
						a.ticks(at)
						by, cmd := view.hidden(hidden, a.state)
						before := len(a.got)
						a.run(act{at, by, cmd})
						if len(a.got) != before {
							t.Fatalf("%s, seed %d, run %d: what is hidden was sent: %s", view.name, seed, i, a.got[before:])
						}
					}
					a.run(s)
				}
			}
			if a, b := one.heard(), two.heard(); a != b {
				t.Fatalf("%s, seed %d, run %d: two runs are not the same:\n%s", view.name, seed, i, differing(a, b))
			}
			for _, o := range []*observed{one, two} {
				for kind, n := range o.done {
					taken[view.name][kind] += n
				}
			}
			if !bytes.Contains(one.got, []byte(`"seq":`)) {
				t.Fatal("nothing was numbered: this test would not notice")
			}
		}
		for _, kind := range view.must {
			if taken[view.name][kind] < *unseen/100 {
				t.Errorf("%s: %s was taken %d times only", view.name, kind, taken[view.name][kind])
			}
		}
		t.Logf("%s: %v", view.name, taken[view.name])
	}
}

func differing(a, b string) string {
	one, two := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range min(len(one), len(two)) {
		if one[i] != two[i] {
			return one[i] + "\n" + two[i]
		}
	}
	return fmt.Sprintf("%d lines and %d", len(one), len(two))
}
