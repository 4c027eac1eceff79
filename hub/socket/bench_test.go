//go:build unix

package socket

import (
	"context"
	"net"
	"net/http"
	"syscall"
	"testing"
	"time"

	"github.com/coder/websocket"
)

// BenchmarkBroadcast sends a frame of 200 bytes to 240 peers over loopback; an
// operation is one receiver. "cpu-ns/op" is the CPU of this process, the server;
// ns/op has waits for the peers in it. Library is the same with the library's
// own Write.
func BenchmarkBroadcast(b *testing.B) {
	frame := NewFrame(blank(fanPayload))
	b.Run("Push", func(b *testing.B) { broadcast(b, frame) })
	b.Run("Library", broadcastLibrary)
}

func broadcast(b *testing.B, frame *Frame) {
	h := serve(b, Limits{})
	_, hear := startPeers(b, "TestFanOutPeers", h.addr)
	var conns []*Conn
	for range fanOut {
		conns = append(conns, h.ear(b).conn)
	}
	hurry(b, hear.ReadByte, func() int {
		for _, c := range conns {
			c.Push(frame)
		}
		return 1
	})
	for _, c := range conns {
		if c.state.Load() != open {
			b.Fatal("a connection was lost")
		}
		c.Drop()
	}
}

func broadcastLibrary(b *testing.B) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	accepted := make(chan *websocket.Conn, fanOut)
	srv := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if ws, err := websocket.Accept(w, r, &websocket.AcceptOptions{Subprotocols: []string{Protocol}}); err == nil {
			accepted <- ws
		}
	})}
	done := make(chan struct{})
	go func() { defer close(done); _ = srv.Serve(l) }()
	defer func() { _ = srv.Close(); <-done }()
	_, hear := startPeers(b, "TestFanOutPeers", l.Addr().String())
	var conns []*websocket.Conn
	for range fanOut {
		conns = append(conns, <-accepted)
	}
	payload := blank(fanPayload)
	hurry(b, hear.ReadByte, func() int {
		for _, ws := range conns {
			if err := ws.Write(context.Background(), websocket.MessageText, payload); err != nil {
				b.Fatal(err)
			}
		}
		return 1
	})
	for _, ws := range conns {
		_ = ws.CloseNow()
	}
}

// hurry sends rounds until b.N frames have been delivered, and waits for the
// peers after each window, so that nothing ever has to queue.
func hurry(b *testing.B, heard func() (byte, error), round func() int) {
	for range len("held\n") {
		if _, err := heard(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportAllocs()
	b.ResetTimer()
	began := cpu()
	sent := 0
	for n := 0; n < b.N; n += fanOut * window {
		for sent = 0; sent < window; {
			sent += round()
		}
		if _, err := heard(); err != nil {
			b.Fatal(err)
		}
	}
	rounds := (b.N + fanOut*window - 1) / (fanOut * window)
	b.ReportMetric(float64(cpu()-began)/float64(rounds*fanOut*window), "cpu-ns/op")
	b.StopTimer()
}

// cpu is the time this process has spent, in user and system mode.
func cpu() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
