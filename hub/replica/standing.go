package replica

import "time"

// How a replica stands to the other nodes.

// meet adds nodes that have the room.
func (r *Replica) meet(nodes []string) {
	for _, node := range nodes {
		if _, known := r.others.met[node]; !known {
			r.others.met[node] = time.Time{}
		}
	}
}

// heardLately says whether another node has spoken a moment ago.
func (r *Replica) heardLately() bool {
	now := r.world.Now()
	for _, at := range r.others.met {
		if now.Sub(at) < heardFor {
			return true
		}
	}
	return false
}

// rank is this node's place among those that have the room.
func (r *Replica) rank() int {
	before := 0
	for node := range r.others.met {
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

// part goes on without the others.
func (r *Replica) part() {
	if r.mode == Shared {
		r.trust.unsure = true // ask again, once the relay takes messages
	}
	if r.mode != Apart {
		r.world.Renumber()
	}
	r.ownNumbers()
	r.mode, r.at.name = Apart, ""
}

// Sever goes on without the others: the relay is gone, and nothing was under way
// that would have noticed.
func (r *Replica) Sever() {
	if r.mode == Shared && len(r.others.met) > 0 {
		r.part()
	}
}

// alone: nobody else has the room.
func (r *Replica) alone() {
	r.mode, r.at.name, r.at.over = Alone, "", r.at.last
	r.trust.doubt, r.others.deafPeer, r.others.unknownPeer, r.held = none, false, false, nil
	r.trust.owed = true // whoever had it may have written more than they told
	r.shareAll()
}

// Dead is told that another node is no more. It says whether that is believed:
// a node that was heard a moment ago has come back (F14).
func (r *Replica) Dead(node string) bool {
	if r.world.Now().Sub(r.others.met[node]) < heardFor {
		return false
	}
	was := r.mode
	if r.Gone(node); r.mode == Alone && was != Alone {
		r.world.Renumber() // should it be wrong
	}
	return true
}

// Gone is told that another node has put the room down.
func (r *Replica) Gone(node string) {
	if _, known := r.others.met[node]; !known {
		return
	}
	delete(r.others.met, node)
	delete(r.others.decided, node)
	if len(r.others.met) == 0 && !r.question.open {
		r.alone()
	}
}

// Bye tells the others that this node puts the room down.
func (r *Replica) Bye() {
	if r.mode == Shared || len(r.others.met) > 0 {
		_ = r.publish(&message{T: kindBye}) // they notice without it, later
	}
}

// SetDeafPeer says whether some node that has the room cannot hear this one, though the
// relay takes messages: nobody who may be connected there is put out. What is
// said meanwhile is told to it when it asks.
func (r *Replica) SetDeafPeer(some bool) {
	if r.others.deafPeer && !some {
		r.trust.graceUntil = r.world.Now().Add(graceFor)
	}
	r.others.deafPeer = some
}
