package journal

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"hearth/hub/journal/kept"
	"hearth/room"
	"hearth/room/group"
)

// TestTwoNodesOneSession lets 50 people on each of two nodes append to one
// session, every third time with three rows: one line without a gap, each
// command in it once and whole.
func TestTwoNodesOneSession(t *testing.T) {
	const people, each = 50, 4
	a, another := node(t)
	b := another()
	begin(t, a, "s")
	var all sync.WaitGroup
	var conflicts atomic.Int64
	for i := range 2 * people {
		all.Go(func() {
			p := []*Postgres{a, b}[i%2]
			last := int64(0)
			for n := 1; n <= each; {
				key := kept.CommandKey{Seat: room.SeatID(fmt.Sprint(i)), ID: fmt.Sprint(n)}
				seq, err := p.Append(t.Context(), "s", last, key, rowsOf(n))
				switch {
				case err == nil:
					last, n = seq, n+1
				case errors.Is(err, kept.ErrConflict):
					conflicts.Add(1)
					err := p.Tail(t.Context(), "s", last, func(seq int64, _ kept.CommandKey, _ []byte) error { last = seq; return nil })
					if err != nil {
						t.Errorf("tail: %v", err)
						return
					}
				default:
					t.Errorf("append: %v", err)
					return
				}
			}
		})
	}
	all.Wait()
	at, seen := int64(0), map[kept.CommandKey]int{}
	var before kept.CommandKey
	err := b.Tail(t.Context(), "s", 0, func(seq int64, k kept.CommandKey, row []byte) error {
		if seq != at+1 || string(row) != k.ID || seen[k] > 0 && k != before {
			return fmt.Errorf("row %d after %d is of command %v, before it %v", seq, at, k, before)
		}
		at, before = seq, k
		seen[k]++
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	if len(seen) != 2*people*each {
		t.Errorf("%d commands are kept, want %d", len(seen), 2*people*each)
	}
	for k, rows := range seen {
		var n int
		if _, _ = fmt.Sscan(k.ID, &n); rows != len(rowsOf(n)) {
			t.Errorf("command %v has %d rows, want %d", k, rows, len(rowsOf(n)))
		}
	}
	t.Logf("%d commands in %d rows, %d conflicts", len(seen), at, conflicts.Load())
}

// TestTwoNodesOneTimer fires the same timer on two nodes: one keeps it, the
// other learns the first result.
func TestTwoNodesOneTimer(t *testing.T) {
	a, another := node(t)
	nodes := []*Postgres{a, another()}
	begin(t, a, "s")
	for n := range int64(50) {
		var all sync.WaitGroup
		var first, again atomic.Int64
		for _, p := range nodes {
			all.Go(func() {
				seq, err := p.Append(t.Context(), "s", n, kept.CommandKey{ID: fmt.Sprint("timer ", n)}, [][]byte{[]byte("over")})
				switch {
				case seq != n+1:
					t.Errorf("timer %d is number %d, %v", n, seq, err)
				case err == nil:
					first.Add(1)
				case errors.Is(err, kept.ErrDuplicate):
					again.Add(1)
				}
			})
		}
		if all.Wait(); first.Load() != 1 || again.Load() != 1 {
			t.Fatalf("timer %d: kept %d times, known %d times", n, first.Load(), again.Load())
		}
	}
}

// inOne gives commands to one batch and their outcomes in the same order.
func inOne(t *testing.T, p *Postgres, adds ...*addition) []outcome {
	t.Helper()
	acts := make([]*act, len(adds))
	for i, add := range adds {
		acts[i] = &act{ctx: t.Context(), add: add, done: make(chan outcome, 1)}
	}
	p.log.write(acts)
	outs := make([]outcome, len(acts))
	for i, a := range acts {
		outs[i] = <-a.done
	}
	return outs
}

func (p *Postgres) added(t *testing.T, session string, after int64, id string) *addition {
	t.Helper()
	add, err := newAddition(t.Context(), p, session, after, kept.CommandKey{Seat: "a", ID: id}, [][]byte{[]byte(id), []byte(id)})
	if err != nil {
		t.Fatal(err)
	}
	return add
}

// TestOneBatchForMany gives each command of a batch its own outcome, also when
// the server cannot take one of them at all.
func TestOneBatchForMany(t *testing.T) {
	p, another := node(t)
	for i := range 5 {
		begin(t, p, fmt.Sprintf("s%d", i))
		if _, err := p.Append(t.Context(), fmt.Sprintf("s%d", i), 0, kept.CommandKey{Seat: "a", ID: "first"}, [][]byte{{1}, {2}}); err != nil {
			t.Fatal(err)
		}
	}
	over := p.added(t, "s4", 2, "over")
	if err := another().Finish(t.Context(), "s4", nil, time.Now()); err != nil {
		t.Fatal(err)
	}
	adds := []*addition{
		p.added(t, "s0", 2, "fine"),
		p.added(t, "s1", 0, "late"),
		p.added(t, "s2", 2, "first"),
		p.added(t, "s0", 4, "fine too"),
		p.added(t, "s0", 4, "second of two"),
		p.added(t, "s0", 2, "fine"), // repeats one of this very batch
		over,
		p.added(t, "s1", 3, "too early"),
		p.added(t, "s3", 2, "fine"),
	}
	want := []outcome{{4, nil}, {0, kept.ErrConflict}, {2, kept.ErrDuplicate}, {6, nil}, {0, kept.ErrConflict}, {4, kept.ErrDuplicate}, {0, kept.ErrNotFound}, {0, kept.ErrConflict}, {4, nil}}
	for i, got := range inOne(t, p, adds...) {
		if got.seq != want[i].seq || !errors.Is(got.err, want[i].err) {
			t.Errorf("command %d: %d %v, want %v", i, got.seq, got.err, want[i])
		}
	}
	broken := p.added(t, "s1", 2, "broken")
	broken.session = "not\x00text"
	for i, got := range inOne(t, p, p.added(t, "s0", 6, "beside"), broken, p.added(t, "s3", 4, "beside")) {
		if (got.err == nil) != (i != 1) {
			t.Errorf("command %d beside a broken one: %v", i, got.err)
		}
	}
	for session, want := range map[string]int{"s0": 8, "s1": 2, "s2": 2, "s3": 6, "s4": 0} {
		if got := count(t, p, session); got != want {
			t.Errorf("%s has %d rows, want %d", session, got, want)
		}
	}
}

// TestEndingHoldsNobodyUp holds a session as another node does that is in the
// middle of ending it: other rooms do not wait, and who appends to it gets its
// answer from what becomes of it.
func TestEndingHoldsNobodyUp(t *testing.T) {
	for _, ends := range []bool{true, false} {
		p, another := node(t)
		begin(t, p, "ending")
		begin(t, p, "other")
		for _, session := range []string{"ending", "other"} {
			if _, err := p.Append(t.Context(), session, 0, kept.CommandKey{ID: "first"}, [][]byte{{1}}); err != nil {
				t.Fatal(err)
			}
		}
		late := make(chan error, 1)
		err := another().write(t.Context(), func(tx *write) error {
			if err := tx.exec("DELETE FROM session_keys WHERE session = ?", "ending"); err != nil {
				return err
			}
			go func() {
				_, err := p.Append(t.Context(), "ending", 1, kept.CommandKey{ID: "2"}, [][]byte{{2}})
				late <- err
			}()
			for n := range int64(20) {
				if _, err := p.Append(t.Context(), "other", n+1, kept.CommandKey{ID: fmt.Sprint(n)}, [][]byte{{3}}); err != nil {
					return err
				}
			}
			if !ends {
				return errUndo
			}
			return tx.finish("ending", nil, time.Now())
		})
		if ends && err != nil || !ends && !errors.Is(err, errUndo) {
			t.Fatal(err)
		}
		if err := <-late; ends && !errors.Is(err, kept.ErrNotFound) || !ends && err != nil {
			t.Errorf("the session ends: %v; who appends meanwhile gets %v", ends, err)
		}
		if n := count(t, p, "ending"); (n == 0) != ends {
			t.Errorf("the session ends: %v; it has %d rows", ends, n)
		}
	}
}

var errUndo = errors.New("changed my mind")

// TestAnotherNodeEnds lets one node end what the other has in use.
func TestAnotherNodeEnds(t *testing.T) {
	a, another := node(t)
	b := another()
	begin(t, a, "s")
	begin(t, a, "goes on")
	device := [32]byte{7}
	if err := a.AddSeat(t.Context(), group.Seat{ID: "x", Session: "s", Role: room.Participant}, device); err != nil {
		t.Fatal(err)
	}
	for n, p := range []*Postgres{a, b} {
		if _, err := p.Append(t.Context(), "s", int64(n), kept.CommandKey{ID: fmt.Sprint(n)}, [][]byte{{1}}); err != nil {
			t.Fatal(err)
		}
		if _, err := p.Holds(t.Context(), device, "x"); err != nil {
			t.Errorf("node %d does not know the device: %v", n, err)
		}
		if _, err := p.sealOf(t.Context(), "goes on"); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.Finish(t.Context(), "s", []byte("record"), time.Now()); err != nil {
		t.Fatal(err)
	}
	if _, err := a.Holds(t.Context(), device, "x"); !errors.Is(err, kept.ErrNotFound) {
		t.Errorf("the device still holds the seat: %v", err)
	}
	if err := a.forgetEnded(t.Context()); err != nil {
		t.Fatal(err)
	}
	if a.keys.find("s") != nil || a.keys.find("goes on") == nil {
		t.Error("a node forgot the wrong key")
	}
	if _, err := a.Append(t.Context(), "s", 2, kept.CommandKey{ID: "late"}, [][]byte{{1}}); !errors.Is(err, kept.ErrNotFound) {
		t.Errorf("append after another node ended the session: %v", err)
	}
	left := 0
	err := a.read.QueryRowContext(t.Context(), `SELECT (SELECT count(*) FROM events) + (SELECT count(*) FROM bindings)
		+ (SELECT count(*) FROM session_keys WHERE session = ?)`, "s").Scan(&left)
	if err != nil || left != 0 {
		t.Errorf("%d rows are left, %v", left, err)
	}
}

// TestTwoNodesChangeTheHouse lets nodes race for what only one can have.
func TestTwoNodesChangeTheHouse(t *testing.T) {
	a, another := node(t)
	nodes := []*Postgres{a, another(), another()}
	begin(t, a, "s")
	ctx := t.Context()
	one := group.Seat{ID: "one", Session: "s", Role: room.Participant}
	if err := a.AddLink(ctx, group.Link{ID: "open", Kind: group.OpenLink, Session: "s", MaxUses: 5}, &one); err != nil {
		t.Fatal(err)
	}
	var in, out, bound atomic.Int64
	var all sync.WaitGroup
	for i := range 24 {
		all.Go(func() {
			p := nodes[i%len(nodes)]
			seat := group.Seat{ID: room.SeatID(fmt.Sprint("v", i)), Session: "s", Role: room.Participant, Link: "open"}
			switch err := p.UseOpen(ctx, "open", seat, [32]byte{byte(i)}); {
			case err == nil:
				in.Add(1)
			case errors.Is(err, kept.ErrTaken):
				out.Add(1)
			default:
				t.Errorf("use an open link: %v", err)
			}
			switch err := p.Bind(ctx, "one", [32]byte{byte(i)}, false); {
			case err == nil:
				bound.Add(1)
			case !errors.Is(err, kept.ErrTaken):
				t.Errorf("bind: %v", err)
			}
		})
	}
	if all.Wait(); in.Load() != 5 || out.Load() != 19 {
		t.Errorf("%d got in and %d did not, for 5 places", in.Load(), out.Load())
	}
	if bound.Load() != 1 {
		t.Errorf("%d devices hold one seat", bound.Load())
	}
	if err := a.Check(context.Background()); err != nil {
		t.Error(err)
	}
}
