package hub

import (
	"context"
	"encoding/json"
	"log/slog"
	"sync"
	"time"

	"hearth/hub/runtime"
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
	// tellWithin is how long telling the other nodes may take before the relay counts as gone.
	tellWithin = 300 * time.Millisecond
	// nodesWait bounds a question to the journal.
	nodesWait = 3 * time.Second
)

// others is what the hub has under way with the other nodes.
type others struct {
	handing sync.Map // rooms being handed over: from session to a channel that hears of it
	deaf    func()   // ends the listening to the house; nil: not listening; set by Start, called by Drain
}

// tend looks after what this node shares with others, until the hub stops: its own
// place among them, the bindings of the seats here, each room, and sessions that
// nobody has. Nothing in its round waits; what asks a store runs beside.
func (h *Hub) tend() {
	t := time.NewTicker(tendEvery)
	defer t.Stop()
	var assured, minded time.Time
	for {
		select {
		case <-h.node.Base().Done():
			return
		case <-t.C:
		}
		now := h.node.Clock()
		h.cfg.Members.Tick()
		if now.Sub(assured) >= assureEvery {
			assured = now
			h.node.Spawn(h.assure)
		}
		s := h.node.Standing()
		for _, l := range h.loaded() {
			l.Tend(s, now)
		}
		if now.Sub(minded) >= mindEvery {
			minded = now
			h.node.Spawn(func() { h.mind(h.node.Base()) })
		}
	}
}

// watchJournal compares rooms with the journal, until the hub stops.
func (h *Hub) watchJournal() {
	t := time.NewTicker(pollEvery)
	defer t.Stop()
	for {
		select {
		case <-h.node.Base().Done():
			return
		case <-t.C:
		}
		s := h.node.Standing()
		h.poll(!s.Relay || !s.Seen || len(s.Deaf) > 0)
	}
}

// loaded lists the rooms in memory, without those that are on their way or have
// failed.
func (h *Hub) loaded() []*runtime.Room {
	h.mu.Lock()
	defer h.mu.Unlock()
	all := make([]*runtime.Room, 0, len(h.rooms))
	for _, l := range h.rooms {
		select {
		case <-l.Loaded():
			if l.Err() == nil {
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
	rooms := map[string]*runtime.Room{}
	var ask []string
	for _, l := range h.loaded() {
		if all || l.Peers() > 0 {
			rooms[l.ID()] = l
			ask = append(ask, l.ID())
		}
	}
	if len(ask) == 0 {
		return
	}
	ctx, done := context.WithTimeout(h.node.Base(), nodesWait)
	defer done()
	heads, err := h.cfg.Journal.Heads(ctx, ask)
	if err != nil {
		return // commands say so themselves
	}
	for session, l := range rooms {
		head, underWay := heads[session]
		switch {
		case !underWay:
			l.Elsewhere()
		default:
			l.Learn(head)
		}
	}
}

// mind brings live sessions into memory that no node has: their timers must run,
// or an offer would never lapse and a pause never end. It looks only while every
// node that is up hears the others, for else one of them may have the session.
func (h *Hub) mind(ctx context.Context) {
	s := h.node.Standing()
	for _, node := range s.Up {
		if !s.Seen || s.Deaf[node] {
			return // that one has them, as far as anybody can say
		}
	}
	ctx, done := context.WithTimeout(ctx, requestWait)
	defer done()
	sessions, err := h.cfg.Store.LiveSessions(ctx)
	if err != nil {
		return
	}
	for _, session := range sessions {
		if _, found := h.known(ctx, session.ID); found || !h.Ready() {
			continue
		}
		if others, sure := h.node.Holders(ctx, session.ID); !sure || len(others) > 0 {
			continue
		}
		if _, err := h.room(ctx, session.ID); err != nil {
			h.log.Warn("a session that no node has cannot be loaded", slog.String("session", session.ID), slog.Any("err", err))
		}
	}
}

// said is what nodes tell each other of the house. It holds ids, and never a name or
// a word. A field that a node does not know is ignored, so that two versions can meet.
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

// say tells every node, this one too; a node that cannot be told finds out by the
// store.
func (h *Hub) say(ctx context.Context, s said) {
	if !h.node.Clustered() || !h.cfg.Relay.Up() {
		return
	}
	b, err := json.Marshal(s)
	if err == nil {
		ctx, done := context.WithTimeout(ctx, tellWithin)
		defer done()
		err = h.cfg.Relay.Publish(ctx, runtime.HouseChannel, b)
	}
	if err != nil {
		h.log.Warn("the other nodes cannot be told", slog.String("what", s.T), slog.Any("err", err))
	}
}

// hearHouse takes what a node has said to all. The relay calls it, and it must not
// wait: whatever takes longer runs beside. What cannot be read is
// ignored.
func (h *Hub) hearHouse(message []byte) {
	var s said
	if json.Unmarshal(message, &s) != nil {
		return
	}
	switch {
	case s.T == saidMoved && s.Node != h.node.Self():
		h.node.Spawn(func() {
			if l, found := h.known(h.node.Base(), s.Session); found {
				_ = l.DropSockets(h.node.Base(), s.Seat, s.Bound) // a room that is over has none
			}
		})
	case s.T == saidTake && s.Node == h.node.Self():
		h.node.Spawn(func() { h.takeOver(s.Session) })
	case s.T == saidTaken:
		if taken, ok := h.others.handing.Load(s.Session); ok {
			select {
			case taken.(chan struct{}) <- struct{}{}:
			default:
			}
		}
	}
}
