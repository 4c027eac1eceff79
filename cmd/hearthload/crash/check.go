// Package crash kills hearth again and again under load and checks that what
// it promised is true (promises R1, R2, R3, R7; F1, F2).
package crash

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"hearth/cmd/hearthload/drive"
)

// Person is one member's side of the story.
type Person struct {
	Session, Seat string
	Book          *drive.Book
}

// Finding is one broken promise.
type Finding struct {
	Promise string // "lost", "doubled", "order", "gap", "frames", "too early", "answer"
	What    string
}

func (f Finding) String() string { return f.Promise + ": " + f.What }

// most findings of one promise that are kept; one is enough to fail.
const most = 20

// Checker compares what people were told with what the journal holds. It is
// for one goroutine; the books must be still.
type Checker struct {
	Found  []Finding
	Counts Counts
	// Unlike, when set, names frames that need not be the same for everybody.
	Unlike func(session string, at time.Time) bool
	before map[string][]Row // the journals at the last check
}

// Counts say how much was checked, so that a checker that saw nothing cannot
// pass.
type Counts struct {
	Sent, Acked, Durable, Refused, Open int
	Again, Repeated                     int // sent again after a kill; answered twice
	Rows, Frames                        int
	Verbs                               map[string]int // durable, by verb
}

func (c *Checker) find(promise, format string, args ...any) {
	n := 0
	for _, f := range c.Found {
		if f.Promise == promise {
			n++
		}
	}
	if n < most {
		c.Found = append(c.Found, Finding{promise, fmt.Sprintf(format, args...)})
	}
}

// place is where a command's rows stand in a journal.
type place struct {
	first, last int64
	rows        int
	own         int64 // counts the commands of its seat
}

// Check looks at everything up to now. now holds the journals of a dead server.
func (c *Checker) Check(people []Person, now map[string][]Row) {
	c.Counts = Counts{Verbs: map[string]int{}}
	places := map[string]map[Key]place{}
	for s, rows := range now {
		places[s] = c.rows(s, rows)
	}
	for _, p := range people {
		c.commands(p, places[p.Session])
		c.answers(p)
		c.chain(p)
	}
	c.sameFrames(people)
	c.early(people, places)
	c.before = now
}

// rows checks one journal by itself: gapless, each command in one place,
// nothing that was there before gone or changed.
func (c *Checker) rows(session string, rows []Row) map[Key]place {
	at, own := map[Key]place{}, map[string]int64{}
	for i, r := range rows {
		c.Counts.Rows++
		if r.Seq != int64(i)+1 {
			c.find("gap", "session %s: row %d where %d should be", session, r.Seq, i+1)
			break
		}
		p, known := at[r.Key]
		switch {
		case !known:
			own[r.Key.Seat]++
			at[r.Key] = place{r.Seq, r.Seq, 1, own[r.Key.Seat]}
		case p.last == r.Seq-1:
			at[r.Key] = place{p.first, r.Seq, p.rows + 1, p.own}
		default:
			c.find("doubled", "session %s: command %s at %d and again at %d", session, r.Key.ID, p.last, r.Seq)
		}
	}
	was := c.before[session]
	if len(rows) < len(was) {
		c.find("lost", "session %s: %d rows, there were %d", session, len(rows), len(was))
	}
	for i := range min(len(rows), len(was)) {
		if rows[i] != was[i] {
			c.find("lost", "session %s: row %d is not what it was", session, i+1)
			break
		}
	}
	return at
}

// commands checks that every durable acknowledgement stands in the journal,
// at the number it named, and that one person's commands kept their order.
func (c *Checker) commands(p Person, at map[Key]place) {
	var last int64
	for _, s := range p.Book.Sent {
		c.Counts.Sent++
		c.Counts.Again += s.Again
		switch {
		case !s.Answered:
			c.Counts.Open++
			continue
		case s.Code != "":
			c.Counts.Refused++
			if _, there := at[Key{p.Seat, s.ID}]; there && s.Again == 0 {
				c.find("answer", "command %s (%s) was refused (%s) and is in the journal", s.ID, s.Verb, s.Code)
			}
			continue
		}
		c.Counts.Acked++
		if s.Form == 0 {
			continue
		}
		c.Counts.Durable++
		c.Counts.Verbs[s.Verb]++
		where, there := at[Key{p.Seat, s.ID}]
		switch {
		case !there:
			c.find("lost", "command %s (%s) was acknowledged as %d and is not in the journal", s.ID, s.Verb, s.Form)
			continue
		case where.own != s.Form:
			c.find("lost", "command %s (%s) was acknowledged as %d and stands at %d of its seat", s.ID, s.Verb, s.Form, where.own)
		}
		// A command that was sent again may have been refused the first time,
		// unheard, and taken the second time, behind later ones.
		if s.Again > 0 {
			continue
		}
		if s.Form <= last {
			c.find("order", "command %s (%s) stands at %d, an earlier one of the same person at %d", s.ID, s.Verb, s.Form, last)
		}
		last = max(last, s.Form)
	}
}

// answers checks that a repeated command was answered alike.
func (c *Checker) answers(p Person) {
	c.Counts.Repeated += p.Book.Repeats
	for _, m := range p.Book.Mixed {
		c.find("answer", "%s", m)
	}
}

// chain checks that nothing is missing between the frames of one person.
func (c *Checker) chain(p Person) {
	var chain drive.Chain
	epoch := ""
	for _, s := range p.Book.Seen {
		if s.To == drive.NoStream {
			chain.Snapshot(s.Seq)
			epoch = s.Epoch
			continue
		}
		c.Counts.Frames++
		if s.Epoch != epoch {
			c.find("frames", "seat %s: a frame of epoch %s without a snapshot of it", p.Seat, s.Epoch)
			epoch = s.Epoch
			chain.Snapshot(s.Seq)
			continue
		}
		if err := chain.Follow(drive.Head{To: s.To, Seq: s.Seq, Prev: s.Prev}); err != nil {
			c.find("frames", "seat %s: %v", p.Seat, err)
		}
	}
}

// beside shows two frames, if they were kept.
func beside(a, b drive.Seen) string {
	if a.Line == nil || b.Line == nil {
		return ""
	}
	const clock = "15:04:05.000"
	return fmt.Sprintf(" (epoch %s)\n         %s %s\n         %s %s", a.Epoch, a.At.Format(clock), a.Line, b.At.Format(clock), b.Line)
}

// Summary counts findings by promise.
func (c *Checker) Summary() map[string]int {
	m := map[string]int{}
	for _, f := range c.Found {
		m[f.Promise]++
	}
	return m
}

// Promises lists which promises were found broken.
func (c *Checker) Promises() []string { return slices.Sorted(maps.Keys(c.Summary())) }
