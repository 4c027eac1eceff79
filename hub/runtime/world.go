package runtime

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"hearth/hub/fail"
	"hearth/hub/fanout"
	"hearth/hub/replica"
	"hearth/room"
)

// world is what a room's replica sees of this node; see [replica.World]. It
// belongs to the room's worker.
type world struct{ *Room }

// journalWait is how long a command may wait for the journal before we say that it
// is not saved (R9). Whatever is said in the room waits with it.
const journalWait = 4 * time.Second

// Once the journal has let somebody wait that long, others wait less, and a room
// leaves it in peace for a moment, so that words can be said meanwhile.
const (
	silentWait  = 500 * time.Millisecond
	silentPause = time.Second
)

var errSilent = errors.New("hub: the journal did not answer a moment ago")

var errNoRelay = errors.New("hub: the relay is not there")

func (w world) Append(after int64, key CommandKey, rows [][]byte) (int64, error) {
	start := w.node.clock()
	if start.Before(w.link.quietUntil) {
		return 0, errSilent
	}
	wait := journalWait
	if w.node.silent.Load() {
		wait = silentWait
	}
	ctx, done := context.WithTimeout(w.doing.ctx, wait)
	defer done()
	fail.Point(fail.BeforeCommit)
	seq, err := w.node.cfg.Journal.Append(ctx, w.session.ID, after, key, rows)
	if fail.Bug(fail.NoEpochCheck) && errors.Is(err, ErrConflict) {
		heads, _ := w.node.cfg.Journal.Heads(ctx, []string{w.session.ID})
		seq, err = w.node.cfg.Journal.Append(ctx, w.session.ID, heads[w.session.ID], key, rows)
	}
	w.node.metrics.Commit.Observe(w.node.clock().Sub(start).Seconds())
	late := errors.Is(ctx.Err(), context.DeadlineExceeded)
	w.node.silent.Store(err != nil && (late || w.node.silent.Load()))
	switch {
	case err == nil:
		fail.Point(fail.AfterCommit)
	case late:
		w.link.quietUntil = w.node.clock().Add(silentPause)
	case errors.Is(err, ErrConflict):
		w.node.metrics.Conflicts.Inc()
	case errors.Is(err, ErrNotFound):
		w.end.elsewhere = true
	}
	return seq, err
}

func (w world) Tail(after int64, see func(seq int64, key CommandKey, row []byte) error) error {
	ctx, done := context.WithTimeout(w.doing.ctx, journalWait)
	defer done()
	return w.node.cfg.Journal.Tail(ctx, w.session.ID, after, func(seq int64, key CommandKey, row []byte) error {
		if after++; seq != after {
			w.node.metrics.SeqGaps.Inc()
		}
		fail.Point(fail.MidReplay)
		return see(seq, key, row)
	})
}

func (w world) Head() (int64, error) {
	if fail.Bug(fail.NoEpochCheck) {
		return 0, nil
	}
	start := w.node.clock()
	if start.Before(w.link.quietUntil) {
		return 0, errSilent
	}
	ctx, done := context.WithTimeout(w.doing.ctx, silentWait)
	defer done()
	heads, err := w.node.cfg.Journal.Heads(ctx, []string{w.session.ID})
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		w.link.quietUntil = w.node.clock().Add(silentPause)
	}
	if err != nil {
		return 0, fmt.Errorf("find the journal's last row: %w", err)
	}
	return heads[w.session.ID], nil
}

func (w world) Publish(message []byte) error {
	relay := w.node.cfg.Relay
	if relay == nil || !relay.Up() {
		return errNoRelay
	}
	ctx, done := context.WithTimeout(w.doing.ctx, publishIn)
	defer done()
	return relay.Publish(ctx, w.session.ID, message)
}

func (w world) Hear(wait time.Duration) (replica.Heard, bool) {
	if heard, ok := w.link.inbox.take(); ok || wait <= 0 {
		return heard, ok
	}
	t := time.NewTimer(wait)
	defer t.Stop()
	for {
		select {
		case <-w.link.inbox.bell:
			if heard, ok := w.link.inbox.take(); ok {
				return heard, ok
			}
		case <-t.C:
			return replica.Heard{}, false
		case <-w.node.base.Done():
			return replica.Heard{}, false
		}
	}
}

func (w world) Pause(longest time.Duration) { w.node.Pause(w.doing.ctx, rand.N(longest)) } //nolint:gosec // no secret
func (w world) NewID() string               { return random() }
func (w world) Now() time.Time              { return w.node.clock() }
func (w world) Slept() bool {
	if !w.node.Clustered() {
		return false
	}
	naps := w.node.cfg.Members.Slept()
	slept := naps != w.link.naps
	w.link.naps = naps
	return slept
}

func (w world) Others() ([]string, bool) { return w.node.Holders(w.doing.ctx, w.session.ID) }

func (w world) Applied(now time.Time, events []room.Event, how replica.How) {
	if fail.Bug(fail.FloorByClock) {
		w.state.Form.Hands = fail.ByClock(w.session.ID, w.state.Form.Hands, func(h room.RaisedHand) string { return string(h.Seat) })
	}
	w.doing.mute = how.Late && !how.Elsewhere // this node's own people have heard it
	w.show(now, events)
	w.doing.mute = false
	if how.Elsewhere && slices.ContainsFunc(events, offline) {
		w.link.attend = true // somebody may be connected here whom the other node has lost
	}
}

// offline says whether an event takes somebody for not connected.
func offline(e room.Event) bool {
	switch e.(type) {
	case room.Offline, room.Wiped:
		return true
	}
	return false
}

func (w world) Kept(key CommandKey, seq int64) { w.answers.form(key, seq) }
func (w world) Waits() bool                    { return w.doing.asker == nil || w.doing.asker.stage.Load() != stageOver }
func (w world) Passed(key CommandKey)          { w.answers.pass(key, nil) }
func (w world) Frame() int64                   { return w.sender.Seq() }

// Drifted: the frames of two nodes are numbered differently. What people see is
// the same; only resuming on another node would go wrong, so the numbers are
// brought in line, if that helps.
func (w world) Drifted() {
	w.node.metrics.Drifts.Inc()
	w.node.log.Debug("the frames of two nodes are numbered differently", slog.String("session", w.session.ID))
	if now := w.node.clock(); now.Sub(w.link.aligned) > 10*time.Second {
		w.link.aligned = now
		w.rep.Unsure()
	}
}

// luggage is what goes to a node that joins in, beside the state.
type luggage struct {
	Epoch   string                 `json:"epoch"`
	Seq     int64                  `json:"seq"`
	Veil    []byte                 `json:"veil"`
	Numbers map[room.SeatID]int64  `json:"numbers"` // of each seat's last frame
	Tokens  map[string]room.SeatID `json:"tokens"`
	Passed  []CommandKey           `json:"passed"` // commands without a row that took effect lately
}

func (w world) Luggage() []byte {
	w.seatEverybody()
	n := w.sender.Numbering()
	all := luggage{Epoch: n.Epoch, Seq: n.Seq, Veil: n.Veil, Numbers: n.Numbers, Tokens: map[string]room.SeatID{}}
	for token, t := range w.seats.tokens {
		all.Tokens[token] = t.seat
	}
	all.Passed = w.answers.lately()
	b, err := json.Marshal(all)
	if err != nil {
		w.Trouble("what goes to another node cannot be written", err)
	}
	return b
}

func (w world) Unpack(b []byte) {
	var all luggage
	if err := json.Unmarshal(b, &all); err != nil || all.Epoch == "" {
		w.Trouble("what came from another node cannot be read", err)
		return
	}
	w.state = w.rep.State
	if w.sender.Epoch() != all.Epoch { // whatever was on a screen here is cleared
		clear(w.link.heard)
	}
	if w.caster == nil { // loading: nobody was here when that was said (R6)
		w.link.heard = map[told]room.Millis{}
		for id, at := range w.rep.Known() {
			w.link.heard[told{words: id}] = at
		}
	}
	w.seatEverybody()
	w.sender.Adopt(fanout.Numbering{Epoch: all.Epoch, Seq: all.Seq, Veil: all.Veil, Numbers: all.Numbers})
	clear(w.seats.tokens)
	for _, p := range w.seats.all {
		p.tokens = nil
	}
	for token, seat := range all.Tokens {
		w.token(token, seat)
	}
	for _, key := range all.Passed {
		w.answers.pass(key, nil)
		w.rep.DoneElsewhere(key)
	}
	for _, p := range w.seats.all {
		w.reviewPlace(p)
		p.Turn() // who has everything so far has missed nothing; what came before is not here
	}
}

// Anew: the state is another one. Everybody here is shown the whole of it.
func (w world) Anew() {
	l := w.Room
	l.state = l.rep.State
	now := l.node.clock()
	if l.caster == nil { // still loading: what comes from now on is numbered here too
		l.caster, l.about.charter = room.NewCaster(l.state), l.state.Form.Charter
		return
	}
	l.flush()
	l.caster = room.NewCaster(l.state)
	l.brings(nil)
	l.reintroduce()
	l.node.metrics.EpochChanges.WithLabelValues("joined").Inc()
	for _, p := range l.seats.all {
		l.whole(now, p.Seat)
	}
	l.link.attend = true
}

// note is what nodes tell each other of resume tokens, so that people can come
// back to any of them: given out, and spent.
type note struct {
	Seat  room.SeatID `json:"seat,omitempty"`
	Token string      `json:"token,omitempty"`
	Spent string      `json:"spent,omitempty"`
}

func (w world) Note(b []byte) {
	var n note
	if len(b) == 0 || json.Unmarshal(b, &n) != nil {
		return
	}
	if n.Spent != "" {
		if t, ok := w.seats.tokens[n.Spent]; ok && w.seats.byID[t.seat] != nil {
			w.forgetToken(w.seats.byID[t.seat], n.Spent)
		}
	}
	if n.Token != "" && n.Seat != "" {
		w.seatEverybody()
		w.token(n.Token, n.Seat)
	}
}

func (w world) Trouble(what string, err error) {
	w.node.log.Error(what, slog.String("session", w.session.ID), slog.Any("err", err))
}

// seatEverybody gives each seat that the room knows a place, connected or not:
// nodes that share a room number the frames of all of them.
func (l *Room) seatEverybody() {
	for _, seat := range l.state.Form.Arrived {
		l.placeOf(seat)
	}
}

// inbox holds what the room's channel has brought.
type inbox struct {
	mu   sync.Mutex
	list []replica.Heard
	bell chan struct{} // rung when something comes
}

// mostHeard bounds the inbox; what does not fit has been missed.
const mostHeard = 4096

func (b *inbox) put(heard replica.Heard) {
	b.mu.Lock()
	if len(b.list) >= mostHeard {
		clear(b.list)
		b.list, heard = b.list[:0], replica.Heard{Fresh: true}
	}
	b.list = append(b.list, heard)
	b.mu.Unlock()
	select {
	case b.bell <- struct{}{}:
	default:
	}
}

func (b *inbox) take() (heard replica.Heard, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.list) == 0 {
		return heard, false
	}
	heard = b.list[0]
	b.list[0] = replica.Heard{}
	if b.list = b.list[1:]; len(b.list) == 0 {
		b.list = nil
	}
	return heard, true
}

// tune lets the room hear its channel.
func (l *Room) tune(ctx context.Context) {
	relay := l.node.cfg.Relay
	if relay == nil {
		return
	}
	hear := func(heard replica.Heard) {
		l.link.inbox.put(heard)
		select {
		case <-l.loading.done:
			l.wakeUp()
		default: // whoever loads the room reads the inbox
		}
	}
	// A relay that is not there now takes the subscription on when it is.
	cancel, err := relay.Subscribe(ctx, l.session.ID,
		func(message []byte) { hear(replica.Heard{Message: slices.Clone(message)}) },
		func() { hear(replica.Heard{Fresh: true}) })
	if err != nil {
		l.node.log.Warn("a room cannot listen to the other nodes", slog.String("session", l.session.ID), slog.Any("err", err))
		return
	}
	l.link.untune = cancel
}

// wakeUp lets the worker read the inbox.
func (l *Room) wakeUp() {
	if !l.link.rung.Swap(true) {
		l.post(letter{do: (*Room).listen})
	}
}

// listen takes in what the other nodes have said.
func (l *Room) listen() {
	l.link.rung.Store(false)
	if l.state == nil {
		return
	}
	l.rep.Listen()
	l.follow(l.node.clock())
}
