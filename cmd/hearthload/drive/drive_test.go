package drive

import (
	"errors"
	"strings"
	"testing"
	"time"
)

func TestParseHead(t *testing.T) {
	for name, c := range map[string]struct {
		line string
		want Head
	}{
		"set":     {`{"t":"set","to":"me","seq":43,"prev":40,"set":{"offer":{"turn":7}},"on":[{"kind":"offer"}]}`, Head{Set, MeStream, 43, 40}},
		"words":   {`{"t":"words","to":"room","seq":45,"prev":44,"id":"w4","kind":"share","text":"\"seq\":9","at":1}`, Head{Words, RoomStream, 45, 44}},
		"hello":   {`{"t":"hello","v":1,"epoch":"k3","seq":41,"now":1,"resume":"m"}`, Head{Kind: Hello, Seq: 41}},
		"no prev": {`{"t":"set","to":"me","seq":43,"set":{"offer":{"turn":7}}}`, Head{Set, MeStream, 43, 42}},
		"ack":     {`{"t":"ack","ref":"7f1c","form":17}`, Head{Kind: Ack}},
		"ping":    {`{"t":"ping"}`, Head{Kind: Ping}},
		"foreign": {`{"x":1}`, Head{}},
	} {
		if got := ParseHead([]byte(c.line)); got != c.want {
			t.Errorf("%s: got %+v, want %+v", name, got, c.want)
		}
	}
	if got := Form([]byte(`{"t":"ack","ref":"7f1c","form":17}`)); got != 17 {
		t.Errorf("form: got %d, want 17", got)
	}
	if got := Form([]byte(`{"t":"ack","ref":"7f1c"}`)); got != 0 {
		t.Errorf("no form: got %d, want 0", got)
	}
	if got := string(nextOf([]byte(`{"t":"set","set":{"phase":{"next":"closing"},"next":["a1","b2"],"floor":null}}`))); got != `"a1","b2"` {
		t.Errorf("next: got %s", got)
	}
}

func TestChain(t *testing.T) {
	room := func(seq, prev int64) Head { return Head{Set, RoomStream, seq, prev} }
	me := func(seq, prev int64) Head { return Head{Set, MeStream, seq, prev} }
	for name, c := range map[string]struct {
		heads   []Head
		faulty  int // index of the first fault; -1 for none
		missing bool
	}{
		"whole":                      {[]Head{room(42, 41), me(43, 42), room(44, 43), room(45, 44), me(46, 45)}, -1, false},
		"one missing":                {[]Head{room(42, 41), room(45, 44)}, 1, true},
		"one of another stream":      {[]Head{room(42, 41), me(44, 43)}, 1, true},
		"going on from elsewhere":    {[]Head{room(42, 41), room(4_000, 42), me(4_001, 4_000)}, -1, false},
		"missing after the snapshot": {[]Head{room(45, 43)}, 0, true},
		"repeated":                   {[]Head{room(42, 41), room(42, 41)}, 1, false},
		"out of order":               {[]Head{room(44, 41), room(43, 42)}, 1, false},
		"prev too low":               {[]Head{room(44, 41), room(46, 42)}, 1, false},
		"under the snapshot":         {[]Head{room(40, 39)}, 0, false},
	} {
		var chain Chain
		chain.Snapshot(41)
		first := -1
		for i, h := range c.heads {
			err := chain.Follow(h)
			if err == nil {
				continue
			}
			first = i
			var f Fault
			if !errors.As(err, &f) || f.Missing != c.missing {
				t.Errorf("%s: fault %v, want missing %v", name, err, c.missing)
			}
			break
		}
		if first != c.faulty {
			t.Errorf("%s: first fault at %d, want %d", name, first, c.faulty)
		}
	}
}

// A frame has one fingerprint, whatever number it has for a seat.
func TestSumLeavesNumbersOut(t *testing.T) {
	sum := func(line string) uint64 { return Sum([]byte(line)) }
	same := sum(`{"t":"words","to":"room","seq":45,"id":"w4","text":"\"seq\":9"}`)
	for _, line := range []string{`{"t":"words","to":"room","seq":7,"id":"w4","text":"\"seq\":9"}`, `{"t":"words","to":"room","seq":70,"prev":6,"id":"w4","text":"\"seq\":9"}`} {
		if sum(line) != same {
			t.Errorf("another fingerprint: %s", line)
		}
	}
	if sum(`{"t":"words","to":"room","seq":45,"id":"w4","text":"\"seq\":8"}`) == same {
		t.Error("other words have the same fingerprint")
	}
}

func TestLatency(t *testing.T) {
	var l Latency
	for i := range 1000 {
		l.Add(time.Duration(i+1) * time.Millisecond)
	}
	for _, c := range []struct{ q, want float64 }{{.5, 500}, {.99, 990}} {
		got := float64(l.At(c.q).Microseconds()) / 1000
		if got < c.want*0.99 || got > c.want*1.02 {
			t.Errorf("at %v: %v ms, want about %v", c.q, got, c.want)
		}
	}
	if l.Max() != time.Second || l.N() != 1000 {
		t.Errorf("max %v, n %d", l.Max(), l.N())
	}
	for us := int64(0); us < 1<<40; us = us*3/2 + 1 {
		if top := stepTop(step(us)); top < us || float64(top) > float64(us)*1.016+1 {
			t.Errorf("%d µs is counted up to %d", us, top)
		}
	}
}

func TestCommandHasIDAndFields(t *testing.T) {
	id := NewID()
	if len(id) != 36 || strings.Count(id, "-") != 4 || id == NewID() {
		t.Fatalf("id %q", id)
	}
	if got, want := string(Command("x", "hand", map[string]bool{"up": true})), `{"do":"hand","id":"x","up":true}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got, want := string(Command("x", "yield", nil)), `{"do":"yield","id":"x"}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
