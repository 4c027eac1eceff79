//go:build unix

package journal

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"os/signal"
	"strconv"
	"sync"
	"syscall"
	"testing"

	"hearth/hub/journal/kept"
)

// TestFullDisk is F10 and F11 with real failing writes: nothing is acknowledged
// that is not kept, and the store is well again as soon as the disk is.
func TestFullDisk(t *testing.T) {
	out, err := asChild(t, "full", t.TempDir()).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	t.Logf("%s", out)
}

func fillDisk(dir string) error {
	signal.Ignore(syscall.SIGXFSZ) // a write beyond the limit fails with an error
	ctx := context.Background()
	s, err := OpenSQLite(ctx, dir)
	if err != nil {
		return err
	}
	sessions := make([]string, 8)
	for i := range sessions {
		sessions[i] = fmt.Sprintf("s%d", i)
		if err := beginSession(ctx, s, sessions[i]); err != nil {
			return err
		}
	}
	if err := growBy(dir, 256<<10); err != nil {
		return err
	}
	last, err := fillUntilError(ctx, s, sessions)
	if err != nil {
		return err
	}
	if err := limitFiles(0); err != nil { // no write at all
		return err
	}
	if err := s.Check(ctx); err == nil {
		return errors.New("a store that cannot write says it is ready")
	}
	if err := limitFiles(math.MaxUint64); err != nil {
		return err
	}
	if err := s.Check(ctx); err != nil {
		return fmt.Errorf("well again: %w", err)
	}
	if err := askAgain(ctx, s, last); err != nil {
		return err
	}
	if err := s.Close(); err != nil {
		return err
	}
	if s, err = OpenSQLite(ctx, dir); err != nil { // checks the file for damage
		return err
	}
	for session, n := range last {
		if err := countRows(ctx, s, session, n+1); err != nil {
			return err
		}
	}
	fmt.Printf("rows acknowledged before the disk was full: %v\n", last)
	return s.Close()
}

// fillUntilError appends to every session until each has got an error. It gives
// the last acknowledged numbers.
func fillUntilError(ctx context.Context, s *SQLite, sessions []string) (map[string]int64, error) {
	var mu sync.Mutex
	last := map[string]int64{}
	var wrong error
	var all sync.WaitGroup
	for _, session := range sessions {
		all.Go(func() {
			n, err := appendUntilError(ctx, s, session)
			mu.Lock()
			defer mu.Unlock()
			last[session] = n
			wrong = errors.Join(wrong, err)
		})
	}
	all.Wait()
	return last, wrong
}

// appendUntilError gives the last number that was acknowledged. It fails if
// there was no error, or one that would say something about the rows.
func appendUntilError(ctx context.Context, s *SQLite, session string) (int64, error) {
	for n := range int64(10_000) {
		seq, err := s.Append(ctx, session, n, kept.CommandKey{Seat: "a", ID: strconv.FormatInt(n+1, 10)}, [][]byte{make([]byte, 900)})
		switch {
		case err == nil && seq != n+1:
			return n, fmt.Errorf("row %d got number %d", n+1, seq)
		case errors.Is(err, kept.ErrConflict), errors.Is(err, kept.ErrDuplicate), errors.Is(err, kept.ErrNotFound):
			return n, fmt.Errorf("row %d: %w", n+1, err)
		case err != nil:
			return n, nil
		}
	}
	return 0, errors.New("the disk never got full")
}

// askAgain repeats the command of each session that failed: it is kept now, and
// it was not before.
func askAgain(ctx context.Context, s *SQLite, last map[string]int64) error {
	for session, n := range last {
		seq, err := s.Append(ctx, session, n, kept.CommandKey{Seat: "a", ID: strconv.FormatInt(n+1, 10)}, [][]byte{make([]byte, 900)})
		if err != nil || seq != n+1 {
			return fmt.Errorf("asked again: number %d, want %d, error %w", seq, n+1, err)
		}
	}
	return nil
}

func countRows(ctx context.Context, s *SQLite, session string, want int64) error {
	got := int64(0)
	err := s.Tail(ctx, session, 0, func(int64, kept.CommandKey, []byte) error { got++; return nil })
	if err == nil && got != want {
		err = fmt.Errorf("%d rows were acknowledged, %d are there", want, got)
	}
	return err
}

// growBy lets no file of this process grow beyond the largest one in dir plus
// room bytes.
func growBy(dir string, room int64) error {
	files, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	largest := int64(0)
	for _, f := range files {
		about, err := f.Info()
		if err != nil {
			return err
		}
		largest = max(largest, about.Size())
	}
	return limitFiles(uint64(largest + room))
}

// limitFiles lets no write of this process go beyond a size.
func limitFiles(size uint64) error {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		return err
	}
	limit.Cur = min(size, limit.Max)
	return syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit)
}
