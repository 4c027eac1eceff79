package hub_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"hearth/hub"
)

// Over a socket: the command over the limit is refused with its ref and changes
// nothing; whoever goes on is closed with 1008; others notice nothing.
func TestTooFastIsRefusedThenClosed(t *testing.T) {
	for name, limits := range map[string]hub.Limits{
		"commands": {Commands: hub.Rate{PerSecond: 1, Burst: 3}, Words: hub.Off, Room: hub.Off},
		"words":    {Commands: hub.Off, Words: hub.Rate{PerSecond: 1, Burst: 3}, Room: hub.Off},
	} {
		t.Run(name, func(t *testing.T) {
			inHouse(t, func(t *testing.T, h *house) {
				h.openFloor("ann", "ben")
				h.stop()
				h.limits = limits
				h.start(t)
				lea, ann, ben := h.dial("lea"), h.dial("ann"), h.dial("ben")
				for _, p := range []*person{lea, ann, ben} {
					p.hello()
				}
				lea.ok("carry-on")
				h.pass(time.Minute)
				before := ben.count()
				for range 3 {
					if f := ann.do("line", `"text":"hello"`); f.Code == "slow-down" {
						t.Fatal("refused within the limit")
					}
				}
				for range 3 {
					ann.no("slow-down", "line", `"text":"hello"`)
				}
				if ann.ended != 0 {
					t.Fatal("closed at the third")
				}
				ann.write(`{"do":"line","id":"one-too-many","text":"hello"}`)
				ann.wantEnd(1008, 2*time.Second)
				if ben.ended != 0 || len(ben.since(before)) > 2 {
					t.Errorf("ben noticed: ended %d, %d frames", ben.ended, len(ben.since(before)))
				}
			})
		})
	}
}

// The room's own rate refuses without blaming anybody.
func TestBusyRoomRefusesWithoutBlame(t *testing.T) {
	inHouse(t, func(t *testing.T, h *house) {
		h.openFloor("ann", "ben")
		h.stop()
		h.limits.Room = hub.Rate{PerSecond: 1, Burst: 2}
		h.start(t)
		ann := h.dial("ann")
		ann.hello()
		ann.do("ask-break")
		ann.do("ask-break")
		for range 10 {
			ann.no("busy", "ask-break")
		}
		if ann.ended != 0 {
			t.Errorf("closed with %d", ann.ended)
		}
		h.pass(time.Second)
		if f := ann.do("ask-break"); f.Code == "busy" {
			t.Error("still busy a second later")
		}
	})
}

// U15: half of a pair of surrogates, as a cut emoji leaves it, is refused like a
// text that is no text. The connection, the floor and the room stay as they are.
func TestHalfASignIsRefusedAndNobodyLeaves(t *testing.T) {
	inHouse(t, func(t *testing.T, h *house) {
		in := h.openFloor("ann", "ben")
		before := in["ben"].count()
		for i, text := range []string{`\ud83d`, `so it was \ud83d`, `\udc00\ud800`, `\"id\":\"11111111\ud800`} {
			id := fmt.Sprintf("00000000-000%d", i)
			in["ann"].write(`{"do":"share","text":"` + text + `","id":"` + id + `"}`)
			synctest.Wait()
			if f := in["ann"].last("no"); f.Code != "not-text" || f.Ref != id {
				t.Errorf("%s: got %+v", text, f)
			}
		}
		if in["ann"].ended != 0 || len(in["ben"].since(before)) > 0 {
			t.Errorf("closed with %d, %d frames to others", in["ann"].ended, len(in["ben"].since(before)))
		}
		if f := in["ann"].do("share", `"text":"so it was good"`); f.T != "ack" {
			t.Errorf("the floor is gone: %+v", f)
		}
	})
}

// U10, U17: a page that asks whether it is heard is answered at once, with the
// server's time; too many asks are commands that nobody knows.
func TestPagesPingIsAnswered(t *testing.T) {
	inHouse(t, func(t *testing.T, h *house) {
		in := h.openFloor("ann", "ben")
		in["ann"].write(`{"do":"ping"}`)
		synctest.Wait()
		if f := in["ann"].last("pong"); f.Now != time.Now().UnixMilli() {
			t.Errorf("got %+v", f)
		}
		for range 30 {
			in["ann"].write(`{"do":"ping"}`)
		}
		in["ann"].wantEnd(1008, 2*time.Second)
	})
}

// What is no object of ours closes the connection with the right code; what is
// an object but no command of ours is refused. Nothing changes either way.
func TestGarbageChangesNothing(t *testing.T) {
	const id = `"id":"00000000-0000"`
	deep := strings.Repeat(`{"a":`, 9) + `1` + strings.Repeat(`}`, 9)
	for _, c := range []struct {
		name, text string
		code       int // close code; 0: refused
	}{
		{"nothing", ` `, 1002},
		{"no JSON", `hello`, 1002},
		{"a list", `[]`, 1002},
		{"a number", `1`, 1002},
		{"cut off", `{"do":"pass","id":"00000000-00`, 1002},
		{"two objects", `{"do":"pass",` + id + `}{"do":"pass",` + id + `}`, 1002},
		{"a name twice", `{"do":"pass","do":"leave",` + id + `}`, 1002},
		{"a name twice by escapes", `{"do":"pass","\u0064o":"leave",` + id + `}`, 1002},
		{"too deep", deep, 1002},
		{"a second hello", `{"do":"hello","v":1}`, 4400},
		{"another case", `{"Do":"pass",` + id + `}`, 0},
		{"no verb", `{` + id + `}`, 0},
		{"an unknown verb", `{"do":"promote",` + id + `}`, 0},
		{"a verb of the house", `{"do":"",` + id + `}`, 0},
		{"no id", `{"do":"pass"}`, 0},
		{"an id that is a number", `{"do":"pass","id":12345678}`, 0},
		{"an id that is too short", `{"do":"pass","id":"1234567"}`, 0},
		{"an id that is too long", `{"do":"pass","id":"` + strings.Repeat("a", 65) + `"}`, 0},
		{"an id with a quote", `{"do":"pass","id":"aaaa\"aaaa"}`, 0},
		{"an unknown field", `{"do":"pass",` + id + `,"role":"lead"}`, 0},
		{"a field of the hub", `{"do":"knock",` + id + `,"name":"Ann","answer":"agree","digest":"x","Role":"lead"}`, 0},
		{"a wrong type", `{"do":"share",` + id + `,"text":5}`, 0},
		{"a missing field", `{"do":"share",` + id + `}`, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			inHouse(t, func(t *testing.T, h *house) {
				in := h.openFloor("ann", "ben")
				epoch, seq := h.hub.Shown(session)
				before := in["ben"].count()
				in["ann"].write(c.text)
				synctest.Wait()
				if c.code == 0 {
					if f := in["ann"].last("no"); f.Code != "bad-command" {
						t.Errorf("refused with %q", f.Code)
					}
					if in["ann"].ended != 0 {
						t.Errorf("closed with %d", in["ann"].ended)
					}
				} else {
					in["ann"].wantEnd(c.code, 2*time.Second)
				}
				e, s := h.hub.Shown(session)
				if e != epoch || s != seq || len(in["ben"].since(before)) > 0 {
					t.Errorf("the room changed: %d frames", s-seq)
				}
			})
		})
	}
}

// A first message that is no hello closes with 4400, and nothing is shown.
func TestBadHello(t *testing.T) {
	for _, text := range []string{
		`{"do":"hello"}`, `{"do":"hello","v":2}`, `{"do":"hello","v":1,"seat":"lea"}`, `{"do":"hello","v":1,"seq":-1}`,
		`{"do":"hello","v":"1"}`, `{"do":"pass","id":"00000000-0000"}`, `not json`, `{}`,
	} {
		t.Run(text, func(t *testing.T) {
			inHouse(t, func(t *testing.T, h *house) {
				p := h.dial("ann")
				p.write(text)
				p.wantEnd(4400, 2*time.Second)
				for _, f := range p.since(0) {
					if f.T != "no" {
						t.Errorf("was sent %s", f.T)
					}
				}
			})
		})
	}
}

// A21: whoever does not say hello within five seconds is closed.
func TestHelloInTime(t *testing.T) {
	inHouse(t, func(t *testing.T, h *house) {
		late, early := h.dial("ann"), h.dial("ben")
		h.pass(4900 * time.Millisecond)
		if early.hello().T != "hello" {
			t.Fatal("too late before five seconds were over")
		}
		late.wantEnd(4400, 2*time.Second)
		h.pass(time.Minute)
		if early.ended != 0 {
			t.Error("closed though hello was said")
		}
	})
}

// A fourth window of a seat closes the oldest.
func TestFourthWindowReplacesTheOldest(t *testing.T) {
	inHouse(t, func(t *testing.T, h *house) {
		in := h.gather("ann")
		windows := []*person{in["ann"]}
		for range 2 {
			p := h.dial("ann")
			p.hello()
			windows = append(windows, p)
		}
		if windows[0].ended != 0 {
			t.Fatal("three windows are one too many")
		}
		p := h.dial("ann")
		p.hello()
		windows[0].wantEnd(4009, time.Second)
		for i, w := range append(windows[1:], p) {
			if w.ended != 0 {
				t.Errorf("window %d was closed with %d", i+2, w.ended)
			}
		}
	})
}
