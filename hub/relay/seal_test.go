package relay

import (
	"bytes"
	"errors"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// sealHere is the seal of a process that began a moment ago.
func sealHere(key byte) *seal {
	s := newSeal([32]byte{key})
	s.began = s.began.Add(-time.Second)
	return s
}

// TestReplaysHaveNoEffect is S03: 10,000 messages were recorded; the node that
// heard them, or the one that sent them, is restarted; they are brought again at
// once, later, and in any order. None is heard.
func TestReplaysHaveNoEffect(t *testing.T) {
	now := time.UnixMilli(1_700_000_000_000)
	clock := func() time.Time { return now }
	sender, hears := newSealAt([32]byte{1}, clock), newSealAt([32]byte{1}, clock)
	var recorded [][]byte
	for range 10_000 {
		now = now.Add(time.Millisecond)
		sealed := sender.close("room", []byte("moved"))
		if _, err := hears.open("room", sealed); err != nil {
			t.Fatal(err)
		}
		recorded = append(recorded, sealed)
	}
	replay := func(what string, to *seal) {
		t.Helper()
		effects := 0
		for i := range recorded {
			if _, err := to.open("room", recorded[(i*7919)%len(recorded)]); err == nil {
				effects++
			}
		}
		if effects > 0 {
			t.Errorf("%s: %d of %d replays were heard", what, effects, len(recorded))
		}
	}
	restarted := newSealAt([32]byte{1}, clock)
	replay("at once, to the node that heard them", hears)
	replay("at once, to a node that was restarted", restarted)
	now = now.Add(time.Millisecond)
	if _, err := restarted.open("room", sender.close("room", nil)); err != nil {
		t.Errorf("a message of now to the node that was restarted: %v", err)
	}
	replay("to a node that was restarted and knows the sender by now", restarted)
	sender = newSealAt([32]byte{1}, clock)
	replay("when the sender was restarted too", newSealAt([32]byte{1}, clock))
	now = now.Add(time.Minute)
	replay("a minute later", hears)
	replay("a minute later, to a node that was restarted", restarted)
	late := sender.close("room", nil)
	now = now.Add(expires + time.Second)
	if _, err := hears.open("room", late); !errors.Is(err, errOld) {
		t.Errorf("a message that is held back for longer than it lives: %v", err)
	}
}

// TestClocksThatDisagree: nodes whose clocks are an hour apart at their start do
// not hear each other, and the reason names the clocks.
func TestClocksThatDisagree(t *testing.T) {
	now := time.UnixMilli(1_700_000_000_000)
	early := newSealAt([32]byte{1}, func() time.Time { return now.Add(-time.Hour) })
	hears := newSealAt([32]byte{1}, func() time.Time { return now })
	ahead := newSealAt([32]byte{1}, func() time.Time { return now.Add(time.Hour) })
	now = now.Add(time.Millisecond)
	for _, sender := range []*seal{early, ahead} {
		if _, err := hears.open("room", sender.close("room", nil)); !errors.Is(err, errOld) {
			t.Errorf("an hour away: %v", err)
		}
	}
}

func TestSealOpensWhatItClosed(t *testing.T) {
	a, b := sealHere(1), sealHere(1)
	for _, text := range []string{"", "hello", string(bytes.Repeat([]byte("x"), 256<<10))} {
		sealed := a.close("room", []byte(text))
		if len(sealed) != len(text)+overhead {
			t.Errorf("%d bytes became %d, want %d more", len(text), len(sealed), overhead)
		}
		if len(text) > 0 && bytes.Contains(sealed, []byte(text)) {
			t.Error("the text is in sight")
		}
		for _, s := range []*seal{a, b} {
			if got, err := s.open("room", sealed); err != nil || string(got) != text {
				t.Errorf("got %d bytes, %v", len(got), err)
			}
		}
	}
}

// TestSealRefuses: what an intruder in Redis can do with a message is nothing
// (A33).
func TestSealRefuses(t *testing.T) {
	a, b := sealHere(1), sealHere(1)
	sealed := a.close("room", []byte("hello"))
	refused := func(what, channel string, message []byte) {
		t.Helper()
		if got, err := b.open(channel, message); !errors.Is(err, errNotSealed) {
			t.Errorf("%s: got %q, %v", what, got, err)
		}
	}
	refused("moved to another room", "other", sealed)
	for i := range sealed {
		changed := bytes.Clone(sealed)
		changed[i] ^= 1
		refused(fmt.Sprintf("byte %d changed", i), "room", changed)
	}
	for n := range len(sealed) {
		refused("cut short", "room", sealed[:n])
	}
	refused("another key", "room", sealHere(2).close("room", []byte("hello")))
	if len(b.known) != 0 {
		t.Errorf("%d strangers are remembered", len(b.known))
	}
	if _, err := b.open("room", sealed); err != nil {
		t.Errorf("what was refused in other shapes is opened in its own: %v", err)
	}
	if _, err := b.open("room", sealed); !errors.Is(err, errTwice) {
		t.Errorf("a second time: %v", err)
	}
}

// TestSealKeepsFewSenders: processes come and go for months.
func TestSealKeepsFewSenders(t *testing.T) {
	ours := sealHere(1)
	stays := sealHere(1)
	for range 3 * senders {
		for _, s := range []*seal{stays, sealHere(1)} {
			if _, err := ours.open("room", s.close("room", nil)); err != nil {
				t.Fatal(err)
			}
		}
	}
	if len(ours.known) > senders || ours.known[stays.salt] == nil {
		t.Errorf("%d are remembered, want at most %d and the one that goes on among them", len(ours.known), senders)
	}
}

// TestWindow: the window says of every number once that it is new, or that it
// lies too far back; never twice.
func TestWindow(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var w window
		seen, top := make(map[uint64]bool), uint64(0)
		at := uint64(1)
		for range rapid.IntRange(1, 300).Draw(t, "steps") {
			switch rapid.IntRange(0, 3).Draw(t, "kind") {
			case 0:
				at = top + uint64(rapid.IntRange(1, 3).Draw(t, "ahead"))
			case 1:
				at = top + uint64(rapid.IntRange(1, 3*windowSize).Draw(t, "far"))
			default:
				at = max(1, top-min(top, uint64(rapid.IntRange(0, 2*windowSize).Draw(t, "back"))))
			}
			got := w.first(at)
			old := at+windowSize-64 <= top
			if want := !old && !seen[at]; got != want {
				t.Fatalf("%d with top %d: got %v, want %v", at, top, got, want)
			}
			seen[at], top = true, max(top, at)
		}
	})
}

func BenchmarkSeal(b *testing.B) {
	ours, theirs := sealHere(1), sealHere(1)
	text := bytes.Repeat([]byte("x"), 400)
	for b.Loop() {
		if _, err := theirs.open("hearth:{room}", ours.close("hearth:{room}", text)); err != nil {
			b.Fatal(err)
		}
	}
}
