package room_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"hearth/charter"
	"hearth/hub"
	"hearth/hub/journal"
	"hearth/hub/presence"
	"hearth/hub/socket"
	"hearth/room"
	"hearth/room/group"
)

// TestFormatOfATestFileInAHub plays the format of format_test.go over real
// sockets: a hub knows no format by name, so it carries one that it was not
// built with.
func TestFormatOfATestFileInAHub(t *testing.T) {
	ctx, end := context.WithTimeout(context.Background(), time.Minute)
	defer end()
	url, digest := startHub(t, ctx)
	lea, bob, ana := open(t, ctx, url, "lea"), open(t, ctx, url, "bob"), open(t, ctx, url, "ana")
	for _, p := range []*window{lea, bob, ana} {
		p.must("knock", `"name":"`+p.seat+`","answer":"agree","digest":"`+digest+`"`)
		if p != lea {
			lea.must("greet", `"seat":"`+p.seat+`"`)
			lea.must("admit", `"seat":"`+p.seat+`"`)
		}
	}
	lea.must("phase", `"to":"opening"`)
	lea.must("phase", `"to":"main"`)

	formats := ana.first(func(f line) bool { return f.T == "hello" }).Formats
	if len(formats) != len(room.Formats()) || formats[len(formats)-1].Name != "piece" || formats[len(formats)-1].Minutes.Most != 30 {
		t.Fatalf("hello says these formats: %+v", formats)
	}
	if planned := lea.first(func(f line) bool { return f.To == "room" && f.Set.Phase != nil && f.Set.Phase.Name == room.Main }); planned.Set.Phase.Planned != "piece" {
		t.Fatalf("the plan is lost: %+v", planned.Set.Phase)
	}
	if code := lea.do("begin", `"format":"piece","minutes":1`); code != "minutes-range" {
		t.Fatalf("a length that the format does not take gave %q", code)
	}
	lea.must("begin", `"format":"piece","minutes":2`)
	// Against the circle, so that the last who came has it first.
	ana.first(func(f line) bool { return f.To == "room" && f.Set.Format != nil && f.Set.Format.Name == "piece" })
	ana.first(func(f line) bool { return f.To == "me" && len(f.Set.Offer) > len("null") })
	ana.must("take", "")
	ana.must("share", `"text":"I come from far away."`)
	lea.first(func(f line) bool { return f.T == "words" && f.Text == "I come from far away." })
	ana.must("yield", "")
	for _, p := range []*window{bob, lea} {
		p.first(func(f line) bool { return f.To == "me" && len(f.Set.Offer) > len("null") })
		p.must("take", "")
		p.must("yield", "")
	}
	began := false
	ana.first(func(f line) bool {
		if f.To != "room" || f.Set.Format == nil {
			return false
		}
		began = began || f.Set.Format.Name == "piece"
		return began && f.Set.Format.Name == room.NoFormat
	})
}

// startHub serves a session with three seats on SQLite, and gives its address and
// the digest of its charter.
func startHub(t *testing.T, ctx context.Context) (url, digest string) {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	store, err := journal.OpenSQLite(ctx, t.TempDir())
	must(err)
	template := charter.Templates()[0].Template
	text := charter.Starter(template)
	must(store.CreateGroup(ctx, group.Group{ID: "g1", Name: "Tuesday group", Template: template, Policy: group.AskFirst, Region: "GB", Contact: "care@example.org", Created: time.Now()}, text))
	v, err := store.Adopt(ctx, "g1", text, time.Now())
	must(err)
	seats := []group.Seat{{ID: "lea", Session: "s1", Role: room.Lead, Link: "l"}, {ID: "ana", Session: "s1", Role: room.Participant, Link: "a"},
		{ID: "bob", Session: "s1", Role: room.Participant, Link: "b"}}
	links := []group.Link{{ID: "l", Kind: group.PersonalLink, Session: "s1", Seat: "lea", Hash: [32]byte{1}}, {ID: "a", Kind: group.PersonalLink, Session: "s1", Seat: "ana", Hash: [32]byte{2}},
		{ID: "b", Kind: group.PersonalLink, Session: "s1", Seat: "bob", Hash: [32]byte{3}}}
	must(store.CreateSession(ctx, group.Session{ID: "s1", Group: "g1", Title: "Tuesday group", Start: time.Now(), State: group.Scheduled,
		Plan: room.Plan{Session: "s1", Start: time.Now(), Seats: 12, Phases: []room.PlannedPhase{
			{Phase: room.Opening, Minutes: 8}, {Phase: room.Main, Minutes: 60, Format: "piece"}, {Phase: room.Closing, Minutes: 10}}}}, seats, links))

	h := hub.New(hub.Config{Journal: store, Store: store, Presence: presence.NewMemory(), Limits: hub.Limits{Commands: hub.Off, Words: hub.Off, Room: hub.Off}})
	must(h.Start(ctx))
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seat, err := store.Seat(r.Context(), room.SeatID(strings.TrimPrefix(r.URL.Path, "/")))
		if err != nil {
			t.Errorf("no such seat: %v", err)
		}
		h.Serve(w, r, seat)
	}))
	t.Cleanup(func() {
		h.Drain(context.Background())
		server.Close()
		must(store.Close())
	})
	return server.URL, v.Digest
}

// line is what these tests read of a line of the server.
type line struct {
	T, To, Ref, Code, Text string
	Formats                []room.FormatTraits
	Set                    struct {
		Phase  *room.PhaseView
		Format *room.FormatView
		Offer  json.RawMessage
	}
}

// window is one browser window. It belongs to one goroutine.
type window struct {
	t     *testing.T
	ctx   context.Context
	seat  string
	ws    *websocket.Conn
	lines []line // all that came
	asked int
}

func open(t *testing.T, ctx context.Context, url, seat string) *window {
	t.Helper()
	ws, _, err := websocket.Dial(ctx, "ws"+strings.TrimPrefix(url, "http")+"/"+seat, &websocket.DialOptions{Subprotocols: []string{socket.Protocol}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = ws.CloseNow() })
	p := &window{t: t, ctx: ctx, seat: seat, ws: ws}
	p.write(`{"do":"hello","v":1}`)
	return p
}

func (p *window) write(text string) {
	p.t.Helper()
	if err := p.ws.Write(p.ctx, websocket.MessageText, []byte(text)); err != nil {
		p.t.Fatalf("%s: %v", p.seat, err)
	}
}

// first waits for the first line, of all that ever came, for which is holds.
func (p *window) first(is func(line) bool) line {
	p.t.Helper()
	for i := 0; ; i++ {
		for i >= len(p.lines) {
			_, data, err := p.ws.Read(p.ctx)
			if err != nil {
				p.t.Fatalf("%s: it never came: %v", p.seat, err)
			}
			for one := range strings.SplitSeq(string(data), "\n") {
				var f line
				if err := json.Unmarshal([]byte(one), &f); err != nil {
					f = line{T: "other"} // in another shape, and not asked for here
				}
				p.lines = append(p.lines, f)
			}
		}
		if is(p.lines[i]) {
			return p.lines[i]
		}
	}
}

// do gives a command and the code of its refusal, if any.
func (p *window) do(verb, fields string) string {
	p.t.Helper()
	p.asked++
	id := fmt.Sprintf("%s-%08d", p.seat, p.asked)
	if fields != "" {
		fields = "," + fields
	}
	p.write(`{"do":"` + verb + `","id":"` + id + `"` + fields + `}`)
	return p.first(func(f line) bool { return f.Ref == id }).Code
}

func (p *window) must(verb, fields string) {
	p.t.Helper()
	if code := p.do(verb, fields); code != "" {
		p.t.Fatalf("%s: %s was refused: %s", p.seat, verb, code)
	}
}
