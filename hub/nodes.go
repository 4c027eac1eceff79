package hub

import (
	"context"
	"encoding/json"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"hearth/room"
)

// Times of living together with other nodes.
const (
	// tendEvery is how often a node looks after what it shares with others.
	tendEvery = time.Second
	// beatEvery is how often a node says in the store that it is up. The store
	// takes it for dead 12 s later.
	beatEvery = 2 * time.Second
	// beatGood is how long what the store said of the nodes is relied on.
	beatGood = 12 * time.Second
	// newNode is how long a node that was just heard of may be missing in the store.
	newNode = 8 * time.Second
	// pollEvery is how often the rooms that are on several nodes are compared with
	// the journal. A relay that stalls does not say so, and yet nobody may see a room
	// for longer than a second after they were sent away (R6).
	pollEvery = 500 * time.Millisecond
	// mindEvery is how often a node looks for live sessions that nobody has.
	mindEvery = 5 * time.Second
	// putDownAfter is how long a room without sockets here is kept for others.
	putDownAfter = 10 * time.Second
	// presumedFor is how long people are taken to be connected elsewhere before
	// presence is asked (their browsers are on their way back).
	presumedFor = 10 * time.Second
	// nodesWait bounds each question to presence and to the store.
	nodesWait = 3 * time.Second
)

// nodes is what this node knows of the others, and of itself beside them. mu guards up, asked and met.
type nodes struct {
	mu    sync.Mutex
	up    map[string]bool      // by the store
	asked time.Time            // when the store last said so
	met   map[string]time.Time // when each node was first heard of

	ticked  atomic.Int64  // when tend last ran, in Unix nanoseconds; 0: it does not
	naps    atomic.Uint64 // how often this node has stood still
	handing sync.Map      // rooms being handed over: from session to a channel that hears of it
	deaf    func()        // ends the listening to the house; nil: not listening; set by Start, called by Drain
}

// clustered says whether there may be other nodes.
func (h *Hub) clustered() bool { return h.cfg.Relay != nil }

// alive lists the nodes that presence knows; ok is false when it does not say.
func (h *Hub) alive() (map[string]bool, bool) {
	if h.cfg.Nodes == nil {
		return nil, false
	}
	list, ok := h.cfg.Nodes.Alive()
	all := make(map[string]bool, len(list))
	for _, node := range list {
		all[node] = true
	}
	return all, ok
}

// standing is how the other nodes are, at one moment.
type standing struct {
	known bool            // the store has said so lately
	up    map[string]bool // by the store
	alive map[string]bool // by presence
	deaf  map[string]bool // are up and cannot hear the others, as far as presence knows
	seen  bool            // presence says something
	relay bool            // the relay takes messages
}

// standing looks at the other nodes. It never waits.
func (h *Hub) standing() standing {
	s := standing{relay: h.cfg.Relay.Up()}
	s.alive, s.seen = h.alive()
	h.nodes.mu.Lock()
	defer h.nodes.mu.Unlock()
	now := h.clock()
	s.up, s.known, s.deaf = h.nodes.up, now.Sub(h.nodes.asked) < beatGood, map[string]bool{}
	for node := range s.up {
		if node != h.cfg.Node && s.seen && !s.alive[node] && now.Sub(h.nodes.met[node]) > newNode {
			s.deaf[node] = true
		}
	}
	return s
}

// dead says whether a node is no more: neither the store nor presence has it. As
// long as the store cannot be asked, nobody is dead.
func (h *Hub) dead(s standing, node string) bool {
	if !s.known || s.up[node] || s.seen && s.alive[node] {
		return false
	}
	h.nodes.mu.Lock()
	defer h.nodes.mu.Unlock()
	met, ok := h.nodes.met[node]
	if !ok {
		met = h.clock()
		h.nodes.met[node] = met
	}
	return h.clock().Sub(met) > newNode
}

// others lists the other nodes that have a session's room, and says whether
// that is sure.
func (h *Hub) others(ctx context.Context, session string) ([]string, bool) {
	if !h.clustered() {
		return nil, true
	}
	ctx, done := context.WithTimeout(ctx, nodesWait)
	defer done()
	s := h.standing()
	if h.cfg.Nodes != nil && s.seen {
		if holders, err := h.cfg.Nodes.Holders(ctx, session); err == nil {
			holders = slices.DeleteFunc(holders, func(node string) bool { return node == h.cfg.Node || h.dead(s, node) })
			return holders, len(s.deaf) == 0 // those may have the room and be unable to say so
		}
	}
	var all []string
	for node := range s.up {
		if node != h.cfg.Node {
			all = append(all, node)
		}
	}
	return all, s.known && len(all) == 0
}

// beat says that this node is up, and learns who else is.
func (h *Hub) beat(ctx context.Context) {
	ctx, done := context.WithTimeout(ctx, nodesWait)
	defer done()
	list, err := h.cfg.Store.Beat(ctx, Node{ID: h.cfg.Node, Relay: true})
	if err != nil {
		return // what the store last said ages
	}
	up := make(map[string]bool, len(list))
	for _, node := range list {
		up[node.ID] = true
	}
	now := h.clock()
	h.nodes.mu.Lock()
	defer h.nodes.mu.Unlock()
	h.nodes.up, h.nodes.asked = up, now
	for node := range up {
		if _, ok := h.nodes.met[node]; !ok {
			h.nodes.met[node] = now
		}
	}
	h.metrics.NodesUp.Set(float64(len(up)))
}

// tend looks after what this node shares with others, until the hub stops.
func (h *Hub) tend() {
	t := time.NewTicker(tendEvery)
	defer t.Stop()
	var beaten, assured, minded time.Time
	for {
		select {
		case <-h.base.Done():
			return
		case <-t.C:
		}
		now := h.clock()
		h.slept()
		h.nodes.ticked.Store(h.cfg.Clock().UnixNano())
		if now.Sub(beaten) >= beatEvery {
			beaten = now
			h.spawn(func() { h.beat(h.base) })
		}
		if now.Sub(assured) >= assureEvery {
			assured = now
			h.spawn(h.assure)
		}
		s := h.standing()
		for _, l := range h.loaded() {
			h.tendRoom(l, s, now)
		}
		if now.Sub(minded) >= mindEvery {
			minded = now
			h.spawn(func() { h.mind(h.base) })
		}
	}
}

// watchJournal compares rooms with the journal, until the hub stops.
func (h *Hub) watchJournal() {
	t := time.NewTicker(pollEvery)
	defer t.Stop()
	for {
		select {
		case <-h.base.Done():
			return
		case <-t.C:
		}
		s := h.standing()
		h.poll(!s.relay || !s.seen || len(s.deaf) > 0)
	}
}

// loaded lists the rooms in memory.
func (h *Hub) loaded() []*live {
	h.mu.Lock()
	defer h.mu.Unlock()
	all := make([]*live, 0, len(h.rooms))
	for _, l := range h.rooms {
		select {
		case <-l.loading.done:
			if l.loading.err == nil {
				all = append(all, l)
			}
		default:
		}
	}
	return all
}

// poll compares the rooms here with the journal, in one question: rows that
// nobody has told are read, and sessions that are over elsewhere end here too.
func (h *Hub) poll(all bool) {
	rooms := map[string]*live{}
	var ask []string
	for _, l := range h.loaded() {
		if all || l.seen.peers.Load() > 0 {
			rooms[l.session.ID] = l
			ask = append(ask, l.session.ID)
		}
	}
	if len(ask) == 0 {
		return
	}
	ctx, done := context.WithTimeout(h.base, nodesWait)
	defer done()
	heads, err := h.cfg.Journal.Heads(ctx, ask)
	if err != nil {
		return // commands say so themselves
	}
	for session, l := range rooms {
		head, underWay := heads[session]
		switch {
		case !underWay:
			l.post(letter{do: (*live).elsewhere})
		case head > l.seen.form.Load():
			l.post(letter{do: func(l *live) { l.learn(head) }})
		}
	}
}

// mind brings live sessions into memory that no node has: their timers must run.
func (h *Hub) mind(ctx context.Context) {
	s := h.standing()
	for node := range s.up {
		if node != h.cfg.Node && (!s.seen || s.deaf[node]) {
			return // that one has them, as far as anybody can say
		}
	}
	ctx, done := context.WithTimeout(ctx, storeWait)
	defer done()
	sessions, err := h.cfg.Store.LiveSessions(ctx)
	if err != nil {
		return
	}
	for _, session := range sessions {
		if _, found := h.known(ctx, session.ID); found || !h.Ready() {
			continue
		}
		if others, sure := h.others(ctx, session.ID); !sure || len(others) > 0 {
			continue
		}
		if _, err := h.room(ctx, session.ID); err != nil {
			h.log.Warn("a session that no node has cannot be loaded", slog.String("session", session.ID), slog.Any("err", err))
		}
	}
}

// said is what nodes tell each other of the house.
type said struct {
	T       string      `json:"t"`
	Session string      `json:"session"`
	Seat    room.SeatID `json:"seat,omitempty"`
	Node    string      `json:"node,omitempty"`
	Bound   int64       `json:"bound,omitempty"` // the generation of the binding
}

// The kinds of what is said.
const (
	saidMoved = "moved" // a seat is on another device: its sockets are closed
	saidTake  = "take"  // a node goes down: another takes the room over
	saidTaken = "taken" // it has
)

// say tells every node; a node that cannot be told finds out by the store.
func (h *Hub) say(ctx context.Context, s said) {
	if !h.clustered() || !h.cfg.Relay.Up() {
		return
	}
	b, err := json.Marshal(s)
	if err == nil {
		ctx, done := context.WithTimeout(ctx, publishIn)
		defer done()
		err = h.cfg.Relay.Publish(ctx, HouseChannel, b)
	}
	if err != nil {
		h.log.Warn("the other nodes cannot be told", slog.String("what", s.T), slog.Any("err", err))
	}
}

// hearHouse is called by the relay: it must not wait.
func (h *Hub) hearHouse(message []byte) {
	var s said
	if json.Unmarshal(message, &s) != nil {
		return
	}
	switch {
	case s.T == saidMoved && s.Node != h.cfg.Node:
		h.spawn(func() {
			if l, found := h.known(h.base, s.Session); found {
				_ = l.call(h.base, func(l *live) error { l.dropSockets(s.Seat, s.Bound); return nil }) // a room that is over has none
			}
		})
	case s.T == saidTake && s.Node == h.cfg.Node:
		h.spawn(func() { h.takeOver(s.Session) })
	case s.T == saidTaken:
		if taken, ok := h.nodes.handing.Load(s.Session); ok {
			select {
			case taken.(chan struct{}) <- struct{}{}:
			default:
			}
		}
	}
}
