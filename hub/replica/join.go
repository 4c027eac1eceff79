package replica

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"time"

	"hearth/hub/journal/kept"
	"hearth/room"
)

// Came says how a room was brought into memory.
type Came uint8

// Ways to come.
const (
	Fresh     Came = iota // from the journal: nobody has what was passing
	Joined                // another node has told everything
	Presuming             // from the journal; another node has the rest and cannot be asked
)

// Load brings the room in: from the nodes that have it, or from the journal. The
// caller listens to the room's channel already. A room without rows is Fresh.
func (r *Replica) Load() (Came, error) {
	r.words.since = r.world.Now()
	others, sure := r.world.Others()
	if len(others) > 0 || !sure {
		r.ownNumbers()
		if r.ask() {
			return Joined, nil
		}
	}
	if err := r.readAll(); err != nil {
		return Fresh, err
	}
	if r.Form > 0 { // words of an earlier life may still be on screens
		r.ownNumbers()
	}
	others = slices.DeleteFunc(others, func(node string) bool { return r.question.asked[node] })
	if len(others) == 0 && sure {
		return Fresh, nil
	}
	r.meet(others)
	r.mode, r.trust.doubt, r.trust.unsure, r.others.unknownPeer = Apart, guessed, true, true
	r.world.Renumber()
	r.presume()
	return Presuming, nil
}

// presume takes everybody to be connected.
func (r *Replica) presume() {
	now := time.Unix(0, r.world.Now().UnixNano())
	events, _ := r.State.Decide(now, room.House, room.Presume{}) // refused: nobody has opened the room
	for _, e := range events {
		if !room.Durable(e) {
			r.State.Apply(now, e)
		}
	}
}

// readAll replays all rows into the state.
func (r *Replica) readAll() error { return r.read(math.MaxInt64, false) }

// read brings the state to a row; must: not before it. If that fails, nothing
// has changed.
func (r *Replica) read(upTo int64, must bool) error {
	form := r.Form
	var keys []kept.CommandKey
	var events []room.Event
	if form < upTo {
		if err := r.replay(form, func(key kept.CommandKey, e room.Event) {
			if form+int64(len(events)) < upTo {
				keys, events = append(keys, key), append(events, e)
			}
		}); err != nil {
			return err
		}
	}
	if end := form + int64(len(events)); must && end < upTo {
		return fmt.Errorf("the journal ends at %d, another node is at %d: %w", end, upTo, errShort)
	}
	now := time.Unix(0, r.world.Now().UnixNano())
	for _, e := range events {
		r.State.Apply(now, e)
	}
	r.kept(keys, form)
	return nil
}

var errShort = errors.New("rows are missing")

// settle asks the other nodes when something may have been missed, and tells
// them what has waited for them.
func (r *Replica) settle() {
	if r.question.open {
		return
	}
	if r.trust.unsure {
		r.Rejoin()
		r.catchUp()
	}
	if askers := r.question.behind; len(askers) > 0 {
		r.question.behind = nil
		if r.Learn() { // or they ask again
			for _, m := range askers {
				r.answer(m)
			}
		}
	}
	if r.mode == Shared {
		r.tellLate()
	}
}

// Rejoin finds out how the others stand, and stands the same.
func (r *Replica) Rejoin() {
	others, _ := r.world.Others()
	r.meet(others)
	if r.ask() || r.trust.stoodStill && r.askAgain() {
		return
	}
	r.trust.unsure, r.trust.stoodStill = false, false
	r.placeHeld()
	others, sure := r.world.Others()
	waiting := !r.question.unheard && len(r.question.asked) > 0
	if sure && len(others) == 0 && !waiting && !r.heardLately() {
		clear(r.others.met)
		r.others.unknownPeer = false
	}
	switch {
	case len(r.others.met) == 0 && !r.others.unknownPeer: // nobody is known who could have it
		if r.mode == Shared {
			r.world.Renumber() // whoever had it may have shown what has not come here
		}
		r.alone()
	case len(r.others.met) == 0:
		r.part()
	case !r.question.unheard: // what this node knows is as good as anybody's
		for node := range r.others.met {
			r.others.met[node] = time.Time{} // has not answered
		}
		r.begin()
		r.tellLive("", 0)
		r.oweSince(0) // nobody has said since when they have heard nothing
	default:
		r.part()
	}
}

// askAgain asks for longer: this node has stood still, and does not go on from
// what it knows while somebody may know better. Its relay needs a moment, too.
func (r *Replica) askAgain() bool {
	for until := r.world.Now().Add(wakeFor); r.world.Now().Before(until); {
		if others, sure := r.world.Others(); sure && len(others) == 0 && !r.heardLately() {
			return false
		}
		r.world.Pause(2 * askFor / 5)
		if r.ask() {
			return true
		}
	}
	return false
}

// ask asks for what is passing and takes the first answer. False: none came.
// Nodes that ask at the same time do not wait equally long, so that one of them
// becomes the one that answers.
func (r *Replica) ask() bool {
	r.question.open, r.question.unheard, r.question.asked = true, true, map[string]bool{}
	defer r.unask()
	tries := 1 + r.rank()
	if !r.State.Form.Opened {
		tries = max(tries, blankTries)
	}
	for range tries {
		if err := r.publishAsk(); err != nil {
			r.question.unheard = true
			return false
		}
		for until := r.world.Now().Add(askFor); ; {
			heard, ok := r.world.Hear(max(0, until.Sub(r.world.Now())))
			if !ok {
				break
			}
			r.take(heard)
			if !r.question.open { // adopted
				return true
			}
			if r.question.need > r.question.count && r.publishAsk() != nil {
				r.question.unheard = true
				return false
			}
		}
	}
	return false
}

// heardSince is the moment since when some other node may have said what has not come
// here. Each node is counted by itself: that one is heard proves nothing of another.
func (r *Replica) heardSince() int64 {
	since, here := r.world.Now().UnixNano(), r.words.since.UnixNano()
	if len(r.others.met) == 0 {
		return here
	}
	for node := range r.others.met {
		since = min(since, max(r.others.decided[node], here))
	}
	return since
}

func (r *Replica) publishAsk() error {
	r.question.count++
	return r.publish(&message{T: kindAsk, Ask: r.question.count, Form: r.Form, Blank: !r.State.Form.Opened, Since: r.heardSince()})
}

// unask ends the asking. Batches that came meanwhile and go on where this node
// stands are taken: whoever told them may be no more. Those of this node are told
// anew; what others have in their place may not have come here.
func (r *Replica) unask() {
	if r.question.open {
		r.held = slices.DeleteFunc(r.held, func(m *message) bool { return m.Node == r.node })
	}
	r.question.open, r.question.need = false, 0
	if r.trust.stoodStill {
		return // nor does it show what was told to others long ago
	}
	unsure := r.trust.unsure
	r.trust.unsure = false
	r.placeHeld()
	r.trust.unsure = r.trust.unsure || unsure
}

// answer tells a node that asks what is passing. If that one holds rows that this one
// lacks they are read first: nobody is shown again what was before them, least of all
// whoever was sent away by one (R6).
func (r *Replica) answer(m *message) {
	_, here := r.others.met[m.Node] // or it has gone since it asked, and is owed nothing
	if here {
		r.oweSince(m.Since) // answered or not: it has not heard that
	}
	if r.question.open {
		r.question.asked[m.Node] = m.Blank
	}
	if !here || r.question.open || r.trust.unsure || !r.State.Form.Opened {
		return // nor is it answered by a node that does not know itself
	}
	if m.Form > r.Form {
		r.question.behind = append(r.question.behind, m)
		return
	}
	if r.mode != Shared {
		r.begin()
	}
	r.tellLive(m.Node, m.Ask)
}

// answerAskers answers those who asked while a batch was under way: what they are
// told then holds it, and what was said before it comes to them before it.
func (r *Replica) answerAskers() {
	askers := r.question.askers
	r.telling, r.question.askers = false, nil
	for _, m := range askers {
		r.answer(m)
	}
}

// begin opens a stream. A later stream wins over an earlier one.
func (r *Replica) begin() {
	now := r.world.Now()
	at := now.UnixNano()
	if len(r.at.seen) > 20 { // clocks differ
		if latest, err := strconv.ParseInt(r.at.seen[:20], 10, 64); err == nil && latest >= at {
			at = latest + 1
		}
	}
	if r.mode != Shared {
		r.trust.graceUntil = now.Add(graceFor)
	}
	if r.mode != Alone {
		r.world.Renumber()
	}
	r.ownNumbers()
	r.mode, r.at.pos, r.at.chain, r.others.markedAt = Shared, 0, 0, 0
	r.at.name = fmt.Sprintf("%020d-%s", at, r.world.NewID())
	r.at.last, r.at.seen = r.at.name, r.at.name
}

func (r *Replica) tellLive(to string, ask uint64) {
	live, err := r.State.PackLive()
	if err != nil {
		r.world.Trouble("what is passing cannot be told to other nodes", err)
		return
	}
	m := &message{T: kindLive, To: to, Ask: ask, Stream: r.at.name, Pos: r.at.pos, Chain: r.at.chain, Form: r.Form, Live: live, Luggage: r.world.Luggage(), Doubt: r.trust.doubt, Named: r.words.keys, IDs: slices.Sorted(maps.Keys(r.words.missing))}
	if r.publish(m) != nil {
		r.trust.unsure = true
	}
}

// inform tells a node that stands elsewhere where this one stands, and then all that was
// said here: it has not said since when it has heard nothing. A batch that is under way
// comes before it.
func (r *Replica) inform(node string) {
	if r.telling {
		r.question.askers = append(r.question.askers, &message{T: kindAsk, Node: node})
		return
	}
	r.tellLive(node, 0)
	r.oweSince(0)
}

// old: a message is of a stream that this node has left behind.
func (r *Replica) old(m *message) bool {
	return m.Stream < r.at.last || m.Stream <= r.at.over || m.Stream == r.at.last && m.Pos < r.at.pos
}

// hearLive takes another node's facts on, if they are the better ones.
func (r *Replica) hearLive(m *message) {
	worse := m.Doubt > r.trust.doubt && r.State.Form.Opened
	switch {
	case r.question.need > 0 && (m.To != r.node || m.Ask < r.question.need):
		return // it may have been written before what has not come here
	case !r.question.open && r.mode == Shared && m.Stream == r.at.name:
		// Everything up to there was told before this was.
		r.trust.unsure = r.trust.unsure || m.Pos > r.at.pos || m.Pos == r.at.pos && m.Chain != r.at.chain
		return
	case r.old(m) || worse:
		if r.question.open || r.trust.unsure {
			return // this node will find out by itself
		}
		if r.mode != Shared || worse {
			r.begin()
		}
		r.inform(m.Node)
		return
	case m.Form < r.Form:
		r.trust.unsure = r.trust.unsure || !r.question.open // asked, it reads on before it answers
		return
	}
	if err := r.adopt(m); err != nil {
		r.world.Trouble("another node's facts cannot be taken on", err)
		r.trust.unsure = true
	}
}

// adopt stands where another node stood when it spoke, and then takes in the
// batches that came meanwhile.
func (r *Replica) adopt(m *message) error {
	theirs := room.New()
	if err := theirs.Adopt(m.Live); err != nil {
		return err
	}
	had, blank := r.State.Live.Words, !r.State.Form.Opened
	if err := r.read(m.Form, true); err != nil {
		return err
	}
	r.State.Live = theirs.Live
	r.ownNumbers()
	r.question.open, r.question.need, r.trust.unsure, r.trust.stoodStill, r.trust.doubt, r.others.unknownPeer = false, 0, false, false, m.Doubt, false
	r.mode, r.at.name, r.at.last, r.at.pos, r.at.chain = Shared, m.Stream, m.Stream, m.Pos, m.Chain
	r.trust.graceUntil = r.world.Now().Add(graceFor)
	r.world.Unpack(m.Luggage)
	r.world.Anew()
	if blank { // nobody was here when it was said (R6)
		r.words.since = r.world.Now()
		had = r.State.Live.Words
	}
	r.compareWords(had, m.Named)
	r.hearMissing(m.IDs)
	if len(r.words.missing) > 0 && slices.ContainsFunc(r.held, r.newWords) {
		r.held, r.trust.unsure = nil, true // what is missing comes first: after the next answer
		return nil
	}
	r.placeHeld()
	return nil
}

// newWords: a batch that goes on where this node stands says something new.
func (r *Replica) newWords(m *message) bool {
	return m.Stream == r.at.name && m.Pos > r.at.pos && m.Node != r.node && !m.Late && m.Key != nil
}

// Unsure says that something may have been missed; the next command asks first.
func (r *Replica) Unsure() { r.trust.unsure = true }
