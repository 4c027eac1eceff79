package chaos

import (
	"encoding/binary"
	"errors"
	"io"
	"net"
	"os"
	"slices"
	"testing"
	"time"
)

// echo answers every byte with itself until the test is over.
func echo(t *testing.T) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ln.Close() })
	go func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				_, _ = io.Copy(c, c)
			}()
		}
	}()
	return ln.Addr().String()
}

func dial(t *testing.T, w *Wire) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", w.Addr())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// comes says whether what is written comes back within d.
func comes(t *testing.T, c net.Conn, word string, d time.Duration) error {
	t.Helper()
	if word != "" {
		if _, err := c.Write([]byte(word)); err != nil {
			return err
		}
	}
	_ = c.SetReadDeadline(time.Now().Add(d))
	_, err := io.ReadFull(c, make([]byte, 4))
	return err
}

func TestWire(t *testing.T) {
	w, err := NewWire(echo(t), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Close)
	c := dial(t, w)
	if err := comes(t, c, "word", 5*time.Second); err != nil {
		t.Fatalf("whole: %v", err)
	}
	for _, ways := range [][]Way{{ToServer}, {ToClient}, {ToServer, ToClient}} {
		w.Hold(ways...)
		if err := comes(t, c, "word", 50*time.Millisecond); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("held %v: %v", ways, err)
		}
		w.Whole()
		if err := comes(t, c, "", 5*time.Second); err != nil {
			t.Errorf("what was held did not come when the wire was whole: %v", err)
		}
	}
	w.Delay(40 * time.Millisecond)
	began := time.Now()
	if err := comes(t, c, "word", 5*time.Second); err != nil || time.Since(began) < 80*time.Millisecond {
		t.Errorf("delayed: %v after %s", err, time.Since(began))
	}
	w.Cut()
	if err := comes(t, c, "word", 5*time.Second); err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("cut: %v", err)
	}
	if fresh, err := net.Dial("tcp", w.Addr()); err == nil { // else it was reset before the dial was over
		if err := comes(t, fresh, "word", 5*time.Second); err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("a new one while cut: %v", err)
		}
		fresh.Close()
	}
	w.Whole()
	if err := comes(t, dial(t, w), "word", 5*time.Second); err != nil {
		t.Errorf("whole again: %v", err)
	}
}

func message(kind byte, body string) []byte {
	b := []byte{kind, 0, 0, 0, 0}
	binary.BigEndian.PutUint32(b[1:], uint32(4+len(body)))
	return append(b, body...)
}

// TestCommitIsCutOff: only the answer to an append is cut off, and only when it
// says that it is committed.
func TestCommitIsCutOff(t *testing.T) {
	var c Commits
	tap := c.Tap()
	startup := message('x', "user\x00hearth\x00")[1:]
	parse := slices.Concat(message('P', "s1\x00WITH x INSERT INTO events (a) VALUES ($1)\x00"), message('P', "s2\x00SELECT 1\x00"), message('S', ""))
	tap.Ask(slices.Concat(startup, parse[:9]))
	tap.Ask(parse[9:]) // messages come in pieces
	ready := message('Z', "I")
	c.Arm(1)
	if !tap.Answer(ready) {
		t.Fatal("the answer to a preparation was cut off")
	}
	tap.Ask(message('B', "\x00s2\x00"))
	if !tap.Answer(ready) {
		t.Fatal("the answer to a question was cut off")
	}
	tap.Ask(message('B', "\x00s1\x00"))
	if !tap.Answer(message('C', "INSERT 0 1\x00")) {
		t.Fatal("cut off before the commit")
	}
	if tap.Answer(ready) {
		t.Fatal("the answer to an append was let through")
	}
	tap = c.Tap()
	tap.Ask(slices.Concat(startup, parse, message('B', "\x00s1\x00")))
	if !tap.Answer(ready) || c.Cuts.Load() != 1 {
		t.Error("cut more often than asked for")
	}
}

// TestComeBack is the table of docs/protocol.md §5.
func TestComeBack(t *testing.T) {
	for code, back := range map[int]bool{1012: true, 1006: true, 1001: true, 4000: true, 4008: true, 4009: false, 1002: false, 1003: false, 1007: false,
		1008: false, 1009: false, 4400: false, 4401: false, 4403: false, 4404: false, 4410: false, -1: true} {
		if mayComeBack(code) != back {
			t.Errorf("%d: come back %t, want %t", code, !back, back)
		}
	}
	if got := retryIn("retry=1500ms"); got != 1500*time.Millisecond {
		t.Errorf("retry: %s", got)
	}
	if got := retryIn("no hint"); got != 0 {
		t.Errorf("no hint: %s", got)
	}
}
