package replica

import (
	"fmt"
	"slices"
	"time"

	"hearth/hub/fail"
	"hearth/hub/journal/kept"
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
// comes meanwhile is taken in. done is called when the batch was taken, before
// anybody who asked meanwhile is answered: they may lack it.
func (r *Replica) tell(m *message, events []room.Event, done func()) verdict {
	packed, err := room.Pack(events)
	if err != nil {
		r.world.Trouble("events cannot be told to other nodes", err)
		return lost
	}
	if r.slept() || r.trust.unsure {
		return overtaken // it is to be found out first how things stand
	}
	r.at.told++
	m.Stream, m.Pos, m.Chain, m.N, m.Frame, m.Events = r.at.name, r.at.pos+1, r.at.chain, r.at.told, r.world.Frame(), packed
	r.telling = true
	v := r.send(m)
	if v == taken {
		done()
	}
	r.answerAskers()
	return v
}

// send publishes a batch and waits until it comes back.
func (r *Replica) send(m *message) verdict {
	if err := r.publish(m); err != nil {
		return lost
	}
	for until := r.world.Now().Add(echoWithin); ; {
		// What has come is looked at even if the time is over: this node may
		// have stood still.
		heard, ok := r.world.Hear(max(0, until.Sub(r.world.Now())))
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

// Wait takes in what comes, waiting a moment for it.
func (r *Replica) Wait(longest time.Duration) {
	r.listen(longest)
	r.settle()
}

// listen takes in what comes, waiting so long for the first.
func (r *Replica) listen(wait time.Duration) {
	r.slept()
	for {
		heard, ok := r.world.Hear(wait)
		if !ok {
			return
		}
		r.take(heard)
		wait = 0
	}
}

// slept notices that this node has stood still: others may have taken it for dead
// and gone on without it, and what they told it meanwhile is no longer for
// everybody here (F14). So it asks how things stand, and shows that.
func (r *Replica) slept() bool {
	if !r.world.Slept() {
		return false
	}
	r.trust.unsure, r.trust.stoodStill, r.trust.doubt = true, true, max(r.trust.doubt, stale)
	return true
}

// take takes one message in. For a batch of this node it says which one, and
// what became of it.
func (r *Replica) take(heard Heard) (own uint64, v verdict) {
	if heard.Fresh {
		r.trust.unsure, r.question.need = true, r.question.count+1
		return 0, lost
	}
	m, err := read(heard.Message)
	if err != nil {
		r.world.Trouble("another node said something that cannot be read", err)
		r.trust.unsure = true
		return 0, lost
	}
	mine := m.Node == r.node
	r.at.seen = max(r.at.seen, m.Stream)
	if !mine && m.T != kindBye {
		r.others.met[m.Node] = r.world.Now()
	}
	switch {
	case m.T == kindBatch && mine:
		return m.N, r.place(m)
	case m.T == kindBatch:
		r.place(m)
	case mine:
		r.question.unheard = false
	case m.T == kindAsk:
		if r.telling {
			r.question.askers = append(r.question.askers, m)
			break
		}
		r.answer(m)
	case m.T == kindMiss:
		r.hearMissing(m.IDs)
	case m.T == kindMark:
		r.hearMark(m)
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
	case r.question.open || r.trust.unsure: // its place may have been taken by what has not come here
		r.hold(m)
		return overtaken
	case r.mode != Shared || m.Stream != r.at.name:
		r.hold(m) // one of this node as well: the others may have taken it
		if m.Node != r.node {
			r.elsewhere(m)
		}
		return overtaken
	case m.Pos <= r.at.pos:
		return overtaken
	case (m.Pos > r.at.pos+1 || m.Chain != r.at.chain) && !fail.Bug(fail.GapIgnored):
		r.trust.unsure = true
		r.hold(m)
		return overtaken
	}
	events, err := room.Unpack(m.Events)
	if err != nil {
		r.world.Trouble("events of another node cannot be read", err)
		r.trust.unsure = true
		return overtaken
	}
	if len(m.Rows) > 0 && r.Form >= m.After+int64(len(m.Rows)) {
		r.link(m) // somebody else has told these rows: everybody passes them over alike
		return taken
	}
	if m.After != r.Form {
		r.world.Trouble("the order of rows is broken between nodes", fmt.Errorf("at %d, told %d", r.Form, m.After))
		r.trust.unsure = true
		return overtaken
	}
	r.link(m)
	r.enact(m, events)
	return taken
}

// mostHeld bounds what is held.
const mostHeld = 512

// hold keeps a batch of which it is not known where it belongs: an answer that
// comes after it may have been written before it.
func (r *Replica) hold(m *message) {
	if len(r.held) >= mostHeld {
		r.held = slices.Delete(r.held, 0, mostHeld/2)
	}
	r.held = append(r.held, m)
}

// placeHeld takes in what was held and goes on where this node stands.
func (r *Replica) placeHeld() {
	held := r.held
	r.held = nil
	for _, b := range held {
		switch {
		case r.mode != Shared || b.Stream > r.at.name:
			r.hold(b)
		case b.Stream == r.at.name && b.Pos > r.at.pos:
			r.place(b)
		}
	}
}

// note sees a batch of the command that is being run.
func (r *Replica) note(m *message) {
	switch {
	case *m.Key != r.command.key:
	case m.Node != r.node:
		r.command.done = doneElsewhere
	case r.command.done == notDone:
		r.command.done = doneHere
	}
}

// DoneElsewhere tells that another node has done a command: perhaps the one that is
// under way here, when its sender has come from there.
func (r *Replica) DoneElsewhere(key kept.CommandKey) {
	if key == r.command.key {
		r.command.done = doneElsewhere
	}
}

// link takes a batch's place. The chain of two replicas is the same only if they
// have applied the same batches: a place alone does not say so, for a relay may
// lose a message and tell nobody.
func (r *Replica) link(m *message) {
	r.at.pos = m.Pos
	for _, c := range []byte(m.Node) {
		r.at.chain = (r.at.chain ^ uint64(c)) * 1099511628211
	}
	r.at.chain = (r.at.chain ^ m.N) * 1099511628211
}

// elsewhere: a node takes part in a stream that this one does not.
func (r *Replica) elsewhere(m *message) {
	switch {
	case r.mode == Shared && !r.trust.unsure && r.old(m):
		r.inform(m.Node)
	default:
		r.trust.unsure = true
	}
}

// hearMark compares where another node stands.
func (r *Replica) hearMark(m *message) {
	switch {
	case r.question.open:
	case r.mode != Shared || m.Stream != r.at.name:
		r.elsewhere(m)
	case m.Pos > r.at.pos, m.Pos == r.at.pos && m.Chain != r.at.chain:
		r.trust.unsure = true
	}
}

// enact applies a batch.
func (r *Replica) enact(m *message, events []room.Event) {
	if m.Frame != r.world.Frame() {
		r.world.Drifted()
	}
	r.kept(m.Rows, m.After)
	if m.Key != nil {
		r.world.Passed(*m.Key)
		r.note(m)
	}
	how := How{Elsewhere: m.Node != r.node || m.Unheard, Late: m.Late}
	now := time.Unix(0, m.Now)
	r.heardWords(m, events)
	if len(r.words.missing) == 0 {
		r.others.decided[m.Node] = m.Now
	}
	if m.Late {
		for _, e := range events {
			if w, ok := e.(room.Said); !ok || !r.State.Knows(w.ID) {
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
