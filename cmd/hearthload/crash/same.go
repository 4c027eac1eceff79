package crash

import (
	"slices"
	"time"

	"hearth/cmd/hearthload/drive"
)

// sameFrames checks that people who saw the room at one time saw the same frames
// of it in the same order (R3). Numbers cannot tell which frame is which, they are
// each seat's own; so what one person saw without a break is laid beside what others saw.
func (c *Checker) sameFrames(people []Person) {
	type room struct{ session, epoch string }
	known, twice := map[room][]run{}, c.shownTwice(people)
	for _, p := range people {
		for _, r := range c.runs(p) {
			at := room{p.Session, r[0].Epoch}
			list, apart := join(known[at], r, twice)
			known[at] = list
			if apart != nil {
				c.find("frames", "session %s: frames of the room are not the same for everybody: %s saw another one than frame %d%s",
					p.Session, p.Seat, apart.two.Seq, beside(apart.one, apart.two))
			}
		}
	}
}

// shownTwice are the frames that look like one that somebody was shown before:
// they do not tell where in the stream they are.
func (c *Checker) shownTwice(people []Person) map[uint64]bool {
	twice := map[uint64]bool{}
	for _, p := range people {
		once := map[uint64]bool{}
		for _, r := range c.runs(p) {
			for _, s := range r {
				twice[s.Sum] = twice[s.Sum] || once[s.Sum]
				once[s.Sum] = once[s.Sum] || !stands(s)
			}
		}
	}
	return twice
}

// run is what one person saw of the room's stream without a break.
type run []drive.Seen

// stands says whether a frame may stand for another: only its number went out, or
// it was told again without its sections.
func stands(s drive.Seen) bool { return s.Again || s.Bare }

// together says whether two frames are numbered from one place. A node that may
// not know what others have shown goes on from a place that nobody else uses
// (hub/runtime/apart.go, docs/protocol.md): what it shows until they find each other is
// its own. Places are 32 bits drawn by chance; from one, seats count apart by no
// more than what was sent to one of them alone.
func together(a, b drive.Seen) bool {
	const most = 1 << 20
	d := int32(uint32(a.Seq) - uint32(b.Seq)) //nolint:gosec // the low bits are meant
	return -most < d && d < most
}

// runs cuts what a person saw where something may be missing, and where the
// numbers go on from another place.
func (c *Checker) runs(p Person) (all []run) {
	var now run
	end := func() {
		if slices.ContainsFunc(now, func(s drive.Seen) bool { return !stands(s) }) {
			all = append(all, now)
		}
		now = nil
	}
	for _, s := range p.Book.Seen {
		switch {
		case s.To == drive.NoStream || c.Unlike != nil && c.Unlike(p.Session, s.At),
			len(now) > 0 && (now[0].Epoch != s.Epoch || !together(now[len(now)-1], s)):
			end()
		}
		if s.To == drive.RoomStream && (c.Unlike == nil || !c.Unlike(p.Session, s.At)) {
			now = append(now, s)
		}
	}
	end()
	return all
}

// difference is two frames that should be one.
type difference struct{ one, two drive.Seen }

// join lays a run beside those that are known, and makes one of those that
// belong together.
func join(known []run, r run, twice map[uint64]bool) (list []run, apart *difference) {
	for i, k := range known {
		at, found, diff := lie(k, r, twice)
		if diff != nil && apart == nil {
			apart = diff
		}
		if !found {
			continue
		}
		whole := merge(k, r, at)
		return join(slices.Delete(known, i, i+1), whole, twice) // it may belong to another one too
	}
	return append(known, r), apart
}

// lie finds where r lies beside k: r[0] beside k[at]. Where they share a frame that
// nobody was shown twice and lie nowhere without a difference, it gives one.
func lie(k, r run, twice map[uint64]bool) (at int, found bool, diff *difference) {
	where := map[uint64][]int{}
	for i, s := range k {
		if !stands(s) && !twice[s.Sum] {
			where[s.Sum] = append(where[s.Sum], i)
		}
	}
	tried := map[int]bool{}
	for j, s := range r {
		if stands(s) {
			continue
		}
		for _, i := range where[s.Sum] {
			if at := i - j; !tried[at] && together(k[i], s) {
				tried[at] = true
				d := differ(k, r, at)
				if d == nil {
					return at, true, nil
				}
				if diff == nil && overlap(k, r) && k[i].At.Sub(s.At).Abs() <= apartBy {
					diff = d
				}
			}
		}
	}
	return 0, false, diff
}

// apartBy is how far apart in time two people are shown one frame at most.
const apartBy = 5 * time.Second

// overlap says whether there was a time in which both looked. Numbers are each
// seat's own, so frames that look alike are one frame only then.
func overlap(k, r run) bool {
	return !k[len(k)-1].At.Before(r[0].At) && !r[len(r)-1].At.Before(k[0].At)
}

func differ(k, r run, at int) *difference {
	for j := max(0, -at); j < len(r) && at+j < len(k); j++ {
		if a, b := k[at+j], r[j]; !stands(a) && !stands(b) && a.Sum != b.Sum {
			return &difference{a, b}
		}
	}
	return nil
}

// merge is the longest of both, with each frame as somebody saw it whole.
func merge(k, r run, at int) run {
	if at < 0 {
		k, r, at = r, k, -at
	}
	whole := slices.Clone(k)
	for j, s := range r {
		switch {
		case at+j >= len(whole):
			whole = append(whole, s)
		case stands(whole[at+j]):
			whole[at+j] = s
		}
	}
	return whole
}
