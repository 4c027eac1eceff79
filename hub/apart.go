package hub

import (
	"math/rand/v2"
	"time"

	"hearth/hub/fanout"
	"hearth/hub/replica"
	"hearth/room"
)

// What people see, and do not see twice, when nodes that share their room cannot
// reach each other.

// tellApartAfter is how long nodes must have been unable to reach each other
// before people are told: most such moments are over sooner.
const tellApartAfter = 2 * time.Second

// outOfReach says whether people are to be told that others cannot be reached:
// after a moment, or at once when somebody has said something that others have
// not heard.
func (l *live) outOfReach() bool {
	apart := l.rep.Mode() == replica.Apart || l.deafPeer
	if l.rep.Mode() == replica.Alone || len(l.rep.Peers()) == 0 || !apart {
		l.cutSince = time.Time{}
		return false
	}
	now := l.hub.clock()
	if l.cutSince.IsZero() {
		l.cutSince = now
	}
	known := l.deafPeer || !l.hub.cfg.Relay.Up() // and not a node that will turn out to be no more
	return known && (l.rep.Waiting() || now.Sub(l.cutSince) >= tellApartAfter)
}

// Renumber lets the frames of a node that may not know what others have shown go
// on from numbers that no other node uses, and forgets the tokens of people who
// are not connected here: whoever comes from another node is shown the whole
// room, and not the tail of one that was not theirs (R3).
func (w world) Renumber() {
	l := w.live
	l.sender.Renumber(rand.Uint32()) //nolint:gosec // spreads numbers, keeps no secret
	for _, p := range l.order {
		if p.greeted() {
			continue
		}
		for _, token := range p.tokens {
			delete(l.tokens, token)
		}
		p.tokens = nil
	}
}

// saidBefore says whether people here have heard words already: those that had
// waited for other nodes, or were asked for by one, are told to all of them.
func (l *live) saidBefore(w *room.Words, to room.Audience) bool {
	if !l.hub.clustered() {
		return false
	}
	said := told{w.ID, to.Seat}
	_, known := l.said[said]
	if _, before := l.said[told{words: w.ID}]; known || before {
		return true
	}
	if l.said == nil {
		l.said = make(map[told]room.Millis)
	}
	l.said[said] = w.At
	return false
}

// told are words that an audience has been told: the room, or one seat. What was
// said before the room was here has been told to everybody.
type told struct {
	words string
	seat  room.SeatID
}

// unlearn forgets which words were said before a moment: nobody tells them again.
func (l *live) unlearn(before time.Time) {
	if len(l.said) == 0 || before.Before(l.unlearned.Add(10*time.Second)) {
		return
	}
	l.unlearned = before
	for words, at := range l.said {
		if at.Time().Before(before.Add(-10 * time.Second)) { // clocks differ
			delete(l.said, words)
		}
	}
}

// tellApart tells people when others in the room cannot be reached, and when
// they can again (R9).
func (l *live) tellApart() {
	if l.rep == nil || l.state == nil || !l.hub.clustered() {
		return
	}
	was := l.apart
	l.apart = l.outOfReach()
	switch {
	case l.apart && !was:
		l.hub.metrics.Apart.Inc()
	case was && !l.apart:
		l.hub.metrics.Apart.Dec()
	case !l.apart:
		return // nobody has been told
	}
	for _, p := range l.order {
		for _, m := range p.conns {
			if on := l.apart && p.In()[room.ToRoom].In; m.Greeted && m.apart != on { // also whoever came in since, or went out
				m.apart = on
				l.answer(m, fanout.Apart(on))
			}
		}
	}
}
