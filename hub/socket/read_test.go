package socket

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coder/websocket"
)

func TestMessagesComeWholeAndInOrder(t *testing.T) {
	h := serve(t, Limits{})
	c := dialRaw(t, h.addr)
	e := h.ear(t)
	var burst []byte
	for i := range 500 {
		burst = append(burst, masked(finText, number(i))...)
	}
	c.send(burst)
	for i := range 500 {
		if got := e.text(t); got != string(number(i)) {
			t.Fatalf("got %q at %d", got, i)
		}
	}
	// One message in three fragments, a ping between them (RFC 6455 §5.4).
	c.send(masked(0x01, []byte("one ")), masked(0x89, []byte("are you there")),
		masked(0x00, []byte("two ")), masked(0x80, []byte("three")))
	if got := e.text(t); got != "one two three" {
		t.Fatalf("got %q", got)
	}
	first, payload, err := c.frame()
	if err != nil || first != 0x8a || string(payload) != "are you there" {
		t.Fatalf("got frame %#x %q, %v", first, payload, err)
	}
	c.send(masked(finClose, []byte{0x03, 0xe9}))
	if code := c.closeCode(); code != 1001 {
		t.Fatalf("close code %d", code)
	}
	c.wantGone()
	if end := e.end(t); !end.Peer || end.Code != 1001 || end.Err != nil {
		t.Fatalf("ended with %v", end)
	}
}

func TestWhatIsRefusedAndWithWhichCode(t *testing.T) {
	huge := blank(8<<10 + 1)
	cases := []struct {
		name  string
		send  []byte
		code  int
		cause error
	}{
		{"one byte over the limit", masked(finText, huge), TooLarge, ErrTooLarge},
		{"over the limit in fragments", append(masked(0x01, huge[:8<<10]), masked(0x80, huge[:1])...), TooLarge, ErrTooLarge},
		{"binary", masked(0x82, []byte("{}")), NotText, ErrNotText},
		{"not UTF-8", masked(finText, []byte("{\"a\":\"\xc3\x28\"}")), NotUTF8, ErrNotUTF8},
		{"a surrogate", masked(finText, []byte("\xed\xa0\x80")), NotUTF8, ErrNotUTF8},
		{"UTF-8 cut by the end", masked(finText, []byte("caf\xc3")), NotUTF8, ErrNotUTF8},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			h := serve(t, Limits{})
			c := dialRaw(t, h.addr)
			e := h.ear(t)
			c.send(tc.send)
			if code := c.closeCode(); code != tc.code {
				t.Fatalf("close code %d, want %d", code, tc.code)
			}
			c.wantGone()
			if end := e.end(t); end.Code != tc.code || !errors.Is(end, tc.cause) || end.Peer {
				t.Fatalf("ended with %v", end)
			}
			if len(e.messages) > 0 {
				t.Fatalf("it was delivered: %.40q", <-e.messages)
			}
		})
	}
}

func TestTheLargestMessagePasses(t *testing.T) {
	h := serve(t, Limits{})
	c := dialRaw(t, h.addr)
	e := h.ear(t)
	for _, n := range []int{8<<10 - 1, 8 << 10} {
		c.send(masked(finText, blank(n)))
		if got := len(e.text(t)); got != n {
			t.Fatalf("%d bytes came, want %d", got, n)
		}
	}
	// UTF-8 may be split between fragments.
	c.send(masked(0x01, []byte("caf\xc3")), masked(0x80, []byte("\xa9")))
	if got := e.text(t); got != "café" {
		t.Fatalf("got %q", got)
	}
	c.send(text("")) // an empty message is a message
	if got := e.text(t); got != "" {
		t.Fatalf("got %q", got)
	}
}

// TestACutMessageNeverComes is attack case F4: the library hands a message over
// as whole when the connection ends between two of its fragments.
func TestACutMessageNeverComes(t *testing.T) {
	h := serve(t, Limits{})
	words := `{"do":"share","id":"1","text":"I am safe"}`
	for fragments := 1; fragments <= 5; fragments++ {
		var whole []byte
		for i := range fragments {
			first := byte(0x01)
			if i > 0 {
				first = 0
			}
			if i == fragments-1 {
				first |= 0x80
			}
			part := words[i*len(words)/fragments : (i+1)*len(words)/fragments]
			whole = append(whole, masked(first, []byte(part))...)
		}
		for cut := 1; cut <= len(whole); cut++ {
			c := dialRaw(t, h.addr, whole[:cut]...)
			c.Close()
			e := h.ear(t)
			end := e.end(t)
			if cut == len(whole) {
				if got := e.text(t); got != words {
					t.Fatalf("the whole message came as %q", got)
				}
				continue
			}
			if len(e.messages) > 0 {
				t.Fatalf("%d fragments cut at %d gave %q", fragments, cut, <-e.messages)
			}
			if end.Code != Abnormal || end.Peer {
				t.Fatalf("ended with %v", end)
			}
		}
	}
}

func TestTheTwentyFirstPingIsOneTooMany(t *testing.T) {
	h := serve(t, Limits{})
	c := dialRaw(t, h.addr)
	e := h.ear(t)
	ping := masked(0x89, nil)
	for range 20 {
		c.send(ping)
		if first, _, err := c.frame(); err != nil || first != 0x8a {
			t.Fatalf("got frame %#x, %v", first, err)
		}
	}
	c.send(ping)
	if code := c.closeCode(); code != RulesBroken {
		t.Fatalf("close code %d", code)
	}
	c.wantGone()
	if end := e.end(t); !errors.Is(end, ErrPings) {
		t.Fatalf("ended with %v", end)
	}
}

func TestPingsAreForgottenAfterTheirWindow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPipes()
		h := serveOn(t, p, Limits{}, nil)
		ws := dialPipe(t, p)
		ctx := ws.CloseRead(t.Context())
		e := h.ear(t)
		for round := range 3 {
			for range 20 {
				if err := ws.Ping(ctx); err != nil {
					t.Fatalf("round %d: %v", round, err)
				}
			}
			pass(10 * time.Second)
		}
		for range 20 {
			_ = ws.Ping(ctx)
		}
		pass(10*time.Second - time.Millisecond)
		_ = ws.Ping(ctx)
		if end := e.end(t); !errors.Is(end, ErrPings) {
			t.Fatalf("ended with %v", end)
		}
		_ = ws.CloseNow()
	})
}

// A peer that trickles bytes, or only pings, is not heard.
func TestOnlyWholeMessagesAreHeard(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPipes()
		h := serveOn(t, p, Limits{}, nil)
		nc, err := p.dial(t.Context(), "", "")
		if err != nil {
			t.Fatal(err)
		}
		c := handshakeOn(t, nc, "", nil)
		_ = nc.SetDeadline(time.Time{})
		e := h.ear(t)
		c.send(masked(0x8a, nil), text("{}")[:3])
		synctest.Wait()
		if len(e.messages) != 0 {
			t.Fatal("half a message was heard")
		}
		c.send(text("{}")[3:])
		e.text(t)
		e.conn.Drop()
		e.end(t)
	})
}

func TestTheReadBudgetRefills(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPipes()
		h := serveOn(t, p, Limits{ReadRate: 1000, ReadBurst: 3000}, nil)
		ws := dialPipe(t, p)
		defer ws.CloseNow()
		e := h.ear(t)
		send := func(n int) error { // n bytes on the wire, of which 8 are the header
			return ws.Write(t.Context(), websocket.MessageText, blank(n-8))
		}
		for _, n := range []int{1500, 1500} { // the burst, to the byte
			if err := send(n); err != nil {
				t.Fatal(err)
			}
			e.text(t)
		}
		for range 5 {
			pass(time.Second)
			if err := send(1000); err != nil {
				t.Fatal(err)
			}
			e.text(t)
		}
		pass(time.Second - time.Millisecond)
		_ = send(1000)
		if end := e.end(t); !errors.Is(end, ErrFlood) || end.Code != RulesBroken {
			t.Fatalf("ended with %v", end)
		}
	})
}

func TestTheBudgetCountsManySmallReadsAsFewLargeOnes(t *testing.T) {
	l := Limits{ReadRate: 1000, ReadBurst: 10}
	b := budget{left: 10}
	now := time.Duration(0)
	for i := range 10_000 { // a byte each millisecond, in steps of a third
		now += time.Millisecond / 3
		b.take(0, now, &l)
		now += time.Millisecond / 3
		b.take(0, now, &l)
		now += time.Millisecond - 2*(time.Millisecond/3)
		if !b.take(1, now, &l) {
			t.Fatalf("spent after %d bytes", i)
		}
	}
	if b.take(11, now, &l) {
		t.Fatal("more than the burst was allowed")
	}
	b = budget{left: 0}
	if b.take(1<<40, 1000*time.Hour, &Limits{ReadRate: -1}) != true {
		t.Fatal("a lifted budget refused")
	}
}

// TestFloodsEnd is attack case F20: floods of frames that the library deals
// with alone. Each must end within a second.
func TestFloodsEnd(t *testing.T) {
	floods := []struct {
		name  string
		start []byte
		frame []byte
		cause error
	}{
		{"pings", nil, masked(0x89, nil), ErrPings},
		{"pongs", nil, masked(0x8a, nil), ErrFlood},
		{"empty continuations", masked(0x01, nil), masked(0x00, nil), ErrFlood},
		{"one-byte fragments", masked(0x01, nil), masked(0x00, []byte("a")), nil},
		{"empty messages", nil, text(""), ErrFlood},
		{"messages", nil, text(`{"do":"hand","up":true}`), ErrFlood},
	}
	for _, flood := range floods {
		t.Run(flood.name, func(t *testing.T) {
			h := serve(t, Limits{})
			c := dialRaw(t, h.addr, flood.start...)
			e := h.ear(t)
			e.onText = func(*Conn, []byte) {}
			began := time.Now()
			many := []byte(strings.Repeat(string(flood.frame), 1000))
			var sent int
			var err error
			for err == nil && time.Since(began) < patience {
				_, err = c.Write(many)
				sent += 1000
			}
			end := e.end(t)
			took := time.Since(began)
			t.Logf("ended with %v after %d frames, %v", end, sent, took.Round(time.Millisecond))
			if took > time.Second && !raceDetector {
				t.Errorf("it took %v", took)
			}
			if flood.cause != nil && !errors.Is(end, flood.cause) {
				t.Errorf("ended with %v", end)
			}
			if flood.cause == nil && end.Code == Abnormal {
				t.Errorf("ended with %v", end)
			}
		})
	}
}
