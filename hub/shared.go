package hub

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
func (l *live) glimpse() {
	if l.rep == nil || !l.hub.clustered() {
		return
	}
	if mode := l.rep.Mode(); mode != l.link.logged {
		l.link.logged = mode
		l.hub.log.Debug("a room stands otherwise to other nodes", slog.String("session", l.session.ID), slog.String("what", mode.String()), slog.Int("count", len(l.rep.Peers())))
	}
	l.seen.form.Store(l.rep.Form)
	l.seen.peers.Store(int32(len(l.rep.Peers())))
	l.seen.waiting.Store(l.link.untune == nil || !l.link.presumed.IsZero() || l.link.apart || l.rep.Mode() == replica.Apart)
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
		if l.state == nil || l.end.closed {
			return
		}
		if l.link.untune == nil && s.relay {
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
		case l.hub.cfg.Members.Dead(s.Standing, node):
			lost = l.rep.Dead(node) || lost
		case s.Deaf[node]:
			cut = true
		}
	}
	l.rep.SetDeafPeer(cut)
	if !s.relay {
		l.rep.Sever()
	}
	l.link.deafPeer = cut
	if lost {
		l.seekLost(l.hub.clock())
	}
	if l.rep.Mode() == replica.Apart && s.relay && !cut {
		l.rep.Unsure()
		l.rep.Listen()
	}
}

// seekLost tells the room of everybody who was connected on a node that is no
// more. Presence is asked about each, so that nobody is put out who has come
// back elsewhere; if it cannot say, nobody is lost until it can.
func (l *live) seekLost(now time.Time) {
	l.link.presumed = now.Add(tendEvery)
	if _, ok := l.hub.cfg.Members.Alive(); !ok {
		return // presence knows only this node's own now
	}
	for _, seat := range l.state.Form.Arrived {
		p := l.seats.byID[seat]
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
	l.link.presumed = time.Time{}
}

// learn reads what other nodes have written and nobody has told.
func (l *live) learn(head int64) {
	if l.state == nil || l.end.closed {
		return
	}
	l.rep.Listen()
	if l.rep.Form < head {
		l.doing.ctx = l.hub.base
		l.rep.Learn()
	}
	l.follow(l.hub.clock())
}

// elsewhere ends a room here whose session has come to its end on another node.
func (l *live) elsewhere() {
	if l.state == nil || l.end.closed {
		return
	}
	ctx, done := context.WithTimeout(l.hub.base, nodesWait)
	defer done()
	if s, err := l.hub.cfg.Store.Session(ctx, l.session.ID); err != nil || s.State != group.Over {
		return
	}
	l.end.closed, l.end.erased = true, true
	l.hub.metrics.Rooms.WithLabelValues("live").Dec()
	l.hub.metrics.Rooms.WithLabelValues("closing").Inc()
	l.sayGoodbye()
}

// sayNote tells the nodes that share the room something beside its stream.
func (l *live) sayNote(n note) {
	if b, err := json.Marshal(n); err == nil {
		l.rep.Say(b)
	}
}

// putAway takes a room out of memory here that other nodes have.
func (l *live) putAway() {
	if l.seen.sockets.Load() > 0 || len(l.rep.Peers()) == 0 || l.rep.Mode() != replica.Shared || l.end.closed {
		return
	}
	l.flush()
	l.rep.Bye()
	l.leaveMemory()
	l.hub.metrics.Rooms.WithLabelValues("live").Dec()
}

// leaveMemory drops the room; letters that still come are refused.
func (l *live) leaveMemory() {
	l.end.unloaded = true
	l.alarm.stop()
	if l.link.apart {
		l.link.apart = false
		l.hub.metrics.Apart.Dec()
	}
	l.release()
	l.hub.forget(l)
}

// hold says that this node has the room now; release, that it has no more.
func (l *live) hold(ctx context.Context) {
	leases := l.hub.leases()
	if leases == nil {
		return
	}
	if err := leases.Hold(ctx, l.session.ID); err != nil {
		l.hub.log.Warn("presence does not answer", slog.Any("err", err))
	}
}

func (l *live) release() {
	if l.link.untune != nil {
		l.link.untune()
		l.link.untune = nil
	}
	leases := l.hub.leases()
	if leases == nil {
		return
	}
	ctx, done := context.WithTimeout(context.WithoutCancel(l.hub.base), publishIn)
	defer done()
	if err := leases.Release(ctx, l.session.ID); err != nil {
		l.hub.log.Warn("presence does not answer", slog.Any("err", err))
	}
}
