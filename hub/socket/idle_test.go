package socket

import (
	"bytes"
	"encoding/json"
	"net"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"
)

// TestWhatAnIdleConnectionCosts measures resident memory and goroutines per
// idle connection, with peers in another process. The bar is 12 KB and one
// goroutine; what a handler does on the reader's stack must not stay.
func TestWhatAnIdleConnectionCosts(t *testing.T) {
	if raceDetector || testing.Short() {
		t.Skip("the race detector's own memory would be measured")
	}
	if _, err := os.Stat("/proc/self/statm"); err != nil {
		t.Skip("resident memory is read from /proc")
	}
	welcome := NewFrame([]byte("welcome"))
	t.Run("handler that only answers", func(t *testing.T) {
		costs(t, func(c *Conn, _ []byte) { c.Push(welcome) })
	})
	t.Run("handler that decodes on the reader's stack", func(t *testing.T) {
		costs(t, func(c *Conn, data []byte) {
			var v map[string]any
			d := json.NewDecoder(bytes.NewReader(data))
			if err := d.Decode(&v); err != nil || v["do"] != "hello" {
				t.Errorf("got %q", data)
			}
			c.Push(welcome)
		})
	})
}

func costs(t *testing.T, answer func(*Conn, []byte)) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	h := serveOn(t, l, Limits{}, func(_ *Conn, e *ear) {
		e.messages = nil // this test's own bookkeeping must not be measured
		e.onText = answer
	})
	before, goroutines := resident(t), runtime.NumGoroutine()
	var m0, m1 runtime.MemStats
	runtime.ReadMemStats(&m0)
	say, hear := startPeers(t, "TestIdlePeers", l.Addr().String())
	if line, err := hear.ReadString('\n'); err != nil || line != "held\n" {
		t.Fatalf("the peers said %q, %v", line, err)
	}
	after, now := resident(t), runtime.NumGoroutine()
	runtime.ReadMemStats(&m1)
	rss := (after - before) / idleConns
	per := float64(now-goroutines) / idleConns
	t.Logf("%d connections: RSS %d B, heap %d B, stack %d B, goroutines %.3f per connection",
		idleConns, rss, (m1.HeapAlloc-m0.HeapAlloc)/idleConns, (m1.StackInuse-m0.StackInuse)/idleConns, per)
	if rss > 12_000 {
		t.Errorf("an idle connection takes %d bytes", rss)
	}
	if per > 1.001 {
		t.Errorf("an idle connection takes %.3f goroutines", per)
	}
	say.Close()
	for range idleConns {
		h.ear(t).end(t)
	}
}

// resident is the process's memory after collection, in bytes.
func resident(t *testing.T) int {
	for range 4 { // each collection halves a stack that is hardly used
		runtime.GC()
	}
	debug.FreeOSMemory()
	b, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		t.Fatal(err)
	}
	pages, err := strconv.Atoi(strings.Fields(string(b))[1])
	if err != nil {
		t.Fatal(err)
	}
	return pages * os.Getpagesize()
}
