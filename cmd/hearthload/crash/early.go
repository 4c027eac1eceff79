package crash

import (
	"bytes"
	"encoding/json"
	"fmt"
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
			if seq, seen := effect(rooms[p.Session], p.Seat, s, next); seen {
				c.find("too early", "frame %d showed the hand of command %s, which the journal does not hold", seq, s.ID)
			}
		}
	}
}

// earlyNames looks for names that were shown and not kept. Every name is asked
// for once, so that there is no doubt about its cause.
func (c *Checker) earlyNames(people []Person, places map[string]map[Key]place) {
	for _, p := range people {
		for _, s := range p.Book.Sent {
			if s.Verb != "rename" {
				continue
			}
			var asked struct{ Name string }
			if _, kept := places[p.Session][Key{p.Seat, s.ID}]; kept || json.Unmarshal(s.Msg, &asked) != nil {
				continue
			}
			if seq, seen := named(people, p.Session, asked.Name); seen {
				c.find("too early", "frame %d showed the name of command %s, which the journal does not hold", seq, s.ID)
			}
		}
	}
}

// named says whether anybody in the session was shown the name.
func named(people []Person, session, name string) (int64, bool) {
	quoted := []byte(fmt.Sprintf(`"name":%q`, name))
	for _, p := range people {
		for _, s := range p.Book.Seen {
			if p.Session == session && bytes.Contains(s.Seats, quoted) {
				return s.Seq, true
			}
		}
	}
	return 0, false
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
func effect(list []shown, seat string, s drive.Sent, next time.Time) (int64, bool) {
	name := []byte(fmt.Sprintf("%q", seat))
	i, _ := slices.BinarySearchFunc(list, s.At, func(a shown, at time.Time) int { return a.at.Compare(at) })
	var last int64 = -1
	for j := i - 1; j >= 0 && list[j].epoch == s.Epoch; j-- {
		if list[j].seq > last {
			last = list[j].seq
			if bytes.Contains(list[j].next, name) {
				return 0, false // was there already, as far as anybody knew
			}
		}
	}
	for ; i < len(list) && strings.Compare(list[i].epoch, s.Epoch) == 0; i++ {
		if s.Answered && list[i].at.After(s.AnsAt) && s.Code != "" || !next.IsZero() && list[i].at.After(next) {
			return 0, false
		}
		if list[i].seq > last && bytes.Contains(list[i].next, name) {
			return list[i].seq, true
		}
	}
	return 0, false
}
