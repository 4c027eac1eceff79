package replica

import (
	"fmt"
	"testing"
	"time"

	"hearth/hub/journal/kept"
	"hearth/room"
)

// scene is a simulation without chance faults, for one story at a time: an open
// floor with lea, sam, ana and bob, who do only what they are told.
type scene struct {
	*sim
	t *testing.T
}

func newScene(t *testing.T, nodes int) *scene {
	t.Helper()
	s := &scene{newSim(1), t}
	s.calm = true
	rows := meetings()[3] // the open floor
	for i, row := range rows {
		key := kept.CommandKey{ID: fmt.Sprint("before:", i)}
		s.store.rows, s.store.keys = append(s.store.rows, row), append(s.store.keys, key)
		s.store.last[key] = int64(i + 1)
	}
	for i := range nodes {
		n := &node{s: s.sim, name: string(rune('A' + i)), offset: time.Duration(i) * 300 * time.Millisecond}
		s.nodes = append(s.nodes, n)
		n.start()
	}
	t.Cleanup(func() {
		for _, n := range s.nodes {
			n.stop()
		}
		if s.err != nil {
			t.Error(s.err)
		}
	})
	return s
}

// pass lets time go by.
func (s *scene) pass(d time.Duration) {
	s.t.Helper()
	for end := s.now + d; len(s.queue) > 0 && s.queue[0].at <= end; {
		s.step()
	}
}

// sit connects people to a node, and lets everybody learn of it.
func (s *scene) sit(node int, seats ...room.SeatID) {
	s.t.Helper()
	for _, seat := range seats {
		p := s.person(seat)
		if p.conn != nil {
			p.lose()
		}
		p.connectTo(s.nodes[node])
	}
	s.pass(2 * time.Second)
}

func (s *scene) person(seat room.SeatID) *person {
	for _, p := range s.people {
		if p.seat == seat {
			return p
		}
	}
	p := &person{s: s.sim, seat: seat}
	s.people = append(s.people, p)
	return p
}

// begin lets a command begin; the outcome is there when it has ended.
func (s *scene) start(seat room.SeatID, cmd room.Command) *Outcome {
	p := s.person(seat)
	h := p.conn.host
	p.count++
	key, out := kept.CommandKey{Seat: seat, ID: fmt.Sprint("c", p.count)}, &Outcome{Failed: true, Busy: true}
	h.post(func() {
		h.said = h.said[:0]
		*out = h.r.Do(h.clock(), seat, cmd, key, nil)
		if out.Refusal == nil && !out.Failed {
			for _, w := range h.said {
				w.acked = true
			}
		}
	})
	return out
}

// do runs a command to its end.
func (s *scene) do(seat room.SeatID, cmd room.Command) Outcome {
	s.t.Helper()
	out := s.start(seat, cmd)
	s.pass(3 * time.Second)
	if out.Refusal != nil {
		s.t.Fatalf("%s %T: %s", seat, cmd, out.Refusal.Code)
	}
	return *out
}

// says lets somebody say something and gives the words' id.
func (s *scene) says(seat room.SeatID) string {
	s.t.Helper()
	p := s.person(seat)
	s.do(seat, room.Share{Text: fmt.Sprint(p.count+1, " ", seat)})
	if last := p.lastWords(); last != "" {
		return last
	}
	s.t.Fatalf("%s has said nothing", seat)
	return ""
}

func (s *scene) host(node int) *host {
	s.t.Helper()
	h := s.nodes[node].host
	if h == nil {
		s.t.Fatalf("node %d does not have the room", node)
	}
	return h
}

// heard: the words are shown on the nodes, or not.
func (s *scene) heard(id string, on bool, nodes ...int) {
	s.t.Helper()
	for _, n := range nodes {
		if got := s.host(n).shown[id] != ""; got != on {
			s.t.Errorf("%s on %s: shown %v, want %v", id, s.nodes[n].id(), got, on)
		}
	}
}

func (s *scene) mode(want Mode, nodes ...int) {
	s.t.Helper()
	for _, n := range nodes {
		if got := s.host(n).r.Mode(); got != want {
			s.t.Errorf("%s is in mode %d, want %d", s.nodes[n].id(), got, want)
		}
	}
}

// same: the nodes share the room and have the same state.
func (s *scene) together(nodes ...int) {
	s.t.Helper()
	s.mode(Shared, nodes...)
	first := s.host(nodes[0]).r
	for _, n := range nodes[1:] {
		r := s.host(n).r
		if r.standing() != first.standing() || sum(r.State) != sum(first.State) {
			s.t.Errorf("%s stands at %s, %s at %s", s.nodes[nodes[0]].id(), first.standing(), s.nodes[n].id(), r.standing())
		}
	}
}

// carryOn: the room was read from the journal, and lea goes on.
func (s *scene) carryOn() {
	s.t.Helper()
	s.sit(0, "lea", "sam")
	s.do("lea", room.CarryOn{})
}
