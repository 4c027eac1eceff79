package runtime

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
func (l *Room) outOfReach() bool {
	apart := l.rep.Mode() == replica.Apart || l.link.deafPeer
	if l.rep.Mode() == replica.Alone || len(l.rep.Peers()) == 0 || !apart {
		l.link.cutSince = time.Time{}
		return false
	}
	now := l.node.clock()
	if l.link.cutSince.IsZero() {
		l.link.cutSince = now
	}
	known := l.link.deafPeer || !l.node.cfg.Relay.Up() // and not a node that will turn out to be no more
	return known && (l.rep.Waiting() || now.Sub(l.link.cutSince) >= tellApartAfter)
}

// Renumber lets the frames of a node that may not know what others have shown go
// on from numbers that no other node uses, and forgets the tokens of people who
// are not connected here: whoever comes from another node is shown the whole
// room, and not the tail of one that was not theirs (R3).
func (w world) Renumber() {
	l := w.Room
	l.sender.Renumber(rand.Uint32()) //nolint:gosec // spreads numbers, keeps no secret
	for _, p := range l.seats.all {
		if p.greeted() {
			continue
		}
		for _, token := range p.tokens {
			delete(l.seats.tokens, token)
		}
		p.tokens = nil
	}
}

// heardBefore says whether people here have heard words already: those that had
// waited for other nodes, or were asked for by one, are told to all of them.
func (k *link) heardBefore(w *room.Words, to room.Audience) bool {
	heard := told{w.ID, to.Seat}
	_, known := k.heard[heard]
	if _, before := k.heard[told{words: w.ID}]; known || before {
		return true
	}
	if k.heard == nil {
		k.heard = make(map[told]room.Millis)
	}
	k.heard[heard] = w.At
	return false
}

// told are words that an audience has been told: the room, or one seat. What was
// said before the room was here has been told to everybody.
type told struct {
	words string
	seat  room.SeatID
}

// unlearn forgets which words were said before a moment: nobody tells them again.
func (k *link) unlearn(before time.Time) {
	if len(k.heard) == 0 || before.Before(k.unlearned.Add(10*time.Second)) {
		return
	}
	k.unlearned = before
	for words, at := range k.heard {
		if at.Time().Before(before.Add(-10 * time.Second)) { // clocks differ
			delete(k.heard, words)
		}
	}
}

// tellApart tells people when others in the room cannot be reached, and when
// they can again (R9).
func (l *Room) tellApart() {
	if l.rep == nil || l.state == nil || !l.node.Clustered() {
		return
	}
	was := l.link.apart
	l.link.apart = l.outOfReach()
	switch {
	case l.link.apart && !was:
		l.node.metrics.Apart.Inc()
	case was && !l.link.apart:
		l.node.metrics.Apart.Dec()
	case !l.link.apart:
		return // nobody has been told
	}
	for _, p := range l.seats.all {
		for _, m := range p.conns {
			if on := l.link.apart && p.In()[room.ToRoom].In; m.Greeted && m.apart != on { // also whoever came in since, or went out
				m.apart = on
				l.answer(m, fanout.Apart(on))
			}
		}
	}
}
