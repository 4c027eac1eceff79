package replica

import (
	"encoding/json"
	"fmt"
	"iter"
	"strconv"
	"time"

	"hearth/hub/journal/kept"
	"hearth/room"
)

// host is a node's worker for the room: what package hub does around a replica,
// in short. It runs as a coroutine: wherever its replica waits, anything else
// may happen first.
type host struct {
	asks   *person // whose command is under way
	asksOn int     // the number of their connection
	s      *sim
	n      *node
	r      *Replica
	came   Came

	resumeIt func() (struct{}, bool)
	stopIt   func()
	yield    func(struct{}) bool
	ended    bool
	idle     bool
	hearing  bool
	nap      int // number of the wait under way
	tasks    []func()
	loaded   bool

	box    []Heard
	rung   bool
	lastAt time.Duration // when the last message comes
	gap    bool          // something was lost; it will be told

	answers  map[kept.CommandKey]Outcome
	shown    map[string]string   // words, by id and by text, and the stream they were last told in
	order    map[room.SeatID]int // the last words shown of each author, by their place on the node they were said on
	spoken   map[spokenOn]int    // and the last that they said on each node
	epoch    int64               // frames of one epoch have one order of numbers
	frame    int64
	naps     int          // of the node, when last asked
	caster   *room.Caster // nil: frames are one for each event
	said     []*spoken    // by the command that is being run
	applied  int          // how often events were applied together
	latest   int64        // the last row that people were shown
	attend   bool
	notes    int
	drifts   int
	troubles int
	presumed time.Duration // when presence is asked who is still here; 0: no need
	opened   time.Duration // since when it has had the room
	emptied  time.Duration
	polled   time.Duration
	tickAt   time.Duration
	ticking  bool
}

// killed ends a coroutine.
type killed struct{}

func (n *node) open() *host {
	h := &host{s: n.s, n: n, answers: map[kept.CommandKey]Outcome{}, shown: map[string]string{}, order: map[room.SeatID]int{}, spoken: map[spokenOn]int{}}
	h.resumeIt, h.stopIt = iter.Pull(func(yield func(struct{}) bool) {
		defer func() {
			if p := recover(); p != nil {
				if _, ok := p.(killed); !ok {
					panic(p)
				}
			}
		}()
		h.yield = yield
		h.load()
		for {
			for len(h.tasks) > 0 {
				task := h.tasks[0]
				h.tasks = h.tasks[1:]
				task()
				h.settle()
			}
			h.idle = true
			h.wait()
			h.idle = false
		}
	})
	h.s.at(0, h.resume)
	return h
}

func (h *host) wait() {
	if !h.yield(struct{}{}) {
		panic(killed{})
	}
}

// resume goes on where the host waits, unless its process stands still.
func (h *host) resume() {
	switch {
	case h.ended:
	case h.n.paused:
		h.n.asleep = append(h.n.asleep, h.resume)
	default:
		h.resumeIt()
		if !h.ended {
			h.s.look(h)
		}
	}
}

func (h *host) stop() {
	h.ended = true
	h.stopIt()
}

// resumeFrom goes on only if the wait is still the same.
func (h *host) resumeFrom(nap int) func() {
	return func() {
		if h.nap == nap {
			h.nap++
			h.resume()
		}
	}
}

// sleep lets time go by inside a command.
func (h *host) sleep(d time.Duration) {
	h.nap++
	h.s.at(d, h.resumeFrom(h.nap))
	h.wait()
}

// post gives the host something to do.
func (h *host) post(task func()) {
	h.tasks = append(h.tasks, task)
	if h.idle {
		h.nap++
		h.s.at(h.s.between(0, 200*time.Microsecond), h.resumeFrom(h.nap))
	}
}

// deliver brings a message.
func (h *host) deliver(heard Heard) {
	if h.ended {
		return
	}
	h.box = append(h.box, heard)
	switch {
	case h.hearing:
		h.s.at(0, h.resumeFrom(h.nap))
	case !h.rung:
		h.rung = true
		h.post(func() {
			h.rung = false
			h.r.Listen()
		})
	}
}

func (h *host) clock() time.Time { return began.Add(h.s.now + h.n.offset) }

// What a replica asks of the world.

func (h *host) Append(after int64, key kept.CommandKey, rows [][]byte) (int64, error) {
	h.sleep(h.s.between(200*time.Microsecond, 4*time.Millisecond))
	if h.n.noSQL {
		h.sleep(h.s.between(time.Millisecond, 200*time.Millisecond))
		return 0, errDown
	}
	seq, err := h.s.store.append(h, after, key, rows)
	h.sleep(h.s.between(200*time.Microsecond, 4*time.Millisecond))
	if err == nil && h.s.store.forgetful && h.s.one(4) {
		h.s.say("%s: row %d is kept, the answer is lost", h.n.id(), seq)
		return 0, errDown
	}
	return seq, err
}

func (h *host) Tail(after int64, see func(int64, kept.CommandKey, []byte) error) error {
	h.sleep(h.s.between(200*time.Microsecond, 3*time.Millisecond))
	if h.n.noSQL {
		return errDown
	}
	rows, keys := h.s.store.rows, h.s.store.keys
	for i := int(after); i < len(rows); i++ {
		if err := see(int64(i+1), keys[i], rows[i]); err != nil {
			return err
		}
	}
	return nil
}

func (h *host) Head() (int64, error) {
	h.sleep(h.s.between(200*time.Microsecond, 3*time.Millisecond))
	if h.n.noSQL {
		return 0, errDown
	}
	return int64(len(h.s.store.rows)), nil
}

func (h *host) Publish(message []byte) error {
	if h.n.noRedis || h.n.mute {
		return errDown
	}
	h.sleep(h.s.between(50*time.Microsecond, 2*time.Millisecond))
	if h.n.noRedis || h.n.mute {
		return errDown
	}
	h.s.carry(message)
	if h.n.slow > 0 && h.s.one(3) { // taken, but nobody says so in time
		h.sleep(300 * time.Millisecond)
		return errDown
	}
	h.sleep(h.s.between(0, time.Millisecond))
	return nil
}

func (h *host) Hear(wait time.Duration) (Heard, bool) {
	if len(h.box) == 0 && wait > 0 {
		h.nap++
		h.s.at(wait, h.resumeFrom(h.nap))
		h.hearing = true
		h.wait()
		h.hearing = false
	}
	if len(h.box) == 0 {
		return Heard{}, false
	}
	heard := h.box[0]
	h.box = h.box[1:]
	return heard, true
}

func (h *host) Pause(longest time.Duration) { h.sleep(h.s.between(0, longest)) }
func (h *host) NewID() string               { return strconv.FormatUint(h.s.rng.Uint64(), 36) }
func (h *host) Now() time.Time              { return h.clock() }
func (h *host) Others() ([]string, bool)    { return h.n.others() }

func (h *host) Slept() bool {
	slept := h.naps != h.n.naps
	h.naps = h.n.naps
	return slept
}

func (h *host) Applied(now time.Time, events []room.Event, how How) {
	h.applied, h.latest = h.applied+1, h.r.Form
	h.number(now, events, how)
	for _, e := range events {
		if w, ok := e.(room.Said); ok {
			h.show(w, how)
		}
		if o, ok := e.(room.Offline); ok && how.Elsewhere && h.n.conns[o.Seat] != nil {
			h.attend = true // the other node did not know
		}
		if u, ok := e.(room.Unsaid); ok {
			for _, id := range u.IDs {
				if w := h.s.words[id]; w != nil {
					w.unsaid = true
				}
			}
		}
	}
	h.s.compare(h)
}

func (h *host) Kept(key kept.CommandKey, seq int64) { h.answers[key] = Outcome{Form: seq} }
func (h *host) Passed(key kept.CommandKey)          { h.answers[key] = Outcome{} }

// number gives what people are shown its numbers: in some runs as the hub does,
// in others, for speed, one for each event.
func (h *host) number(now time.Time, events []room.Event, how How) {
	var frames []any
	if h.caster != nil {
		for _, c := range h.caster.Cast(h.r.State, events) {
			if !c.Whole {
				frames = append(frames, c)
			}
		}
	} else {
		for _, e := range events {
			frames = append(frames, e)
		}
	}
	for _, f := range frames {
		if h.frame++; !h.s.silent && !how.Late && (h.frame%everyNth == 0 || h.caster != nil) {
			h.s.same(fmt.Sprintf("frame %d of %d", h.frame, h.epoch), h, f)
		}
	}
}

func (h *host) casting() {
	if h.s.seed%everyNth == 0 {
		h.caster = room.NewCaster(h.r.State)
	}
}

func (h *host) Anew() {
	if h.r.Form < h.latest {
		h.s.wrong("%s: people were shown row %d, and now what was before it, up to %d (R6)", h.n.id(), h.latest, h.r.Form)
	}
	h.casting()
	h.attend = true
	clear(h.order) // what somebody said on both sides of a gap has no order
	h.s.say("%s: anew, at %d of %s, form %d", h.n.id(), h.r.at.pos, h.r.at.name, h.r.Form)
}

// Waits: a person who has gone to another node says there what was not answered.
func (h *host) Waits() bool {
	return h.asks == nil || h.n.conns[h.asks.seat] == h.asks && h.asks.came == h.asksOn
}

func (h *host) Frame() int64 { return h.frame }

func (h *host) Drifted() {
	h.drifts++
	if !h.s.silent {
		h.s.wrong("%s: frames have drifted", h.n.id())
	}
}

func (h *host) Renumber() {
	h.frame = (h.frame>>32+1)<<32 + int64(h.s.rng.Uint32())
}

func (h *host) Luggage() []byte {
	b, _ := json.Marshal([2]int64{h.epoch, h.frame})
	return b
}

func (h *host) Unpack(b []byte) {
	var all [2]int64
	if json.Unmarshal(b, &all) != nil {
		h.s.wrong("%s: luggage %q", h.n.id(), b)
	}
	h.epoch, h.frame = all[0], all[1]
}

func (h *host) Note([]byte) { h.notes++ }

func (h *host) Trouble(what string, err error) {
	h.troubles++
	h.s.say("%s: %s: %v", h.n.id(), what, err)
}
