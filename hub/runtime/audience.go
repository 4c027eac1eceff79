package runtime

import (
	"context"
	"log/slog"
	"time"

	"hearth/hub/fail"
	"hearth/hub/replica"
	"hearth/room"
)

// review brings what is kept of each seat up to the state. What was gathered
// before goes out to those who were in its audience then.
func (l *Room) review() {
	for _, p := range l.seats.all {
		if l.state.Memberships(p.Seat) != *p.In() {
			l.flush()
			break
		}
	}
	for _, p := range l.seats.all {
		l.reviewPlace(p)
	}
}

func (l *Room) reviewPlace(p *place) {
	if l.state == nil || fail.Bug(fail.KickWithoutRevoke) && l.state.Status(p.Seat) == room.Removed {
		return
	}
	p.status = l.state.Status(p.Seat)
	in := l.state.Memberships(p.Seat)
	if fail.Bug(fail.LobbyInFanout) {
		in[room.ToRoom].In = true
	}
	p.Enter(in)
}

// farewellCode says whether a seat's sockets must be closed, and how.
func (l *Room) farewellCode(p *place) (code int, gone bool) {
	switch {
	case l.end.closed:
		return closeOver, l.end.told
	case p.status == room.Removed:
		return closeRemoved, true
	case p.status == room.Left || l.bound.barred[p.Seat]:
		return closeGone, true
	}
	return 0, false
}

// rejoin brings people back into a room that was just read from its journal: the
// room is told of the restart, then of everybody who is connected, and everybody
// is greeted anew.
func (l *Room) rejoin(now time.Time) {
	clear(l.seats.tokens)
	for _, p := range l.seats.all {
		p.tokens = nil
		l.reviewPlace(p)
	}
	l.doing.silent = true
	l.restart(now)
	l.present(now)
	l.doing.silent = false
	for _, p := range l.seats.all {
		l.whole(now, p.Seat)
	}
}

// present tells the room who is connected here.
func (l *Room) present(now time.Time) {
	if l.state == nil || l.end.closed {
		return
	}
	for _, p := range l.seats.all {
		if p.greeted() && !l.state.Live.Seats[p.Seat].Online {
			l.house(now, room.Connected{Seat: p.Seat}, "connected:"+random())
		}
	}
}

// restart tells a room that it was read back. A room that begins now has
// nothing to come back from.
func (l *Room) restart(now time.Time) {
	if l.loading.fresh {
		return
	}
	if l.loading.came == replica.Fresh { // no other node knows what was passing
		l.house(now, room.Restarted{}, "restarted:"+random())
	}
	l.renew(now)
	l.follow(now)
}

// renew asks a lobby again if the charter changed, and shows it the plan if that
// did, and nobody told the room: the server may have died, or the room may have
// been down, in between.
func (l *Room) renew(now time.Time) {
	if l.state.Form.Phase != room.Lobby {
		return
	}
	ctx, done := context.WithTimeout(l.node.base, storeWait)
	defer done()
	newest, err := l.newest(ctx)
	if err != nil {
		l.node.log.Error("the newest charter cannot be read", slog.String("session", l.session.ID), slog.Any("err", err))
		return
	}
	l.house(now, room.SetCharter{Charter: newest}, "charter:"+random())
	kept, err := l.node.cfg.Store.Session(ctx, l.session.ID)
	if err != nil {
		l.node.log.Error("the plan cannot be read", slog.String("session", l.session.ID), slog.Any("err", err))
		return
	}
	if !kept.Plan.Same(l.state.Form.Plan) || kept.Rules.WithDefaults() != l.state.Form.Rules {
		l.house(now, room.SetPlan{Plan: kept.Plan, Rules: kept.Rules}, "plan:"+random())
	}
}

func (p *place) greeted() bool {
	for _, m := range p.conns {
		if m.Greeted && !m.Gone {
			return true
		}
	}
	return false
}
