package replica

import (
	"errors"
	"fmt"
	"slices"
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
	others, sure := r.world.Others()
	if len(others) > 0 || !sure {
		if r.ask() {
			return Joined, nil
		}
	}
	if err := r.read(-1); err != nil {
		return Fresh, err
	}
	others = slices.DeleteFunc(others, func(node string) bool { return r.blank[node] })
	if len(others) == 0 && sure {
		return Fresh, nil
	}
	for _, node := range others {
		r.peers[node] = true
	}
	r.mode = Apart
	r.house(room.Presume{})
	r.number()
	return Presuming, nil
}

// read replays rows into the state, up to a number; -1: all.
func (r *Replica) read(upTo int64) error {
	if upTo >= 0 && r.Form > upTo {
		r.State, r.Form = room.New(), 0
	}
	if upTo >= 0 && r.Form == upTo {
		return nil
	}
	now := time.Unix(0, r.world.Now().UnixNano())
	err := r.replay(func(key kept.CommandKey, e room.Event) {
		if upTo >= 0 && r.Form >= upTo {
			return
		}
		r.State.Apply(now, e)
		r.Form++
		r.world.Kept(key, r.Form)
	})
	if err == nil && upTo >= 0 && r.Form < upTo {
		err = fmt.Errorf("the journal ends at %d, another node is at %d: %w", r.Form, upTo, errShort)
	}
	return err
}

var errShort = errors.New("rows are missing")

// settle asks the other nodes when something may have been missed, and tells
// them what has waited for them.
func (r *Replica) settle() {
	if r.asking {
		return
	}
	if r.unsure {
		r.Rejoin()
	}
	if r.mode == Shared && !r.cut && len(r.late) > 0 {
		r.tellLate()
	}
}

// Rejoin finds out how the others stand, and stands the same.
func (r *Replica) Rejoin() {
	for _, node := range r.have() {
		r.peers[node] = true
	}
	if r.ask() {
		return
	}
	r.unsure = false
	others, sure := r.world.Others()
	switch {
	case sure && len(others) == 0:
		clear(r.peers)
		r.alone()
	case r.relays():
		r.lead() // what this node knows is as good as anybody's
	case len(r.peers) > 0 || len(others) > 0:
		r.part()
	default:
		r.alone()
	}
}

func (r *Replica) have() []string {
	others, _ := r.world.Others()
	return others
}

// relays says whether the relay takes messages now.
func (r *Replica) relays() bool { return r.publish(&message{T: kindNote}) == nil }

// ask asks for what is passing and takes the first answer. False: none came.
// Nodes that ask at the same time do not wait equally long, so that one of them
// becomes the one that answers.
func (r *Replica) ask() bool {
	r.asking, r.held, r.blank = true, nil, map[string]bool{}
	defer func() { r.asking, r.held = false, nil }()
	for range 1 + r.rank() {
		if err := r.publish(&message{T: kindAsk, Blank: !r.State.Form.Opened}); err != nil {
			return false
		}
		for until := r.world.Now().Add(askFor); ; {
			wait := until.Sub(r.world.Now())
			if wait <= 0 {
				break
			}
			heard, ok := r.world.Hear(wait)
			if !ok {
				break
			}
			r.take(heard)
			if !r.asking { // adopted
				return true
			}
		}
	}
	return false
}

// rank is this node's place among those that have the room.
func (r *Replica) rank() int {
	before := 0
	for node := range r.peers {
		if node < r.node {
			before++
		}
	}
	return before
}

// Rank is this node's place among the nodes that share the room: timers of later
// ones wait a little, so that the first can fire.
func (r *Replica) Rank() int {
	if r.mode == Alone {
		return 0
	}
	return r.rank()
}

// answer tells a node that asks what is passing.
func (r *Replica) answer(m *message) {
	if r.asking {
		r.blank[m.Node] = m.Blank
	}
	if r.asking || r.unsure || !r.State.Form.Opened {
		return
	}
	if r.mode != Shared {
		r.begin()
	}
	r.tellLive(m.Node)
}

// begin opens a stream. A later stream wins over an earlier one.
func (r *Replica) begin() {
	r.mode, r.pos = Shared, 0
	r.stream = fmt.Sprintf("%020d-%s", r.world.Now().UnixNano(), r.world.Name())
}

// lead opens a stream with what this node knows.
func (r *Replica) lead() {
	r.begin()
	r.tellLive("")
}

func (r *Replica) tellLive(to string) {
	live, err := r.State.PackLive()
	if err != nil {
		r.world.Trouble("what is passing cannot be told to other nodes", err)
		return
	}
	m := &message{T: kindLive, To: to, Stream: r.stream, Pos: r.pos, Form: r.Form, Live: live, Luggage: r.world.Luggage()}
	if r.publish(m) != nil {
		r.unsure = true
	}
}

// hearLive takes another node's facts on, if they are the better ones.
func (r *Replica) hearLive(m *message) {
	if !r.asking && r.mode == Shared {
		if m.Stream == r.stream {
			return
		}
		if m.Stream < r.stream {
			r.tellLive(m.Node)
			return
		}
	}
	if err := r.adopt(m); err != nil {
		r.world.Trouble("another node's facts cannot be taken on", err)
		r.unsure = true
	}
}

// adopt stands where another node stood when it spoke, and then takes in the
// batches that came meanwhile.
func (r *Replica) adopt(m *message) error {
	if err := r.read(m.Form); err != nil {
		return err
	}
	if err := r.State.Adopt(m.Live); err != nil {
		return err
	}
	held := r.held
	r.asking, r.held, r.unsure = false, nil, false
	r.mode, r.stream, r.pos = Shared, m.Stream, m.Pos
	r.world.Unpack(m.Luggage)
	r.world.Anew()
	for _, b := range held {
		if b.Stream == r.stream && b.Pos > r.pos {
			r.place(b)
		}
	}
	return nil
}

// part goes on without the others.
func (r *Replica) part() {
	if r.mode == Apart {
		return
	}
	if r.mode == Shared {
		r.unsure = true // ask again, once the relay takes messages
	}
	r.mode, r.stream = Apart, ""
	r.number()
}

// Sever goes on without the others: the relay is gone, and nothing was under way
// that would have noticed.
func (r *Replica) Sever() {
	if r.mode == Shared && len(r.peers) > 0 {
		r.part()
	}
}

// number lets words be numbered from a place nobody else uses.
func (r *Replica) number() {
	var sum uint32 = 2166136261 // FNV-1a: a place in the numbers drawn by chance
	for _, c := range []byte(r.world.Name()) {
		sum = (sum ^ uint32(c)) * 16777619
	}
	r.house(room.Part{From: int32(sum%2000+1) * 1_000_000})
}

// house applies a command of the house that leaves no row and needs no telling.
func (r *Replica) house(cmd room.Command) {
	now := r.world.Now()
	events, _ := r.State.Decide(now, room.House, cmd)
	for _, e := range events {
		if !room.Durable(e) {
			r.State.Apply(now, e)
		}
	}
}

// alone: nobody else has the room.
func (r *Replica) alone() {
	r.mode, r.stream, r.late = Alone, "", nil
}

// Gone is told that another node has put the room down, or is no more.
func (r *Replica) Gone(node string) {
	if !r.peers[node] {
		return
	}
	delete(r.peers, node)
	if len(r.peers) == 0 && !r.asking {
		r.alone()
	}
}

// Bye tells the others that this node puts the room down.
func (r *Replica) Bye() {
	if r.mode == Shared || len(r.peers) > 0 {
		_ = r.publish(&message{T: kindBye}) // they notice without it, later
	}
}

// Cut says whether some node that has the room cannot hear this one, though the
// relay takes messages: words then wait for it.
func (r *Replica) Cut(some bool) { r.cut = some }

// Unsure says that something may have been missed; the next command asks first.
func (r *Replica) Unsure() { r.unsure = true }

// Has says whether a node is known to have the room.
func (r *Replica) Has(node string) bool { return slices.Contains(r.Peers(), node) }
