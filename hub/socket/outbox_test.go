package socket

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// TestOrderIsKeptThroughPartialWrites pushes more than the kernel takes, while
// the peer reads in fits and the library answers pings in between.
func TestOrderIsKeptThroughPartialWrites(t *testing.T) {
	h := serve(t, Limits{SendBuffer: 16 << 10, Frames: -1, Bytes: -1, Age: -1, Pings: -1})
	c := dialRaw(t, h.addr)
	e := h.ear(t)
	const frames = 3000
	body := func(i int) string { return fmt.Sprintf("%d ", i) + strings.Repeat("x", i*i%7919) }
	go func() {
		for i := range frames {
			e.conn.Push(NewFrame([]byte(body(i))))
		}
	}()
	go func() {
		for range 50 {
			_, _ = c.Write(masked(0x89, []byte("still there")))
		}
	}()
	next, pongs := 0, 0
	for next < frames || pongs < 50 {
		first, payload, err := c.frame()
		switch {
		case err != nil:
			t.Fatalf("after %d frames: %v", next, err)
		case first == 0x8a && string(payload) == "still there":
			pongs++
		case first != finText || string(payload) != body(next):
			t.Fatalf("frame %d is %#x %.30q", next, first, payload)
		default:
			next++
		}
	}
	e.conn.Close(1000, "")
	if code := c.closeCode(); code != 1000 {
		t.Fatalf("close code %d", code)
	}
	c.Close()
	e.end(t)
}

// TestPushesFromManyGoroutinesStayWhole: each one's frames keep their order.
func TestPushesFromManyGoroutinesStayWhole(t *testing.T) {
	h := serve(t, Limits{SendBuffer: 4 << 10, Frames: -1, Bytes: -1})
	c := dialRaw(t, h.addr)
	e := h.ear(t)
	const pushers, each = 8, 400
	for p := range pushers {
		go func() {
			for i := range each {
				e.conn.Push(NewFrame(fmt.Appendf(nil, "%d %d %s", p, i, blank(i))))
			}
		}()
	}
	var seen [pushers]int
	for range pushers * each {
		_, payload, err := c.frame()
		if err != nil {
			t.Fatal(err)
		}
		var p, i int
		var rest string
		if n, _ := fmt.Sscanf(string(payload), "%d %d %s", &p, &i, &rest); n < 2 || seen[p] != i || len(rest) != i {
			t.Fatalf("got %.40q after %v", payload, seen)
		}
		seen[p]++
	}
	e.conn.Drop()
	e.end(t)
}

// TestASlowPeerHarmsNobodyElse is fault F17: of twelve in a room one never
// reads.
func TestASlowPeerHarmsNobodyElse(t *testing.T) {
	h := serve(t, Limits{})
	const frames, size = 4000, 1 << 10
	var ears []*ear
	var readers sync.WaitGroup
	for i := range 12 {
		c := dialRaw(t, h.addr)
		ears = append(ears, h.ear(t))
		if i == 0 {
			continue // never reads
		}
		readers.Go(func() {
			for n := range frames {
				_, payload, err := c.frame()
				if err != nil || !strings.HasPrefix(string(payload), fmt.Sprintf("%d ", n)) {
					t.Errorf("reader %d: %.20q after %d frames, %v", i, payload, n, err)
					return
				}
			}
		})
	}
	runtime.GC()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	slowest := time.Duration(0)
	for n := range frames {
		f := NewFrame(append(fmt.Appendf(nil, "%d ", n), blank(size)...))
		for _, e := range ears {
			began := time.Now()
			e.conn.Push(f)
			slowest = max(slowest, time.Since(began))
		}
		if n%16 == 0 {
			runtime.Gosched()
		}
		for behind(ears[1:]) {
			runtime.Gosched() // the readers of this test share two cores with the writer
		}
	}
	readers.Wait()
	end := ears[0].end(t)
	runtime.GC()
	runtime.ReadMemStats(&after)
	if end.Code != Slow || !errors.Is(end, ErrSlow) {
		t.Errorf("the slow one ended with %v", end)
	}
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 2<<20 {
		t.Errorf("%d KiB of heap were kept", grown>>10)
	}
	t.Logf("slowest push %v", slowest)
	for _, e := range ears[1:] {
		e.conn.Drop()
		e.end(t)
	}
}

func behind(ears []*ear) bool {
	for _, e := range ears {
		e.conn.mu.Lock()
		n := e.conn.out.bytes
		e.conn.mu.Unlock()
		if n > 128<<10 {
			return true
		}
	}
	return false
}

// stuck gives a connection whose peer has not begun to read, with its writer
// waiting on the first frame.
func stuck(t *testing.T, l Limits) (*Conn, *ear, *raw) {
	p := newPipes()
	h := serveOn(t, p, l, nil)
	nc, err := p.dial(t.Context(), "", "")
	if err != nil {
		t.Fatal(err)
	}
	c := handshakeOn(t, nc, "", nil)
	_ = nc.SetDeadline(time.Time{})
	t.Cleanup(func() { nc.Close() })
	e := h.ear(t)
	e.conn.Push(NewFrame([]byte("first")))
	synctest.Wait()
	return e.conn, e, c
}

func TestTheOutboxIsBoundedInFrames(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, e, peer := stuck(t, Limits{Frames: 4})
		for i := range 4 {
			c.Push(NewFrame(number(i)))
		}
		if c.state.Load() != open {
			t.Fatal("closed below the limit")
		}
		c.Push(NewFrame(number(4)))
		// The frame that was under way is finished, the others are not sent, and
		// a peer that reads again within the second is told why.
		peer.wantText("first")
		if code := peer.closeCode(); code != Slow {
			t.Fatalf("close code %d", code)
		}
		peer.Close()
		if end := e.end(t); end.Code != Slow || !errors.Is(end, ErrSlow) {
			t.Fatalf("ended with %v", end)
		}
	})
}

func TestTheOutboxIsBoundedInBytes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		first := NewFrame([]byte("first")).Len()
		c, e, _ := stuck(t, Limits{Bytes: first + 1000})
		c.Push(NewFrame(blank(500 - 4)))
		c.Push(NewFrame(blank(500 - 4)))
		if c.state.Load() != open {
			t.Fatal("closed at the limit")
		}
		c.Push(NewFrame(nil))
		began := time.Now()
		if end := e.end(t); end.Code != Slow {
			t.Fatalf("ended with %v", end)
		}
		if took := time.Since(began); took > time.Second {
			t.Fatalf("a mute peer was waited for for %v", took)
		}
	})
}

func TestTheOutboxIsBoundedInAge(t *testing.T) {
	for _, late := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			c, e, peer := stuck(t, Limits{WriteWait: time.Minute})
			c.Push(NewFrame(blank(drainSize - 4)))
			c.Push(NewFrame([]byte("second")))
			pass(10*time.Second - time.Millisecond)
			c.Push(NewFrame([]byte("third")))
			if c.state.Load() != open {
				t.Fatal("closed before its time")
			}
			pass(time.Millisecond)
			if late { // nothing is pushed any more, the peer reads again
				go peer.closeCode()
			} else {
				c.Push(NewFrame([]byte("fourth")))
			}
			if end := e.end(t); end.Code != Slow {
				t.Fatalf("ended with %v", end)
			}
		})
	}
}

func TestAFrameLargerThanTheOutboxPassesAlone(t *testing.T) {
	h := serve(t, Limits{SendBuffer: 4 << 10, Bytes: 1000})
	c := dialRaw(t, h.addr)
	e := h.ear(t)
	whole := blank(1 << 20)
	e.conn.Push(NewFrame(whole))
	c.wantText(string(whole))
	e.conn.Drop()
	e.end(t)
}

func TestAWriteWaitsFiveSecondsForTheNetwork(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		_, e, _ := stuck(t, Limits{})
		end := e.end(t)
		if took := time.Since(began); took != 5*time.Second {
			t.Fatalf("it took %v", took)
		}
		if end.Code != Abnormal || !errors.Is(end, os.ErrDeadlineExceeded) {
			t.Fatalf("ended with %v", end)
		}
	})
}

func TestAWriterIsThereOnlyWhileSomethingWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, e, peer := stuck(t, Limits{})
		if !writing(c) {
			t.Fatal("nobody writes what waits")
		}
		peer.wantText("first")
		synctest.Wait()
		if writing(c) || c.out.queue != nil {
			t.Fatal("the writer has outlived its work")
		}
		// The deadline of the last write must not fail the next one.
		pass(time.Hour)
		c.Push(NewFrame([]byte("again")))
		peer.wantText("again")
		c.Drop()
		e.end(t)
	})
}

// The deadline that a writer leaves behind must not fail the writes that need no
// writer, here for three times its length.
func TestWritesGoOnAfterAWriterHasGone(t *testing.T) {
	l := Limits{SendBuffer: 4 << 10, WriteWait: 200 * time.Millisecond}
	h := serve(t, l)
	c := dialRaw(t, h.addr)
	e := h.ear(t)
	e.conn.Push(NewFrame(blank(1 << 20)))
	if !writing(e.conn) {
		t.Fatal("the kernel took a megabyte at once")
	}
	c.wantText(string(blank(1 << 20)))
	for began := time.Now(); time.Since(began) < 3*l.WriteWait; {
		e.conn.Push(NewFrame([]byte("again")))
		c.wantText("again")
	}
	e.conn.Drop()
	e.end(t)
}

func writing(c *Conn) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.out.writing
}

func TestPushingAllocatesNothing(t *testing.T) {
	h := serve(t, Limits{})
	c := dialRaw(t, h.addr)
	e := h.ear(t)
	f := NewFrame(blank(200))
	if got := testing.AllocsPerRun(200, func() { e.conn.Push(f) }); got != 0 {
		t.Fatalf("%v allocations", got)
	}
	for range 201 {
		c.wantText(string(blank(200)))
	}
	e.conn.Drop()
	e.end(t)
}
