package hub

import (
	"slices"
	"sort"
	"time"

	"hearth/room"
)

// sent is one numbered frame that a broken connection may ask for again.
type sent struct {
	seq, prev int64
	to        room.AudienceKind
	seat      room.SeatID // ToMe
	words     string      // id of the words in it; empty for form
	at        time.Time
	line      []byte // without its sections; nil: the words are gone, the place in the stream stays
	sections  bool   // it had sections
}

// ring keeps the newest frames of one room, in order, for resuming (T13). Words
// leave it after their time or when they are unsaid; an empty frame with the
// same numbers stands in for them, so that no stream gets a gap. It belongs to
// the room's worker.
type ring struct {
	max   int
	start int // index of the oldest
	fresh int // index of the first whose words may still be here
	list  []sent
	lost  int64 // number of the newest frame that has fallen out
}

// add keeps a frame. Its line is its own slice: form must not hold on to a
// buffer in which words stand beside it.
func (r *ring) add(k sent) {
	r.list = append(r.list, k)
	for len(r.list)-r.start > r.max {
		r.lost = r.list[r.start].seq
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
		if k.words == "" || k.line == nil {
			continue
		}
		if k.at.After(before) {
			return k.at, true
		}
		k.line = nil
	}
	return time.Time{}, false
}

// unsay takes away words by their id.
func (r *ring) unsay(id string) {
	for i := len(r.list) - 1; i >= r.fresh; i-- {
		if r.list[i].words == id {
			r.list[i].line = nil
		}
	}
}

// whole says whether every frame after a number is still here.
func (r *ring) whole(after int64) bool { return after >= r.lost }

// viewLength is about what a view of a room of twelve takes.
const viewLength = 2 << 10

// appendMissed appends the frames after a number that the audiences of a seat
// were sent, one line each. Their sections are not kept: the last frame of a
// stream that had any brings all of them, as view says they are now. So the ring
// stays small, and what a person missed is never much longer than what there is
// to see.
func (r *ring) appendMissed(b []byte, after int64, p *place, view func([]byte, room.AudienceKind) []byte) []byte {
	missed := r.list[r.start:]
	missed = missed[sort.Search(len(missed), func(i int) bool { return missed[i].seq > after }):]
	var last [room.ToMe + 1]int64
	size := 0
	for i := range missed {
		k := &missed[i]
		if !p.sees(k.to, k.seat) {
			continue
		}
		if size += len(k.line) + 1; k.sections {
			last[k.to] = k.seq
		}
	}
	if last != [room.ToMe + 1]int64{} {
		size += viewLength
	}
	b = slices.Grow(b, size)
	for i := range missed {
		k := &missed[i]
		if !p.sees(k.to, k.seat) {
			continue
		}
		b = append(b, '\n')
		if k.line == nil {
			b = append(appendHead(b, "set", k.to, k.seq, k.prev), '}')
			continue
		}
		b = append(b, k.line...)
		if k.sections && k.seq == last[k.to] {
			b = append(b[:len(b)-1], `,"set":`...)
			b = append(view(b, k.to), '}')
		}
	}
	return b
}
