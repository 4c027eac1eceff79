package chaos

import (
	"slices"
	"time"

	"hearth/cmd/hearthload/drive"
)

// goneIn is how soon a person who was sent away sees nothing of the room any
// more (R6).
const goneIn = time.Second

// door checks that nobody sees the room before they are let in, hears words that
// were said after they were sent away, or sees anything later than a second after that.
func (c *looker) door(s *story) {
	apart := s.apartTimes()
	for _, t := range s.people {
		inside := true // whoever said hello before the first look was inside
		for _, f := range t.book.Seen {
			switch {
			case f.To == drive.NoStream:
				inside = f.Room
			case f.To == drive.RoomStream && !inside:
				c.find("door", "seat %s was sent frame %d of a room it was not in", t.seat, f.Seq)
			}
		}
		for _, away := range s.sentAway(t.seat) {
			c.v.Removals++
			c.seenAfter(t, away)
			c.heardAfter(s, t, away, apart)
		}
	}
}

// sentAway are the times between a removal that was acknowledged and the next
// attempt to let that seat in.
func (s *story) sentAway(seat string) []span {
	var spans []span
	for _, t := range s.people {
		for i := range t.book.Sent {
			e := &t.book.Sent[i]
			if e.Verb != "to-lobby" || !done(e) || about(e, "seat") != seat {
				continue
			}
			spans = append(spans, span{e.AnsAt, s.letIn(seat, e.At)})
		}
	}
	return spans
}

// letIn is when somebody next tried to let a seat in.
func (s *story) letIn(seat string, after time.Time) time.Time {
	first := after.Add(24 * time.Hour)
	for _, t := range s.people {
		for i := range t.book.Sent {
			e := &t.book.Sent[i]
			if e.Verb == "admit" && e.At.After(after) && e.At.Before(first) && about(e, "seat") == seat {
				first = e.At
			}
		}
	}
	return first
}

func (c *looker) seenAfter(t teller, away span) {
	for _, f := range t.book.Seen {
		if !f.At.After(away.from) || !f.At.Before(away.to) || f.To != drive.RoomStream && !f.Room {
			continue
		}
		c.v.LastSeen = max(c.v.LastSeen, f.At.Sub(away.from))
		if f.At.Sub(away.from) > goneIn {
			c.find("door", "seat %s was sent frame %d of the room %s after it was sent away", t.seat, f.Seq, brief(f.At.Sub(away.from)))
		}
	}
}

// heardAfter looks for words that somebody began to say when the removal had been
// acknowledged. However slow the machine is, they must not reach who was sent away;
// only nodes that cannot reach each other do not know it yet.
func (c *looker) heardAfter(s *story, t teller, away span, apart []span) {
	for _, h := range t.log.Heard {
		say := s.spoken[h.Mark]
		if say.At.After(away.from) && h.At.Before(away.to) && !in(apart, say.At) {
			c.find("door", "session %s: seat %s heard %s, which was said %s after it was sent away", s.session, t.seat, h.Mark, brief(say.At.Sub(away.from)))
		}
	}
}

// seatKept is how long a lost seat is kept (room.Rules).
const seatKept = 10 * time.Minute

// lefts checks that nobody was called gone who had not been away for so long,
// and had not been sent to the lobby.
func (c *looker) lefts(s *story) {
	told := map[string]bool{}
	for _, t := range s.people {
		for _, l := range t.log.Lefts {
			if told[l.Seat] || s.mayHaveLeft(l) {
				continue
			}
			told[l.Seat] = true
			c.find("left", "session %s: seat %s was called gone (%s) within its grace at %s", s.session, l.Seat, l.Own, l.At.Format(clock))
		}
	}
}

func (s *story) mayHaveLeft(l Left) bool {
	for _, t := range s.people {
		for i := range t.book.Sent {
			e := &t.book.Sent[i]
			if e.Verb == "to-lobby" && e.At.Before(l.At) && about(e, "seat") == l.Seat {
				return true
			}
		}
		if t.seat == l.Seat && slices.ContainsFunc(t.log.Downs, func(d Down) bool {
			return d.To.Sub(d.From) >= seatKept
		}) {
			return true
		}
	}
	return false
}

// ends measures the times without a connection.
func (c *looker) ends(s *story) {
	for _, t := range s.people {
		lobby := len(s.sentAway(t.seat)) > 0 || slices.ContainsFunc(t.snaps, func(s drive.Seen) bool { return !s.Room })
		for _, d := range t.log.Downs {
			if d.To.IsZero() {
				continue
			}
			if d.Cause != byDriver {
				c.v.Pauses = append(c.v.Pauses, d.To.Sub(d.From))
			}
			switch {
			case d.Resumed:
				c.v.Resumed++
			case !lobby: // whoever waits has nothing to go on with, and whoever was let in begins anew

				c.v.Reloaded++
			}
		}
	}
}
