package runtime

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"hearth/charter"
	"hearth/hub/fanout"
	"hearth/hub/replica"
	"hearth/hub/strict"
	"hearth/room"
	"hearth/room/group"
)

// helloMessage is the first message of a socket.
type helloMessage struct {
	Do     string `json:"do"`
	V      int    `json:"v"`
	Resume string `json:"resume,omitempty"`
	Seq    int64  `json:"seq,omitempty"`
}

// ticket is what a resume token stands for. Tokens live in memory, are good
// once, and change at every hello (A29). A page that was reloaded has none, so
// reloading replays nothing (T13).
type ticket struct{ seat room.SeatID }

// mostTokens is how many tokens one seat may hold: for each of its sockets, and
// for each that broke a moment ago.
const mostTokens = 6

// attach makes a new socket known to the room. It still has to say hello.
func (l *Room) attach(m *Member) {
	p := l.placeOf(m.seat)
	m.place = p
	l.seen.sockets.Add(1)
	p.conns = append(p.conns, m)
	p.Attach(&m.Receiver)
	if l.outdated(m) {
		l.dismiss(m, closeGone, "moved")
		return
	}
	if len(p.conns) > l.node.limits.Sockets {
		l.dismiss(p.conns[len(p.conns)-1-l.node.limits.Sockets], closeReplaced, "replaced")
	}
}

// placeOf is what the room keeps of a seat here.
func (l *Room) placeOf(seat room.SeatID) *place {
	p := l.seats.byID[seat]
	if p == nil {
		p = &place{Place: fanout.Place{Seat: seat}}
		l.seats.byID[seat] = p
		l.seats.all = append(l.seats.all, p)
		l.sender.Add(&p.Place)
		l.reviewPlace(p)
	}
	return p
}

// hello answers the first message of a socket.
func (l *Room) hello(m *Member, fields strict.Fields) {
	var msg helloMessage
	if err := fields.Decode(&msg); err != nil || msg.Do != "hello" || msg.V != 1 || msg.Seq < 0 {
		l.node.metrics.Joins.WithLabelValues("bad-hello").Inc()
		l.answer(m, fanout.No("", refuseHello))
		l.dismiss(m, closeHello, "hello")
		return
	}
	if !m.spoke.CompareAndSwap(false, true) {
		return // too late: it is being closed
	}
	if l.state == nil {
		l.dismiss(m, closeRestart, retryIn(time.Second))
		return
	}
	l.catchUp(m.place, &msg)
	if m.place == nil || m.Gone || !l.stillHolds(m) {
		return
	}
	now := l.node.clock()
	l.join(m, now)
	p := m.place
	m.welcome()
	if !l.resume(m, now, &msg) {
		l.greet(now, m)
	}
	l.node.metrics.Joins.WithLabelValues("ok").Inc()
	if code, gone := l.farewellCode(p); gone {
		l.dismiss(m, code, "")
	}
}

// join tells presence and, when it is the seat's first connection, the room.
func (l *Room) join(m *Member, now time.Time) {
	status := l.state.Status(m.seat)
	lostLong := status == room.Left && l.state.Form.Seats[m.seat].Why == "lost"
	if (status == "" || lostLong) && !l.bound.barred[m.seat] {
		l.house(now, room.Arrive{Seat: m.seat, Role: m.role}, "arrive:"+random())
	}
	first, err := l.node.cfg.Presence.Join(l.node.base, l.session.ID, m.seat, m.id)
	if err != nil {
		l.node.log.Warn("presence does not answer", slog.Any("err", err))
		first = !slices.ContainsFunc(m.place.conns, func(o *Member) bool { return o.Greeted && !o.Gone })
	}
	if first {
		l.house(now, room.Connected{Seat: m.seat}, "connected:"+random())
	}
}

// disconnected is told that a socket is over. It compares the connection, not
// the seat: the late end of a dead socket never puts out somebody who has come
// back.
func (l *Room) disconnected(m *Member) {
	p := m.place
	if p == nil {
		return
	}
	m.place, m.Gone = nil, true
	l.seen.sockets.Add(-1)
	p.conns = slices.DeleteFunc(p.conns, func(o *Member) bool { return o == m })
	p.Detach(&m.Receiver)
	if !m.Greeted {
		return
	}
	last, err := l.node.cfg.Presence.Leave(l.node.base, l.session.ID, m.seat, m.id)
	if err != nil {
		l.node.log.Warn("presence does not answer", slog.Any("err", err))
		last = !slices.ContainsFunc(p.conns, func(o *Member) bool { return o.Greeted && !o.Gone })
	}
	if last && l.state != nil {
		l.house(l.node.clock(), room.Lost{Seat: m.seat}, "lost:"+random())
	}
}

// resume gives a broken connection what it missed, if all of it is still here
// and was meant for it all the time. Otherwise it gets a whole snapshot, which
// never holds words (T13).
func (l *Room) resume(m *Member, now time.Time, msg *helloMessage) bool {
	if msg.Resume == "" {
		return false
	}
	p := m.place
	t, known := l.seats.tokens[msg.Resume]
	known = known && t.seat == p.Seat
	if known {
		l.spend(p, msg.Resume)
	}
	l.sender.Forget(now.Add(-l.state.Form.Rules.Tail))
	from, whole := l.sender.Missed(&p.Place, msg.Seq)
	switch {
	case !known:
		l.node.metrics.Resumes.WithLabelValues("unknown-token").Inc()
		return false
	case !p.In()[room.ToRoom].In || !whole:
		l.node.metrics.Resumes.WithLabelValues("snapshot").Inc()
		return false
	}
	l.node.metrics.Resumes.WithLabelValues("resumed").Inc()
	l.sender.Resume(&m.Receiver, &p.Place, from, msg.Seq, now, l.issue(m), l.state.Snapshot(p.Seat))
	return true
}

// catchUp waits a moment for who comes from another node and is ahead of what has
// been heard from there. What is heard meanwhile goes out, so it comes before the
// connection is greeted: nothing may be sent to it before hello.
func (l *Room) catchUp(p *place, msg *helloMessage) {
	for range 4 {
		if t, known := l.seats.tokens[msg.Resume]; !known || t.seat != p.Seat || msg.Seq <= p.Last() || l.rep.Mode() != replica.Shared {
			return
		}
		l.rep.Wait(50 * time.Millisecond)
	}
}

// issue makes a new token for a connection; its old one is void.
func (l *Room) issue(m *Member) string {
	p := m.place
	l.spend(p, m.token)
	m.token = random()
	l.token(m.token, p.Seat)
	if l.rep.Mode() == replica.Shared {
		l.sayNote(note{Seat: p.Seat, Token: m.token})
	}
	return m.token
}

// token keeps a token of a seat.
func (l *Room) token(token string, seat room.SeatID) {
	p := l.placeOf(seat)
	l.seats.tokens[token] = ticket{seat}
	p.tokens = append(p.tokens, token)
	if len(p.tokens) > mostTokens {
		l.forgetToken(p, p.tokens[0])
	}
}

// spend makes a token void, on every node.
func (l *Room) spend(p *place, token string) {
	if token != "" && l.rep.Mode() == replica.Shared {
		l.sayNote(note{Spent: token})
	}
	l.forgetToken(p, token)
}

func (l *Room) forgetToken(p *place, token string) {
	delete(l.seats.tokens, token)
	p.tokens = slices.DeleteFunc(p.tokens, func(t string) bool { return t == token })
}

// greet answers a hello with a whole snapshot.
func (l *Room) greet(now time.Time, m *Member) {
	if m.Gone {
		return
	}
	token, shown := l.issue(m), l.state.Snapshot(m.seat)
	l.sender.Greet(&m.Receiver, &m.place.Place, now, token, l.about.intro, &shown)
}

// whole sends a snapshot to every connection of a seat.
func (l *Room) whole(now time.Time, seat room.SeatID) {
	p := l.seats.byID[seat]
	if p == nil {
		return
	}
	var views []byte
	for _, m := range p.conns {
		if !m.Greeted || m.Gone {
			continue
		}
		if views == nil {
			shown := l.state.Snapshot(seat)
			views = fanout.Views(&shown)
		}
		l.answer(m, l.sender.Snapshot(&p.Place, now, l.issue(m), l.about.intro, views))
	}
}

// introduction is what every hello says about the session and its charter.
type introduction struct {
	ID      string       `json:"id"`
	Title   string       `json:"title"`
	Start   int64        `json:"start"`
	Minutes int          `json:"minutes"`
	Contact string       `json:"contact"`
	Policy  group.Policy `json:"policy"`
	Region  string       `json:"region"`
}

type charterShown struct {
	Number int            `json:"number"`
	Digest string         `json:"digest"`
	Lines  []charter.Line `json:"lines"`
}

var errDigest = errors.New("the charter that is kept is not the one the room began with")

// introduce prepares the part of hello that changes only with the charter and
// the plan.
func (l *Room) introduce(ctx context.Context) error {
	ref := l.state.Form.Charter
	v, err := l.node.cfg.Store.Version(ctx, l.group.ID, ref.Number)
	if err != nil {
		return fmt.Errorf("read charter version %d: %w", ref.Number, err)
	}
	if v.Digest != ref.Digest {
		return fmt.Errorf("read charter version %d: %w", ref.Number, errDigest)
	}
	if l.state.Form.Replanned != l.about.replanned {
		now, err := l.node.cfg.Store.Session(ctx, l.session.ID)
		if err != nil {
			return fmt.Errorf("read a changed session: %w", err)
		}
		// Not the id: other goroutines read it.
		l.session.Title, l.session.Start, l.session.Plan, l.session.Rules = now.Title, now.Start, now.Plan, now.Rules
	}
	s := l.session
	about, err := json.Marshal(introduction{
		ID: s.ID, Title: s.Title, Start: s.Start.UnixMilli(), Minutes: s.Plan.Minutes(),
		Contact: l.group.Contact, Policy: l.group.Policy, Region: l.group.Region,
	})
	if err != nil {
		return fmt.Errorf("encode the session: %w", err)
	}
	text, err := json.Marshal(charterShown{Number: v.Number, Digest: v.Digest, Lines: v.Text.Lines})
	if err != nil {
		return fmt.Errorf("encode the charter: %w", err)
	}
	tables, err := json.Marshal(struct {
		Formats []room.FormatTraits `json:"formats"`
		Roles   []room.Powers       `json:"roles"`
		Streams []string            `json:"streams"`
	}{room.Formats(), room.Roles(), room.Streams()})
	if err != nil {
		return fmt.Errorf("encode the tables of the room: %w", err)
	}
	l.about.intro = slices.Concat([]byte(`,"session":`), about, []byte(`,"charter":`), text, []byte(","), tables[1:len(tables)-1])
	l.about.charter, l.about.replanned = ref, l.state.Form.Replanned
	return nil
}
