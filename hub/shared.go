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
			lost = l.rep.Dead(node) || lost
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
