package web_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"
	"go.uber.org/goleak"

	"hearth/hub"
	"hearth/hub/house"
	"hearth/hub/journal"
	"hearth/hub/limit"
	"hearth/hub/presence"
	"hearth/hub/quiet"
	"hearth/hub/quiet/quiettest"
	"hearth/hub/web"
	"hearth/room/group"
	"hearth/room/helpline"
	"hearth/static"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m)
}

// world is a whole server on a free port, over a data folder of its own.
type world struct {
	*testing.T
	url   string
	store *journal.SQLite
	house *house.House
	hub   *hub.Hub
	log   *quiettest.Lines
	dir   string

	mu    sync.Mutex
	ahead time.Duration // how far the house's clock is ahead
}

// options changes what a world is made of.
type options struct {
	limits  web.Limits
	trusted string
	public  string // other than the address it listens on
}

func newWorld(t *testing.T, o options) *world {
	t.Helper()
	w := &world{T: t, log: &quiettest.Lines{}, dir: t.TempDir()}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	w.must(err)
	w.url = "http://" + listener.Addr().String()
	if o.public == "" {
		o.public = w.url
	}
	public, err := url.Parse(o.public)
	w.must(err)
	trusted, err := limit.ParseTrusted(o.trusted)
	w.must(err)
	w.store, err = journal.OpenSQLite(t.Context(), w.dir)
	w.must(err)
	log := slog.New(quiet.NewHandler(w.log, quiet.Options{JSON: true, Level: slog.LevelDebug}))
	w.hub = hub.New(hub.Config{
		Journal: w.store, Store: w.store, Presence: presence.NewMemory(), Log: log,
	})
	w.must(w.hub.Start(t.Context()))
	w.house = &house.House{Store: w.store, Rooms: w.hub, Public: o.public, Now: w.now}
	w.must(w.house.SeedHelplines(t.Context(), checkedLines(w.now())))
	site, err := web.New(web.Config{
		House: w.house, Live: w.hub, Public: public, Static: static.FS, Trusted: trusted, Limits: o.limits, Log: log,
	})
	w.must(err)
	server := site.Server()
	served := make(chan struct{})
	go func() {
		server.Serve(listener)
		close(served)
	}()
	t.Cleanup(func() {
		http.DefaultClient.CloseIdleConnections()
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		w.hub.Drain(ctx)
		server.Close()
		<-served
		w.must(w.store.Close())
	})
	return w
}

func (w *world) now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return time.Now().Add(w.ahead)
}

// forward moves the house's clock.
func (w *world) forward(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.ahead += d
}

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// ask is a request of a browser: cookie and headers as they stand.
type ask struct {
	method, path string
	body         any // a string goes as it is
	cookie       string
	header       map[string]string // "" removes
	host         string
}

type reply struct {
	status int
	header http.Header
	body   string
	cookie string // the device cookie that was set, as name=value
}

// do sends a request as hearth's own page would.
func (w *world) do(a ask) reply {
	w.Helper()
	var body io.Reader
	switch b := a.body.(type) {
	case nil:
	case string:
		body = strings.NewReader(b)
	default:
		encoded, err := json.Marshal(b)
		w.must(err)
		body = bytes.NewReader(encoded)
	}
	req, err := http.NewRequestWithContext(w.Context(), a.method, w.url+a.path, body)
	w.must(err)
	if a.method != http.MethodGet {
		req.Header.Set("Origin", w.url)
		req.Header.Set("Content-Type", "application/json")
	}
	if a.cookie != "" {
		req.Header.Set("Cookie", a.cookie)
	}
	for name, value := range a.header {
		req.Header.Set(name, value)
		if value == "" {
			req.Header.Del(name)
		}
	}
	if a.host != "" {
		req.Host = a.host
	}
	resp, err := http.DefaultClient.Do(req)
	w.must(err)
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	w.must(err)
	got := reply{status: resp.StatusCode, header: resp.Header, body: string(text)}
	for _, c := range resp.Cookies() {
		if got.cookie == "" && c.Value != "" {
			got.cookie = c.Name + "=" + c.Value
		}
	}
	return got
}

// code is the stable word of a refusal.
func (r reply) code() string {
	var refusal struct{ Code, Say string }
	if json.Unmarshal([]byte(r.body), &refusal) != nil || refusal.Say == "" {
		return "no refusal: " + r.body
	}
	return refusal.Code
}

// want fails unless the answer has this status, and this code if one is given.
func (w *world) want(r reply, status int, code string) {
	w.Helper()
	if r.status != status || code != "" && r.code() != code {
		w.Errorf("got %d %s, want %d %s", r.status, r.body, status, code)
	}
}

// get reads a JSON answer that must be good.
func get[T any](w *world, r reply) (v T) {
	w.Helper()
	if r.status >= 300 {
		w.Fatalf("got %d %s", r.status, r.body)
	}
	w.must(json.Unmarshal([]byte(r.body), &v))
	return v
}

// organiser opens the organiser's link and gives the device's cookie.
func (w *world) organiser() string {
	w.Helper()
	link, err := w.house.NewOrganiserLink(w.Context())
	w.must(err)
	r := w.open(link.Token, "")
	if r.status != http.StatusOK || r.cookie == "" {
		w.Fatalf("the organiser's link: %d %s", r.status, r.body)
	}
	return r.cookie
}

func (w *world) open(token, cookie string) reply {
	w.Helper()
	return w.do(ask{method: "POST", path: "/api/open", body: map[string]string{"token": token}, cookie: cookie})
}

// session makes a group with a charter and a session that is open now.
func (w *world) session() (group.Session, map[group.LinkKind][]house.GivenLink) {
	w.Helper()
	ctx := w.Context()
	g, err := w.house.CreateGroup(ctx, house.GroupForm{Name: "Tuesday group", Template: "mixed", Policy: group.AskFirst, Region: "GB", Contact: "ana@example.org"})
	w.must(err)
	page, err := w.house.Page(ctx, g.ID)
	w.must(err)
	_, err = w.house.Adopt(ctx, g.ID, page.Draft.Digest)
	w.must(err)
	made, err := w.house.Schedule(ctx, g.ID, house.SessionForm{Title: "Tuesday group", Start: w.now(), Seats: 8, Participants: 3, OpenLink: true})
	w.must(err)
	links := map[group.LinkKind][]house.GivenLink{}
	for _, l := range made.Links {
		links[l.Kind] = append(links[l.Kind], l)
	}
	return made.Session, links
}

// seat opens a link that leads to a seat.
func (w *world) seat(token, cookie string) (seat, device string) {
	w.Helper()
	r := w.open(token, cookie)
	opened := get[house.Opened](w, r)
	if opened.Kind != "seat" || opened.Seat == "" {
		w.Fatalf("the link led to %s", r.body)
	}
	return string(opened.Seat), r.cookie
}

// dial opens a seat's socket the way the page does.
func (w *world) dial(seat, cookie string) (*websocket.Conn, *http.Response, error) {
	ctx, cancel := context.WithTimeout(w.Context(), 5*time.Second)
	defer cancel()
	return websocket.Dial(ctx, w.url+"/api/live/"+seat, &websocket.DialOptions{
		HTTPHeader:   http.Header{"Origin": {w.url}, "Cookie": {cookie}},
		Subprotocols: []string{"hearth.v1"},
	})
}

// hello dials and says hello; the first frame is returned.
func (w *world) hello(seat, cookie string) (*websocket.Conn, string) {
	w.Helper()
	conn, _, err := w.dial(seat, cookie)
	w.must(err)
	w.Cleanup(func() { conn.CloseNow() })
	conn.SetReadLimit(1 << 20)
	w.must(conn.Write(w.Context(), websocket.MessageText, []byte(`{"do":"hello","v":1}`)))
	_, frame, err := conn.Read(w.Context())
	w.must(err)
	return conn, string(frame)
}

// closedWith reads until the socket ends and gives its close code.
func (w *world) closedWith(conn *websocket.Conn) websocket.StatusCode {
	ctx, cancel := context.WithTimeout(w.Context(), 5*time.Second)
	defer cancel()
	for {
		if _, _, err := conn.Read(ctx); err != nil {
			return websocket.CloseStatus(err)
		}
	}
}

// golden compares with a file under testdata; UPDATE=1 writes it.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := "testdata/" + name
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs; it is now\n%s", path, got)
	}
}

// raw sends a request with headers that net/http would not write.
func (w *world) raw(method, path string, header map[string]string) {
	w.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(w.url, "http://"))
	w.must(err)
	defer conn.Close()
	w.must(conn.SetDeadline(time.Now().Add(5 * time.Second)))
	text := method + " " + path + " HTTP/1.1\r\nHost: " + strings.TrimPrefix(w.url, "http://") + "\r\nConnection: close\r\n"
	for name, value := range header {
		text += name + ": " + value + "\r\n"
	}
	_, err = io.WriteString(conn, text+"\r\n")
	w.must(err)
	_, err = io.ReadAll(conn)
	w.must(err)
}

// pageOf is the shell that a site serves.
func pageOf(t *testing.T, site http.Handler) string {
	t.Helper()
	server := httptest.NewServer(site)
	defer server.Close()
	req, err := http.NewRequestWithContext(t.Context(), "GET", server.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Host = "127.0.0.1:1"
	resp, err := server.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("got %d, %v", resp.StatusCode, err)
	}
	return string(body)
}

// checkedLines are helplines of two countries that somebody checked on a day.
func checkedLines(at time.Time) helpline.List {
	row := helpline.Row{Region: "GB", Name: "Samaritans", Call: "116123", Source: "the service's own page", Checked: at.Format(time.DateOnly), By: "Kit"}
	other := row
	other.Region = "IE"
	return helpline.List{row, other}
}
