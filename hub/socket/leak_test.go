package socket

import (
	"net"
	"os"
	"runtime"
	"sync"
	"testing"
	"time"
)

// TestNoEndLeaks is attack case F25: connections that end in every abnormal way
// leave no goroutine and no descriptor behind.
func TestNoEndLeaks(t *testing.T) {
	const each = 50
	reset := func(c *raw) { _ = c.Conn.(*net.TCPConn).SetLinger(0); c.Close() }
	kinds := map[string]func(c *raw, e *ear){
		"the peer hangs up":              func(c *raw, e *ear) { c.Close() },
		"the peer resets":                func(c *raw, e *ear) { reset(c) },
		"a goodbye, then a reset":        func(c *raw, e *ear) { c.send(goodbye(1000, "")); reset(c) },
		"a goodbye, never hung up":       func(c *raw, e *ear) { c.send(goodbye(1000, "")); c.closeCode() },
		"half a header":                  func(c *raw, e *ear) { c.send([]byte{finText}); c.Close() },
		"half a message, then silence":   func(c *raw, e *ear) { c.send(masked(0x01, []byte("{"))); e.conn.Close(4000, "mute") },
		"not our protocol":               func(c *raw, e *ear) { c.send([]byte{0xff, 0x80, 0, 0, 0, 0}) },
		"too large":                      func(c *raw, e *ear) { c.send(claims(1<<40), blank(9000)) },
		"half closed by the peer":        func(c *raw, e *ear) { _ = c.Conn.(*net.TCPConn).CloseWrite() },
		"closed on a mute peer":          func(c *raw, e *ear) { e.conn.Close(1012, "restart") },
		"dropped while others push":      func(c *raw, e *ear) { go pushMany(e.conn); e.conn.Drop() },
		"reset while others push":        func(c *raw, e *ear) { go pushMany(e.conn); reset(c) },
		"too slow":                       func(c *raw, e *ear) { fillUp(e.conn) },
		"closed from three sides":        func(c *raw, e *ear) { go e.conn.Close(4409, ""); go e.conn.Drop(); c.Close() },
		"a stalled ping, then a goodbye": func(c *raw, e *ear) { c.send([]byte{0x89, 0xfd, 1, 2}); e.conn.Close(4000, "") },
	}
	h := serve(t, Limits{})
	warm := dialRaw(t, h.addr) // the listener's and the poller's own descriptors
	warm.Close()
	h.ear(t).end(t)
	goroutines, files := runtime.NumGoroutine(), descriptors(t)
	var all sync.WaitGroup
	for name, end := range kinds {
		for range each {
			c := dialRaw(t, h.addr)
			e := h.ear(t)
			all.Go(func() {
				end(c, e)
				select {
				case <-e.ended:
				case <-time.After(patience):
					t.Errorf("%s: it never ended", name)
				}
				c.Close()
			})
		}
	}
	all.Wait()
	until := time.Now().Add(patience)
	for runtime.NumGoroutine() > goroutines+3 || descriptors(t) > files+2 {
		if time.Now().After(until) {
			t.Fatalf("goroutines %d → %d, descriptors %d → %d", goroutines, runtime.NumGoroutine(), files, descriptors(t))
		}
		runtime.Gosched()
	}
}

func pushMany(c *Conn) {
	f := NewFrame(blank(1000))
	for range 300 {
		c.Push(f)
	}
}

func fillUp(c *Conn) {
	f := NewFrame(blank(1000))
	for c.state.Load() == open {
		c.Push(f)
	}
}

// descriptors counts open files; always 0 where the system does not say.
func descriptors(t *testing.T) int {
	names, err := os.ReadDir("/proc/self/fd")
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	return len(names)
}
