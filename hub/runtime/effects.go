package runtime

import (
	"context"
	"time"

	"hearth/hub/fail"
	"hearth/room"
)

// effects is what a room has brought about outside it, and what is still to be done.
type effects struct {
	seen  room.Outline // of the state, when it was last looked at
	spare room.Outline // its memory is used again
	todo  []room.Effect
}

// doers do what rooms bring about, each its own part of it. Whoever acts upon what
// happens in rooms hangs on here, or on [Config.Effects], and nowhere else.
func doers() []func(*Room, time.Time, room.Effect) {
	return []func(*Room, time.Time, room.Effect){
		(*Room).finishOver, (*Room).dismissGone, (*Room).shutOut, (*Room).tellOthers,
	}
}

// brings notes what events that were just applied bring about. nil: the state is
// another one, or new here.
func (l *Room) brings(events []room.Event) {
	if events != nil && !room.Stirs(events) {
		return
	}
	o := &l.effects
	now := l.state.Outline(o.spare)
	o.todo = append(o.todo, room.Effects(&o.seen, &now)...)
	o.spare, o.seen = o.seen, now
}

// follow sees to what has been brought about. It is called once the frames that
// tell of it have been gathered.
func (l *Room) follow(now time.Time) {
	if l.state == nil {
		return
	}
	for len(l.effects.todo) > 0 && !l.end.closed {
		e := l.effects.todo[0]
		l.effects.todo = l.effects.todo[1:]
		for _, do := range l.node.doers {
			do(l, now, e)
		}
	}
	l.effects.todo = nil
}

// finishOver ends a session that is over.
func (l *Room) finishOver(now time.Time, e room.Effect) {
	if _, is := e.(room.Finish); is {
		l.finish(now)
	}
}

// dismissGone closes the sockets of people who are gone.
func (l *Room) dismissGone(_ time.Time, e room.Effect) {
	gone, is := e.(room.Dismiss)
	if !is || l.seats.byID[gone.Seat] == nil {
		return
	}
	p := l.seats.byID[gone.Seat]
	l.reviewPlace(p) // a state that came without its luggage was not looked at yet
	code, still := l.farewellCode(p)
	if !still {
		return // a seeded bug, or back again since
	}
	for _, m := range p.conns {
		l.dismiss(m, code, "")
	}
}

// shutOut unbinds the devices of a seat that was removed for today. It is done
// again after a restart: the process may have died in between.
func (l *Room) shutOut(_ time.Time, e room.Effect) {
	unbind, is := e.(room.Unbind)
	if !is || fail.Bug(fail.KickWithoutRevoke) {
		return
	}
	n, seat := l.node, unbind.Seat
	n.Spawn(func() {
		told := n.cfg.OnRemoved == nil
		n.insist("unbind a removed seat", l.session.ID, func(ctx context.Context) error {
			// Revoking comes last: a revoked seat has been seen to, and links
			// that were given out anew since then stay good.
			if kept, err := n.cfg.Store.Seat(ctx, seat); err != nil || kept.Revoked {
				return err
			}
			if !told {
				n.cfg.OnRemoved(n.base, l.session.ID, seat)
				told = true
			}
			return n.cfg.Store.RevokeSeat(ctx, seat)
		})
	})
}

// tellOthers hands an effect on to whoever else was given to this hub.
func (l *Room) tellOthers(_ time.Time, e room.Effect) {
	for _, do := range l.node.cfg.Effects {
		do(l.session.ID, e)
	}
}
