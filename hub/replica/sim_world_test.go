package replica

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"hearth/hub/journal/kept"
	"hearth/room"
)

// store is the journal that all nodes share: the arbiter.
type store struct {
	s         *sim
	rows      [][]byte
	keys      []kept.CommandKey
	last      map[kept.CommandKey]int64
	ended     map[int]turnEnd // when each turn did
	forgetful bool            // it keeps rows and does not always say so
}

func (j *store) append(h *host, after int64, key kept.CommandKey, rows [][]byte) (int64, error) {
	if seq, ok := j.last[key]; ok {
		return seq, kept.ErrDuplicate
	}
	if after != int64(len(j.rows)) {
		return 0, kept.ErrConflict
	}
	for _, row := range rows {
		j.rows = append(j.rows, row)
		j.keys = append(j.keys, key)
		j.s.markBytes(row)
		j.s.putOut(h, row)
		j.endTurn(h, row)
	}
	j.last[key] = int64(len(j.rows))
	j.s.say("%s: rows %d to %d, %s %s", h.n.id(), after+1, len(j.rows), key.Seat, key.ID)
	return j.last[key], nil
}

// node is a machine on which one process after another runs.
type node struct {
	s      *sim
	name   string
	life   int
	up     bool
	since  time.Duration // then it started
	paused bool
	asleep []func() // what goes on when it does
	naps   int      // how often it stood still for long
	slept  time.Duration
	offset time.Duration
	host   *host
	holds  bool
	conns  map[room.SeatID]*person

	noSQL, noRedis bool
	deaf, mute     bool          // one way only
	slow           time.Duration // messages come so much later
	lose           int           // so many messages are lost; silently in a silent run

	beaten time.Duration // last in the store
	listed time.Duration // last in presence
}

func (n *node) id() string { return fmt.Sprintf("%s%d", n.name, n.life) }

// start starts a process.
func (n *node) start() {
	n.up, n.paused, n.life = true, false, n.life+1
	n.asleep, n.conns, n.holds = nil, map[room.SeatID]*person{}, false
	n.since, n.beaten, n.listed = n.s.now, n.s.now, n.s.now
	n.s.say("%s: starts", n.id())
	life := n.life
	n.s.at(n.s.between(0, time.Second), func() { n.beat(life) })
}

// beat is the node's second.
func (n *node) beat(life int) {
	if !n.up || n.life != life {
		return
	}
	n.s.at(time.Second, func() { n.beat(life) })
	if n.paused {
		return
	}
	if !n.noSQL {
		n.beaten = n.s.now
	}
	if !n.noRedis && !n.deaf && !n.mute {
		n.listed = n.s.now
	}
	switch h := n.host; {
	case h != nil:
		h.post(h.tend)
	case n.s.one(5): // somebody must mind the room
		if others, sure := n.others(); sure && len(others) == 0 {
			n.bring()
		}
	}
}

// bring lets the node have the room.
func (n *node) bring() *host {
	if n.host == nil {
		n.host = n.open()
	}
	return n.host
}

func (n *node) hold(on bool) { n.holds = on }

// putDown lets go of the room; the host itself calls it. Whoever has come at this
// very moment asks for the room again.
func (n *node) putDown() {
	n.host.ended = true
	n.host = nil
	n.hold(false)
	for _, seat := range n.here() {
		n.conns[seat].connectTo(n)
	}
	panic(killed{})
}

// stop is kill -9.
func (n *node) stop() {
	if !n.up {
		return
	}
	n.s.say("%s: killed", n.id())
	n.up, n.asleep = false, nil
	if n.host != nil {
		n.host.stop()
		n.host = nil
	}
	for _, seat := range n.here() {
		n.conns[seat].dropped()
	}
	n.conns = nil
}

// here lists who is connected to the node.
func (n *node) here() []room.SeatID {
	seats := make([]room.SeatID, 0, len(n.conns))
	for _, p := range n.s.people { // always in the same order
		if n.conns[p.seat] == p {
			seats = append(seats, p.seat)
		}
	}
	return seats
}

// Leases, as the hub reads them.

const lease = 12 * time.Second

func (n *node) inStore() bool    { return n.s.now-n.beaten < lease }
func (n *node) inPresence() bool { return n.s.now-n.listed < lease }

// others lists the nodes that have the room, as one node sees it.
func (n *node) others() (all []string, sure bool) {
	sure = true
	for _, o := range n.s.nodes {
		if o == n || o.life == 0 {
			continue
		}
		switch {
		case n.noRedis && !n.noSQL:
			if o.inStore() {
				all, sure = append(all, o.id()), false
			}
		case n.noRedis:
			sure = false
		case o.inPresence():
			if o.holds {
				all = append(all, o.id())
			}
		case o.inStore():
			sure = false
		}
	}
	return all, sure
}

func (n *node) byID(id string) *node {
	for _, o := range n.s.nodes {
		if o.id() == id {
			return o
		}
	}
	return nil
}

// dead: neither the store nor presence has it.
func (n *node) dead(peer string) bool {
	if n.noSQL {
		return false
	}
	o := n.byID(peer)
	return o == nil || !o.inStore() && (n.noRedis || !o.inPresence())
}

// deafTo: it is up and cannot hear this node.
func (n *node) deafTo(peer string) bool {
	o := n.byID(peer)
	return o != nil && !n.noSQL && !n.noRedis && o.inStore() && !o.inPresence()
}

func (n *node) anyDeaf() bool {
	for _, o := range n.s.nodes {
		if o != n && o.life > 0 && n.deafTo(o.id()) {
			return true
		}
	}
	return false
}

// asks presence whether somebody is connected anywhere.
func (n *node) asks(seat room.SeatID) (here, known bool) {
	if n.noRedis {
		return false, false
	}
	for _, o := range n.s.presence[seat] {
		if o.inPresence() || o.inStore() {
			return true, true
		}
	}
	return false, true
}

// carry brings a message to everybody who listens, in one order for all.
func (s *sim) carry(message []byte) {
	s.markBytes(message)
	s.say("relay: %.400s", message)
	for _, n := range s.nodes {
		h := n.host
		if h == nil || !n.up {
			continue
		}
		if h.gap || n.deaf || n.noRedis {
			h.gap = true
			continue
		}
		wait := s.between(50*time.Microsecond, 2*time.Millisecond) + n.slow
		if n.lose > 0 {
			n.lose--
			s.say("%s: loses it", n.id())
			if !s.silent {
				h.comes(Heard{Fresh: true}, wait)
			}
			continue
		}
		h.comes(Heard{Message: message}, wait)
	}
}

// comes delivers after everything that came before.
func (h *host) comes(heard Heard, wait time.Duration) {
	h.lastAt = max(h.lastAt, h.s.now+wait)
	h.s.at(h.lastAt-h.s.now, func() { h.deliver(heard) })
}

// hears: the subscription stands again.
func (n *node) hears() {
	h := n.host
	if h == nil || !h.gap {
		return
	}
	n.s.at(n.s.between(time.Millisecond, 300*time.Millisecond), func() {
		if h.gap && !h.ended && !n.deaf && !n.noRedis { // subscribed again; nothing comes before this is known
			h.gap = false
			h.comes(Heard{Fresh: true}, 0)
		}
	})
}

func newSim(seed uint64) *sim {
	s := &sim{
		seed: seed, rng: rand.New(rand.NewPCG(seed, 0x9e3779b97f4a7c15)), trace: 14695981039346656037,
		presence: map[room.SeatID][]*node{}, words: map[string]*spoken{}, digests: map[string]digest{},
	}
	s.store = store{s: s, last: map[kept.CommandKey]int64{}, ended: map[int]turnEnd{}}
	return s
}

// begin sets a run up.
func (s *sim) begin() {
	s.silent = s.one(4)
	s.pace = []time.Duration{30 * time.Millisecond, 150 * time.Millisecond, 600 * time.Millisecond}[s.rng.IntN(3)]
	people := 4 + s.rng.IntN(3)
	if !s.one(12) {
		all := meetings()[s.rng.IntN(3)*3+people-4]
		s.store.rows = slices.Clip(slices.Clone(all))
		for i := range all {
			key := kept.CommandKey{ID: fmt.Sprint("before:", i)}
			s.store.keys = append(s.store.keys, key)
			s.store.last[key] = int64(i + 1)
		}
	}
	count := 2
	if s.one(6) {
		count = 3
	}
	for i := range count {
		n := &node{s: s, name: string(rune('A' + i)), offset: s.between(-time.Second, time.Second)}
		s.nodes = append(s.nodes, n)
	}
	for _, n := range s.nodes {
		n.start()
	}
	for _, seat := range seatNames[:people] {
		p := &person{s: s, seat: seat}
		s.people = append(s.people, p)
		s.at(s.between(0, time.Second), p.live)
	}
	s.at(s.between(100*time.Millisecond, 3*time.Second), s.trouble)
}

func form(state *room.State) uint32 { return sum(state.Form) }

// putOut looks at rows that put somebody out whose connection was lost.
func (s *sim) putOut(h *host, row []byte) {
	if !bytes.HasPrefix(row, []byte(`{"k":"left"`)) {
		return
	}
	var left room.SeatLeft
	if json.Unmarshal(row, &left) != nil || left.Why != "lost" || h.r.State.Status(left.Seat) == room.Out {
		return
	}
	for _, p := range s.people {
		if p.seat == left.Seat && p.conn != nil && !p.conn.noSQL && !p.conn.paused && s.now-p.since > seatKept-3*time.Second {
			s.wrong("%s puts out %s, who has been connected to %s since %.3f", h.n.id(), p.seat, p.conn.id(), p.since.Seconds())
		}
	}
}
