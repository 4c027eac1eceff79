package web_test

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"hearth/hub/limit"
	"hearth/hub/quiet"
	"hearth/hub/quiet/quiettest"
	"hearth/hub/web"
	"hearth/room/group"
	"hearth/static"
)

// TestStoreFails: when the store cannot keep its promise every request says so
// kindly, nobody is let in, and the page and the helplines are still there.
func TestStoreFails(t *testing.T) {
	d := newDesk(t)
	s, links := d.session()
	seat, device := d.seat(links[group.LeadLink][0].Token, "")
	d.must(d.store.Close())
	for _, a := range []ask{
		{method: "POST", path: "/api/open", body: object{"token": links[group.PersonalLink][0].Token}},
		{method: "POST", path: "/api/open", body: object{"token": "wrong"}},
		{method: "GET", path: "/api/house", cookie: d.cookie}, {method: "POST", path: "/api/groups", body: groupForm(), cookie: d.cookie},
		{method: "GET", path: "/api/live/" + seat, cookie: device, header: map[string]string{"Origin": d.url}},
		{method: "GET", path: "/api/sessions/" + s.ID + "/record", cookie: d.cookie},
	} {
		if r := d.do(a); r.status != http.StatusServiceUnavailable || r.code() != "unavailable" || r.cookie != "" {
			t.Errorf("%s %s got %d %s", a.method, a.path, r.status, r.body)
		}
	}
	for _, path := range []string{"/", "/helplines", "/api/helplines", "/healthz"} {
		d.want(d.do(ask{method: "GET", path: path}), http.StatusOK, "")
	}
	if !strings.Contains(d.log.String(), `"err":"`) {
		t.Error("operators are not told why")
	}
}

// broken is a live side that falls over.
type broken struct{ ready bool }

func (broken) Serve(http.ResponseWriter, *http.Request, group.Seat) {
	panic("words that somebody said")
}

func (b broken) Ready() bool { return b.ready }

// TestBrokenHandler: a handler that falls over gives a calm answer, leaves the
// others alone, and puts nothing of what it held into the log.
func TestBrokenHandler(t *testing.T) {
	w := newWorld(t, options{})
	_, links := w.session()
	seat, device := w.seat(links[group.LeadLink][0].Token, "")
	log := &quiettest.Lines{}
	public := mustURL(t, w.url)
	site, err := web.New(web.Config{
		House: w.house, Live: broken{ready: true}, Public: public, Static: static.FS, Log: slog.New(quiet.NewHandler(log, quiet.Options{JSON: true})),
	})
	w.must(err)
	server := httptest.NewServer(site)
	defer server.Close()
	behind := &world{T: t, url: server.URL}
	r := behind.do(ask{method: "GET", path: "/api/live/" + seat, cookie: device, host: public.Host, header: map[string]string{"Origin": w.url}})
	w.want(r, http.StatusInternalServerError, "broken")
	w.want(behind.do(ask{method: "GET", path: "/", host: public.Host}), http.StatusOK, "")
	if strings.Contains(log.String()+r.body, "somebody said") || !strings.Contains(log.String(), "a request broke") {
		t.Errorf("the log says\n%s", log)
	}
}

// TestReadyz: why not, in words that tell nothing of people.
func TestReadyz(t *testing.T) {
	why := ""
	for _, c := range []struct {
		live   broken
		why    string
		status int
		says   string
	}{
		{broken{ready: true}, "", 200, "ready\n"},
		{broken{ready: false}, "", 503, "not ready: rooms\n"},
		{broken{ready: true}, "not ready: disk", 503, "not ready: disk\n"},
	} {
		why = c.why
		site, err := web.New(web.Config{Live: c.live, Public: mustURL(t, "http://127.0.0.1:1"), Static: static.FS, Ready: func(*http.Request) string { return why }})
		if err != nil {
			t.Fatal(err)
		}
		server := httptest.NewServer(site)
		got := (&world{T: t, url: server.URL}).do(ask{method: "GET", path: "/readyz"})
		server.Close()
		if got.status != c.status || got.body != c.says {
			t.Errorf("got %d %q, want %d %q", got.status, got.body, c.status, c.says)
		}
	}
}

// TestShippedHelplines: what a new house begins with can be read, every row has a
// source, and nothing claims to have been checked that was not.
func TestShippedHelplines(t *testing.T) {
	list, err := web.Shipped(static.FS)
	if err != nil || len(list) < 3 {
		t.Fatalf("got %v, %v", list, err)
	}
	for _, row := range list {
		if row.Source == "" || row.Checked != "" {
			t.Errorf("got %+v", row)
		}
	}
}

// TestA21IdleConnections: thousands of connections that say nothing are capped,
// others still come in, and a closed one makes room.
func TestA21IdleConnections(t *testing.T) {
	w := newWorld(t, options{limits: web.Limits{Connections: limit.Scopes{Narrow: 20}}})
	address := strings.TrimPrefix(w.url, "http://")
	from := func(ip string) net.Conn {
		t.Helper()
		conn, err := (&net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(ip)}}).Dial("tcp", address)
		w.must(err)
		t.Cleanup(func() { conn.Close() })
		return conn
	}
	answers := func(conn net.Conn) bool {
		w.must(conn.SetDeadline(time.Now().Add(5 * time.Second)))
		if _, err := io.WriteString(conn, "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
			return false
		}
		_, err := conn.Read(make([]byte, 1))
		return err == nil
	}
	var open []net.Conn
	for range 20 {
		conn := from("127.0.0.5")
		if !answers(conn) {
			t.Fatalf("connection %d was refused", len(open)+1)
		}
		open = append(open, conn)
	}
	late := from("127.0.0.5")
	if !answers(late) {
		t.Error("connection 21 was refused although others keep us waiting")
	}
	if still := stillOpen(t, append(open, late)); still > 20 {
		t.Errorf("%d connections are open at once", still)
	}
	if !answers(from("127.0.0.6")) {
		t.Error("a neighbour was refused")
	}
}

// stillOpen counts the connections that the server has not closed.
func stillOpen(t *testing.T, conns []net.Conn) (n int) {
	t.Helper()
	for _, conn := range conns {
		if err := conn.SetReadDeadline(time.Now().Add(100 * time.Millisecond)); err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, conn); errors.Is(err, os.ErrDeadlineExceeded) {
			n++
		}
	}
	return n
}

// TestHalfARequestKeepsNobodyOut is S12: 128 requests that are half sent, their
// header or their body, leave room for others at the same address.
func TestHalfARequestKeepsNobodyOut(t *testing.T) {
	for name, half := range map[string]string{
		"the header": "GET / HTTP/1.1\r\nHost: ",
		"the body":   "POST /api/open HTTP/1.1\r\nHost: HOST\r\nOrigin: http://HOST\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{",
		"nothing":    "",
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, options{})
			_, links := w.session()
			seat, device := w.seat(links[group.LeadLink][0].Token, "")
			host := strings.TrimPrefix(w.url, "http://")
			http.DefaultClient.CloseIdleConnections()
			var all []net.Conn
			for range 3 * 128 {
				conn, err := net.Dial("tcp", host)
				w.must(err)
				t.Cleanup(func() { conn.Close() })
				_, err = io.WriteString(conn, strings.ReplaceAll(half, "HOST", host))
				if err == nil {
					all = append(all, conn)
				}
			}
			for range 5 {
				w.want(w.do(ask{method: "GET", path: "/"}), http.StatusOK, "")
				http.DefaultClient.CloseIdleConnections()
			}
			w.hello(seat, device)
			eventually(t, "no more than 128 are open", func() bool { return stillOpen(t, all) <= 128 })
		})
	}
}

// TestSocketsForStrangersAreRated is S12: random cookies are looked up thirty
// times a minute for one network, and people who were here come back all the same.
func TestSocketsForStrangersAreRated(t *testing.T) {
	w := newWorld(t, options{})
	_, links := w.session()
	seat, device := w.seat(links[group.LeadLink][0].Token, "")
	w.hello(seat, device)
	looked := 0
	for i := range 200 {
		raw := sha256.Sum256([]byte{byte(i)})
		conn, _, err := w.dial(seat, "__Host-s="+base64.RawURLEncoding.EncodeToString(raw[:]))
		if err == nil {
			looked++
			conn.CloseNow()
		}
	}
	if looked < 20 || looked > 35 {
		t.Errorf("%d of 200 strangers were looked up", looked)
	}
	w.hello(seat, device)
}
