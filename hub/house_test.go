package hub_test

import (
	"cmp"
	"context"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"hearth/charter"
	"hearth/hub"
	"hearth/hub/journal"
	"hearth/hub/journal/pgtest"
	"hearth/hub/presence"
	"hearth/room"
	"hearth/room/group"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(shared{m}) }

// shared runs the tests and then ends the server that they share.
type shared struct{ m *testing.M }

func (s shared) Run() int {
	defer pgtest.StopShared()
	return s.m.Run()
}

// house is a hub on a real SQLite file, reached over in-memory connections by a
// real WebSocket client. It lives inside one synctest bubble.
type house struct {
	over    hub.Store // stands before store, if it is set
	t       testing.TB
	dir     string
	store   *journal.SQLite
	journal hub.Journal // store, unless a test puts something between
	limits  hub.Limits
	hub     *hub.Hub
	digest  string
	rules   room.Rules
	metrics *hub.Metrics // nil: nobody looks
	more    int          // seats beside those named
	removed []room.SeatID
	ahead   atomic.Int64 // how far the machine's clock is ahead of time, in nanoseconds
	record  func(*room.State) ([]byte, error)
	pipes   *pipes
	server  *http.Server
	served  chan struct{}
	people  []*person
	effects []string    // all that rooms brought about
	let     *group.Seat // whom the site has let in, if not as the store has it now
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
		Journal: h.journal, Store: cmp.Or[hub.Store](h.over, h.store), Presence: presence.NewMemory(), Limits: h.limits, Record: h.record, Log: log, Metrics: h.metrics,
		Clock:     func() time.Time { return time.Now().Round(0).Add(time.Duration(h.ahead.Load())) },
		Effects:   []func(string, room.Effect){h.told},
		OnRemoved: func(_ context.Context, _ string, seat room.SeatID) { h.removed = append(h.removed, seat) },
	})
	h.must(h.hub.Start(context.Background()))
	h.serve()
}

// serve puts a server in front of the hub.
func (h *house) serve() {
	h.pipes = newPipes()
	h.server = &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seat, err := h.store.Seat(r.Context(), room.SeatID(strings.TrimPrefix(r.URL.Path, "/live/")))
		if err != nil { // the seats of a session that is over are erased
			seat = group.Seat{ID: room.SeatID(strings.TrimPrefix(r.URL.Path, "/live/")), Session: session}
		}
		if h.let != nil {
			seat = *h.let
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
