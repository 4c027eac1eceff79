package socket

import (
	"encoding/binary"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"
)

func goodbye(code uint16, reason string) []byte {
	return masked(finClose, append(binary.BigEndian.AppendUint16(nil, code), reason...))
}

// claims makes the head of a masked text frame that claims a length.
func claims(length uint64) []byte {
	b := binary.BigEndian.AppendUint64([]byte{finText, 0xff}, length)
	return append(b, 1, 2, 3, 4, 'x', 'y')
}

// broken is one thing to send and the close code that answers it.
type broken struct {
	send []byte
	code int
}

// brokenFrames is what RFC 6455 §5 forbids, one kind at a time.
func brokenFrames() map[string]broken {
	long := strings.Repeat("z", 126)
	cases := map[string]broken{
		"RSV1":                      {masked(finText|0x40, []byte("{}")), NotProtocol},
		"RSV2":                      {masked(finText|0x20, []byte("{}")), NotProtocol},
		"RSV3":                      {masked(finText|0x10, []byte("{}")), NotProtocol},
		"RSV on a ping":             {masked(0x89|0x40, nil), NotProtocol},
		"unmasked text":             {append([]byte{finText, 2}, "{}"...), NotProtocol},
		"unmasked ping":             {[]byte{0x89, 0}, NotProtocol},
		"unmasked close":            {[]byte{finClose, 2, 3, 232}, NotProtocol},
		"continuation of nothing":   {masked(0x80, []byte("{}")), NotProtocol},
		"text inside a message":     {append(masked(0x01, []byte("{")), text("}")...), NotProtocol},
		"binary inside a message":   {append(masked(0x01, []byte("{")), masked(0x82, []byte("}"))...), NotProtocol},
		"fragmented ping":           {masked(0x09, nil), NotProtocol},
		"fragmented close":          {masked(0x08, []byte{3, 232}), NotProtocol},
		"ping over 125 bytes":       {masked(0x89, []byte(long)), NotProtocol},
		"pong over 125 bytes":       {masked(0x8a, []byte(long)), NotProtocol},
		"close over 125 bytes":      {goodbye(1000, long), NotProtocol},
		"close of one byte":         {masked(finClose, []byte{3}), NotProtocol},
		"close of nothing":          {masked(finClose, nil), NoStatus},
		"close reason not UTF-8":    {goodbye(1000, "\xff\xfe"), NotUTF8},
		"length 2^63":               {claims(1 << 63), NotProtocol},
		"length 2^64-1":             {claims(1<<64 - 1), NotProtocol},
		"close with a long reason":  {goodbye(4999, long[:123]), 4999},
		"close with the first code": {goodbye(1000, ""), 1000},
	}
	for op := byte(3); op <= 7; op++ {
		cases["data opcode "+string('0'+op)] = broken{masked(0x80|op, []byte("{}")), NotProtocol}
	}
	for op := byte(11); op <= 15; op++ {
		cases["control opcode "+string('a'+op-10)] = broken{masked(0x80|op, nil), NotProtocol}
	}
	for _, code := range []uint16{0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535} {
		cases["close code "+string(number(int(code)))] = broken{goodbye(code, ""), NotProtocol}
	}
	return cases
}

// TestBrokenFrames: each gets its close code, and nobody panics.
func TestBrokenFrames(t *testing.T) {
	h := serve(t, Limits{})
	for name, tc := range brokenFrames() {
		t.Run(name, func(t *testing.T) {
			c := dialRaw(t, h.addr)
			e := h.ear(t)
			c.send(tc.send)
			if code := c.closeCode(); code != tc.code {
				t.Errorf("close code %d, want %d", code, tc.code)
			}
			c.wantGone()
			if end := e.end(t); end.Code != tc.code {
				t.Errorf("ended with %v", end)
			}
			if len(e.messages) > 0 {
				t.Errorf("it was delivered: %q", <-e.messages)
			}
		})
	}
}

// A length is a claim; memory is only spent on what has come (A17).
func TestClaimedLengthsCostNothing(t *testing.T) {
	h := serve(t, Limits{})
	for _, length := range []uint64{8<<10 + 1, 1 << 20, 1 << 31, 1<<31 - 1, 1 << 32, 1<<62 - 1, 1<<63 - 1} {
		c := dialRaw(t, h.addr)
		e := h.ear(t)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		c.send(claims(length), blank(8<<10))
		if code := c.closeCode(); code != TooLarge {
			t.Errorf("length %d: close code %d", length, code)
		}
		c.Close()
		e.end(t)
		runtime.ReadMemStats(&after)
		if spent := after.TotalAlloc - before.TotalAlloc; spent > 256<<10 {
			t.Errorf("length %d: %d bytes were allocated", length, spent)
		}
	}
}

// TestRandomBytes sends noise that has the look of frames.
func TestRandomBytes(t *testing.T) {
	h := serve(t, Limits{})
	rnd := rand.New(rand.NewPCG(6455, 2011))
	for range 1000 {
		c := dialRaw(t, h.addr)
		e := h.ear(t)
		e.onText = func(*Conn, []byte) {}
		noise := make([]byte, 2+rnd.IntN(300))
		for i := range noise {
			noise[i] = byte(rnd.Uint32())
		}
		if rnd.IntN(2) == 0 {
			noise[0], noise[1] = noise[0]&0x8f, noise[1]|0x80
		}
		_, _ = c.Write(noise)
		c.Close()
		if end := e.end(t); end.Code == 0 {
			t.Fatalf("ended with %v", end)
		}
	}
}
