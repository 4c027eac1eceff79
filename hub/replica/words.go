package replica

import (
	"hash/fnv"
	"maps"
	"slices"
	"strconv"
	"time"

	"hearth/hub/journal/kept"
	"hearth/room"
)

// words are those said on this node lately. Words must reach every node that has
// the room, once; what else is passing may be replaced by what another node
// knows, when nodes find each other again, but not words: the node they were
// said on sees to it that they are told (T13).
type words struct {
	list    []said
	keys    []named                // which command each of the words said lately came of, here or elsewhere
	missing map[string]room.Millis // words that others know of and this node has not been told, and when they were said
	asked   time.Time              // for them
	since   time.Time              // this node has the room; what was said before was not for its people (R6)
	next    int32                  // number of this node's last words; 0: they are counted by the state
}

// said is words that somebody said here, or took back here.
type said struct {
	event   room.Said
	gone    bool // taken back
	shared  bool // the others have it
	again   bool // asked for while it was being told: whoever asked may lack it still
	unheard bool // not even the people here have been shown it
}

// named says which words came of a command.
type named struct {
	Key kept.CommandKey
	ID  string
	At  room.Millis
}

// mostLate bounds the words that are kept for other nodes.
const mostLate = 512

// ownNumbers lets words said here be numbered from a place nobody else uses, so
// that two words never have one id, whatever the nodes know of each other (T6:
// taking back must find the right ones).
func (r *Replica) ownNumbers() {
	if r.words.next != 0 {
		return
	}
	sum := fnv.New64a() // a place in the numbers drawn by chance
	_, _ = sum.Write([]byte(r.world.NewID()))
	r.words.next = int32(sum.Sum64()>>20%2_000_000_000) + 1_000_000
}

// nameWords gives words the ids that come after so many words.
func (r *Replica) nameWords(events []room.Event, after int32) {
	if after == 0 {
		return
	}
	for i, e := range events {
		if w, ok := e.(room.Said); ok {
			after++
			w.ID = wordID(after)
			events[i] = w
		}
	}
	r.words.next = max(r.words.next, after)
}

func wordID(number int32) string { return "w" + strconv.Itoa(int(number)) }

// keepWords remembers what was just said or taken back here.
func (r *Replica) keepWords(now time.Time, events []room.Event) {
	shared := r.mode != Apart
	for _, e := range events {
		switch e := e.(type) {
		case room.Said:
			r.words.list = append(r.words.list, said{event: e, shared: shared})
			if r.mode != Shared { // a batch names them itself
				r.words.keys = append(r.words.keys, named{r.command.key, e.ID, e.At})
			}
		case room.Unsaid:
			for _, id := range e.IDs {
				if !r.forget(id, shared) {
					w := room.Said{Words: room.Words{ID: id, At: room.Millis(now.UnixMilli())}}
					r.words.list = append(r.words.list, said{event: w, gone: true, shared: shared})
				}
			}
		}
	}
	r.fade(now)
}

// forget drops the text of words that were taken back. False: they are not kept.
func (r *Replica) forget(id string, shared bool) bool {
	for i := range r.words.list {
		if w := &r.words.list[i]; w.event.ID == id {
			w.event.Text, w.gone, w.shared = "", true, shared
			return true
		}
	}
	return false
}

// Fade drops words that have been kept for as long as words live (T13), and now
// and then tells the other nodes where this one stands, so that a message that
// was lost is noticed. Call it after each round of work.
func (r *Replica) Fade(now time.Time) {
	r.fade(now)
	if r.mode != Shared || r.trust.unsure {
		return
	}
	r.askMissing()
	if r.at.chain == r.others.markedAt || now.Before(r.others.marked.Add(markEvery)) {
		return
	}
	r.others.marked, r.others.markedAt = now, r.at.chain
	if r.publish(&message{T: kindMark, Stream: r.at.name, Pos: r.at.pos, Chain: r.at.chain}) != nil {
		r.trust.unsure = true
	}
}

func (r *Replica) fade(now time.Time) {
	oldest := room.Millis(now.Add(-r.State.Form.Rules.Tail).UnixMilli())
	r.words.list = faded(r.words.list, func(w said) bool { return w.event.At < oldest })
	r.words.keys = faded(r.words.keys, func(k named) bool { return k.At < oldest })
	for id, at := range r.words.missing {
		if at < oldest {
			delete(r.words.missing, id)
		}
	}
}

// faded drops what is too old, or too much, from the front.
func faded[T any](list []T, old func(T) bool) []T {
	drop := max(0, len(list)-mostLate)
	for drop < len(list) && old(list[drop]) {
		drop++
	}
	clear(list[:drop])
	if drop == len(list) {
		return nil
	}
	return list[drop:]
}

// compareWords follows a state that came from another node, in the place of one
// that knew some words. What was said here and is not known there is told again;
// what is known there and was not told here is asked for. Words of one command
// count as the same, wherever it was done.
func (r *Replica) compareWords(had []room.Word, theirs []named) {
	other := map[kept.CommandKey]string{}
	for _, k := range theirs {
		other[k.Key] = k.ID
	}
	have := map[string]bool{}
	for _, w := range had {
		have[wordID(w.No)] = true
	}
	for _, k := range r.words.keys {
		have[other[k.Key]] = true
	}
	for i := range r.words.list {
		w := &r.words.list[i]
		known := r.State.Knows(w.event.ID)
		switch {
		case w.event.Words.Kind == room.SayNudge: // no state knows of them
		case w.gone:
			w.shared = !known || r.State.TakenBack(w.event.ID)
		default:
			// To know of words is not to have heard them: what is owed stays owed.
			w.shared = !w.unheard && (w.shared && known || r.elsewhereToo(w.event.ID, other))
		}
	}
	if r.words.missing == nil {
		r.words.missing = map[string]room.Millis{}
	}
	for _, w := range r.State.Live.Words {
		if id := wordID(w.No); !w.Gone && !have[id] && int64(w.At) >= r.words.since.UnixMilli() {
			r.words.missing[id] = w.At
		}
	}
	ours := map[kept.CommandKey]bool{}
	for _, k := range r.words.keys {
		ours[k.Key] = true
	}
	for _, k := range theirs {
		if slices.Contains(r.words.keys, k) {
			continue
		}
		r.words.keys = append(r.words.keys, k)
		if !ours[k.Key] {
			r.world.Passed(k.Key) // whoever says it again here has been heard there
			r.DoneElsewhere(k.Key)
		}
	}
	r.fade(r.world.Now())
}

// elsewhereToo: the command that words of this node came of was done on another
// node as well.
func (r *Replica) elsewhereToo(id string, other map[kept.CommandKey]string) bool {
	for _, k := range r.words.keys {
		if k.ID == id {
			return other[k.Key] != id && r.State.Knows(other[k.Key])
		}
	}
	return false
}

// heardWords: words have come that may have been missing.
func (r *Replica) heardWords(m *message, events []room.Event) {
	for _, e := range events {
		switch e := e.(type) {
		case room.Said:
			delete(r.words.missing, e.ID)
			if m.Key != nil {
				r.words.keys = append(r.words.keys, named{*m.Key, e.ID, e.At})
			}
		case room.Unsaid:
			for _, id := range e.IDs {
				delete(r.words.missing, id)
				if m.Node != r.node {
					r.forget(id, true)
				}
			}
		}
	}
}

// askMissing asks for words that have not been told here.
func (r *Replica) askMissing() {
	now := r.world.Now()
	if len(r.words.missing) == 0 || now.Before(r.words.asked.Add(markEvery)) {
		return
	}
	r.words.asked = now
	if r.publish(&message{T: kindMiss, IDs: slices.Sorted(maps.Keys(r.words.missing))}) != nil {
		r.trust.unsure = true
	}
}

// catchUp waits a moment for words that others have heard, so that nobody here
// says, or hears, anything new before them.
func (r *Replica) catchUp() {
	if r.mode != Shared || len(r.words.missing) == 0 {
		return
	}
	r.askMissing()
	for until := r.world.Now().Add(askFor); len(r.words.missing) > 0 && !r.trust.unsure; {
		heard, ok := r.world.Hear(max(0, until.Sub(r.world.Now())))
		if !ok {
			return
		}
		r.take(heard)
	}
}

// Known gives the words that have been said lately, by id, and when.
func (r *Replica) Known() map[string]room.Millis {
	known := make(map[string]room.Millis, len(r.State.Live.Words))
	for _, w := range r.State.Live.Words {
		known[wordID(w.No)] = w.At
	}
	return known
}

// Waiting says whether words wait for nodes that cannot be reached.
func (r *Replica) Waiting() bool {
	for i := range r.words.list {
		if !r.words.list[i].shared {
			return true
		}
	}
	return false
}
