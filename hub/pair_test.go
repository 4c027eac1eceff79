package hub_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"

	"hearth/charter"
	"hearth/hub"
	"hearth/hub/cluster"
	"hearth/hub/journal"
	"hearth/hub/journal/pgtest"
	"hearth/hub/presence"
	"hearth/hub/relay"
	"hearth/hub/remote"
	"hearth/hub/remote/redistest"
	"hearth/hub/socket"
	"hearth/room"
	"hearth/room/group"
)

// town is two nodes on one PostgreSQL and one Redis, with a session that has
// begun. It runs in real time: its servers are real.
type town struct {
	t      *testing.T
	url    string
	key    string
	redis  *redistest.Server
	digest string
	nodes  [2]*townNode
	guests []*guest
}

type townNode struct {
	hub     *hub.Hub
	members *cluster.Membership
	store   *journal.Postgres
	server  *httptest.Server
	end     []func()
}

func newTown(t *testing.T) *town {
	t.Helper()
	c := &town{t: t, url: pgtest.Shared(t).Database(t), key: filepath.Join(t.TempDir(), "key"), redis: redistest.Start(t, redistest.Options{})}
	c.must(os.WriteFile(c.key, []byte(strings.Repeat("5e", 32)+"\n"), 0o600))
	for i := range c.nodes {
		c.nodes[i] = c.node(fmt.Sprintf("node%d", i))
	}
	c.found()
	for _, n := range c.nodes {
		c.must(n.hub.Start(context.Background()))
	}
	t.Cleanup(c.close)
	return c
}

func (c *town) must(err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
}

// node wires one node as package main does.
func (c *town) node(id string) *townNode {
	c.t.Helper()
	n := &townNode{}
	var err error
	n.store, err = journal.OpenPostgres(context.Background(), c.url, c.key)
	c.must(err)
	far, err := remote.Open(context.Background(), remote.Options{URL: c.redis.URL()})
	c.must(err)
	var log *slog.Logger
	if testing.Verbose() {
		log = slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelDebug})).With("node", id)
	}
	between, lease := relay.NewRedis(far.Client(), [32]byte{7}, log), presence.NewRedis(far.Client(), id, [32]byte{7}, log)
	n.members = cluster.New(cluster.Config{Self: cluster.Node{ID: id, Relay: true}, Store: n.store, Leases: lease, Log: log})
	c.must(n.members.Join(context.Background(), nil))
	n.hub = hub.New(hub.Config{
		Journal: n.store, Store: n.store, Presence: lease, Relay: between, Members: n.members, Log: log,
		Limits: hub.Limits{Commands: hub.Off, Words: hub.Off, Room: hub.Off},
	})
	n.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seat, err := n.store.Seat(r.Context(), room.SeatID(strings.TrimPrefix(r.URL.Path, "/live/")))
		if err != nil {
			http.Error(w, "no such seat", http.StatusNotFound)
			return
		}
		n.hub.Serve(w, r, seat)
	}))
	n.end = []func(){n.server.Close, func() { _ = between.Close() }, func() { _ = lease.Close() }, func() { _ = far.Close() }, func() { _ = n.store.Close() }}
	return n
}

// down ends a node as a planned restart does.
func (n *townNode) down() {
	n.hub.Drain(context.Background())
	n.members.Leave(context.Background())
	for _, end := range n.end {
		end()
	}
	n.end = nil
}

func (c *town) close() {
	for _, g := range c.guests {
		g.leave()
	}
	for _, n := range c.nodes {
		n.down()
	}
}

// found keeps the group, its charter, the session and its seats.
func (c *town) found() {
	c.t.Helper()
	ctx, now, store := context.Background(), time.Now(), c.nodes[0].store
	text := charter.Starter(charter.Templates()[0].Template)
	c.must(store.CreateGroup(ctx, group.Group{ID: "g1", Name: "Tuesday group", Template: charter.Templates()[0].Template,
		Policy: group.AskFirst, Region: "GB", Contact: "care@example.org", Created: now}, text))
	v, err := store.Adopt(ctx, "g1", text, now)
	c.must(err)
	c.digest = v.Digest
	var all []group.Seat
	var links []group.Link
	for id, role := range seats {
		link := group.Link{ID: "link-" + string(id), Kind: group.PersonalLink, Session: session, Seat: id}
		copy(link.Hash[:], id)
		links = append(links, link)
		all = append(all, group.Seat{ID: id, Session: session, Role: role, Link: link.ID})
	}
	c.must(store.CreateSession(ctx, group.Session{ID: session, Group: "g1", Title: "Tuesday group", Start: now, State: group.Scheduled,
		Plan: room.Plan{Session: session, Start: now, Seats: 12, Phases: []room.PlannedPhase{
			{Phase: room.Opening, Minutes: 8}, {Phase: room.CheckIn, Minutes: 20, Format: room.GoRound},
			{Phase: room.Main, Minutes: 47, Format: room.OpenFloor}, {Phase: room.Closing, Minutes: 15},
		}}}, all, links))
}

// guest is one browser window on one of the nodes.
type guest struct {
	c    *town
	seat room.SeatID
	ws   *websocket.Conn
	done chan struct{}
	n    int

	mu     sync.Mutex
	frames []frame
	ended  int
}

// visit opens a window on a node and says hello, or resumes.
func (c *town) visit(node int, seat room.SeatID, resume string, seq int64) *guest {
	c.t.Helper()
	g := &guest{c: c, seat: seat, done: make(chan struct{})}
	var err error
	g.ws, _, err = websocket.Dial(context.Background(), "ws"+strings.TrimPrefix(c.nodes[node].server.URL, "http")+"/live/"+string(seat),
		&websocket.DialOptions{Subprotocols: []string{socket.Protocol}})
	c.must(err)
	g.ws.SetReadLimit(-1)
	go g.read()
	c.guests = append(c.guests, g)
	g.write(fmt.Sprintf(`{"do":"hello","v":1,"resume":%q,"seq":%d}`, resume, seq))
	g.await("hello", func(f frame) bool { return f.T == "hello" || f.T == "resumed" })
	return g
}

func (g *guest) read() {
	defer close(g.done)
	for {
		_, data, err := g.ws.Read(context.Background())
		g.mu.Lock()
		if err != nil {
			g.ended = socket.Abnormal
			if bye, ok := errors.AsType[websocket.CloseError](err); ok {
				g.ended = int(bye.Code)
			}
			g.mu.Unlock()
			return
		}
		for line := range strings.SplitSeq(string(data), "\n") {
			f := frame{raw: line}
			if json.Unmarshal([]byte(line), &f) == nil && f.T != "ping" {
				g.frames = append(g.frames, f)
			} else {
				go g.write(`{"do":"pong"}`)
			}
		}
		g.mu.Unlock()
	}
}

func (g *guest) write(text string) {
	_ = g.ws.Write(context.Background(), websocket.MessageText, []byte(text)) // a closed window is seen by its reader
}

func (g *guest) leave() {
	_ = g.ws.CloseNow()
	<-g.done
}

func (g *guest) seen() []frame {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Clone(g.frames)
}

// await waits until a frame has come; patience is long, because the machine may
// be slow, and nothing here measures.
func (g *guest) await(what string, is func(frame) bool) frame {
	g.c.t.Helper()
	for until := time.Now().Add(20 * time.Second); time.Now().Before(until); <-time.After(5 * time.Millisecond) {
		for _, f := range g.seen() {
			if is(f) {
				return f
			}
		}
	}
	g.c.t.Fatalf("%s never saw %s", g.seat, what)
	return frame{}
}

// do gives a command and its answer.
func (g *guest) do(verb string, fields ...string) frame {
	g.c.t.Helper()
	g.n++
	id := fmt.Sprintf("%s-%p-%06d", g.seat, g, g.n)
	g.write(`{` + strings.Join(append([]string{`"do":"` + verb + `"`, `"id":"` + id + `"`}, fields...), ",") + `}`)
	return g.await("the answer to "+verb, func(f frame) bool { return f.Ref == id })
}

func (g *guest) ok(verb string, fields ...string) {
	g.c.t.Helper()
	if f := g.do(verb, fields...); f.T != "ack" {
		g.c.t.Fatalf("%s: %s was refused: %s", g.seat, verb, f.Code)
	}
}

// words lists what this window was told people said, in order.
func (g *guest) words() (texts []string) {
	for _, f := range g.seen() {
		if f.T == "words" {
			texts = append(texts, f.Text)
		}
	}
	return texts
}

func (g *guest) hears(text string) {
	g.c.t.Helper()
	g.await(text, func(f frame) bool { return f.T == "words" && f.Text == text })
}

// position is the last token and frame number of a window.
func (g *guest) position() (token string, seq int64) {
	for _, f := range g.seen() {
		if f.Resume != "" {
			token = f.Resume
		}
		seq = max(seq, f.Seq)
	}
	return token, seq
}

// knock gives a name and an answer.
func (g *guest) knock() {
	g.c.t.Helper()
	g.ok("knock", `"name":"`+strings.ToUpper(string(g.seat[:1]))+string(g.seat[1:])+`"`, `"answer":"agree"`, `"digest":"`+g.c.digest+`"`)
}

// openFloor brings the lead and ann on the first node, wellbeing and ben on a
// second, into an open floor.
func (c *town) openFloor(second int) map[room.SeatID]*guest {
	c.t.Helper()
	all := map[room.SeatID]*guest{}
	for i, seat := range []room.SeatID{"lea", "wim", "ann", "ben"} {
		g := c.visit(i%2*second, seat, "", 0)
		all[seat] = g
		g.knock()
		if i < 2 {
			continue
		}
		who := `"seat":"` + string(seat) + `"`
		wim := all["wim"]
		wim.await("the knock", func(f frame) bool { return strings.Contains(f.raw, `"waiting":[{"seat":"`+string(seat)) })
		wim.ok("greet", who)
		wim.ok("admit", who)
		g.await("the room", func(f frame) bool { return f.T == "hello" && f.Room != nil })
	}
	for _, phase := range []string{"opening", "check-in", "main"} {
		all["lea"].ok("phase", `"to":"`+phase+`"`)
	}
	all["lea"].ok("begin", `"format":"open"`)
	return all
}
