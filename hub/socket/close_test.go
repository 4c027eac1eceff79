package socket

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coder/websocket"
)

func TestWhatIsQueuedGoesOutBeforeGoodbye(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, e, peer := stuck(t, Limits{})
		c.Push(NewFrame([]byte("second")))
		c.Close(1012, "restart")
		c.Close(4000, "mute")
		c.Push(NewFrame([]byte("too late")))
		peer.wantText("first")
		peer.wantText("second")
		first, payload, err := peer.frame()
		if err != nil || first != finClose || string(payload) != "\x03\xf4restart" {
			t.Fatalf("got %#x %q, %v", first, payload, err)
		}
		peer.send(text("too late as well"), masked(finClose, payload))
		peer.wantGone()
		if end := e.end(t); end.Code != 1012 || end.Peer || !errors.Is(end, ErrAsked) {
			t.Fatalf("ended with %v", end)
		}
		if len(e.messages) > 0 {
			t.Fatalf("after Close came %q", <-e.messages)
		}
	})
}

func TestAMutePeerIsWaitedForOneSecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, e, _ := stuck(t, Limits{})
		began := time.Now()
		c.Close(4403, "removed")
		if took := time.Since(began); took != 0 {
			t.Fatalf("Close itself took %v", took)
		}
		if end := e.end(t); end.Code != 4403 {
			t.Fatalf("ended with %v", end)
		}
		if took := time.Since(began); took != time.Second {
			t.Fatalf("it took %v", took)
		}
	})
}

func TestATalkativePeerIsNotListenedToAfterGoodbye(t *testing.T) {
	h := serve(t, Limits{ReadRate: -1})
	c := dialRaw(t, h.addr)
	e := h.ear(t)
	e.conn.Close(4403, "removed")
	if code := c.closeCode(); code != 4403 {
		t.Fatalf("close code %d", code)
	}
	began := time.Now()
	for err := error(nil); err == nil; {
		_, err = c.Write(text("but"))
	}
	if took := time.Since(began); took > patience/2 {
		t.Fatalf("it talked on for %v", took)
	}
	if e.end(t); len(e.messages) > 0 {
		t.Fatal("it was heard")
	}
}

func TestDropEndsAtOnce(t *testing.T) {
	h := serve(t, Limits{})
	c := dialRaw(t, h.addr)
	e := h.ear(t)
	e.conn.Drop()
	e.conn.Drop()
	e.conn.Close(1000, "")
	if code := c.closeCode(); code != Abnormal {
		t.Fatalf("close code %d", code)
	}
	if end := e.end(t); end.Code != Abnormal || !errors.Is(end, ErrDropped) {
		t.Fatalf("ended with %v", end)
	}
}

// A Handler may end its connection, or push, from inside Message.
func TestAHandlerMayCallBack(t *testing.T) {
	h := serve(t, Limits{})
	c := dialRaw(t, h.addr)
	e := h.ear(t)
	e.onText = func(c *Conn, data []byte) {
		switch string(data) {
		case "push":
			c.Push(NewFrame([]byte("pushed")))
		case "close":
			c.Close(4404, "over")
		}
	}
	c.send(text("push"))
	c.wantText("pushed")
	c.send(text("close"))
	if code := c.closeCode(); code != 4404 {
		t.Fatalf("close code %d", code)
	}
	c.send(goodbye(4404, ""))
	c.wantGone()
	e.end(t)
}

func TestErrorsNameNoAddressAndNoWords(t *testing.T) {
	h := serve(t, Limits{})
	for name, end := range map[string]func(*raw){
		"reset":     func(c *raw) { _ = c.Conn.(*net.TCPConn).SetLinger(0); c.Close() },
		"cut":       func(c *raw) { c.send([]byte{finText}); c.Close() },
		"reason":    func(c *raw) { c.send(goodbye(1000, "canary")); c.closeCode() },
		"bad close": func(c *raw) { c.send(goodbye(1005, "canary")); c.closeCode(); c.Close() },
	} {
		c := dialRaw(t, h.addr)
		e := h.ear(t)
		end(c)
		said := e.end(t).Error()
		if strings.Contains(said, "127.0.0.1") || strings.Contains(said, "canary") {
			t.Errorf("%s: %q", name, said)
		}
	}
}

// TestOtherKindsOfConnections: TLS and in-memory ones go through the queue, a
// Unix socket is written to directly.
func TestOtherKindsOfConnections(t *testing.T) {
	certified := httptest.NewTLSServer(http.NotFoundHandler())
	certified.Close()
	dialer := func(l net.Listener) *http.Transport {
		var d net.Dialer
		return &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return d.DialContext(ctx, l.Addr().Network(), l.Addr().String())
		}, TLSClientConfig: &tls.Config{InsecureSkipVerify: true}} // the test's own certificate
	}
	tcp, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	unix, err := net.Listen("unix", filepath.Join(t.TempDir(), "s"))
	if err != nil {
		t.Fatal(err)
	}
	memory := newPipes()
	cases := []struct {
		name, scheme string
		l            net.Listener
		tr           *http.Transport
		direct       bool
	}{
		{"TLS", "wss", tls.NewListener(tcp, &tls.Config{Certificates: certified.TLS.Certificates}), dialer(tcp), false},
		{"unix", "ws", unix, dialer(unix), true},
		{"memory", "ws", memory, &http.Transport{DialContext: memory.dial}, false},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			h := serveOn(t, tc.l, Limits{}, nil)
			defer tc.tr.CloseIdleConnections()
			ws, _, err := websocket.Dial(t.Context(), tc.scheme+"://hearth.test/live", &websocket.DialOptions{
				HTTPClient: &http.Client{Transport: tc.tr}, Subprotocols: []string{Protocol}})
			if err != nil {
				t.Fatal(err)
			}
			e := h.ear(t)
			if (e.conn.raw != nil) != tc.direct {
				t.Fatalf("direct path: %v", e.conn.raw != nil)
			}
			converse(t, ws, e)
			if err := ws.Close(1001, "bye"); err != nil {
				t.Fatal(err)
			}
			if end := e.end(t); end.Code != 1001 || !end.Peer {
				t.Fatalf("ended with %v", end)
			}
		})
	}
}

func converse(t *testing.T, ws *websocket.Conn, e *ear) {
	t.Helper()
	ws.SetReadLimit(-1)
	for i := range 200 {
		if err := ws.Write(t.Context(), websocket.MessageText, number(i)); err != nil {
			t.Fatal(err)
		}
		if got := e.text(t); got != string(number(i)) {
			t.Fatalf("got %q", got)
		}
		e.conn.Push(NewFrame(number(i)))
		e.conn.Push(NewFrame(blank(i * 100)))
		for _, want := range []string{string(number(i)), string(blank(i * 100))} {
			if _, got, err := ws.Read(t.Context()); err != nil || string(got) != want {
				t.Fatalf("got %.20q, %v", got, err)
			}
		}
	}
}
