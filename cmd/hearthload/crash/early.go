package crash

import (
	"bytes"
	"encoding/json"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"hearth/cmd/hearthload/drive"
)

// sure is how long a person's earlier commands must have been answered before
// a change in the queue is put down to the next one.
const sure = 50 * time.Millisecond

// early finds effects that people saw although the journal does not hold their
// cause: a name that nobody else can have asked for, or a hand among the names
// up next, whose command was never kept.
//
// Only raised hands are looked at, and only where nothing else can have put
// the name there: the person's earlier commands were answered, and in the last
// frame before the hand the name was not there.
func (c *Checker) early(people []Person, places map[string]map[Key]place) {
	rooms := map[string][]shown{}
	for _, p := range people {
		for _, s := range p.Book.Seen {
			if s.Next != nil {
				rooms[p.Session] = append(rooms[p.Session], shown{s.At, s.Epoch, s.Seq, s.Next})
			}
		}
	}
	for _, list := range rooms {
		slices.SortFunc(list, func(a, b shown) int { return a.at.Compare(b.at) })
	}
	c.earlyNames(people, places)
	for _, p := range people {
		for i, s := range p.Book.Sent {
			if s.Verb != "hand" || !bytes.Contains(s.Msg, []byte(`"up":true`)) {
				continue
			}
			if c.Unlike != nil && c.Unlike(p.Session, s.At) {
				continue // two servers show the room in turns of their own
			}
			if _, kept := places[p.Session][Key{p.Seat, s.ID}]; kept || s.Waits > 0 || !calm(p.Book.Sent[:i], s.At) {
				continue
			}
			var next time.Time // whatever comes after the person's next command may be its doing
			if i+1 < len(p.Book.Sent) {
				next = p.Book.Sent[i+1].At
			}
			if frame, seen := effect(rooms[p.Session], p.Seat, s, next); seen {
				c.find("too early", "frame %d showed the hand of command %s (seat %s) %s after it was sent at %s (answer %q), which the journal does not hold",
					frame.seq, s.ID, p.Seat, frame.at.Sub(s.At), s.At.Format("15:04:05.000"), s.Code)
			}
		}
	}
}

// earlyNames looks for names that were shown and not kept. Every name is asked
// for once, so that there is no doubt about its cause.
func (c *Checker) earlyNames(people []Person, places map[string]map[Key]place) {
	unkept := map[string]map[string]string{} // by session: the name, as frames write it, and its command
	for _, p := range people {
		for _, s := range p.Book.Sent {
			if s.Verb != "rename" {
				continue
			}
			var asked struct{ Name string }
			if _, kept := places[p.Session][Key{p.Seat, s.ID}]; kept || json.Unmarshal(s.Msg, &asked) != nil {
				continue
			}
			if unkept[p.Session] == nil {
				unkept[p.Session] = map[string]string{}
			}
			unkept[p.Session][fmt.Sprintf("%q", asked.Name)] = s.ID
		}
	}
	// Each frame is read once, however many names were not kept: what was seen
	// and what was sent both grow with the run.
	for _, p := range people {
		names := unkept[p.Session]
		for _, s := range p.Book.Seen {
			if len(names) == 0 {
				break
			}
			for name := range shownNames(s.Seats) {
				if id, early := names[string(name)]; early {
					c.find("too early", "frame %d showed the name of command %s, which the journal does not hold", s.Seq, id)
					delete(names, string(name))
				}
			}
		}
	}
}

// shownNames goes through the names in a section of seats, in quotes. A name
// has no quotes of its own: the driver makes names of letters, digits and spaces.
func shownNames(seats []byte) iter.Seq[[]byte] {
	const field = `"name":`
	return func(yield func([]byte) bool) {
		for {
			_, rest, found := bytes.Cut(seats, []byte(field+`"`))
			end := bytes.IndexByte(rest, '"')
			if !found || end < 0 {
				return
			}
			if !yield(seats[len(seats)-len(rest)-1 : len(seats)-len(rest)+end+1]) {
				return
			}
			seats = rest[end+1:]
		}
	}
}

type shown struct {
	at    time.Time
	epoch string
	seq   int64
	next  []byte
}

// calm says whether everything sent before had been answered for a while.
func calm(before []drive.Sent, at time.Time) bool {
	for _, b := range before[max(0, len(before)-8):] {
		if !b.Answered || at.Sub(b.AnsAt) < sure {
			return false
		}
	}
	return true
}

// effect says whether the seat came among the names up next after s was sent,
// in the epoch in which it was sent and before next, unless that is zero.
func effect(list []shown, seat string, s drive.Sent, next time.Time) (shown, bool) {
	name := []byte(fmt.Sprintf("%q", seat))
	i, _ := slices.BinarySearchFunc(list, s.At, func(a shown, at time.Time) int { return a.at.Compare(at) })
	var last int64 = -1
	for j := i - 1; j >= 0 && list[j].epoch == s.Epoch; j-- {
		if list[j].seq > last {
			last = list[j].seq
			if bytes.Contains(list[j].next, name) {
				return shown{}, false // was there already, as far as anybody knew
			}
		}
	}
	for ; i < len(list) && strings.Compare(list[i].epoch, s.Epoch) == 0; i++ {
		if s.Answered && list[i].at.After(s.AnsAt) && s.Code != "" || !next.IsZero() && list[i].at.After(next) {
			return shown{}, false
		}
		if list[i].seq > last && bytes.Contains(list[i].next, name) {
			return list[i], true
		}
	}
	return shown{}, false
}
