package chaos

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"time"

	"hearth/cmd/hearthload/drive"
)

// settling is how long before and after being told "apart" words may stand in
// another order for some: until the node knew, and until it had caught up.
const settling = 3 * time.Second

// reachIn is how long words that were acknowledged may take to everybody who is
// there, if nothing is apart.
const reachIn = 10 * time.Second

// live is how long words are kept for whoever cannot be reached (T13,
// room.Rules.Tail); the short forms of the faults are over before.
const live = 2 * time.Minute

// words checks that nobody hears the same twice, that each person is heard in
// the order they spoke, and that everybody hears one order, unless they were
// told that some cannot be reached.
func (c *looker) words(s *story) {
	waited := s.waited()
	apart := s.apartTimes()
	after := map[string]map[string]bool{} // mark → what somebody heard right after it
	for _, t := range s.people {
		heard := map[said]bool{}
		page := 0
		last := map[string]int{}
		before := ""
		for _, h := range t.log.Heard {
			say, known := s.spoken[h.Mark]
			switch {
			case !known || say.Session != s.session:
				c.find("words", "seat %s heard words that nobody in this room sent: %s", t.seat, h.Mark)
				continue
			case heard[said{h.Mark, h.Page}]:
				c.find("words twice", "session %s: seat %s heard %s again at %s, said at %s", s.session, t.seat, h.Mark, h.At.Format(clock), say.At.Format(clock))
				continue
			case say.Seat != h.Seat:
				c.find("words", "seat %s heard %s from another than who sent it", t.seat, h.Mark)
			}
			heard[said{h.Mark, h.Page}] = true
			if h.Page != page { // an empty screen: what stood there may come again
				page, before = h.Page, ""
				clear(last)
			}
			if !waited[h.Mark] {
				if say.N < last[say.Seat] {
					c.find("words order", "session %s: seat %s (node %d) heard text %d of seat %s (node %d), said at %s, at %s, after text %d", s.session, t.seat, h.Node,
						say.N, say.Seat, say.Node, say.At.Format(clock), h.At.Format(clock), last[say.Seat])
				}
				last[say.Seat] = max(last[say.Seat], say.N)
			}
			if in(apart, say.At) {
				continue
			}
			if before != "" {
				if after[before] == nil {
					after[before] = map[string]bool{}
				}
				after[before][h.Mark] = true
			}
			before = h.Mark
		}
	}
	if ring := circle(after); ring != "" {
		c.find("words order", "session %s: not everybody heard %s and what was about it in the same order%s", s.session, ring, s.around(ring))
	}
	c.reached(s)
}

// around tells what each person heard about a text.
func (s *story) around(mark string) string {
	var b strings.Builder
	for _, t := range s.people {
		for i, h := range t.log.Heard {
			if h.Mark != mark {
				continue
			}
			fmt.Fprintf(&b, "\n         %.4s:", t.seat)
			for _, o := range t.log.Heard[max(0, i-3):min(len(t.log.Heard), i+4)] {
				fmt.Fprintf(&b, " %s@%s", o.Mark[markLen-3:], o.At.Format(clock))
			}
		}
	}
	return b.String()
}

// said is one text on one screen.
type said struct {
	mark string
	page int
}

// waited are the texts of commands that were once answered "try again": those
// may fall behind later ones.
func (s *story) waited() map[string]bool {
	w := map[string]bool{}
	for _, t := range s.people {
		for i := range t.book.Sent {
			if e := &t.book.Sent[i]; e.Waits > 0 {
				if m := markIn(e.Msg); m != "" {
					w[m] = true
				}
			}
		}
	}
	return w
}

func markIn(msg []byte) string {
	i := bytes.Index(msg, keyMark)
	if i < 0 || len(msg) < i+markLen {
		return ""
	}
	return string(msg[i : i+markLen])
}

type span struct{ from, to time.Time }

func in(spans []span, at time.Time) bool {
	for _, s := range spans {
		if !at.Before(s.from) && !at.After(s.to) {
			return true
		}
	}
	return false
}

// apartTimes are the times in which anybody of the room was told "apart", with
// some settling before and after.
func (s *story) apartTimes() []span {
	var spans []span
	for _, t := range s.people {
		var from time.Time
		for _, r := range t.log.Reach {
			switch {
			case r.Apart && from.IsZero():
				from = r.At
			case !r.Apart && !from.IsZero():
				spans = append(spans, span{from.Add(-unaware), r.At.Add(settling)})
				from = time.Time{}
			}
		}
		if !from.IsZero() {
			spans = append(spans, span{from.Add(-unaware), from.Add(24 * time.Hour)})
		}
	}
	return spans
}

// unaware is how long a node may not know that it is alone (the relay's silence
// and the 12 s beat).
const unaware = 15 * time.Second

// circle finds a text that is both before and after another, or nothing.
func circle(after map[string]map[string]bool) string {
	const open, closed = 1, 2
	state := map[string]int{}
	for start := range after {
		if state[start] != 0 {
			continue
		}
		type step struct {
			at   string
			left []string
		}
		next := func(m string) []string {
			var list []string
			for n := range after[m] {
				list = append(list, n)
			}
			return list
		}
		stack := []step{{start, next(start)}}
		state[start] = open
		for len(stack) > 0 {
			top := &stack[len(stack)-1]
			if len(top.left) == 0 {
				state[top.at] = closed
				stack = stack[:len(stack)-1]
				continue
			}
			n := top.left[0]
			top.left = top.left[1:]
			switch state[n] {
			case open:
				return n
			case 0:
				state[n] = open
				stack = append(stack, step{n, next(n)})
			}
		}
	}
	return ""
}

// reached counts deliveries of acknowledged words that never came, to people
// who were there: connected from before until after, or resumed.
func (c *looker) reached(s *story) {
	heard := make([]map[string]bool, len(s.people))
	last := map[string]time.Time{} // when the last one heard it
	for i := range s.people {
		s.people[i].remember()
		t := s.people[i]
		heard[i] = map[string]bool{}
		for _, h := range t.log.Heard {
			heard[i][h.Mark] = true
			if h.At.After(last[h.Mark]) {
				last[h.Mark] = h.At
			}
		}
	}
	for _, t := range s.people {
		for i := range t.book.Sent {
			e := &t.book.Sent[i]
			m := markIn(e.Msg)
			if m == "" || !done(e) {
				continue
			}
			c.v.Words++
			for j, to := range s.people {
				switch {
				case heard[j][m] || !to.there(e.At.Add(-time.Second), e.AnsAt.Add(reachIn)) || to.inLobby(e.At, last[m].Add(time.Second)):
				case s.faded(&t, &to, e.At):
					c.v.Faded++
				default:
					c.v.Missed++
					if len(c.v.MissedOf) < most {
						c.v.MissedOf = append(c.v.MissedOf, fmt.Sprintf("session %s: %s, said by %.4s at %s, never came to %.4s%s", s.session, m, t.seat, e.At.Format(clock), to.seat, to.after(e.At)))
					}
				}
			}
		}
	}
}

// faded says whether words were said on another node than the listener's while
// people there were told that others cannot be reached, or soon before, and
// whether that lasted for longer than words live. Who is in the lobby for a
// while is not told; the others of the node are.
func (s *story) faded(from, to *teller, said time.Time) bool {
	if from.home == to.home {
		return false
	}
	end := said.Add(unaware)
	for _, apart := range s.apartAt(to.home) {
		if !apart.from.After(end) && apart.to.After(end) {
			end = apart.to
		}
	}
	return end.Sub(said) >= live-settling
}

// apartAt are the times, by their beginning, in which people of a node were told
// that others cannot be reached; those that never ended explain nothing.
func (s *story) apartAt(home int) []span {
	var spans []span
	for _, t := range s.people {
		for i, r := range t.log.Reach {
			if t.home == home && !r.Apart && i > 0 {
				spans = append(spans, span{t.log.Reach[i-1].At, r.At})
			}
		}
	}
	slices.SortFunc(spans, func(a, b span) int { return a.from.Compare(b.from) })
	return spans
}

// after tells what a person was sent next.
func (t *teller) after(moment time.Time) string {
	var b strings.Builder
	shown := 0
	for i := range t.book.Seen {
		if s := &t.book.Seen[i]; s.At.After(moment.Add(-time.Second)) && shown < 8 {
			fmt.Fprintf(&b, "\n         %s stream %d frame %d after %d, in the room: %v", s.At.Format(clock), s.To, s.Seq, s.Prev, s.Room)
			shown++
		}
	}
	return b.String()
}

// remember picks the snapshots out of all that a person saw.
func (t *teller) remember() {
	for _, s := range t.book.Seen {
		if s.To == drive.NoStream {
			t.snaps = append(t.snaps, s)
		}
	}
}

// there says whether a person was in the room all the time, as the server must
// see it too.
func (t *teller) there(from, to time.Time) bool {
	inside := false
	for _, s := range t.snaps {
		if s.At.After(from) && s.At.Before(to) || s.At.Before(from) && !s.Room {
			return false // came anew within the time, or has been in the lobby
		}
		inside = inside || s.Room && s.At.Before(from)
	}
	for _, d := range t.log.Downs {
		if d.From.Before(to) && (d.To.IsZero() || d.To.After(from)) && !d.Resumed {
			return false
		}
	}
	return inside
}

// inLobby says whether a person was sent to the lobby within a time: words that
// wait for their node are not for them then (R5).
func (t *teller) inLobby(from, to time.Time) bool {
	return slices.ContainsFunc(t.snaps, func(s drive.Seen) bool { return !s.Room && s.At.After(from) && s.At.Before(to) })
}
