package replica

import (
	"fmt"
	"slices"
	"time"

	"hearth/hub/journal/kept"
	"hearth/room"
)

// person has a seat, and a connection to one of the nodes, most of the time.
type person struct {
	s     *sim
	seat  room.SeatID
	conn  *node
	came  int           // how often it has connected
	since time.Duration // connected to a node that others can hear of
	count int

	asked   room.Command // not yet answered
	key     kept.CommandKey
	askedAt time.Duration
}

// spoken is something somebody said.
type spoken struct {
	id     string
	text   string
	seat   room.SeatID
	count  int // of its author
	at     time.Duration
	turn   int // it was said in
	acked  bool
	unsaid bool
	host   *host // it was said on
}

// live is what somebody does next, again and again.
func (p *person) live() {
	s := p.s
	think := s.pace * time.Duration(len(s.people))
	if s.calm {
		think = 3 * time.Second
	}
	s.at(s.between(think/2, think*2), p.live)
	switch {
	case p.conn == nil:
		p.connect()
	case s.one(60):
		p.lose()
	case s.one(60):
		p.lose()
		p.connect()
	case p.asked != nil:
		if waited := s.now - p.askedAt; waited > 15*time.Second || waited > 3*time.Second && s.one(6) {
			p.lose() // it looks dead from here
		} else if waited > 2*time.Second {
			p.send()
		}
	case s.calm && s.now-s.calmAt > quietFor-8*time.Second: // silence falls
	default:
		p.act()
	}
}

// connect takes the node it had, or any.
func (p *person) connect() {
	var up []*node
	for _, n := range p.s.nodes {
		if n.up && !n.paused {
			up = append(up, n)
		}
	}
	if len(up) == 0 {
		return
	}
	p.connectTo(up[p.s.rng.IntN(len(up))])
}

func (p *person) connectTo(n *node) {
	p.conn, p.since = n, p.s.now
	p.came++
	n.conns[p.seat] = p
	if !slices.Contains(p.s.presence[p.seat], n) {
		p.s.presence[p.seat] = append(p.s.presence[p.seat], n)
	}
	p.s.say("%s: connects to %s", p.seat, n.id())
	h := n.bring()
	h.post(func() {
		if h.n.conns[p.seat] != p {
			return
		}
		if _, known := h.r.State.Form.Seats[p.seat]; !known {
			h.house(room.Arrive{Seat: p.seat, Role: seatRole(p.seat)}, "arrive:"+string(p.seat)+h.NewID())
		}
		if !h.r.State.Live.Seats[p.seat].Online {
			h.house(room.Connected{Seat: p.seat}, "connected:"+h.NewID())
		}
		if p.asked != nil {
			p.do(h)
		}
	})
}

// lose breaks the connection; the node notices, if it can.
func (p *person) lose() {
	n := p.conn
	if n == nil {
		return
	}
	p.s.say("%s: is cut off from %s", p.seat, n.id())
	p.conn = nil
	delete(n.conns, p.seat)
	p.s.forget(p.seat, n)
	h := n.host
	if h == nil {
		return
	}
	h.post(func() {
		if h.n.conns[p.seat] != nil {
			return
		}
		here, known := h.n.asks(p.seat)
		switch {
		case here:
		case !known && len(h.r.Peers()) > 0:
			h.presumed = h.s.now + time.Second
		default:
			h.house(room.Lost{Seat: p.seat}, "lost:"+h.NewID())
		}
	})
}

func (s *sim) forget(seat room.SeatID, n *node) {
	s.presence[seat] = slices.DeleteFunc(s.presence[seat], func(o *node) bool { return o == n })
}

// dropped: the node is gone. What presence says of it ends with its lease, or
// when the node starts again.
func (p *person) dropped() {
	p.conn = nil
}

// act gives a command.
func (p *person) act() {
	h := p.conn.host
	if h == nil || !h.loaded {
		return
	}
	p.count++
	p.asked, p.key = p.wish(h.r.State), kept.CommandKey{Seat: p.seat, ID: fmt.Sprint("c", p.count)}
	p.askedAt = p.s.now
	p.send()
}

// send sends what has not been answered.
func (p *person) send() {
	h := p.conn.host
	if h == nil {
		return
	}
	h.post(func() {
		if h.n.conns[p.seat] == p && p.asked != nil {
			p.do(h)
		}
	})
}

// do runs the command on the node's worker.
func (p *person) do(h *host) {
	key, cmd := p.key, p.asked
	out, again := h.answers[key]
	if !again {
		h.said = h.said[:0]
		began := h.s.now
		h.asks, h.asksOn = p, p.came
		out = h.r.Do(h.clock(), p.seat, cmd, key, nil)
		h.asks = nil
		if !out.Failed && !out.Busy {
			if out.Refusal == nil {
				h.answers[key] = out
			}
			for _, w := range h.said {
				w.acked = true
			}
			h.s.spokeInTurn(h, began)
		}
		h.s.say("%s: %s does %T: %+v", h.n.id(), p.seat, cmd, out)
		if c, ok := cmd.(room.Share); ok && out == (Outcome{}) && h.shown[c.Text] == "" {
			h.s.wrong("%s acknowledges %q of %s, and has not shown it", h.n.id(), c.Text, p.seat)
		}
	}
	if _, done := h.s.store.last[key]; done && out.Refusal != nil {
		h.s.wrong("%s refuses %v, which is in the journal: %s", h.n.id(), key, out.Refusal.Code)
	}
	if out.Form > 0 && h.s.store.last[key] != out.Form {
		h.s.wrong("%s acknowledges %v as row %d; the journal says %d", h.n.id(), key, out.Form, h.s.store.last[key])
	}
	h.s.at(h.s.between(0, 5*time.Millisecond), func() {
		if p.key != key || p.conn != h.n || out.Failed || out.Busy {
			return
		}
		p.asked = nil
	})
}

// wish is what a person would like to do now.
func (p *person) wish(state *room.State) room.Command {
	f, s := state.Form.Seats[p.seat], p.s
	runs := p.seat == "lea" || p.seat == "sam"
	turn := state.Live.Turn
	if s.one(5) {
		return p.whim()
	}
	switch {
	case f.Status == room.AtDoor || f.Status == room.Left || f.Status == "":
		return knock(p.seat)
	case f.Status == room.Out:
		return room.ComeBack{}
	case runs && (state.Form.Held != nil || state.Live.Pause != nil):
		return room.CarryOn{}
	case runs && p.waiting(state) != nil:
		return p.waiting(state)
	case p.seat == "lea" && state.Form.Phase == room.Lobby:
		return room.MovePhase{To: room.Main}
	case runs && state.Form.Format == room.NoFormat:
		return room.Begin{Format: []room.Format{room.HandQueue, room.OpenFloor, room.GoRound}[s.rng.IntN(3)]}
	case turn != nil && turn.Seat == p.seat && turn.Stage == room.Offered:
		return room.Take{}
	case turn != nil && turn.Seat == p.seat && s.one(3):
		return room.Yield{}
	case state.Form.Format == room.HandQueue && turn == nil:
		return room.Hand{Up: true}
	}
	return room.Share{Text: p.text()}
}

// waiting is what a facilitator does for whoever waits.
func (p *person) waiting(state *room.State) room.Command {
	for _, id := range state.Form.Arrived {
		switch f := state.Form.Seats[id]; {
		case f.Status == room.Waiting && !f.Greeted:
			return room.Greet{Seat: id}
		case f.Status == room.Waiting:
			return room.Admit{Seat: id}
		}
	}
	return nil
}

// text is never the same twice.
func (p *person) text() string { return fmt.Sprint(p.count, " ", p.seat) }

// whim is something else.
func (p *person) whim() room.Command {
	s := p.s
	other := s.people[s.rng.IntN(len(s.people))].seat
	all := []room.Command{
		room.Take{}, room.Later{}, room.Pass{}, room.HoldTurn{}, room.UndoPass{}, room.Yield{}, room.Still{}, room.Share{Text: p.text()},
		room.InviteReplies{Kind: room.MeToo}, room.CloseReplies{}, room.Hand{Up: true}, room.Hand{}, room.RoundsPlease{},
		room.Line{Text: p.text()}, room.AskBreak{}, room.Prefs{Listening: true}, room.Prefs{}, room.StepOut{}, room.ComeBack{},
		room.Process{Text: p.text()}, room.Begin{Format: room.Silence}, room.GiveTime{}, room.WeWillComeBack{}, room.EndFormat{},
		room.Pause{Principle: "safety"}, room.CarryOn{}, room.Nudge{Seat: other, Principle: "safety", Text: p.text()},
		room.TakeBack{Words: p.lastWords()}, room.TakeBack{Words: p.lastWords()}, room.Swap{}, room.Leave{},
	}
	return all[s.rng.IntN(len(all))]
}

// lastWords are the words this person said last, on whichever node.
func (p *person) lastWords() string {
	last := &spoken{at: -1}
	for _, w := range p.s.words {
		if w.seat == p.seat && (w.at > last.at || w.at == last.at && w.id > last.id) {
			last = w
		}
	}
	return last.id
}

// spokenOn is one person on one node: what they say there is heard in order. Between
// nodes that cannot reach each other there is none.
type spokenOn struct {
	seat room.SeatID
	host *host
}

// show shows words to the people of a node. What was said before it had the room has
// been told to everybody; of three nodes that lose each other two at a time, a third may
// bring words forward.
func (h *host) show(w room.Said, how How) {
	if w.Words.Kind == room.SayNudge {
		return // for one person; it has no number of its own
	}
	word := h.s.words[w.ID]
	if word == nil {
		at := min(h.s.now, w.At.Time().Sub(began)) // the command may have waited
		word = &spoken{id: w.ID, text: w.Text, seat: w.Seat, at: at}
		_, _ = fmt.Sscan(w.Text, &word.count)
		h.s.words[w.ID] = word
	}
	if word.text != w.Text || word.seat != w.Seat {
		h.s.wrong("%s: %s is %q by %s and %q by %s", h.n.id(), w.ID, word.text, word.seat, w.Text, w.Seat)
	}
	if !how.Elsewhere && !how.Late {
		word.host = h
		if turn := h.r.State.Live.Turn; turn != nil && turn.Seat == w.Seat {
			word.turn = turn.Turn
		}
		h.said = append(h.said, word)
	}
	if how.Late && (h.shown[w.ID] != "" || !how.Elsewhere) {
		return // their own words, and words a browser knows
	}
	from := spokenOn{w.Seat, word.host}
	switch {
	case h.shown[w.ID] == h.r.at.name+"!":
		h.s.wrong("%s shows %s twice", h.n.id(), w.ID)
	case !how.Late && word.count < h.order[w.Seat]:
		h.s.wrong("%s shows %s of %s out of order", h.n.id(), w.ID, w.Seat)
	case word.count < h.spoken[from] && word.at >= h.opened && (!how.Late || len(h.s.nodes) == 2):
		h.s.wrong("%s shows %s of %s out of order: %d after %d, late %t", h.n.id(), w.ID, w.Seat, word.count, h.spoken[from], how.Late)
	}
	if !how.Late {
		h.order[w.Seat] = word.count
	}
	h.spoken[from] = max(h.spoken[from], word.count)
	h.shown[w.ID], h.shown[w.Text] = h.r.at.name+"!", "!" // a command that was done on both sides of a gap has two ids
}
