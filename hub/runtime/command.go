package runtime

import (
	"bytes"
	"errors"
	"time"

	"hearth/hub/fail"
	"hearth/hub/fanout"
	"hearth/hub/strict"
	"hearth/room"
)

// message is one message of a person, on the room's worker.
func (l *Room) message(m *Member, data []byte) {
	if m.Gone || m.leaving || m.place == nil {
		return
	}
	fields, err := strict.Object(data)
	if err != nil {
		l.garbled(m, err, data)
		return
	}
	if !m.Greeted {
		l.hello(m, fields)
		return
	}
	do, err := fields.String("do")
	if err != nil {
		l.refuseStrike(m, "", refuseUnknown)
		return
	}
	switch do {
	case "hello": // once per socket
		l.dismiss(m, closeHello, "hello")
	case "pong": // more pongs than pings
		l.strike(m, "pong")
	default:
		l.command(m, do, fields)
	}
}

// garbled ends a connection that does not speak our protocol. A whole message
// that is no object cannot come from our page, and nothing in it is trusted.
//
// Half of a pair of surrogates is another matter: a field of a page can hold one,
// written as an escape, when a sign was cut in two. The socket lets no other text
// come here that is not UTF-8. It is refused like any text that is no text, and
// the person stays (U15).
func (l *Room) garbled(m *Member, err error, data []byte) {
	code := closeProtocol
	if bad, ok := errors.AsType[*strict.Error](err); ok && bad.Code == "not-utf8" {
		if m.Greeted {
			l.refuse(m, idIn(data), refuseNotText)
			if !m.place.all.take(l.node.clock(), l.node.limits.Commands) {
				l.strike(m, "malformed")
			}
			return
		}
		code = closeUTF8
	}
	if !m.Greeted {
		code = closeHello
	}
	l.node.metrics.Commands.WithLabelValues("garbled").Inc()
	l.dismiss(m, code, "not our protocol")
}

// idIn finds the id in an object that cannot be read, so that its sender learns
// which it was; empty if there is none. Quotes inside a text are escaped, so what
// looks like a member is one.
func idIn(data []byte) string {
	_, rest, found := bytes.Cut(data, []byte(`"id":"`))
	id, _, closed := bytes.Cut(rest, []byte(`"`))
	if !found || !closed || !goodID(string(id)) {
		return ""
	}
	return string(id)
}

// command reads one command, runs it and answers its sender.
func (l *Room) command(m *Member, do string, fields strict.Fields) {
	id, err := fields.String("id")
	if err != nil || !goodID(id) {
		l.refuseStrike(m, "", refuseUnknown)
		return
	}
	if l.answers.broke(CommandKey{Seat: m.seat, ID: id}) {
		l.refuse(m, id, refuseBroken) // it broke the room before anybody could decide it
		return
	}
	cmd, err := room.ReadCommand(do, func(into any) error { return fields.Decode(into, "do", "id") })
	if err != nil {
		l.refuseStrike(m, id, refuseUnknown)
		return
	}
	fail.Point(fail.AfterDecode)
	if !l.mayStill(m, id) {
		return
	}
	now := l.node.clock()
	if !l.mayNow(m, now, id, cmd) {
		return
	}
	if c, ok := cmd.(room.TakeBack); ok {
		c.Words = l.sender.Shown(c.Words)
		cmd = c
	}
	cmd, refusal := dress(cmd, m)
	if refusal != nil {
		l.refuse(m, id, refusal)
		return
	}
	l.perform(m, now, id, cmd)
}

// perform runs a command that has been read, unless it was run before.
func (l *Room) perform(m *Member, now time.Time, id string, cmd room.Command) {
	if l.state == nil {
		l.refuse(m, id, refuseUnavailable)
		return
	}
	key := CommandKey{Seat: m.seat, ID: id}
	if fail.Bug(fail.NoCommandID) {
		key.ID = random()
	}
	out, again := l.answers.recall(key)
	if !again {
		l.doing.asker = m
		fail.Panic(fail.PanicEarly, id)
		out = l.act(l.node.base, now, m.seat, cmd, key.ID)
		fail.Panic(fail.PanicLate, id)
		l.doing.asker = nil
		if out.form == 0 && (out.refusal == nil || !passes(out.refusal)) {
			l.answers.pass(key, out.refusal)
		}
	}
	l.count(out)
	l.reply(m, id, l.answers.number(key), out)
	l.follow(now)
	l.took(now, out)
}

// passes says whether a refusal is about this moment only: the same command may
// be sent again and is then decided anew.
func passes(r *room.Refusal) bool { return r == refuseBusy || r == refuseUnavailable }

// reply tells the sender how a command ended. own is its number among the sender's.
func (l *Room) reply(m *Member, id string, own int64, out outcome) {
	switch {
	case out.refusal != nil:
		l.answer(m, fanout.No(id, out.refusal))
	case !out.acked:
		fail.Point(fail.BeforeAck)
		l.answer(m, fanout.Ack(id, own))
		if fail.Built {
			l.flush() // the point is passed when the answer is on its way
		}
		fail.Point(fail.AfterAck)
	}
}

// count counts a command that left rows, or that could not be run. Whatever else
// happens in a turn would tell a share from a pass.
func (l *Room) count(out outcome) {
	result := resultOK
	switch {
	case out.refusal == refuseUnavailable || out.refusal == refuseBusy:
		result = resultUnavailable
	case out.form == 0:
		return
	case out.again:
		result = resultDuplicate
	}
	l.node.metrics.Commands.by[result].Inc()
}

// took measures a command that left rows.
func (l *Room) took(began time.Time, out outcome) {
	if out.form != 0 && !out.again {
		l.node.metrics.CommandTime.Observe(l.node.clock().Sub(began).Seconds())
	}
}

func (l *Room) refuse(m *Member, id string, r *room.Refusal) {
	l.answer(m, fanout.No(id, r))
}

// refuseStrike refuses what our page would not have sent.
func (l *Room) refuseStrike(m *Member, id string, r *room.Refusal) {
	l.refuse(m, id, r)
	l.strike(m, "malformed")
}

// strike counts against a socket; one too many closes it. An empty scope is in no
// metric.
func (l *Room) strike(m *Member, scope string) {
	if scope != "" {
		l.node.metrics.RateLimited.WithLabelValues(scope).Inc()
	}
	if m.strikes.add(l.node.clock(), &l.node.limits) {
		l.dismiss(m, closeRules, "rules")
	}
}

// mayNow holds a command against the rates (walls §2.4): of this seat, of its
// words, and of the whole room. Only the sender's own excess counts against the
// sender. The lobby has a rate of its own, so that strangers cannot keep a room
// busy; and whoever looks after a room that is flooded must be able to act.
func (l *Room) mayNow(m *Member, now time.Time, id string, cmd room.Command) bool {
	limits := &l.node.limits
	p := m.place
	if !p.all.take(now, limits.Commands) {
		l.node.metrics.Commands.by[resultLimited].Inc()
		l.answer(m, fanout.No(id, refuseSlowDown))
		l.strike(m, "socket")
		return false
	}
	if carriesWords(cmd) && !p.words.take(now, limits.Words) {
		l.answer(m, fanout.No(id, refuseSlowDown))
		l.strike(m, "") // a count would tell that somebody has words
		return false
	}
	rate := &l.rates.outside
	if p.In()[room.ToRoom].In {
		rate = &l.rates.inside
	}
	if !p.In()[room.ToCare].In && !rate.take(now, limits.Room) {
		l.node.metrics.Commands.by[resultLimited].Inc()
		l.node.metrics.RateLimited.WithLabelValues("room").Inc()
		l.answer(m, fanout.No(id, refuseBusy))
		return false
	}
	return true
}

// carriesWords says whether a command says something to others.
func carriesWords(cmd room.Command) bool {
	worded, ok := cmd.(room.Worded)
	if !ok {
		return false
	}
	_, some := worded.Own()
	return some
}

// dismiss closes a connection once its last lines are out; nothing it sends
// from now on is read.
func (l *Room) dismiss(m *Member, code int, reason string) {
	if m.Gone || m.leaving {
		return
	}
	m.leaving = true
	m.spoke.Store(true)
	l.seats.closing = append(l.seats.closing, farewell{m, code, reason})
}
