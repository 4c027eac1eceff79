package fanout

import (
	"fmt"
	"time"

	"hearth/room"
)

// Cast encodes one cast, once, numbers it for each seat of its audience, keeps it
// for who comes back, and gathers it. now is when it was said. When mute, those
// who are connected here have heard its words: only the number goes out.
func (s *Sender) Cast(now time.Time, c *room.Cast, mute bool) {
	k := sent{t: frameSet, to: c.To, at: now}
	var body []byte
	if c.Words != nil {
		k.t, k.words = frameWords, c.Words.ID
		body = appendWords(make([]byte, 0, 140+len(c.Words.Text)), s.veil.hide(c.Words.ID), c.Words)
		k.body = body
	} else {
		cut, err := 0, error(nil)
		if body, cut, err = appendSet(make([]byte, 0, 512), c, s.veil.hideAll(c.Unsay)); err != nil {
			panic(fmt.Errorf("show the room: %w", err)) // a view that cannot be written is a broken invariant
		}
		k.body, k.sections = body, cut >= 0
		if k.sections {
			k.body = append(append(make([]byte, 0, cut+1), body[:cut]...), '}')
		}
	}
	s.seq++
	for _, id := range c.Unsay {
		s.ring.unsay(id)
	}
	if mute {
		k.t, k.body, k.words = frameSet, nil, ""
		body = emptyBody
	}
	s.ring.add(k)
	s.number(piece{t: k.t, line: body, to: k.to})
}

// number gathers a line for an audience and numbers it for each of its seats.
func (s *Sender) number(line piece) {
	for _, p := range s.places {
		if !p.sees(line.to) {
			continue
		}
		n := p.next()
		if len(p.receivers) > 0 {
			p.heads = append(p.heads, head{int32(len(s.out)), n}) //nolint:gosec // a flush is short
		}
	}
	s.out = append(s.out, line)
}

// Greet gathers a whole snapshot for a connection that has said hello. The line
// lies in a lent buffer: it is copied into a frame in a moment, and whole groups
// come back at once. intro is what every hello says of the session, token the
// connection's new resume token.
func (s *Sender) Greet(r *Receiver, p *Place, now time.Time, token string, intro []byte, shown *room.Snapshot) {
	lent := buffers.Get().(*[]byte)
	b := append(s.appendOpening(*lent, "hello", p, now, token), intro...)
	*lent = appendSnapshot(b, shown)
	s.queue(piece{line: *lent, only: r, lent: lent})
}

// Snapshot is a whole hello line, of a slice of its own. views is what
// [Views] gives of the seat.
func (s *Sender) Snapshot(p *Place, now time.Time, token string, intro, views []byte) []byte {
	b := s.appendOpening(make([]byte, 0, 192+len(intro)+len(views)), "hello", p, now, token)
	return append(append(b, intro...), views...)
}

// Views is the part of a hello that only one seat may see, with its end.
func Views(shown *room.Snapshot) []byte { return appendSnapshot(make([]byte, 0, 4096), shown) }

func appendSnapshot(b []byte, shown *room.Snapshot) []byte {
	for k := range room.AudienceKinds {
		b = append(append(append(b, `,"`...), k.Stream()...), `":`...)
		b = appendView(b, shown[k])
	}
	return append(b, '}')
}

// Missed says whether all that a seat was sent after one of its frames is still
// here and was meant for it all the time, and where it begins.
func (s *Sender) Missed(p *Place, has int64) (from int, ok bool) {
	count, ok := p.missing(has)
	if !ok {
		return 0, false
	}
	return s.ring.back(count, p)
}

// Resume gathers, for a connection that comes back, what its seat was sent after
// one of its frames; from is what [Sender.Missed] said.
func (s *Sender) Resume(r *Receiver, p *Place, from int, has int64, now time.Time, token string, shown room.Snapshot) {
	b := append(s.appendOpening(make([]byte, 0, 256), "resumed", p, now, token), '}')
	s.Send(r, s.ring.appendMissed(b, from, has, p, shown))
}

// appendOpening appends what hello and resumed have in common, without the
// closing brace.
func (s *Sender) appendOpening(b []byte, t string, p *Place, now time.Time, token string) []byte {
	return appendOpening(b, t, s.epoch, p.n, now, token)
}
