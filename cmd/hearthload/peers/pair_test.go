package peers

import (
	"bufio"
	"io"
	"strings"
	"testing"
)

// The leaky proxy reads what Redis says value by value, and loses nothing but
// small published messages.
func TestLeakyLosesMessagesOnly(t *testing.T) {
	published := ">3\r\n$7\r\nmessage\r\n$1\r\nc\r\n$5\r\nwords\r\n"
	said := []string{
		"+OK\r\n", ":7\r\n", "$-1\r\n", "$4\r\na\r\nb\r\n", "*2\r\n$1\r\na\r\n*1\r\n:1\r\n", "%1\r\n+a\r\n:1\r\n", "_\r\n", "-ERR no\r\n",
		">3\r\n$9\r\nsubscribe\r\n$1\r\nc\r\n:1\r\n", published, strings.Replace(published, ">", "*", 1),
	}
	in := bufio.NewReaderSize(strings.NewReader(strings.Join(said, "")), 16)
	p := &leaky{one: 1}
	for _, want := range said {
		got, err := value(in, nil)
		if err != nil || string(got) != want {
			t.Fatalf("read %q, %v; want %q", got, err, want)
		}
		if lost := p.loses(got); lost != strings.Contains(want, "message") {
			t.Errorf("%q is lost: %v", got, lost)
		}
	}
	if _, err := value(in, nil); err != io.EOF {
		t.Errorf("after the end: %v", err)
	}
	large := ">3\r\n$7\r\nmessage\r\n$1\r\nc\r\n$4000\r\n" + strings.Repeat("x", 4000) + "\r\n"
	if p.loses([]byte(large)) {
		t.Error("a whole room is lost")
	}
}
