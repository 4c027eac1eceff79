package socket

import (
	"bufio"
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestFramesReadBackAsTheyWereMade(t *testing.T) {
	for _, n := range []int{0, 1, 125, 126, 127, 65535, 65536, 70000} {
		f := NewFrame(blank(n))
		c := &raw{t: t, r: bufio.NewReader(bytes.NewReader(f.wire))}
		c.wantText(string(blank(n)))
		if c.r.Buffered() > 0 || f.Len() != len(f.wire) || string(f.Payload()) != string(blank(n)) {
			t.Fatalf("%d bytes: %d on the wire, %d left over", n, f.Len(), c.r.Buffered())
		}
		if cap(f.wire) != len(f.wire) && n > 125 {
			t.Errorf("%d bytes: %d bytes of memory for %d", n, cap(f.wire), len(f.wire))
		}
	}
}

func TestLinesOfAFrameAreJoined(t *testing.T) {
	for _, lines := range [][]string{{}, {"a"}, {"a", "b"}, {"", ""}, {strings.Repeat("é", 40), "b", strings.Repeat("c", 80)}} {
		var in [][]byte
		for _, line := range lines {
			in = append(in, []byte(line))
		}
		if got, want := string(NewFrame(in...).Payload()), strings.Join(lines, "\n"); got != want {
			t.Fatalf("got %q, want %q", got, want)
		}
	}
}

func TestAFrameDoesNotChangeWithItsSource(t *testing.T) {
	line := []byte("calm")
	f := NewFrame(line)
	copy(line, "LOUD")
	if string(f.Payload()) != "calm" {
		t.Fatal("the frame shares its source's memory")
	}
}

func TestCloseReasonsFitAndStayWhole(t *testing.T) {
	for _, reason := range []string{"", "slow", strings.Repeat("a", 123), strings.Repeat("a", 124),
		strings.Repeat("é", 62), "a" + strings.Repeat("é", 62), strings.Repeat("🌿", 40)} {
		wire := closeFrame(4008, reason).wire
		said := string(wire[4:])
		if len(wire)-2 > 125 || int(wire[1]) != len(wire)-2 {
			t.Fatalf("%d bytes of payload", len(wire)-2)
		}
		if !utf8.ValidString(said) || !strings.HasPrefix(reason, said) || len(reason) <= 123 && said != reason {
			t.Fatalf("%q became %q", reason, said)
		}
	}
}
