package runtime

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"time"

	"hearth/hub/fanout"
	"hearth/hub/replica"
	"hearth/room"
	"hearth/room/group"
)

// Room is one room that is under way. node, box, seen, link.inbox and link.rung are
// for every goroutine, and so are loading.done, and once it is closed loading.err
// and the session's id; everything else belongs to the room's worker. Its exported
// methods may be called by many goroutines; those that wait for the worker say so.
type Room struct {
	node    *Node
	session group.Session // as in the store, when it was last read
	group   group.Group
	box     mailbox
	seen    glimpse // what the house may see of the room from outside
	loading loading

	rep     *replica.Replica
	state   *room.State // the replica's; nil: being read back from the journal
	caster  *room.Caster
	about   about
	sender  *fanout.Sender
	answers answers
	rates   struct{ inside, outside bucket } // commands of people who are inside, and of those who are not
	seats   seats
	bound   bindings
	doing   doing
	effects effects
	alarm   alarm
	link    link
	end     ending
}

// loading is how a room came into memory here.
type loading struct {
	done  chan struct{} // closed once loading has ended, well or not; then err never changes
	err   error         // why it could not be loaded
	came  replica.Came  // from where, the last time
	fresh bool          // the room began when it was loaded
	tries int           // how often reading back has failed in a row; 0: it has not
}

// about is what every hello says of the session, and of what it was made.
type about struct {
	intro   []byte // session, charter and tables as they stand in every hello
	charter room.CharterRef
	// replanned is Form.Replanned of what intro says.
	replanned int
}

// seats is what is kept of each seat that was ever connected here, and of all once
// another node has the room too. byID and all hold the same places.
type seats struct {
	byID   map[room.SeatID]*place
	all    []*place // in the order of coming, which is the order of [fanout.Sender]
	tokens map[string]ticket
	// closing are connections that are to be closed after the next flush.
	closing []farewell
}

// farewell is a connection that is to be closed once its last lines are out.
type farewell struct {
	m      *Member
	code   int
	reason string
}

// random gives 128 random bits for a token or an epoch.
func random() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails (Go 1.24)
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// load brings the room in, from the nodes that have it or from its journal; a
// session without a journal is opened.
func (l *Room) load(ctx context.Context) error {
	l.rep, l.doing.before = replica.New(l.node.Self(), world{l}), l.beforeRows
	l.state, l.caster = l.rep.State, nil
	l.sender.Reset(random(), l.node.limits.Ring)
	l.answers.reset()
	if l.node.Clustered() {
		l.link.naps = l.node.cfg.Members.Slept()
	}
	l.doing.ctx = ctx
	defer func() { l.doing.ctx = l.node.base }() // ctx ends with the loading
	came, err := l.rep.Load()
	l.state = l.rep.State
	if err != nil {
		return err
	}
	now := l.node.clock()
	l.loading.came, l.loading.fresh = came, l.rep.Form == 0
	if l.loading.fresh {
		if err := l.begin(ctx, now); err != nil {
			return err
		}
	}
	if came != replica.Fresh {
		l.link.presumed = now.Add(presumedFor)
	}
	if l.caster == nil {
		l.caster = room.NewCaster(l.state)
	}
	l.effects = effects{}
	l.brings(nil)
	return l.introduce(ctx)
}

// begin opens a new room on the newest version of the group's charter.
func (l *Room) begin(ctx context.Context, now time.Time) error {
	newest, err := l.newest(ctx)
	if err != nil {
		return fmt.Errorf("open the room: %w", err)
	}
	plan := l.session.Plan
	plan.Session = l.session.ID
	cmd := room.Open{Plan: plan, Rules: l.session.Rules, Charter: newest}
	out := l.act(ctx, now, room.House, cmd, "open")
	if out.refusal != nil {
		return fmt.Errorf("open the room: %w", out.refusal)
	}
	return nil
}

// newest is the version of the group's charter that is in force.
func (l *Room) newest(ctx context.Context) (room.CharterRef, error) {
	versions, err := l.node.cfg.Store.Versions(ctx, l.group.ID)
	if err != nil {
		return room.CharterRef{}, fmt.Errorf("find the charter: %w", err)
	}
	if len(versions) == 0 {
		return room.CharterRef{}, errNoCharter
	}
	return room.CharterRef{Number: versions[0].Number, Digest: versions[0].Digest}, nil
}

var errNoCharter = errors.New("the group has adopted no charter")

// run does letters from one on and gives the index of the next. It stops early
// only when a letter panics: the room is then read back from its journal, and
// no other room notices (F24).
func (l *Room) run(letters []letter, next int) (after int) {
	defer func() {
		if p := recover(); p != nil {
			after = next + 1
			var at letter
			if next < len(letters) {
				at = letters[next]
			}
			l.broke(p, at)
		}
	}()
	for ; next < len(letters); next++ {
		l.handle(&letters[next])
		if l.sender.Full() {
			l.flush()
		}
	}
	l.settle()
	return len(letters)
}

func (l *Room) handle(letter *letter) {
	switch {
	case letter.do != nil:
		letter.do(l)
	case letter.ended:
		l.disconnected(letter.from)
	default:
		letter.from.waiting.Add(-1)
		l.message(letter.from, letter.data)
	}
}

// settle ends a round of work: everything out, everybody who must go gone, the
// timer set.
func (l *Room) settle() {
	for range 3 { // telling the room may bring what others say
		if !l.link.attend {
			break
		}
		l.link.attend = false
		l.present(l.node.clock())
	}
	if l.end.elsewhere {
		l.end.elsewhere = false
		l.elsewhere()
	}
	l.tellApart()
	l.flush()
	for _, f := range l.seats.closing {
		f.m.Gone = true
		f.m.conn.Close(f.code, f.reason)
	}
	clear(l.seats.closing)
	l.seats.closing = l.seats.closing[:0]
	if l.state != nil {
		l.wind()
	}
	l.glimpse()
}

// broke handles a panic: what was being done is dropped, and the room begins
// again from its journal with a new epoch. Nothing it does can panic itself.
func (l *Room) broke(p any, at letter) {
	l.node.metrics.Panics.Inc()
	l.node.log.Error("a room panicked and is read back from its journal", slog.String("session", l.session.ID),
		slog.String("type", fmt.Sprintf("%T", p)), slog.String("stack", string(debug.Stack())))
	if at.from != nil && at.data != nil {
		l.answers.poison(at.from.seat, refOf(at.data))
	}
	l.state, l.doing.asker, l.doing.silent, l.doing.mute = nil, nil, false, false
	l.sender.Drop()
	if l.end.closed { // its journal may be erased already; there is nothing to come back to
		l.state = room.New()
		return
	}
	l.later("panic")
}

// later reads the room back: at once the first time, and with growing pauses
// while that goes wrong.
func (l *Room) later(cause string) {
	again := letter{do: func(l *Room) { l.again(cause) }}
	l.loading.tries++
	if l.loading.tries == 1 {
		l.post(again)
		return
	}
	l.node.after(min(100*time.Millisecond<<min(l.loading.tries, 6), 5*time.Second), func() { l.post(again) })
}

// again reads the room back and greets everybody anew.
func (l *Room) again(cause string) {
	ctx, done := context.WithTimeout(l.node.base, storeWait)
	defer done()
	if err := l.load(ctx); err != nil {
		l.state = nil
		l.node.log.Error("a room cannot be read back", slog.String("session", l.session.ID), slog.Any("err", err))
		l.later(cause)
		return
	}
	l.node.metrics.EpochChanges.WithLabelValues(cause).Inc()
	l.rejoin(l.node.clock())
	l.loading.tries = 0
}

// storeWait is how long one write or read may take before we say that we cannot
// keep the promise just now (R9).
const storeWait = 10 * time.Second
