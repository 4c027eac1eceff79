package presence_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"hearth/hub/presence"
	"hearth/hub/remote/redistest"
	"hearth/room"
)

// TestRightAfterTrouble: people come and go on two nodes while Redis is killed,
// emptied, stopped and cut off. Soon after, Redis holds exactly the connections
// that there are: nobody is missing, and nobody stays who has left.
func TestRightAfterTrouble(t *testing.T) {
	t.Parallel()
	s := redistest.Start(t, redistest.Options{})
	a, b := node(t, s, "a"), node(t, s, "b")
	ctx, stop := context.WithCancel(t.Context())
	var crowds sync.WaitGroup
	var mu sync.Mutex
	want := make(map[string]int) // session and node to connections
	for i, p := range []*presence.Redis{a, a, b, b} {
		crowds.Go(func() {
			left := comeAndGo(ctx, t, p, uint64(i)<<32)
			mu.Lock()
			defer mu.Unlock()
			for session, n := range left {
				want[session+" "+[]string{"a", "a", "b", "b"}[i]] += n
			}
		})
	}
	s.Suffer(t, troubles)
	stop()
	crowds.Wait()
	got := make(map[string]int)
	took := until(t, 10*time.Second, "Redis holds what there is", func() bool {
		got = written(t, s)
		return fmt.Sprint(got) == fmt.Sprint(want)
	})
	t.Logf("%d sessions on a node are right %v after the last trouble", len(got), took.Round(time.Millisecond))
}

// comeAndGo joins and leaves at random and gives how many connections each
// session has in the end.
func comeAndGo(ctx context.Context, t *testing.T, p *presence.Redis, conn uint64) map[string]int {
	type place struct {
		session string
		seat    room.SeatID
		conn    uint64
	}
	var in []place
	every := time.NewTicker(time.Millisecond)
	defer every.Stop()
	for ; ctx.Err() == nil; <-every.C {
		if n := len(in); n > 40 || n > 0 && rand.N(2) == 0 {
			at := rand.N(n)
			leave(t, p, in[at].session, in[at].seat, in[at].conn)
			in[at] = in[n-1]
			in = in[:n-1]
			continue
		}
		conn++
		one := place{fmt.Sprint("s", rand.N(8)), room.SeatID(fmt.Sprint("seat", rand.N(10))), conn}
		join(t, p, one.session, one.seat, one.conn)
		in = append(in, one)
	}
	left := make(map[string]int)
	for _, one := range in {
		left[one.session]++
	}
	return left
}

// troubles let nodes be without Redis in one way after the other.
var troubles = []redistest.Trouble{
	redistest.Asked(300*time.Millisecond, "CLIENT", "KILL", "TYPE", "normal"),
	redistest.Paused(150*time.Millisecond, 300*time.Millisecond),
	redistest.Paused(600*time.Millisecond, 300*time.Millisecond),
	redistest.Asked(500*time.Millisecond, "FLUSHALL"),
	redistest.Down(300*time.Millisecond, 500*time.Millisecond),
	redistest.Asked(time.Second, "CLIENT", "PAUSE", 700, "ALL"),
	redistest.Paused(300*time.Millisecond, 0),
}

// written counts what Redis holds of each session and node.
func written(t *testing.T, s *redistest.Server) map[string]int {
	t.Helper()
	got := make(map[string]int)
	for i := range 8 {
		session := fmt.Sprint("s", i)
		fields, err := s.Do("HKEYS", "hearth:pres:{"+session+"}")
		if err != nil {
			return nil
		}
		for _, f := range fields.([]any) {
			name, _, _ := strings.Cut(f.(string), "~")
			got[session+" "+name]++
		}
	}
	return got
}
