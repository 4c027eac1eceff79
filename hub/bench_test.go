package hub_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"hearth/room"
)

const upgrade = "GET /live/%s HTTP/1.1\r\nHost: hearth.test\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
	"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: hearth.v1\r\n\r\n"

func dozen(b *testing.B) *house { return inRoom(b, 12) }

// inRoom is a room on the open floor with people on real TCP connections, who
// read and throw away what comes: the facilitators, ann, and others.
func inRoom(b testing.TB, people int) *house {
	b.Helper()
	h := newHouse(b, b.TempDir())
	h.rules = room.Rules{FloorRules: room.FloorRules{OpenPace: 1, OpenRow: 1 << 30}}
	h.more = people
	h.found()
	h.start(b)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	h.must(err)
	srv := &http.Server{Handler: h.server.Handler}
	served := make(chan struct{})
	go func() { defer close(served); _ = srv.Serve(l) }()
	var conns []net.Conn
	b.Cleanup(func() {
		for _, c := range conns {
			c.Close()
		}
		h.hub.Drain(context.Background())
		srv.Close()
		h.server.Close()
		<-h.served
		<-served
		h.must(h.store.Close())
	})
	names := strings.Fields("Lea Wim Ann Ben Cat Dan Eve Tim Guy Hal Ida Jon")
	for i, seat := range h.inside(people) {
		c, err := net.Dial("tcp", l.Addr().String())
		h.must(err)
		conns = append(conns, c)
		h.greet(c, seat)
		h.say(seat, `{"do":"knock","id":"knock-%s-x","name":"%s","answer":"agree","digest":"%s"}`, seat, names[i], h.digest)
	}
	for _, seat := range h.inside(people) {
		h.say("wim", `{"do":"greet","id":"greet-%s-x","seat":"%s"}`, seat, seat)
		h.say("wim", `{"do":"admit","id":"admit-%s-x","seat":"%s"}`, seat, seat)
	}
	for _, phase := range []string{"opening", "check-in", "main"} {
		h.say("lea", `{"do":"phase","id":"phase-%s","to":"%s"}`, phase, phase)
	}
	h.say("lea", `{"do":"begin","id":"begin-open","format":"open"}`)
	here, format := 0, room.NoFormat
	h.hub.Peek(session, func(s *room.State) {
		format = s.Form.Format
		for seat := range s.Form.Seats {
			if s.Receives(seat, room.ToRoom) {
				here++
			}
		}
	})
	if here != people || format != room.OpenFloor {
		b.Fatalf("%d people on format %q", here, format)
	}
	return h
}

func (h *house) say(seat room.SeatID, format string, args ...any) {
	h.hub.Inline(session, seat, false, func(say func([]byte)) { say(fmt.Appendf(nil, format, args...)) })
}

func (h *house) inside(people int) []room.SeatID {
	all := []room.SeatID{"lea", "wim", "ann"}
	for i := range people - 3 {
		all = append(all, room.SeatID("more"+strconv.Itoa(i)))
	}
	return all
}

// greet does the handshake, says hello and waits until the room knows it.
func (h *house) greet(c net.Conn, seat room.SeatID) {
	h.t.Helper()
	_, err := fmt.Fprintf(c, upgrade, seat)
	h.must(err)
	r := bufio.NewReader(c)
	resp, err := http.ReadResponse(r, nil)
	h.must(err)
	if resp.StatusCode != http.StatusSwitchingProtocols {
		h.t.Fatalf("status %d", resp.StatusCode)
	}
	const hello = `{"do":"hello","v":1}`
	_, err = c.Write(append([]byte{0x81, 0x80 | byte(len(hello)), 0, 0, 0, 0}, hello...)) // a mask of zeros
	h.must(err)
	go func() { _, _ = io.Copy(io.Discard, r) }()
	for online := false; !online; runtime.Gosched() {
		h.hub.Peek(session, func(s *room.State) { online = s.Live.Seats[seat].Online })
	}
}

// BenchmarkShare is one share from its bytes to the last of twelve pushes; the
// writes themselves are not in it.
func BenchmarkShare(b *testing.B) {
	h := dozen(b)
	_, before := h.hub.Shown(session)
	var n int64
	b.ReportAllocs()
	h.hub.Inline(session, "ann", true, func(say func([]byte)) {
		for b.Loop() {
			n++
			say(shares[n%int64(len(shares))])
		}
	})
	if _, after := h.hub.Shown(session); n <= 512 && after-before < n {
		b.Fatalf("%d of %d shares were shown", after-before, n)
	}
}

var shares = func() [][]byte {
	text := strings.Repeat("a few words ", 12)
	all := make([][]byte, 4096)
	for i := range all {
		all[i] = fmt.Appendf(nil, `{"do":"share","id":"share-%08d","text":"%s"}`, i, text)
	}
	return all
}()

// The path of words makes nothing per receiver: twelve cost what one costs
// (must show 9).
func TestWordsAllocateNothingPerReceiver(t *testing.T) {
	var each [2]float64
	for i, people := range []int{4, 12} {
		h := inRoom(t, people)
		h.hub.Inline(session, "ann", true, func(say func([]byte)) {
			n := 0
			each[i] = math.Inf(1)
			for range 4 { // whatever else the process does counts too: the quietest run is nearest
				each[i] = min(each[i], testing.AllocsPerRun(1000, func() { n++; say(shares[n%len(shares)]) }))
			}
		})
	}
	if each[1] >= each[0]+4 { // eight more receivers; a pool may give less than it was given
		t.Errorf("a share to 12 allocates %v times, to 3 %v times", each[1], each[0])
	}
	if each[1] > 28 {
		t.Errorf("a share allocates %v times", each[1])
	}
}

// BenchmarkHello is one hello line in a room of twelve.
func BenchmarkHello(b *testing.B) {
	h := dozen(b)
	b.ReportAllocs()
	b.ReportMetric(float64(h.hub.Hello(session, "ann", b.Loop)), "bytes")
}
