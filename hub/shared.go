package hub

import (
	"context"
	"encoding/json"
	"log/slog"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"hearth/hub/replica"
	"hearth/room"
	"hearth/room/group"
)

// glimpse is what the house sees of a room without asking its worker.
type glimpse struct {
	sockets atomic.Int32
	peers   atomic.Int32 // other nodes that have the room
	form    atomic.Int64
	waiting atomic.Bool  // something is to be done once the others can be asked
	emptied atomic.Int64 // since when no socket has been here, in Unix nanoseconds; 0: there are some
}

// glimpse shows how the room stands.
func (l *live) glimpse() {
	if l.rep == nil || !l.hub.clustered() {
		return
	}
	if mode := l.rep.Mode(); mode != l.stood {
		l.stood = mode
		l.hub.log.Debug("a room stands otherwise to other nodes", slog.String("session", l.session.ID), slog.String("what", mode.String()), slog.Int("count", len(l.rep.Peers())))
	}
	l.seen.form.Store(l.rep.Form)
	l.seen.peers.Store(int32(len(l.rep.Peers())))
	l.seen.waiting.Store(l.untune == nil || !l.presumed.IsZero() || l.apart || l.rep.Mode() == replica.Apart)
	switch {
	case l.seen.sockets.Load() > 0:
		l.seen.emptied.Store(0)
	case l.seen.emptied.Load() == 0:
		l.seen.emptied.Store(l.hub.clock().UnixNano())
	}
}

// tendRoom does for one room what living with other nodes asks. It never waits.
func (h *Hub) tendRoom(l *live, s standing, now time.Time) {
	emptied := l.seen.emptied.Load()
	if l.seen.peers.Load() == 0 && !l.seen.waiting.Load() {
		return
	}
	l.post(letter{do: func(l *live) {
		if l.state == nil || l.ended {
			return
		}
		if l.untune == nil && s.relay {
			l.retune()
		}
		l.lookAtPeers(s)
		l.attend = true // what is so may have been told before it was
		if !l.presumed.IsZero() && now.After(l.presumed) {
			l.seekLost(now)
		}
		if emptied != 0 && now.Sub(time.Unix(0, emptied)) > putDownAfter {
			l.putAway()
		}
	}})
}

// napFor is how long a node must have stood still (a machine that was paused, a
// process that was stopped) to take nothing for granted when it goes on.
const napFor = 5 * time.Second

// slept counts how often this node has stood still: the tending that is due each
// second was not done for long.
func (h *Hub) slept(now time.Time) uint64 {
	ticked := h.ticked.Load()
	if ticked != 0 && now.UnixNano()-ticked > int64(napFor) && h.ticked.CompareAndSwap(ticked, now.UnixNano()) {
		return h.naps.Add(1)
	}
	return h.naps.Load()
}

// rouse lets a room of a node that has stood still ask the others before it does
// anything: they may have taken this node for dead and gone on without it (F14).
func (l *live) rouse() {
	if !l.hub.clustered() {
		return
	}
	if naps := l.hub.slept(l.hub.clock()); naps != l.naps {
		l.naps = naps
		l.rep.Unsure()
	}
}

// retune listens again to a channel that could not be listened to.
func (l *live) retune() {
	ctx, done := context.WithTimeout(l.hub.base, publishIn)
	defer done()
	l.tune(ctx)
	l.rep.Unsure()
	l.rep.Listen()
}

// lookAtPeers drops nodes that are no more, and sees whether the others can hear
// this one.
func (l *live) lookAtPeers(s standing) {
	cut, lost := false, false
	for _, node := range l.rep.Peers() {
		switch {
		case l.hub.dead(s, node):
			l.rep.Gone(node)
			lost = true
		case s.deaf[node]:
			cut = true
		}
	}
	l.rep.Cut(cut)
	if !s.relay {
		l.rep.Sever()
	}
	l.deafPeer = cut
	if lost {
		l.seekLost(l.hub.clock())
	}
	if l.rep.Mode() == replica.Apart && s.relay && !cut {
		l.rep.Unsure()
		l.rep.Listen()
	}
}

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

// renumber lets the frames of a node that cannot reach the others go on from
// numbers that no other node uses, and forgets the tokens of people who are not
// connected here: whoever comes from another node is shown the whole room, and
// not the tail of one that was not theirs (R3).
func (l *live) renumber(now time.Time) {
	l.parted = true
	l.seq = max(l.seq, now.UnixMilli()*1000+int64(rand.IntN(1000))) //nolint:gosec // spreads numbers, keeps no secret
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
	if _, known := l.said[said]; known {
		return true
	}
	if l.said == nil {
		l.said = make(map[told]room.Millis)
	}
	l.said[said] = w.At
	return false
}

// told are words that an audience has been told: the room, or one seat.
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

// seekLost tells the room of everybody who was connected on a node that is no
// more. Presence is asked about each, so that nobody is put out who has come
// back elsewhere; if it cannot say, nobody is lost until it can.
func (l *live) seekLost(now time.Time) {
	l.presumed = now.Add(tendEvery)
	if _, ok := l.hub.alive(); !ok {
		return // presence knows only this node's own now
	}
	for _, seat := range l.state.Form.Arrived {
		p := l.places[seat]
		if !l.state.Live.Seats[seat].Online || p != nil && p.greeted() {
			continue
		}
		ctx, done := context.WithTimeout(l.hub.base, publishIn)
		here, err := l.hub.cfg.Presence.Here(ctx, l.session.ID, seat)
		done()
		if err != nil {
			return // asked again in a moment
		}
		if !here {
			l.house(now, room.Lost{Seat: seat}, "lost:"+random())
		}
	}
	l.presumed = time.Time{}
}

// learn reads what other nodes have written and nobody has told.
func (l *live) learn(head int64) {
	if l.state == nil || l.ended {
		return
	}
	l.rep.Listen()
	if l.rep.Form < head {
		l.ctx = l.hub.base
		l.rep.Learn()
	}
	l.follow(l.hub.clock())
}

// elsewhere ends a room here whose session has come to its end on another node.
func (l *live) elsewhere() {
	if l.state == nil || l.ended {
		return
	}
	ctx, done := context.WithTimeout(l.hub.base, nodesWait)
	defer done()
	if s, err := l.hub.cfg.Store.Session(ctx, l.session.ID); err != nil || s.State != group.Over {
		return
	}
	l.ended, l.erased = true, true
	l.hub.metrics.Rooms.WithLabelValues("live").Dec()
	l.hub.metrics.Rooms.WithLabelValues("closing").Inc()
	l.sayGoodbye()
}

// tellApart tells people when others in the room cannot be reached, and when
// they can again (R9).
func (l *live) tellApart() {
	if l.rep == nil || l.state == nil || !l.hub.clustered() || l.outOfReach() == l.apart {
		return
	}
	l.apart = !l.apart
	if l.apart {
		l.hub.metrics.Apart.Inc()
	} else {
		l.hub.metrics.Apart.Dec()
	}
	for _, p := range l.order {
		if !p.inRoom {
			continue
		}
		for _, m := range p.conns {
			if m.greeted {
				l.answer(m, apartLine(l.apart))
			}
		}
	}
}

// apartLine says whether some people in the room cannot be reached just now.
func apartLine(on bool) []byte {
	if on {
		return []byte(`{"t":"apart","on":true}`)
	}
	return []byte(`{"t":"apart","on":false}`)
}

// sayNote tells the nodes that share the room something beside its stream.
func (l *live) sayNote(n note) {
	if b, err := json.Marshal(n); err == nil {
		l.rep.Say(b)
	}
}

// putAway takes a room out of memory here that other nodes have.
func (l *live) putAway() {
	if l.seen.sockets.Load() > 0 || len(l.rep.Peers()) == 0 || l.rep.Mode() != replica.Shared || l.ended {
		return
	}
	l.flush()
	l.rep.Bye()
	l.leaveMemory()
	l.hub.metrics.Rooms.WithLabelValues("live").Dec()
}

// leaveMemory drops the room; letters that still come are refused.
func (l *live) leaveMemory() {
	l.putDown = true
	if l.timer != nil {
		l.timer.Stop()
	}
	if l.apart {
		l.apart = false
		l.hub.metrics.Apart.Dec()
	}
	l.release()
	l.hub.forget(l)
}

// hold says that this node has the room now; release, that it has no more.
func (l *live) hold(ctx context.Context) {
	if l.hub.cfg.Nodes == nil {
		return
	}
	if err := l.hub.cfg.Nodes.Hold(ctx, l.session.ID); err != nil {
		l.hub.log.Warn("presence does not answer", slog.Any("err", err))
	}
}

func (l *live) release() {
	if l.untune != nil {
		l.untune()
		l.untune = nil
	}
	if l.hub.cfg.Nodes == nil {
		return
	}
	ctx, done := context.WithTimeout(context.WithoutCancel(l.hub.base), publishIn)
	defer done()
	if err := l.hub.cfg.Nodes.Release(ctx, l.session.ID); err != nil {
		l.hub.log.Warn("presence does not answer", slog.Any("err", err))
	}
}

// handOverWithin is how long a node that goes down waits for others to have its rooms.
const handOverWithin = 2 * time.Second

// handOver lets other nodes take this one's rooms, so that people miss nothing
// when they are asked to come back (F16).
func (h *Hub) handOver(ctx context.Context, rooms []*live) {
	if !h.clustered() {
		return
	}
	h.beat(ctx) // another may have come up a moment ago, to take this one's place
	s := h.standing()
	var heirs []string
	for node := range s.up {
		if node != h.cfg.Node && !s.deaf[node] {
			heirs = append(heirs, node)
		}
	}
	if len(heirs) == 0 || !s.relay {
		return
	}
	ctx, done := context.WithTimeout(ctx, handOverWithin)
	defer done()
	var all sync.WaitGroup
	for i, l := range rooms {
		all.Go(func() {
			for j := range heirs {
				if h.handTo(ctx, l.session.ID, heirs[(i+j)%len(heirs)]) {
					return
				}
			}
		})
	}
	all.Wait()
}

// takenWithin is how long one node is given to say that it has a room.
const takenWithin = 700 * time.Millisecond

// handTo asks a node to take a room over, and says whether it has.
func (h *Hub) handTo(ctx context.Context, session, node string) bool {
	taken := make(chan struct{}, 1)
	h.handing.Store(session, taken)
	defer h.handing.Delete(session)
	h.say(ctx, said{T: saidTake, Session: session, Node: node})
	t := time.NewTimer(takenWithin)
	defer t.Stop()
	select {
	case <-taken:
		return true
	case <-t.C:
	case <-ctx.Done():
	}
	return false
}

// takeOver brings a room in that another node cannot keep, and says so.
func (h *Hub) takeOver(session string) {
	err := h.with(h.base, session, func(l *live) error {
		return l.call(h.base, func(l *live) error {
			l.rep.Listen()
			return nil
		})
	})
	if err != nil {
		h.log.Warn("a room cannot be taken over", slog.String("session", session), slog.Any("err", err))
		return
	}
	h.say(h.base, said{T: saidTaken, Session: session})
}
