package socket

import (
	"fmt"
	"strings"
	"testing"
)

// A loan that is set anew must not change what is still waiting for a slow peer.
func TestALoanSetAnewLeavesWaitingFramesAlone(t *testing.T) {
	h := serve(t, Limits{SendBuffer: 4 << 10, Frames: -1, Bytes: -1, Age: -1})
	body := func(i int) string { return fmt.Sprintf("%d ", i) + strings.Repeat("x", i*i%7919) }
	const frames, peers = 1000, 3
	var conns [peers]*raw
	var ears [peers]*ear
	for i := range peers {
		conns[i] = dialRaw(t, h.addr)
		ears[i] = h.ear(t)
	}
	var loan Loan
	for i := range frames { // nobody reads meanwhile: after a while everything waits
		loan.Set([]byte(body(i)))
		for _, e := range ears {
			e.conn.PushLoan(&loan)
		}
	}
	loan.Clear()
	for p, c := range conns {
		for i := range frames {
			first, payload, err := c.frame()
			if err != nil || first != finText || string(payload) != body(i) {
				t.Fatalf("peer %d: frame %d is %#x %.30q, %v", p, i, first, payload, err)
			}
		}
		c.Close()
		ears[p].end(t)
	}
}

func TestALoanIsTheSameFrameAsANewOne(t *testing.T) {
	var loan Loan
	for _, size := range []int{70000, 3, 126, 125, 0, 65536} {
		lines := [][]byte{blank(size), []byte("and"), blank(2)}
		loan.Set(lines...)
		if got, want := string(loan.wire), string(NewFrame(lines...).wire); got != want {
			t.Fatalf("%d bytes: %.20q, want %.20q", size, got, want)
		}
	}
}

// What people said must not lie about in a buffer that waits to be used again.
func TestALoanForgetsWhatItHeld(t *testing.T) {
	var loan Loan
	loan.Set([]byte(strings.Repeat("secret", 100)))
	loan.Set([]byte("calm"))
	loan.Clear()
	if all := string(loan.wire[:loan.Size()]); strings.Trim(all, "\x00") != "" {
		t.Fatalf("it still holds %q", strings.Trim(all, "\x00"))
	}
}
