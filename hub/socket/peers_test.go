package socket

import (
	"bufio"
	"io"
	"net"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"
)

// The measurements keep the peers in another process, so that what is measured
// is the server alone. The other process is this test binary again.
const peersAt = "HEARTH_TEST_PEERS_AT"

// startPeers runs one of the tests below in another process, against addr.
func startPeers(t testing.TB, test, addr string) (say io.WriteCloser, hear *bufio.Reader) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^"+test+"$")
	cmd.Env = append(os.Environ(), peersAt+"="+addr)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { in.Close(); _ = cmd.Wait() })
	return in, bufio.NewReader(out)
}

// idleConns is how many connections TestIdlePeers holds.
const idleConns = 4000

// TestIdlePeers holds connections, each of which has exchanged one message.
func TestIdlePeers(t *testing.T) {
	addr := os.Getenv(peersAt)
	if addr == "" {
		t.Skip("is the other process of TestWhatAnIdleConnectionCosts")
	}
	hello := text(`{"do":"hello","v":1,"resume":"mZ0","seq":41,"needs":["more-time"]}`)
	var all []*raw
	for range idleConns {
		c := dialRaw(t, addr)
		c.send(hello)
		c.wantText("welcome")
		_ = c.SetDeadline(time.Time{})
		all = append(all, c)
	}
	_, _ = os.Stdout.WriteString("held\n")
	_, _ = io.Copy(io.Discard, os.Stdin)
	for _, c := range all {
		c.Close()
	}
}

const (
	fanOut     = 240
	fanPayload = 200
	window     = 16 // frames to each peer, after which the sender waits for all
)

// TestFanOutPeers reads what is broadcast to it and says '.' whenever every
// peer has read a window of frames.
func TestFanOutPeers(t *testing.T) {
	addr := os.Getenv(peersAt)
	if addr == "" {
		t.Skip("is the other process of BenchmarkBroadcast")
	}
	size := window * NewFrame(blank(fanPayload)).Len()
	var all []*raw
	for range fanOut {
		c := dialRaw(t, addr)
		_ = c.SetDeadline(time.Time{})
		all = append(all, c)
	}
	_, _ = os.Stdout.WriteString("held\n")
	ticks := make(chan struct{}, fanOut)
	var readers sync.WaitGroup
	for _, c := range all {
		readers.Go(func() { readWindows(c.Conn, c.r.Buffered(), size, ticks) })
	}
	go func() { readers.Wait(); close(ticks) }()
	n := 0
	for range ticks {
		if n++; n%fanOut == 0 {
			_, _ = os.Stdout.Write([]byte{'.'})
		}
	}
}

func readWindows(nc net.Conn, got, size int, ticks chan<- struct{}) {
	buf := make([]byte, 16<<10)
	for {
		n, err := nc.Read(buf)
		if err != nil {
			return
		}
		for got += n; got >= size; got -= size {
			ticks <- struct{}{}
		}
	}
}
