package runtime

import (
	"context"
	"encoding/json"
	"log/slog"
	"sync/atomic"
	"time"

	"hearth/hub/replica"
	"hearth/room"
	"hearth/room/group"
)

// Times of a room that other nodes may have too.
const (
	// putDownAfter is how long a room without sockets here is kept for others.
	putDownAfter = 10 * time.Second
	// presumedFor is how long people are taken to be connected elsewhere before
	// presence is asked (their browsers are on their way back), and seekEvery how
	// long it is left alone where it could not say.
	presumedFor = 10 * time.Second
	seekEvery   = time.Second
	// overWait bounds the question whether a session is over.
	overWait = 3 * time.Second
	// publishIn is how long telling other nodes may take before the relay counts as gone.
	publishIn = 300 * time.Millisecond
)

// link is how a room stands to what it shares with other nodes: them, the relay
// and the journal.
type link struct {
	// quietUntil: the journal has let somebody wait, and is left in peace until then.
	quietUntil time.Time

	inbox  inbox       // what they have sent
	rung   atomic.Bool // a letter is on its way that says so
	untune func()      // ends the listening to them; nil: not listening

	logged    replica.Mode         // how the room stood to them, as last logged
	naps      uint64               // how often this node had stood still when the room last looked
	deafPeer  bool                 // one of them cannot hear the others
	attend    bool                 // who is connected here must be told to the room anew
	presumed  time.Time            // until when seats without a connection are given time; zero: presence was asked
	aligned   time.Time            // frames were last brought in line with theirs
	cutSince  time.Time            // people on them cannot be reached since; zero: they can
	apart     bool                 // people here have been told so
	heard     map[told]room.Millis // words that people here have heard, by when they were said; see heardBefore
	unlearned time.Time            // when some of them were last forgotten
}

// glimpse is what the house sees of a room without asking its worker.
type glimpse struct {
	sockets atomic.Int32
	peers   atomic.Int32 // other nodes that have the room
	form    atomic.Int64
	waiting atomic.Bool  // something is to be done once the others can be asked
	emptied atomic.Int64 // since when no socket has been here, in Unix nanoseconds; 0: there are some
}

// glimpse shows how the room stands.
func (l *Room) glimpse() {
	if l.rep == nil || !l.node.Clustered() {
		return
	}
	if mode := l.rep.Mode(); mode != l.link.logged {
		l.link.logged = mode
		l.node.log.Debug("a room stands otherwise to other nodes", slog.String("session", l.session.ID), slog.String("what", mode.String()), slog.Int("count", len(l.rep.Peers())))
	}
	l.seen.form.Store(l.rep.Form)
	l.seen.peers.Store(int32(len(l.rep.Peers())))
	l.seen.waiting.Store(l.link.untune == nil || !l.link.presumed.IsZero() || l.link.apart || l.rep.Mode() == replica.Apart)
	switch {
	case l.seen.sockets.Load() > 0:
		l.seen.emptied.Store(0)
	case l.seen.emptied.Load() == 0:
		l.seen.emptied.Store(l.node.clock().UnixNano())
	}
}

// Tend does for the room what living with other nodes asks. It never waits.
func (l *Room) Tend(s Standing, now time.Time) {
	emptied := l.seen.emptied.Load()
	if l.seen.peers.Load() == 0 && !l.seen.waiting.Load() {
		return
	}
	l.post(letter{do: func(l *Room) {
		if l.state == nil || l.end.closed {
			return
		}
		if l.link.untune == nil && s.Relay {
			l.retune()
		}
		l.lookAtPeers(s)
		l.link.attend = true // what is so may have been told before it was
		if !l.link.presumed.IsZero() && now.After(l.link.presumed) {
			l.seekLost(now)
		}
		if emptied != 0 && now.Sub(time.Unix(0, emptied)) > putDownAfter {
			l.putAway()
		}
	}})
}

// retune listens again to a channel that could not be listened to.
func (l *Room) retune() {
	ctx, done := context.WithTimeout(l.node.base, publishIn)
	defer done()
	l.tune(ctx)
	l.rep.Unsure()
	l.rep.Listen()
}

// lookAtPeers drops nodes that are no more, and sees whether the others can hear
// this one.
func (l *Room) lookAtPeers(s Standing) {
	cut, lost := false, false
	for _, node := range l.rep.Peers() {
		switch {
		case l.node.cfg.Members.Dead(s.Standing, node):
			lost = l.rep.Dead(node) || lost
		case s.Deaf[node]:
			cut = true
		}
	}
	l.rep.SetDeafPeer(cut)
	if !s.Relay {
		l.rep.Sever()
	}
	l.link.deafPeer = cut
	if lost {
		l.seekLost(l.node.clock())
	}
	if l.rep.Mode() == replica.Apart && s.Relay && !cut {
		l.rep.Unsure()
		l.rep.Listen()
	}
}

// seekLost tells the room of everybody who was connected on a node that is no
// more. Presence is asked about each, so that nobody is put out who has come
// back elsewhere; if it cannot say, nobody is lost until it can.
func (l *Room) seekLost(now time.Time) {
	l.link.presumed = now.Add(seekEvery)
	if _, ok := l.node.cfg.Members.Alive(); !ok {
		return // presence knows only this node's own now
	}
	for _, seat := range l.state.Form.Arrived {
		p := l.seats.byID[seat]
		if !l.state.Live.Seats[seat].Online || p != nil && p.greeted() {
			continue
		}
		ctx, done := context.WithTimeout(l.node.base, publishIn)
		here, err := l.node.cfg.Presence.Here(ctx, l.session.ID, seat)
		done()
		if err != nil {
			return // asked again in a moment
		}
		if !here {
			l.house(now, room.Lost{Seat: seat}, "lost:"+random())
		}
	}
	l.link.presumed = time.Time{}
}

// Sockets is how many sockets the room has here.
func (l *Room) Sockets() int { return int(l.seen.sockets.Load()) }

// Peers is how many other nodes have the room.
func (l *Room) Peers() int { return int(l.seen.peers.Load()) }

// Learn reads what other nodes have written up to a row of the journal, if nobody
// has told. It never waits.
func (l *Room) Learn(head int64) {
	if head > l.seen.form.Load() {
		l.post(letter{do: func(l *Room) { l.learn(head) }})
	}
}

// Elsewhere says that the journal does not know the session any more: if it is over,
// it ends here too. It never waits.
func (l *Room) Elsewhere() { l.post(letter{do: (*Room).elsewhere}) }

// Listen takes in what other nodes have said, and waits for it.
func (l *Room) Listen(ctx context.Context) error {
	return l.call(ctx, func(l *Room) error { l.rep.Listen(); return nil })
}

// Rest stops the room for good: its timer, and its part in what nodes share.
func (l *Room) Rest(ctx context.Context) error {
	return l.call(ctx, func(l *Room) error {
		if l.node.Clustered() && l.rep != nil {
			l.rep.Bye()
			l.release()
		}
		l.alarm.stop()
		l.box.close()
		return nil
	})
}

// learn reads what other nodes have written and nobody has told.
func (l *Room) learn(head int64) {
	if l.state == nil || l.end.closed {
		return
	}
	l.rep.Listen()
	if l.rep.Form < head {
		l.doing.ctx = l.node.base
		l.rep.Learn()
	}
	l.follow(l.node.clock())
}

// elsewhere ends a room here whose session has come to its end on another node.
func (l *Room) elsewhere() {
	if l.state == nil || l.end.closed {
		return
	}
	ctx, done := context.WithTimeout(l.node.base, overWait)
	defer done()
	if s, err := l.node.cfg.Store.Session(ctx, l.session.ID); err != nil || s.State != group.Over {
		return
	}
	l.end.closed, l.end.erased = true, true
	l.node.metrics.Rooms.WithLabelValues("live").Dec()
	l.node.metrics.Rooms.WithLabelValues("closing").Inc()
	l.sayGoodbye()
}

// sayNote tells the nodes that share the room something beside its stream.
func (l *Room) sayNote(n note) {
	if b, err := json.Marshal(n); err == nil {
		l.rep.Say(b)
	}
}

// putAway takes a room out of memory here that other nodes have.
func (l *Room) putAway() {
	if l.seen.sockets.Load() > 0 || len(l.rep.Peers()) == 0 || l.rep.Mode() != replica.Shared || l.end.closed {
		return
	}
	l.flush()
	l.rep.Bye()
	l.leaveMemory()
	l.node.metrics.Rooms.WithLabelValues("live").Dec()
}

// leaveMemory drops the room; letters that still come are refused.
func (l *Room) leaveMemory() {
	l.end.unloaded = true
	l.alarm.stop()
	if l.link.apart {
		l.link.apart = false
		l.node.metrics.Apart.Dec()
	}
	l.release()
	l.box.close()
	l.node.forget(l)
}

// hold says that this node has the room now; release, that it has no more.
func (l *Room) hold(ctx context.Context) {
	leases := l.node.leases()
	if leases == nil {
		return
	}
	if err := leases.Hold(ctx, l.session.ID); err != nil {
		l.node.log.Warn("presence does not answer", slog.Any("err", err))
	}
}

func (l *Room) release() {
	if l.link.untune != nil {
		l.link.untune()
		l.link.untune = nil
	}
	leases := l.node.leases()
	if leases == nil {
		return
	}
	ctx, done := context.WithTimeout(context.WithoutCancel(l.node.base), publishIn)
	defer done()
	if err := leases.Release(ctx, l.session.ID); err != nil {
		l.node.log.Warn("presence does not answer", slog.Any("err", err))
	}
}
