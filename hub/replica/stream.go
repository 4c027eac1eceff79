package replica

import (
	"fmt"
	"time"

	"hearth/hub/fail"
	"hearth/room"
)

// verdict is what became of a batch of this node.
type verdict uint8

const (
	lost      verdict = iota // it has not come back
	taken                    // it was applied, on all replicas alike
	overtaken                // another batch had its place; it was applied nowhere
)

// tell sends a batch for the next place and waits until it comes back. What else
// comes meanwhile is taken in.
func (r *Replica) tell(m *message, events []room.Event) verdict {
	packed, err := room.Pack(events)
	if err != nil {
		r.world.Trouble("events cannot be told to other nodes", err)
		return lost
	}
	r.told++
	m.Stream, m.Pos, m.N, m.Frame, m.Events = r.stream, r.pos+1, r.told, r.world.Frame(), packed
	if err := r.publish(m); err != nil {
		return lost
	}
	for until := r.world.Now().Add(echoWithin); ; {
		wait := until.Sub(r.world.Now())
		if wait <= 0 {
			return lost
		}
		heard, ok := r.world.Hear(wait)
		if !ok {
			return lost
		}
		if own, v := r.take(heard); own == m.N {
			return v
		}
	}
}

// Listen takes in everything that the room's channel has brought so far.
func (r *Replica) Listen() {
	r.listen(0)
	r.settle()
}

// listen takes in what comes, waiting so long for the first.
func (r *Replica) listen(wait time.Duration) {
	for {
		heard, ok := r.world.Hear(wait)
		if !ok {
			return
		}
		r.take(heard)
		wait = 0
	}
}

// take takes one message in. For a batch of this node it says which one, and
// what became of it.
func (r *Replica) take(heard Heard) (own uint64, v verdict) {
	if heard.Fresh {
		r.unsure = true
		return 0, lost
	}
	m, err := read(heard.Message)
	if err != nil {
		r.world.Trouble("another node said something that cannot be read", err)
		r.unsure = true
		return 0, lost
	}
	mine := m.Node == r.node
	if !mine && m.T != kindBye {
		r.peers[m.Node] = true
	}
	switch {
	case m.T == kindBatch && mine:
		return m.N, r.place(m)
	case m.T == kindBatch:
		r.place(m)
	case mine:
	case m.T == kindAsk:
		r.answer(m)
	case m.T == kindLive:
		r.hearLive(m)
	case m.T == kindBye:
		r.Gone(m.Node)
	case m.T == kindNote:
		r.world.Note(m.Note)
	}
	return 0, lost
}

// place applies a batch if its place is the next one.
func (r *Replica) place(m *message) verdict {
	switch {
	case r.asking:
		r.held = append(r.held, m)
		return overtaken
	case r.mode != Shared || m.Stream != r.stream:
		r.unsure = r.unsure || m.Node != r.node // the other takes part in a stream that this one does not
		return overtaken
	case m.Pos <= r.pos:
		return overtaken
	case m.Pos > r.pos+1 && !fail.Bug(fail.GapIgnored):
		r.unsure = true
		return overtaken
	}
	events, err := room.Unpack(m.Events)
	if err != nil {
		r.world.Trouble("events of another node cannot be read", err)
		r.unsure = true
		return overtaken
	}
	if len(m.Rows) > 0 && r.Form >= m.After+int64(len(m.Rows)) {
		r.pos = m.Pos // somebody else has told these rows: everybody passes them over alike
		return taken
	}
	if m.After != r.Form {
		r.world.Trouble("the order of rows is broken between nodes", fmt.Errorf("at %d, told %d", r.Form, m.After))
		r.unsure = true
		return overtaken
	}
	r.pos = m.Pos
	r.enact(m, events)
	return taken
}

// enact applies a batch.
func (r *Replica) enact(m *message, events []room.Event) {
	if m.Frame != r.world.Frame() {
		r.world.Drifted()
	}
	r.kept(m.Rows, m.After)
	if m.Key != nil {
		r.world.Passed(*m.Key)
	}
	how := How{Elsewhere: m.Node != r.node, Late: m.Late}
	now := time.Unix(0, m.Now)
	if m.Late {
		for _, e := range events {
			if w, ok := e.(room.Said); ok && !r.State.Knows(w.ID) {
				r.State.Apply(now, e)
			}
		}
		r.world.Applied(now, events, how)
		return
	}
	r.apply(now, events, how)
}

// Say tells the other nodes something beside the stream; there is no answer.
func (r *Replica) Say(note []byte) {
	if r.mode == Shared {
		_ = r.publish(&message{T: kindNote, Note: note}) // a note is a convenience
	}
}

// keepWords remembers words that the other nodes have not been told.
func (r *Replica) keepWords(events []room.Event) {
	if r.mode != Apart && !r.cut {
		return
	}
	for _, e := range events {
		switch e := e.(type) {
		case room.Said:
			r.late = append(r.late, e)
		case room.Unsaid:
			r.forget(e.IDs)
		}
	}
}

// mostLate bounds the words that wait for other nodes.
const mostLate = 512

func (r *Replica) forget(ids []string) {
	gone := map[string]bool{}
	for _, id := range ids {
		gone[id] = true
	}
	kept := r.late[:0]
	for _, w := range r.late {
		if !gone[w.ID] {
			kept = append(kept, w)
		}
	}
	clear(r.late[len(kept):])
	r.late = kept
}

// Fade drops words that have waited for longer than words live (T13).
func (r *Replica) Fade(now time.Time) {
	oldest := now.Add(-r.State.Form.Rules.Tail).UnixMilli()
	drop := max(0, len(r.late)-mostLate)
	for drop < len(r.late) && int64(r.late[drop].At) < oldest {
		drop++
	}
	clear(r.late[:drop])
	r.late = r.late[drop:]
	if len(r.late) == 0 {
		r.late = nil
	}
}

// tellLate gives the others the words that waited for them.
func (r *Replica) tellLate() {
	r.Fade(r.world.Now())
	for range mostTries {
		if len(r.late) == 0 || r.mode != Shared {
			return
		}
		events := make([]room.Event, len(r.late))
		for i, w := range r.late {
			events[i] = w
		}
		m := &message{T: kindBatch, Now: r.world.Now().UnixNano(), After: r.Form, Late: true}
		switch r.tell(m, events) {
		case taken:
			r.late = nil
		case lost:
			r.part()
		}
	}
}
