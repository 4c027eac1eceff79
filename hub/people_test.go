package hub_test

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coder/websocket"
	"go.uber.org/goleak"

	"hearth/charter"
	"hearth/hub"
	"hearth/hub/journal"
	"hearth/hub/presence"
	"hearth/hub/socket"
	"hearth/room"
	"hearth/room/group"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// house is a hub on a real SQLite file, reached over in-memory connections by a
// real WebSocket client. It lives inside one synctest bubble.
type house struct {
	t       testing.TB
	dir     string
	store   *journal.SQLite
	journal hub.Journal // store, unless a test puts something between
	limits  hub.Limits
	hub     *hub.Hub
	digest  string
	rules   room.Rules
	more    int // seats beside those named
	removed []room.SeatID
	record  func(*room.State) ([]byte, error)
	pipes   *pipes
	server  *http.Server
	served  chan struct{}
	people  []*person
}

const session = "s1"

// inHouse runs a test in a bubble with fake time, in a house with a session that
// begins now and has seats for everybody named here.
func inHouse(t *testing.T, test func(t *testing.T, h *house)) {
	t.Helper()
	dir, err := os.MkdirTemp(t.TempDir(), "data")
	if err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, dir)
		h.found()
		h.start(t)
		defer h.close() // also when the test gives up: a bubble must be left empty
		test(t, h)
	})
}

func newHouse(t testing.TB, dir string) *house {
	return &house{t: t, dir: dir, limits: hub.Limits{Commands: hub.Off, Words: hub.Off, Room: hub.Off}}
}

var seats = map[room.SeatID]room.Role{
	"lea": room.Lead, "wim": room.Wellbeing, "tim": room.Trainee,
	"ann": room.Participant, "ben": room.Participant, "cat": room.Participant, "dan": room.Participant, "eve": room.Participant,
}

// everybody lists the seats of the session, facilitators first.
func (h *house) everybody() []room.SeatID {
	all := slices.SortedFunc(maps.Keys(seats), func(a, b room.SeatID) int { return cmp.Compare(order[seats[a]]+string(a), order[seats[b]]+string(b)) })
	for i := range h.more {
		all = append(all, room.SeatID("more"+strconv.Itoa(i)))
	}
	return all
}

var order = map[room.Role]string{room.Lead: "0", room.Wellbeing: "1", room.Trainee: "2", room.Participant: "3"}

// found keeps the group, its charter, the session and its seats.
func (h *house) found() {
	h.t.Helper()
	h.openStore()
	ctx, now := context.Background(), time.Now()
	text := charter.Starter(charter.Templates()[0].Template)
	h.must(h.store.CreateGroup(ctx, group.Group{ID: "g1", Name: "Tuesday group", Template: charter.Templates()[0].Template,
		Policy: group.AskFirst, Region: "GB", Contact: "care@example.org", Created: now}, text))
	v, err := h.store.Adopt(ctx, "g1", text, now)
	h.must(err)
	h.digest = v.Digest
	var all []group.Seat
	var links []group.Link
	for _, id := range h.everybody() {
		role := seats[id]
		if role == "" {
			role = room.Participant
		}
		link := group.Link{ID: "link-" + string(id), Kind: group.PersonalLink, Session: session, Seat: id}
		copy(link.Hash[:], id)
		links = append(links, link)
		all = append(all, group.Seat{ID: id, Session: session, Role: role, Link: link.ID})
	}
	h.must(h.store.CreateSession(ctx, group.Session{ID: session, Group: "g1", Title: "Tuesday group", Start: now, State: group.Scheduled, Rules: h.rules,
		Plan: room.Plan{Session: session, Start: now, Seats: 12, Phases: []room.PlannedPhase{
			{Phase: room.Opening, Minutes: 8}, {Phase: room.CheckIn, Minutes: 20, Format: room.GoRound},
			{Phase: room.Main, Minutes: 47, Format: room.OpenFloor}, {Phase: room.Closing, Minutes: 15},
		}}}, all, links))
}

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) openStore() {
	h.t.Helper()
	var err error
	h.store, err = journal.OpenSQLite(context.Background(), h.dir)
	h.must(err)
	h.journal = h.store
}

// start opens the hub and a server in front of it.
func (h *house) start(t testing.TB) {
	t.Helper()
	var log *slog.Logger
	if testing.Verbose() {
		log = slog.New(slog.NewTextHandler(os.Stderr, nil))
	}
	h.hub = hub.New(hub.Config{
		Journal: h.journal, Store: h.store, Presence: presence.NewMemory(), Limits: h.limits, Record: h.record, Log: log,
		OnRemoved: func(_ context.Context, _ string, seat room.SeatID) { h.removed = append(h.removed, seat) },
	})
	h.must(h.hub.Start(context.Background()))
	h.pipes = newPipes()
	h.server = &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seat, err := h.store.Seat(r.Context(), room.SeatID(strings.TrimPrefix(r.URL.Path, "/live/")))
		if err != nil {
			http.Error(w, "no such seat", http.StatusNotFound)
			return
		}
		h.hub.Serve(w, r, seat)
	})}
	h.served = make(chan struct{})
	go func() { defer close(h.served); _ = h.server.Serve(h.pipes) }()
}

// stop ends the hub as a planned restart does.
func (h *house) stop() {
	h.hub.Drain(context.Background())
	_ = h.server.Close()
	<-h.served
	for _, p := range h.people {
		p.close()
	}
	h.people = nil
	synctest.Wait()
}

func (h *house) close() {
	h.stop()
	h.must(h.store.Close())
}

// person is one browser window.
type person struct {
	h       *house
	seat    room.SeatID
	ws      *websocket.Conn
	tr      *http.Transport
	done    chan struct{}
	asked   int
	silent  bool // never answers a ping
	mu      sync.Mutex
	frames  []frame
	bytes   int
	ended   int // close code
	reason  string
	endedAt time.Time
	lastAt  time.Time
}

// frame is any line of the server.
type frame struct {
	T, To, Ref, Code, Epoch, Resume, ID, Kind, Seat, Text string
	Seq, Prev, Form                                       int64
	Set                                                   map[string]json.RawMessage
	On                                                    []room.Happening
	Unsay                                                 []string
	Me                                                    *room.MeView
	Room                                                  *room.RoomView
	Care                                                  *room.CareView
	Charter                                               struct{ Digest string }
	raw                                                   string
}

// dial opens a window for a seat, without saying hello.
func (h *house) dial(seat room.SeatID) *person {
	h.t.Helper()
	p := &person{h: h, seat: seat, done: make(chan struct{})}
	p.tr = &http.Transport{DialContext: h.pipes.dial}
	var err error
	p.ws, _, err = websocket.Dial(context.Background(), "ws://hearth.test/live/"+string(seat), &websocket.DialOptions{
		HTTPClient: &http.Client{Transport: p.tr}, Subprotocols: []string{socket.Protocol}})
	h.must(err)
	p.ws.SetReadLimit(-1)
	go p.read()
	h.people = append(h.people, p)
	return p
}

func (p *person) read() {
	defer close(p.done)
	for {
		_, data, err := p.ws.Read(context.Background())
		if err != nil {
			p.mu.Lock()
			defer p.mu.Unlock()
			p.ended, p.endedAt = socket.Abnormal, time.Now()
			if bye, ok := errors.AsType[websocket.CloseError](err); ok {
				p.ended, p.reason = int(bye.Code), bye.Reason
			}
			return
		}
		p.mu.Lock()
		p.bytes += len(data)
		p.lastAt = time.Now()
		for line := range strings.SplitSeq(string(data), "\n") {
			f := frame{raw: line}
			if err := json.Unmarshal([]byte(line), &f); err != nil {
				p.h.t.Errorf("a line that is no JSON: %v", err)
			}
			if f.T == "ping" {
				if !p.silent {
					go p.write(`{"do":"pong"}`)
				}
				continue
			}
			p.frames = append(p.frames, f)
		}
		p.mu.Unlock()
	}
}

func (p *person) write(text string) {
	_ = p.ws.Write(context.Background(), websocket.MessageText, []byte(text)) // a closed window is seen by its reader
}

// close cuts the window's connection.
func (p *person) close() {
	_ = p.ws.CloseNow()
	<-p.done
	p.tr.CloseIdleConnections()
}

// hello says hello and gives the answer.
func (p *person) hello() frame { return p.say(`{"do":"hello","v":1}`) }

func (p *person) resume(token string, seq int64) frame {
	return p.say(`{"do":"hello","v":1,"resume":"` + token + `","seq":` + strconv.FormatInt(seq, 10) + `}`)
}

// say sends a message and gives the first frame that comes then.
func (p *person) say(text string) frame {
	p.h.t.Helper()
	before := p.count()
	p.write(text)
	synctest.Wait()
	got := p.since(before)
	if len(got) == 0 {
		p.h.t.Fatalf("%s: no answer to %.60s (ended %d)", p.seat, text, p.ended)
	}
	return got[0]
}

// do gives a command and its answer. fields is what follows the verb, such as
// `"text":"hi"`.
func (p *person) do(verb string, fields ...string) frame {
	p.h.t.Helper()
	p.asked++
	id := fmt.Sprintf("%s-%06d-%p", p.seat, p.asked, p)
	return p.doAs(id, verb, fields...)
}

func (p *person) doAs(id, verb string, fields ...string) frame {
	p.h.t.Helper()
	before := p.count()
	p.write(`{` + strings.Join(append([]string{`"do":"` + verb + `"`, `"id":"` + id + `"`}, fields...), ",") + `}`)
	synctest.Wait()
	for range 2 {
		for _, f := range p.since(before) {
			if f.Ref == id {
				return f
			}
		}
		p.h.pass(10 * time.Millisecond) // two hubs were at the same row, and one gave way
	}
	p.h.t.Fatalf("%s: no answer to %s (ended %d)", p.seat, verb, p.ended)
	return frame{}
}

// ok gives a command that must take effect.
func (p *person) ok(verb string, fields ...string) frame {
	p.h.t.Helper()
	f := p.do(verb, fields...)
	if f.T != "ack" {
		p.h.t.Fatalf("%s: %s was refused: %s", p.seat, verb, f.Code)
	}
	return f
}

// no gives a command that must be refused.
func (p *person) no(code, verb string, fields ...string) {
	p.h.t.Helper()
	if f := p.do(verb, fields...); f.T != "no" || f.Code != code {
		p.h.t.Fatalf("%s: %s gave %s %q, want no %q", p.seat, verb, f.T, f.Code, code)
	}
}

func (p *person) count() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.frames)
}

func (p *person) since(n int) []frame {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.frames[n:])
}

func (p *person) size() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.bytes
}

// last is the newest frame with a type.
func (p *person) last(t string) frame {
	p.h.t.Helper()
	all := p.since(0)
	for i := len(all) - 1; i >= 0; i-- {
		if all[i].T == t {
			return all[i]
		}
	}
	p.h.t.Fatalf("%s: never got %s", p.seat, t)
	return frame{}
}

// seq is the highest number this window has seen.
func (p *person) seq() int64 {
	var top int64
	for _, f := range p.since(0) {
		top = max(top, f.Seq)
	}
	return top
}

// heard lists the words this window was shown.
func (p *person) heard() []string {
	var all []string
	for _, f := range p.since(0) {
		if f.T == "words" {
			all = append(all, f.Text)
		}
	}
	return all
}

// wantEnd waits a while of fake time and checks the close code.
func (p *person) wantEnd(code int, within time.Duration) {
	p.h.t.Helper()
	start := time.Now()
	select {
	case <-p.done:
	case <-time.After(within):
		p.h.t.Fatalf("%s: still open after %v, want %d", p.seat, within, code)
	}
	if p.ended != code {
		p.h.t.Fatalf("%s: ended with %d %q after %v, want %d", p.seat, p.ended, p.reason, time.Since(start), code)
	}
}

// come opens a window, says hello and knocks.
func (h *house) come(seat room.SeatID) *person {
	h.t.Helper()
	p := h.dial(seat)
	if f := p.hello(); f.T != "hello" {
		h.t.Fatalf("%s: hello gave %s %s", seat, f.T, f.Code)
	}
	name := strings.ToUpper(string(seat[:1])) + string(seat[1:])
	p.ok("knock", `"name":"`+name+`"`, `"answer":"agree"`, `"digest":"`+h.digest+`"`)
	return p
}

// gather brings the facilitators and some participants into the room.
func (h *house) gather(participants ...room.SeatID) map[room.SeatID]*person {
	h.t.Helper()
	all := map[room.SeatID]*person{"lea": h.come("lea"), "wim": h.come("wim")}
	for _, seat := range participants {
		all[seat] = h.come(seat)
		all["wim"].ok("greet", `"seat":"`+string(seat)+`"`)
		all["wim"].ok("admit", `"seat":"`+string(seat)+`"`)
		if f := all[seat].last("hello"); f.Room == nil {
			h.t.Fatalf("%s was not shown the room", seat)
		}
	}
	return all
}

// openFloor brings people into an open floor, where everybody may say something.
func (h *house) openFloor(participants ...room.SeatID) map[room.SeatID]*person {
	h.t.Helper()
	all := h.gather(participants...)
	all["lea"].ok("phase", `"to":"opening"`)
	all["lea"].ok("phase", `"to":"check-in"`)
	all["lea"].ok("phase", `"to":"main"`)
	all["lea"].ok("begin", `"format":"open"`)
	return all
}

// pipes is a Listener whose connections are net.Pipes, for fake time.
type pipes struct {
	next chan net.Conn
	shut chan struct{}
	once sync.Once
}

func newPipes() *pipes { return &pipes{next: make(chan net.Conn), shut: make(chan struct{})} }

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.next:
		return c, nil
	case <-p.shut:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error   { p.once.Do(func() { close(p.shut) }); return nil }
func (p *pipes) Addr() net.Addr { return &net.UnixAddr{Name: "pipe", Net: "pipe"} }

func (p *pipes) dial(context.Context, string, string) (net.Conn, error) {
	client, server := net.Pipe()
	select {
	case p.next <- server:
		return client, nil
	case <-p.shut:
		return nil, net.ErrClosed
	}
}

func (h *house) text() charter.Text { return charter.Starter(charter.Templates()[0].Template) }

// pass lets time pass in the bubble, and everything that is due happen.
func (h *house) pass(d time.Duration) {
	<-time.After(d)
	synctest.Wait()
}
