package replica

import (
	"bytes"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"slices"
	"time"

	"hearth/room"
)

// digest is a state, in short, and who had it first.
type digest struct {
	sum uint32
	who string
}

func sum(v any) uint32 {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return crc32.ChecksumIEEE(b)
}

// same compares what must be the same wherever it is found.
func (s *sim) same(what string, h *host, v any) {
	found := sum(v)
	first, seen := s.digests[what]
	if !seen {
		s.digests[what] = digest{found, h.n.id()}
		return
	}
	if first.sum != found {
		b, _ := json.Marshal(v)
		s.wrong("%s differs between %s and %s: %s", what, first.who, h.n.id(), b)
	}
}

// look checks a host after each step.
func (s *sim) look(h *host) {
	if h.r == nil {
		return
	}
	state := h.r.State
	if h.r.Form > int64(len(s.store.rows)) {
		s.wrong("%s stands at row %d of %d", h.n.id(), h.r.Form, len(s.store.rows))
	}
	if live := state.Live.Turn; live != nil {
		if kept := state.Form.Turn; kept == nil || kept.Turn != live.Turn || kept.Seat != live.Seat {
			s.wrong("%s at row %d: turn %+v is not the journal's %+v", h.n.id(), h.r.Form, live, kept)
		}
	}
}

// everyNth place of a stream, and row, is compared.
const everyNth = 8

// compare checks a host right after something was applied.
func (s *sim) compare(h *host) {
	if h.r.mode == Shared && h.r.at.pos%everyNth == 0 {
		s.same("state at "+h.r.standing(), h, h.r.State)
	}
	if h.r.Form%everyNth == 0 {
		s.same("form "+itoa(h.r.Form), h, h.r.State.Form)
	}
}

// turnEnd is when a turn ended, and the node that wrote so.
type turnEnd struct {
	at time.Duration
	by *host
}

// endTurn notes when a turn ended.
func (j *store) endTurn(h *host, row []byte) {
	if !bytes.HasPrefix(row, []byte(`{"k":"turn-closed"`)) {
		return
	}
	if e, err := room.DecodeEvent(row); err == nil {
		j.ended[e.(room.TurnClosed).Turn] = turnEnd{j.s.now, h}
	}
}

// spokeInTurn: nobody spoke in a turn that had ended before they began to (R4).
// A node that takes itself for alone, because the one that has just brought in the
// room cannot reach it, learns so a moment later; the journal, if it can be
// asked.
func (s *sim) spokeInTurn(h *host, began time.Duration) {
	for _, w := range h.said {
		if end, over := s.store.ended[w.turn]; over && end.at < began && !h.r.trust.blind && (h.r.mode != Alone || end.by == h) {
			s.wrong("%s (%s, form %d, peers %v): %s spoke at %.3f s in turn %d, which ended at %.3f s", h.n.id(), h.r.mode, h.r.Form, h.r.Peers(), w.seat, began.Seconds(), w.turn, end.at.Seconds())
		}
	}
}

// finally checks what must be so when all has been well for a while.
func (s *sim) finally() {
	s.journal()
	var up []*host
	for _, n := range s.nodes {
		if n.up && n.host != nil && n.host.loaded {
			up = append(up, n.host)
		}
	}
	if len(up) == 0 {
		if slices.ContainsFunc(s.nodes, func(n *node) bool { return n.up && s.now-n.since > 10*time.Second }) {
			s.wrong("nobody has the room")
		}
		return
	}
	for _, h := range up {
		s.settled(h, up)
	}
	s.heard(up)
	for _, p := range s.people {
		for _, h := range up {
			if here := p.conn != nil; here != h.r.State.Live.Seats[p.seat].Online && h.r.State.Status(p.seat) != "" && s.now-p.since > 15*time.Second && here {
				s.wrong("%s: %s is connected and does not seem so", h.n.id(), p.seat)
			}
		}
	}
}

// journal folds the rows and holds every form against them.
func (s *sim) journal() {
	state := room.New()
	turn := 0
	for i, row := range s.store.rows {
		e, err := room.DecodeEvent(row)
		if err != nil {
			s.wrong("row %d: %v", i+1, err)
			return
		}
		if e, ok := e.(room.TurnOpened); ok {
			if state.Form.Turn != nil || e.Turn <= turn {
				s.wrong("row %d offers turn %d after %d, %+v", i+1, e.Turn, turn, state.Form.Turn)
			}
			turn = e.Turn
		}
		state.Apply(began, e)
		if d, seen := s.digests["form "+itoa(int64(i+1))]; seen && d.sum != form(state) {
			s.wrong("form %d of %s is not what the journal says", i+1, d.who)
		}
	}
	for _, n := range s.nodes {
		if n.up && n.host != nil && n.host.loaded && n.host.r.Form == int64(len(s.store.rows)) && form(n.host.r.State) != form(state) {
			s.wrong("%s: its form is not what the journal says", n.id())
		}
	}
}

// settled: a node stands with all the others.
func (s *sim) settled(h *host, up []*host) {
	want := Shared
	if len(up) == 1 && len(h.r.others.met) == 0 {
		want = Alone
	}
	first := up[0].r
	switch {
	case h.r.mode != want:
		s.wrong("%s is in mode %d of %d, peers %v", h.n.id(), h.r.mode, want, h.r.Peers())
	case h.r.Form != int64(len(s.store.rows)):
		s.wrong("%s stands at row %d of %d", h.n.id(), h.r.Form, len(s.store.rows))
	case h.r.standing() != first.standing():
		s.wrong("%s stands at %s, %s at %s", h.n.id(), h.r.standing(), up[0].n.id(), first.standing())
	case sum(h.r.State) != sum(first.State):
		s.wrong("%s and %s have different states", h.n.id(), up[0].n.id())
	case h.r.owes():
		s.wrong("%s keeps words for others", h.n.id())
	}
}

// heard: words that were acknowledged have reached every node that was there all
// the while, if the node they were said on is.
func (s *sim) heard(up []*host) {
	for _, w := range s.words {
		if !w.acked || w.unsaid || !slices.Contains(up, w.host) || s.calmAt-w.at > 100*time.Second {
			continue
		}
		for _, h := range up {
			if h.shown[w.id] == "" && h.shown[w.text] == "" && h.opened+2*time.Second < w.at {
				s.wrong("%s has not shown %s, said by %s on %s at %.3f", h.n.id(), w.id, w.seat, w.host.n.id(), w.at.Seconds())
			}
		}
	}
}

// standing is the place of a replica in the order of everything.
func (r *Replica) standing() string { return fmt.Sprintf("%s/%d/%x", r.at.name, r.at.pos, r.at.chain) }

// owes: words wait for other nodes.
func (r *Replica) owes() bool { return len(r.late()) > 0 }

func itoa(n int64) string { return fmt.Sprint(n) }
