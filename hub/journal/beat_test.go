package journal

import (
	"context"
	"fmt"
	"reflect"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"hearth/hub/cluster"
)

func (p *Postgres) seen(t *testing.T, node cluster.Node) []cluster.Node {
	t.Helper()
	up, err := p.Beat(t.Context(), node)
	if err != nil {
		t.Fatalf("beat: %v", err)
	}
	return up
}

// TestNodesSeeEachOther: up for 12 seconds, by the clock of the server.
func TestNodesSeeEachOther(t *testing.T) {
	p, another := node(t)
	q := another()
	a, b := cluster.Node{ID: "a-1", Relay: true}, cluster.Node{ID: "B-1"}
	want := func(what string, got, want []cluster.Node) {
		t.Helper()
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %v are up, want %v", what, got, want)
		}
	}
	want("the first", p.seen(t, a), []cluster.Node{a})
	want("the second", q.seen(t, b), []cluster.Node{b, a})
	want("the first again", p.seen(t, a), []cluster.Node{b, a})
	var left time.Duration
	ask := func() {
		t.Helper()
		var ms int64
		err := p.pool.QueryRow(t.Context(), "SELECT (extract(epoch FROM until - clock_timestamp()) * 1000)::bigint FROM nodes WHERE id = 'a-1'").Scan(&ms)
		if left = time.Duration(ms) * time.Millisecond; err != nil {
			t.Fatal(err)
		}
	}
	if ask(); left > upFor || left < upFor-3*time.Second {
		t.Errorf("a node is up for another %v after its beat, want %v", left, upFor)
	}
	for back, listed := range map[string]bool{"1 second": true, "12.001 seconds": false} {
		if _, err := p.pool.Exec(t.Context(), "UPDATE nodes SET until = clock_timestamp() + interval '12 seconds' - $1::interval WHERE id = 'a-1'", back); err != nil {
			t.Fatal(err)
		}
		if up := q.seen(t, b); (len(up) == 2) != listed {
			t.Errorf("%s after its last beat, %v are up", back, up)
		}
	}
	want("one that comes back", p.seen(t, a), []cluster.Node{b, a})
	if err := q.Unbeat(t.Context(), b.ID); err != nil {
		t.Fatal(err)
	}
	want("after one went", p.seen(t, a), []cluster.Node{a})
}

// TestOneOfTwoSeesTheOther: of nodes that start at the same time, all but the
// first see somebody.
func TestOneOfTwoSeesTheOther(t *testing.T) {
	first, another := node(t)
	nodes := []*Postgres{first, another(), another()}
	for round := range 20 {
		var all sync.WaitGroup
		seen := make([]int, len(nodes))
		for i, p := range nodes {
			all.Go(func() { seen[i] = len(p.seen(t, cluster.Node{ID: fmt.Sprint(round, i)})) })
		}
		all.Wait()
		sum := 0
		for i, p := range nodes {
			sum += seen[i]
			if err := p.Unbeat(t.Context(), fmt.Sprint(round, i)); err != nil {
				t.Fatal(err)
			}
		}
		if sum != 1+2+3 {
			t.Fatalf("round %d: they saw %v", round, seen)
		}
	}
}

// TestDeadNodesAreForgotten keeps the table short over years of starts.
func TestDeadNodesAreForgotten(t *testing.T) {
	p, _ := node(t)
	_, err := p.pool.Exec(t.Context(), "INSERT INTO nodes (id, relay, until) SELECT 'old-' || n, false, now() - interval '25 hours' FROM generate_series(1, 50) n")
	if err != nil {
		t.Fatal(err)
	}
	p.seen(t, cluster.Node{ID: "a"})
	left := 0
	if err := p.pool.QueryRow(t.Context(), "SELECT count(*) FROM nodes").Scan(&left); err != nil || left != 1 {
		t.Errorf("%d nodes are kept, %v", left, err)
	}
}

// TestBeatWaitsForNobody holds the lock of the tables, takes every connection of
// the tables and of the log, and beats.
func TestBeatWaitsForNobody(t *testing.T) {
	p, another := node(t)
	var slowest time.Duration
	err := another().write(t.Context(), func(*write) error {
		ctx, cancel := context.WithCancel(t.Context())
		var all sync.WaitGroup
		defer all.Wait()
		defer cancel()
		for range 2 * writeConns {
			all.Go(func() { _ = p.write(ctx, func(*write) error { return nil }) })
		}
		for _, pool := range []*pgxpool.Pool{p.pool, p.logs} {
			for range pool.Config().MaxConns {
				conn, err := pool.Acquire(ctx)
				if err != nil {
					return err
				}
				defer conn.Release()
			}
		}
		for range 20 {
			began := time.Now()
			if up := p.seen(t, cluster.Node{ID: "a"}); len(up) != 1 {
				t.Errorf("%v are up", up)
			}
			slowest = max(slowest, time.Since(began))
		}
		return p.Unbeat(t.Context(), "a")
	})
	if err != nil || slowest > time.Second {
		t.Errorf("the slowest beat took %v, %v", slowest, err)
	}
	t.Logf("the slowest of 20 beats beside busy writers took %v", slowest)
}
