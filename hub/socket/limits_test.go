package socket

import (
	"testing"
	"time"
)

func TestTheZeroLimitsAreTheHousesOwn(t *testing.T) {
	want := Limits{Message: 8192, ReadRate: 16384, ReadBurst: 131072, Pings: 20, PingWindow: 10 * time.Second,
		Frames: 256, Bytes: 262144, Age: 10 * time.Second, WriteWait: 5 * time.Second, SendBuffer: 65536, CloseWait: time.Second}
	if got := *(Limits{}).resolve(); got != want {
		t.Fatalf("got %+v", got)
	}
	got := *(Limits{Message: 100, Age: -1}).resolve()
	want.Message, want.Age = 100, -1
	if got != want {
		t.Fatalf("one of them set: %+v", got)
	}
	if one, other := (Limits{}).resolve(), (Limits{}).resolve(); one != other {
		t.Fatal("every connection keeps a copy of its own")
	}
}

func TestALoadRunMeetsNoReadLimits(t *testing.T) {
	h := serve(t, Unlimited())
	c := dialRaw(t, h.addr)
	e := h.ear(t)
	for range 100 {
		c.send(masked(0x89, nil))
		if first, _, err := c.frame(); err != nil || first != 0x8a {
			t.Fatalf("got %#x, %v", first, err)
		}
	}
	for range 100 {
		c.send(masked(finText, blank(8<<10)))
		e.text(t)
	}
	c.send(masked(finText, blank(8<<10+1)))
	if code := c.closeCode(); code != TooLarge {
		t.Fatalf("close code %d", code)
	}
	c.wantGone()
	e.end(t)
}

func TestOutboxLimitsCanBeLifted(t *testing.T) {
	l := Limits{Frames: -1, Bytes: -1, Age: -1, WriteWait: -1, CloseWait: -1, SendBuffer: 4 << 10}
	h := serve(t, l)
	c := dialRaw(t, h.addr)
	e := h.ear(t)
	f := NewFrame(blank(1000))
	for range 10_000 {
		e.conn.Push(f)
	}
	for range 10_000 {
		c.wantText(string(blank(1000)))
	}
	c.Close()
	e.end(t)
}
