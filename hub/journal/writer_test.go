package journal

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"testing"

	"hearth/hub/journal/kept"
)

// together submits acts so that one commit takes them all: the writer is held
// until every one of them waits. It gives their errors in the same order.
func together(t *testing.T, s *SQLite, acts ...func() error) []error {
	t.Helper()
	var all sync.WaitGroup
	errs := make([]error, len(acts))
	all.Go(func() {
		err := s.write(t.Context(), func(*write) error {
			for i, a := range acts {
				all.Go(func() { errs[i] = a() })
				for len(s.writer.queue) <= i {
					runtime.Gosched()
				}
			}
			return nil
		})
		if err != nil {
			t.Errorf("hold the writer: %v", err)
		}
	})
	all.Wait()
	return errs
}

func (s *SQLite) appendOne(t *testing.T, session string, after int64, id string) func() error {
	return func() error {
		_, err := s.Append(t.Context(), session, after, kept.CommandKey{Seat: "a", ID: id}, [][]byte{[]byte(id), []byte(id)})
		return err
	}
}

// house is a store whose sessions s0 to s3 have two rows each.
func house(t *testing.T) *SQLite {
	s := open(t, t.TempDir())
	for i := range 4 {
		begin(t, s, fmt.Sprintf("s%d", i))
		if err := s.appendOne(t, fmt.Sprintf("s%d", i), 0, "first")(); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

func (s *SQLite) count(t *testing.T, session string) int {
	t.Helper()
	n := 0
	if err := s.Tail(t.Context(), session, 0, func(int64, kept.CommandKey, []byte) error { n++; return nil }); err != nil {
		t.Errorf("tail: %v", err)
	}
	return n
}

// TestOneCommitForMany gives each act of one commit its own outcome.
func TestOneCommitForMany(t *testing.T) {
	s := house(t)
	errTry := errors.New("changed my mind")
	errs := together(t, s,
		s.appendOne(t, "s0", 2, "fine"),
		s.appendOne(t, "s1", 0, "late"),
		s.appendOne(t, "s2", 2, "first"),
		s.appendOne(t, "s0", 4, "fine too"),
		s.appendOne(t, "s0", 4, "second of two"),
		s.appendOne(t, "s0", 2, "fine"), // repeats one of this very commit
		func() error {
			return s.write(t.Context(), func(tx *write) error {
				return errors.Join(tx.exec("UPDATE sessions SET title = 'half'"), errTry)
			})
		},
		s.appendOne(t, "s3", 2, "fine"),
	)
	want := []error{nil, kept.ErrConflict, kept.ErrDuplicate, nil, kept.ErrConflict, kept.ErrDuplicate, errTry, nil}
	for i := range want {
		if !errors.Is(errs[i], want[i]) {
			t.Errorf("act %d: %v, want %v", i, errs[i], want[i])
		}
	}
	for session, want := range map[string]int{"s0": 6, "s1": 2, "s2": 2, "s3": 4} {
		if got := s.count(t, session); got != want {
			t.Errorf("%s has %d rows, want %d", session, got, want)
		}
	}
	if g, err := s.Session(t.Context(), "s0"); err != nil || g.Title != "" {
		t.Errorf("what a refused act did was not undone: title %q, %v", g.Title, err)
	}
}

// TestFailedCommitKeepsNothing is F11: when a commit fails nobody in it is told
// that something is kept, not even "already kept", and the next one works.
func TestFailedCommitKeepsNothing(t *testing.T) {
	s := house(t)
	errs := together(t, s,
		s.appendOne(t, "s0", 2, "lost"),
		s.appendOne(t, "s0", 2, "lost"),
		s.appendOne(t, "s1", 0, "late"),
		func() error {
			return s.write(t.Context(), func(tx *write) error { return tx.exec("SELECT * FROM nowhere") })
		},
		s.appendOne(t, "s2", 2, "lost"),
		func() error { return s.RevokeSeat(t.Context(), "nobody") },
	)
	for i, err := range errs {
		if err == nil || errors.Is(err, kept.ErrDuplicate) || errors.Is(err, kept.ErrConflict) || errors.Is(err, kept.ErrNotFound) {
			t.Errorf("act %d of a failed commit: %v", i, err)
		}
	}
	for i := range 4 {
		if got := s.count(t, fmt.Sprintf("s%d", i)); got != 2 {
			t.Errorf("s%d has %d rows, want 2", i, got)
		}
	}
	for _, session := range []string{"s0", "s2"} {
		if err := s.appendOne(t, session, 2, "lost")(); err != nil {
			t.Errorf("asked again: %v", err)
		}
	}
}

// TestFullDatabase is a commit for which SQLite has no page left (F10).
func TestFullDatabase(t *testing.T) {
	s := house(t)
	if err := s.write(t.Context(), func(tx *write) error { return tx.exec("PRAGMA max_page_count = 1") }); err != nil {
		t.Fatal(err) // SQLite takes the present size as the least
	}
	big := [][]byte{make([]byte, MaxRow)}
	if _, err := s.Append(t.Context(), "s0", 2, kept.CommandKey{ID: "big"}, big); err == nil {
		t.Error("a row was acknowledged that the database had no page for")
	}
	if seq, err := s.Append(t.Context(), "s0", 2, kept.CommandKey{ID: "big"}, big); err != nil || seq != 3 {
		t.Errorf("asked again with space: number %d, %v", seq, err)
	}
}

// TestCancelledWhileWaiting leaves the act undone if the writer had not begun.
func TestCancelledWhileWaiting(t *testing.T) {
	s := house(t)
	ctx, cancel := context.WithCancel(t.Context())
	errs := together(t, s, func() error {
		_, err := s.Append(ctx, "s0", 2, kept.CommandKey{ID: "x"}, [][]byte{[]byte("x")})
		return err
	}, func() error {
		cancel()
		return s.appendOne(t, "s1", 2, "fine")()
	})
	if !errors.Is(errs[0], context.Canceled) || errs[1] != nil {
		t.Errorf("errors %v", errs)
	}
	if err := s.appendOne(t, "s0", 2, "x")(); err != nil {
		t.Errorf("asked again: %v", err)
	}
}

// TestCloseAnswersEverybody closes while many wait: each is told something, and
// what was acknowledged is there.
func TestCloseAnswersEverybody(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	const rooms = 40
	acked := make([]int64, rooms)
	var all sync.WaitGroup
	begun := make(chan struct{}, rooms)
	for i := range rooms {
		begin(t, s, fmt.Sprint(i))
	}
	for i := range rooms {
		all.Go(func() {
			for n := int64(0); ; n++ {
				seq, err := s.Append(context.Background(), fmt.Sprint(i), n, kept.CommandKey{ID: fmt.Sprint(n)}, [][]byte{[]byte("x")})
				if err != nil {
					return
				}
				if acked[i] = seq; n == 0 {
					begun <- struct{}{}
				}
			}
		})
	}
	for range rooms {
		<-begun
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	all.Wait()
	s = open(t, dir)
	for i := range rooms {
		if got := int64(s.count(t, fmt.Sprint(i))); got != acked[i] {
			t.Errorf("room %d has %d rows, %d were acknowledged", i, got, acked[i])
		}
	}
}
