package hub

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync/atomic"
	"time"

	"hearth/hub/fanout"
	"hearth/hub/replica"
	"hearth/room"
	"hearth/room/group"
)

// live is one room that is under way. The fields of the first part never
// change; everything else belongs to the room's worker.
type live struct {
	hub     *Hub
	session group.Session
	group   group.Group
	box     mailbox

	inbox  inbox         // from the other nodes
	rung   atomic.Bool   // a letter is on its way that says so
	seen   glimpse       // what the house may see of the room from outside
	loaded chan struct{} // closed once loading has ended, well or not
	err    error         // why it could not be loaded

	rep     *replica.Replica
	state   *room.State // the replica's; nil: being read back from the journal
	caster  *room.Caster
	sender  *fanout.Sender
	answers answers
	intro   []byte // session and charter as they stand in every hello
	charter room.CharterRef
	// replanned is Form.Replanned of what intro says.
	replanned int
	inside    bucket // commands of people who are inside
	outside   bucket // and of those who are not

	places map[room.SeatID]*place
	order  []*place // the same, in the order of coming
	tokens map[string]ticket

	kept    bool            // the next flush follows rows
	closing []farewell      // after the next flush
	asking  *member         // whose command is being run; nil for the house's
	ctx     context.Context // of what is being run
	doing   doing           // what that is
	writing func([]room.Event) []room.Event
	silent  bool // nothing is cast: everybody will be sent a snapshot
	effects effects

	timer      *time.Timer
	wake       time.Time             // what the timer is set to
	notBefore  time.Time             // a tick that failed is not tried again before
	tries      int                   // how often reading back has failed in a row
	fresh      bool                  // the room began when it was loaded
	ended      bool                  // the room has closed
	goodbye    bool                  // and everybody has been told
	erased     bool                  // and its journal is erased
	untune     func()                // ends the listening to other nodes; nil: not listening
	came       replica.Came          // how it was loaded
	attend     bool                  // who is connected here must be told to the room anew
	mute       bool                  // what is cast now has been heard here: only its number goes out
	said       map[told]room.Millis  // words that people here have heard; see saidBefore
	unlearned  time.Time             // when some of them were last forgotten
	stood      replica.Mode          // how the room stood to other nodes, as last logged
	naps       uint64                // how often this node had stood still when the room last looked
	deafPeer   bool                  // a node that has the room cannot hear the others
	cutSince   time.Time             // people on other nodes cannot be reached since; zero: they can
	apart      bool                  // people here have been told so
	presumed   time.Time             // until when seats without a connection are given time
	aligned    time.Time             // frames were last brought in line with other nodes
	quietUntil time.Time             // the journal is left in peace until then
	over       bool                  // the journal says that the session is over
	putDown    bool                  // is no longer in memory here
	barred     map[room.SeatID]bool  // revoked, known to the room or not
	bound      map[room.SeatID]int64 // the newest generation of each binding that is known here
	assured    time.Time             // as of when the store has said so
}

// farewell is a connection that is to be closed once its last lines are out.
type farewell struct {
	m      *member
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
func (l *live) load(ctx context.Context) error {
	l.rep, l.writing = replica.New(l.hub.cfg.Node, world{l}), l.beforeRows
	l.state, l.caster = l.rep.State, nil
	l.sender.Reset(random(), l.hub.limits.Ring)
	l.answers.reset()
	l.naps = l.hub.slept()
	l.ctx = ctx
	defer func() { l.ctx = l.hub.base }() // ctx ends with the loading
	came, err := l.rep.Load()
	l.state = l.rep.State
	if err != nil {
		return err
	}
	now := l.hub.clock()
	l.came, l.fresh = came, l.rep.Form == 0
	if l.fresh {
		if err := l.begin(ctx, now); err != nil {
			return err
		}
	}
	if came != replica.Fresh {
		l.presumed = now.Add(presumedFor)
	}
	if l.caster == nil {
		l.caster = room.NewCaster(l.state)
	}
	l.effects = effects{}
	l.brings(nil)
	return l.introduce(ctx)
}

// begin opens a new room on the newest version of the group's charter.
func (l *live) begin(ctx context.Context, now time.Time) error {
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
func (l *live) newest(ctx context.Context) (room.CharterRef, error) {
	versions, err := l.hub.cfg.Store.Versions(ctx, l.group.ID)
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
func (l *live) run(letters []letter, next int) (after int) {
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

func (l *live) handle(letter *letter) {
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
func (l *live) settle() {
	for range 3 { // telling the room may bring what others say
		if !l.attend {
			break
		}
		l.attend = false
		l.present(l.hub.clock())
	}
	if l.over {
		l.over = false
		l.elsewhere()
	}
	l.tellApart()
	l.flush()
	for _, f := range l.closing {
		f.m.Gone = true
		f.m.conn.Close(f.code, f.reason)
	}
	clear(l.closing)
	l.closing = l.closing[:0]
	if l.state != nil {
		l.wind()
	}
	l.glimpse()
}

// broke handles a panic: what was being done is dropped, and the room begins
// again from its journal with a new epoch. Nothing it does can panic itself.
func (l *live) broke(p any, at letter) {
	l.hub.metrics.Panics.Inc()
	l.hub.log.Error("a room panicked and is read back from its journal", slog.String("session", l.session.ID),
		slog.String("type", fmt.Sprintf("%T", p)), slog.String("stack", string(debug.Stack())))
	if at.from != nil && at.data != nil {
		l.answers.poison(at.from.seat, refOf(at.data))
	}
	l.state, l.asking, l.silent, l.mute = nil, nil, false, false
	l.sender.Drop()
	if l.ended { // its journal may be erased already; there is nothing to come back to
		l.state = room.New()
		return
	}
	l.later("panic")
}

// later reads the room back: at once the first time, and with growing pauses
// while that goes wrong.
func (l *live) later(cause string) {
	again := letter{do: func(l *live) { l.again(cause) }}
	l.tries++
	if l.tries == 1 {
		l.post(again)
		return
	}
	l.hub.after(min(100*time.Millisecond<<min(l.tries, 6), 5*time.Second), func() { l.post(again) })
}

// again reads the room back and greets everybody anew.
func (l *live) again(cause string) {
	ctx, done := context.WithTimeout(l.hub.base, storeWait)
	defer done()
	if err := l.load(ctx); err != nil {
		l.state = nil
		l.hub.log.Error("a room cannot be read back", slog.String("session", l.session.ID), slog.Any("err", err))
		l.later(cause)
		return
	}
	l.hub.metrics.EpochChanges.WithLabelValues(cause).Inc()
	l.rejoin(l.hub.clock())
	l.tries = 0
}

// storeWait is how long one write or read may take before we say that we cannot
// keep the promise just now (R9).
const storeWait = 10 * time.Second
