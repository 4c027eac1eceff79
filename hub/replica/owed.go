package replica

import (
	"slices"

	"hearth/room"
)

// What this node owes the others: words of its own that some node may lack.

// late are the words that wait for other nodes.
func (r *Replica) late() (events []room.Event) {
	for _, w := range r.words.list {
		switch {
		case w.shared:
		case w.gone:
			events = append(events, room.Unsaid{IDs: []string{w.event.ID}})
		default:
			events = append(events, w.event)
		}
	}
	return events
}

// tellLate gives the others the words that waited for them.
func (r *Replica) tellLate() {
	r.fade(r.world.Now())
	for range mostTries {
		events := r.late()
		if len(events) == 0 || r.mode != Shared || r.trust.unsure {
			return
		}
		m := &message{T: kindBatch, batch: batch{Now: r.world.Now().UnixNano(), After: r.Form, Late: true}}
		for _, w := range r.words.list {
			m.Unheard = m.Unheard || w.unheard
		}
		if r.tell(m, events, func() { r.share(events) }) == lost {
			r.part()
		}
	}
}

// share: the others have these words now, and know what was taken back.
func (r *Replica) share(events []room.Event) {
	told := map[string]bool{}
	for _, e := range events {
		switch e := e.(type) {
		case room.Said:
			told[e.ID] = true
		case room.Unsaid:
			told[e.IDs[0]] = true
		}
	}
	for i := range r.words.list {
		if w := &r.words.list[i]; told[w.event.ID] {
			w.shared, w.again, w.unheard = !w.again, false, false
		}
	}
}

// owe lets words be told, perhaps once more.
func (r *Replica) owe(w *said) { w.shared, w.again = false, r.telling }

// oweSince: a node comes back that has heard nothing since a moment, in Unix (0: ever)
// nanoseconds. What was said here since is told again before anything new, so
// that everybody is heard in order; whose people have heard it, let it pass.
func (r *Replica) oweSince(moment int64) {
	since := room.Millis(moment/1e6 - 2000) // clocks differ
	for i := range r.words.list {
		if w := &r.words.list[i]; w.event.At >= since {
			w.event.ID = r.knownAs(w.event.ID)
			r.owe(w)
		}
	}
}

// knownAs is the id by which words of this node are known: a command that was done here
// and elsewhere has an id of each node, and what stands in its place is told by that one.
func (r *Replica) knownAs(id string) string {
	if r.State.Knows(id) {
		return id
	}
	for _, k := range r.words.keys {
		if k.ID != id {
			continue
		}
		for _, o := range r.words.keys {
			if o.Key == k.Key && r.State.Knows(o.ID) {
				return o.ID
			}
		}
	}
	return id
}

// shareAll: the others have everything now.
func (r *Replica) shareAll() {
	for i := range r.words.list {
		r.words.list[i].shared, r.words.list[i].unheard = true, false
	}
}

// unheard: others have told this node of its own words, and its people have not
// been shown them.
func (r *Replica) unheard(id string) {
	for i := range r.words.list {
		if w := &r.words.list[i]; w.event.ID == id {
			w.shared, w.unheard = false, true
		}
	}
}

// hearMissing: another node asks for words; those said here are told again. What
// was said here and on a node that has lost it is told by the id it has there.
func (r *Replica) hearMissing(ids []string) {
	for i := range r.words.list {
		w := &r.words.list[i]
		if id := r.nameElsewhere(w.event.ID, ids); id != "" && !r.State.Knows(w.event.ID) {
			w.event.ID = id
		}
		if slices.Contains(ids, w.event.ID) {
			r.owe(w)
		}
	}
}

// nameElsewhere finds the id among ids under which the command of some words was
// done on another node; "" if there is none.
func (r *Replica) nameElsewhere(id string, ids []string) string {
	for _, k := range r.words.keys {
		if k.ID != id {
			continue
		}
		for _, o := range r.words.keys {
			if o.Key == k.Key && o.ID != id && slices.Contains(ids, o.ID) {
				return o.ID
			}
		}
	}
	return ""
}
