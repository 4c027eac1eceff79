//go:build unix

package journal

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"hearth/hub/journal/kept"
)

const (
	childEnv  = "HEARTH_JOURNAL_CHILD"
	crashes   = 10
	crashSets = 20
)

// child runs this test binary as the program that is to be killed, or whose
// disk is to fail.
func child() bool {
	what, dir, is := strings.Cut(os.Getenv(childEnv), ":")
	if !is {
		return false
	}
	var err error
	switch what {
	case "append":
		err = appendForever(dir)
	case "full":
		err = fillDisk(dir)
	}
	if err != nil {
		fmt.Println("child:", err)
		os.Exit(1)
	}
	return true
}

func asChild(t *testing.T, what, dir string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), childEnv+"="+what+":"+dir)
	return cmd
}

// appendForever appends to many sessions at once and says so after each
// acknowledgement. Each session first repeats its last command, as a client
// does that did not hear the answer.
func appendForever(dir string) error {
	ctx := context.Background()
	s, err := OpenSQLite(ctx, dir)
	if err != nil {
		return err
	}
	failed := make(chan error)
	for i := range crashSets {
		go func() { failed <- appendTo(ctx, s, fmt.Sprintf("s%d", i)) }()
	}
	return <-failed
}

func appendTo(ctx context.Context, s *SQLite, session string) error {
	var last int64
	n := 0
	err := s.Tail(ctx, session, 0, func(seq int64, k kept.CommandKey, _ []byte) (err error) {
		last = seq
		n, err = strconv.Atoi(k.ID)
		return err
	})
	if err != nil {
		return err
	}
	if n > 0 {
		seq, err := s.Append(ctx, session, 0, kept.CommandKey{Seat: "a", ID: strconv.Itoa(n)}, [][]byte{[]byte("again")})
		if !errors.Is(err, kept.ErrDuplicate) || seq != last {
			return fmt.Errorf("a repeated command: number %d, error %w, want %d and a duplicate", seq, err, last)
		}
	}
	for n++; ; n++ {
		seq, err := s.Append(ctx, session, last, kept.CommandKey{Seat: "a", ID: strconv.Itoa(n)}, rowsOf(n))
		if err != nil {
			return err
		}
		last = seq
		fmt.Printf("%s %d %d\n", session, n, seq) // one write, whole
	}
}

// rowsOf gives every third command three rows.
func rowsOf(n int) [][]byte {
	row := []byte(strconv.Itoa(n))
	if n%3 == 0 {
		return [][]byte{row, row, row}
	}
	return [][]byte{row}
}

// TestKillLosesNothing is promise R1 and R2: after kill -9 at any moment every
// acknowledged command is there exactly once, in order.
func TestKillLosesNothing(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	for i := range crashSets {
		begin(t, s, fmt.Sprintf("s%d", i))
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	acked := map[string]map[int]int64{}
	total := 0
	for range crashes {
		total += killAfter(t, dir, 1+rand.IntN(1500), acked)
	}
	s = open(t, dir)
	for session, commands := range acked {
		checkSession(t, s, session, commands)
	}
	t.Logf("%d kills, %d acknowledged commands in %d sessions", crashes, total, len(acked))
}

// killAfter kills the child once it has said acks times that something is kept,
// while it is busy with more, and notes everything it said until it was gone.
func killAfter(t *testing.T, dir string, acks int, acked map[string]map[int]int64) int {
	t.Helper()
	cmd := asChild(t, "append", dir)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	said := 0
	for lines := bufio.NewReader(out); ; {
		line, err := lines.ReadString('\n')
		if err != nil {
			break // a line cut off by the kill was not said
		}
		var session string
		var n int
		var seq int64
		if _, err := fmt.Sscanf(line, "%s %d %d\n", &session, &n, &seq); err != nil {
			t.Fatalf("the child said %q", line)
		}
		if acked[session] == nil {
			acked[session] = map[int]int64{}
		}
		acked[session][n] = seq
		if said++; said == acks {
			if err := cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := cmd.Wait(); err == nil || said < acks {
		t.Fatalf("the child ended by itself after %d acknowledgements: %v", said, err)
	}
	return said
}

func checkSession(t *testing.T, s *SQLite, session string, acked map[int]int64) {
	t.Helper()
	lastOf := map[int]int64{}
	at, next := int64(0), 1
	err := s.Tail(t.Context(), session, 0, func(seq int64, k kept.CommandKey, row []byte) error {
		n, err := strconv.Atoi(k.ID)
		if err != nil || string(row) != k.ID || seq != at+1 {
			return fmt.Errorf("row %d after %d holds %q of command %q", seq, at, row, k.ID)
		}
		if n != next && n != next-1 {
			return fmt.Errorf("row %d is of command %d, want %d", seq, n, next)
		}
		at, lastOf[n], next = seq, seq, n+1
		return nil
	})
	if err != nil {
		t.Errorf("%s: %v", session, err)
	}
	rows := int64(0)
	for n := 1; n < next; n++ {
		rows += int64(len(rowsOf(n)))
	}
	if rows != at {
		t.Errorf("%s: %d commands make %d rows, the journal has %d", session, next-1, rows, at)
	}
	for n, seq := range acked {
		if lastOf[n] != seq {
			t.Errorf("%s: command %d was acknowledged as %d, the journal says %d", session, n, seq, lastOf[n])
		}
	}
}
