package hub

import (
	"context"
	"encoding/json"
	"log/slog"
	"sync"
	"time"

	"hearth/hub/cluster"
	"hearth/room"
)

// Times of living together with other nodes.
const (
	// tendEvery is how often a node looks after what it shares with others.
	tendEvery = time.Second
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

// others is what the hub has under way with the other nodes.
type others struct {
	handing sync.Map // rooms being handed over: from session to a channel that hears of it
	deaf    func()   // ends the listening to the house; nil: not listening; set by Start, called by Drain
}

// clustered says whether there may be other nodes.
func (h *Hub) clustered() bool { return h.cfg.Relay != nil }

// self is this node's id; empty for a node alone.
func (h *Hub) self() string {
	if !h.clustered() {
		return ""
	}
	return h.cfg.Members.Self()
}

// leases is what presence knows of nodes; nil: nothing.
func (h *Hub) leases() cluster.Leases {
	if !h.clustered() {
		return nil
	}
	return h.cfg.Members.Leases()
}

// standing is how the other nodes are, at one moment.
type standing struct {
	cluster.Standing
	relay bool // the relay takes messages
}

// standing looks at the other nodes. It never waits.
func (h *Hub) standing() standing {
	return standing{h.cfg.Members.Standing(), h.cfg.Relay.Up()}
}

// holders lists the other nodes that have a session's room, and says whether that
// is sure.
func (h *Hub) holders(ctx context.Context, session string) (nodes []string, sure bool) {
	if !h.clustered() {
		return nil, true
	}
	return h.cfg.Members.Others(ctx, session)
}

// tend looks after what this node shares with others, until the hub stops.
func (h *Hub) tend() {
	t := time.NewTicker(tendEvery)
	defer t.Stop()
	var assured, minded time.Time
	for {
		select {
		case <-h.base.Done():
			return
		case <-t.C:
		}
		now := h.clock()
		h.cfg.Members.Tick()
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
		h.poll(!s.relay || !s.Seen || len(s.Deaf) > 0)
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
	for _, node := range s.Up {
		if !s.Seen || s.Deaf[node] {
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
		if others, sure := h.holders(ctx, session.ID); !sure || len(others) > 0 {
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
	case s.T == saidMoved && s.Node != h.self():
		h.spawn(func() {
			if l, found := h.known(h.base, s.Session); found {
				_ = l.call(h.base, func(l *live) error { l.dropSockets(s.Seat, s.Bound); return nil }) // a room that is over has none
			}
		})
	case s.T == saidTake && s.Node == h.self():
		h.spawn(func() { h.takeOver(s.Session) })
	case s.T == saidTaken:
		if taken, ok := h.others.handing.Load(s.Session); ok {
			select {
			case taken.(chan struct{}) <- struct{}{}:
			default:
			}
		}
	}
}
