package fanout

import (
	"slices"
	"time"

	"hearth/room"
)

// sent is one numbered frame that a broken connection may ask for again.
type sent struct {
	t        string
	to       room.Audience
	words    string // id of the words in it; empty for form
	at       time.Time
	body     []byte // without its sections; nil: the words are gone, the place in the stream stays
	sections bool   // it had sections
}

// ring keeps the newest frames of one room, in order, for resuming (T13). Words
// leave it after their time or when they are unsaid; an empty frame stands in for
// them, so that nobody's numbers get a gap. The numbers themselves are each
// seat's own (see [Place]), and are counted back from its newest. It belongs to the
// room's worker.
type ring struct {
	max   int
	start int // index of the oldest
	fresh int // index of the first whose words may still be here
	list  []sent
}

// add keeps a frame. Its line is its own slice: form must not hold on to a
// buffer in which words stand beside it.
func (r *ring) add(k sent) {
	r.list = append(r.list, k)
	for len(r.list)-r.start > r.max {
		r.list[r.start] = sent{}
		r.start++
	}
	r.fresh = max(r.fresh, r.start)
	if r.start > r.max { // half of the slice is empty: move down, amortised O(1)
		n := copy(r.list, r.list[r.start:])
		clear(r.list[n:])
		r.list = r.list[:n]
		r.fresh -= r.start
		r.start = 0
	}
}

// forget takes away words that were said before a moment and says when the next
// words are to go; ok is false when none are left.
func (r *ring) forget(before time.Time) (next time.Time, ok bool) {
	for ; r.fresh < len(r.list); r.fresh++ {
		k := &r.list[r.fresh]
		if k.words == "" || k.body == nil {
			continue
		}
		if k.at.After(before) {
			return k.at, true
		}
		k.body = nil
	}
	return time.Time{}, false
}

// unsay takes away words by their id.
func (r *ring) unsay(id string) {
	for i := len(r.list) - 1; i >= r.fresh; i-- {
		if r.list[i].words == id {
			r.list[i].body = nil
		}
	}
}

// back is where the newest frames begin of which a seat was sent a given count;
// ok is false when not as many are still here.
func (r *ring) back(count int64, p *Place) (from int, ok bool) {
	from = len(r.list)
	for ; count > 0 && from > r.start; from-- {
		if k := &r.list[from-1]; p.sees(k.to) {
			count--
		}
	}
	return from, count == 0
}

// headLength is about what a head and a line's end take.
const headLength = 48

// viewLength is about what a view of a room of twelve takes.
const viewLength = 2 << 10

// appendMissed appends the frames from an index on that the audiences of a seat
// were sent, one line each, numbered on from what it has. Their sections are not
// kept: the last frame of a stream that had any brings all of them, as shown
// says they are now. So the ring stays small, and what a person missed is never much
// longer than what there is to see.
func (r *ring) appendMissed(b []byte, from int, has int64, p *Place, shown room.Snapshot) []byte {
	missed := r.list[from:]
	var last [room.AudienceKinds]int // index + 1
	size := 0
	for i := range missed {
		k := &missed[i]
		if !p.sees(k.to) {
			continue
		}
		if size += len(k.body) + headLength; k.sections {
			last[k.to.Kind] = i + 1
		}
	}
	if last != [room.AudienceKinds]int{} {
		size += viewLength
	}
	b = slices.Grow(b, size)
	for i := range missed {
		k := &missed[i]
		if !p.sees(k.to) {
			continue
		}
		n := p.after(has)
		has = n.seq
		b = append(b, '\n')
		if k.body == nil {
			b = append(appendHead(b, frameSet, k.to.Kind, n), emptyBody...)
			continue
		}
		b = append(appendHead(b, k.t, k.to.Kind, n), k.body...)
		if k.sections && last[k.to.Kind] == i+1 {
			b = append(b[:len(b)-1], `,"set":`...)
			b = append(appendView(b, shown[k.to.Kind]), '}')
		}
	}
	return b
}
