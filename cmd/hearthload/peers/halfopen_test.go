package peers

import (
	"errors"
	"io"
	"net"
	"os"
	"testing"
	"time"

	"hearth/cmd/hearthload/drive"
)

// Through the veil everything passes, and once it is drawn nothing does, either
// way, not even the end of a connection.
func TestVeilStopsEverything(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	v, err := newVeil(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer v.close()
	near, err := net.Dial("tcp", v.l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer near.Close()
	far, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer far.Close()
	says := func(from, to net.Conn, word string) error {
		if _, err := io.WriteString(from, word); err != nil {
			return err
		}
		_ = to.SetReadDeadline(time.Now().Add(300 * time.Millisecond))
		_, err := io.ReadFull(to, make([]byte, len(word)))
		return err
	}
	for _, way := range [][2]net.Conn{{near, far}, {far, near}} {
		if err := says(way[0], way[1], "before"); err != nil {
			t.Fatalf("before the veil is drawn: %v", err)
		}
	}
	close(v.drawn)
	for _, way := range [][2]net.Conn{{near, far}, {far, near}} {
		if err := says(way[0], way[1], "after"); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("after the veil is drawn: %v, want silence", err)
		}
	}
	_ = far.Close()
	_ = near.SetReadDeadline(time.Now().Add(300 * time.Millisecond))
	if _, err := near.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("when the other side hangs up: %v, want silence", err)
	}
}

// The lookout sees who is reconnecting and who has left, and nothing else.
func TestLookout(t *testing.T) {
	o := &lookout{lost: map[string]time.Time{}, left: map[string]bool{}}
	for _, line := range []string{
		`{"t":"set","to":"room","seq":5,"prev":4,"on":[{"kind":"reconnecting","seat":"a"},{"kind":"reconnecting","seat":"b"}]}`,
		`{"t":"set","to":"room","seq":6,"prev":5,"on":[{"kind":"left","seat":"b"},{"kind":"entered","seat":"c"}]}`,
		`{"t":"words","to":"room","seq":7,"prev":6,"id":"w1","seat":"d","text":"\"kind\":\"left\",\"seat\":\"d\""}`,
	} {
		o.hear(nil, drive.ParseHead([]byte(line)), []byte(line))
	}
	if len(o.lost) != 2 || o.lost["a"].IsZero() || o.lost["b"].IsZero() {
		t.Errorf("reconnecting: %v", o.lost)
	}
	if len(o.left) != 1 || !o.left["b"] {
		t.Errorf("left: %v", o.left)
	}
}
