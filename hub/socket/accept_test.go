package socket

import (
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestRefusalsBeforeTheUpgradeSpeakLikeAllOthers(t *testing.T) {
	h := serve(t, Limits{})
	upgrade := map[string]string{"Upgrade": "websocket", "Connection": "Upgrade",
		"Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
		"Sec-WebSocket-Protocol": Protocol}
	cases := []struct {
		name, header, value, method string
		status                      int
	}{
		{"no subprotocol", "Sec-WebSocket-Protocol", "", "GET", 400},
		{"another subprotocol", "Sec-WebSocket-Protocol", "chat, hearth.v2", "GET", 400},
		{"other letters", "Sec-WebSocket-Protocol", "Hearth.V1", "GET", 400},
		{"no upgrade", "Upgrade", "", "GET", 426},
		{"no connection", "Connection", "", "GET", 426},
		{"post", "", "", "POST", 405},
		{"version 12", "Sec-WebSocket-Version", "12", "GET", 400},
		{"no key", "Sec-WebSocket-Key", "", "GET", 400},
		{"bad key", "Sec-WebSocket-Key", "<canary>", "GET", 400},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			req, err := http.NewRequest(tc.method, "http://"+h.addr+"/live", nil)
			if err != nil {
				t.Fatal(err)
			}
			for k, v := range upgrade {
				req.Header.Set(k, v)
			}
			if tc.header != "" {
				req.Header.Del(tc.header)
			}
			if tc.value != "" {
				req.Header.Set(tc.header, tc.value)
			}
			resp, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(req)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			body, _ := io.ReadAll(resp.Body)
			var said struct{ Code, Say string }
			if err := json.Unmarshal(body, &said); err != nil || said.Code != "socket" || said.Say == "" {
				t.Fatalf("body %q: %v", body, err)
			}
			if resp.StatusCode != tc.status {
				t.Fatalf("status %d, want %d", resp.StatusCode, tc.status)
			}
			if err := <-h.errs; strings.Contains(err.Error(), "canary") {
				t.Fatalf("the error quotes the request: %v", err)
			}
		})
	}
}

func TestAcceptNeedsAConnectionItCanTakeOver(t *testing.T) {
	r := httptest.NewRequest("GET", "/live", nil)
	for _, line := range strings.Split(strings.TrimSpace(handshake), "\r\n")[1:] {
		name, value, _ := strings.Cut(line, ": ")
		r.Header.Set(name, value)
	}
	c, err := Accept(httptest.NewRecorder(), r, newEar(t), Limits{})
	if err == nil || c != nil {
		t.Fatalf("got %v, %v", c, err)
	}
}

func TestCompressionIsNeverNegotiated(t *testing.T) {
	h := serve(t, Limits{})
	for _, offer := range []string{"permessage-deflate", "permessage-deflate; client_max_window_bits",
		"x-webkit-deflate-frame, permessage-deflate; server_no_context_takeover; client_no_context_takeover"} {
		nc, err := net.Dial("tcp", h.addr)
		if err != nil {
			t.Fatal(err)
		}
		defer nc.Close()
		c := handshakeOn(t, nc, "Sec-WebSocket-Extensions: "+offer+"\r\n", nil)
		if got := c.response.Header.Get("Sec-WebSocket-Extensions"); got != "" {
			t.Fatalf("%q was answered with %q", offer, got)
		}
		if got := c.response.Header.Get("Sec-WebSocket-Protocol"); got != Protocol {
			t.Fatalf("subprotocol %q", got)
		}
		// A frame that says it is compressed is not our protocol (RFC 6455 §5.2).
		c.send(masked(finText|0x40, []byte("abc")))
		if code := c.closeCode(); code != NotProtocol {
			t.Fatalf("close code %d", code)
		}
	}
}

// A client may send its first frames in the same packet as the request. They
// lie in net/http's buffer when the connection is taken over.
func TestBytesThatCameWithTheRequestAreNotLost(t *testing.T) {
	h := serve(t, Limits{})
	long := strings.Repeat("y", 3000)
	for range 50 {
		early := append(append(text("first"), text(long)...), text("third")[:3]...)
		c := dialRaw(t, h.addr, early...)
		e := h.ear(t)
		c.send(text("third")[3:])
		for _, want := range []string{"first", long, "third"} {
			if got := e.text(t); got != want {
				t.Fatalf("got %.20q, want %.20q", got, want)
			}
		}
		c.Close()
		e.end(t)
	}
}

func TestNothingIsReadBeforeStart(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	stored := false // by the reader goroutine's creation, ordered before every Message
	h := serveOn(t, l, Limits{}, func(c *Conn, e *ear) {
		e.onText = func(c *Conn, data []byte) {
			if !stored {
				t.Error("a message came before the connection was stored")
			}
			e.messages <- string(data)
		}
		stored = true
	})
	dialRaw(t, h.addr, text("hello")...)
	e := h.ear(t)
	e.text(t)
	e.conn.Drop()
	e.end(t)
}

func TestACloseBeforeStartStillEndsTheConnection(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	h := serveOn(t, l, Limits{}, func(c *Conn, _ *ear) { c.Close(4401, "seat") })
	c := dialRaw(t, h.addr)
	if code := c.closeCode(); code != 4401 {
		t.Fatalf("close code %d", code)
	}
	c.Close()
	if end := h.ear(t).end(t); end.Code != 4401 || end.Peer {
		t.Fatalf("ended with %v", end)
	}
}
