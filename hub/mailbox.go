package hub

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// letter is one thing a room has to do. Exactly one of these is set: data (a
// message of a person), ended (a connection is over), do (work of the house).
type letter struct {
	from  *member
	data  []byte
	ended bool
	do    func(*live)
}

// mailbox holds what waits for one room. Messages of people are bounded; the
// house's own letters are few by nature and always fit.
type mailbox struct {
	mu      sync.Mutex
	waiting []letter
	spare   []letter // the slice that was emptied last, to be filled again
	people  int      // messages of people among waiting
	awake   bool     // a worker is on its way or busy
	shut    bool     // the room is gone; letters are dropped
}

// put adds a letter. wake says that the caller must send a worker; kept is
// false when there was no room for it or the room is gone.
func (b *mailbox) put(l letter, most int) (kept, wake bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.shut {
		return false, false
	}
	if l.data != nil {
		if b.people >= most {
			return false, false
		}
		b.people++
	}
	b.waiting = append(b.waiting, l)
	wake = !b.awake
	b.awake = true
	return true, wake
}

// take gives everything that waits, or nil, after which the worker must leave.
// done is the slice of the take before.
func (b *mailbox) take(done []letter) []letter {
	clear(done)
	b.mu.Lock()
	defer b.mu.Unlock()
	if done != nil && cap(done) <= 256 {
		b.spare = done[:0]
	}
	if len(b.waiting) == 0 {
		b.awake = false
		return nil
	}
	all := b.waiting
	b.waiting, b.spare, b.people = b.spare, nil, 0
	return all
}

// close drops what waits and all that comes after.
func (b *mailbox) close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.shut, b.waiting, b.spare = true, nil, nil
}

// post puts a letter into the room's mailbox and sees to it that somebody reads it.
func (l *live) post(letter letter) bool {
	kept, wake := l.box.put(letter, l.hub.limits.Mailbox)
	if wake {
		l.hub.send(l)
	}
	return kept
}

// Idle workers are kept for a moment, because a worker that has run before has a
// stack of the right size and a new one grows it at its first command. A house
// where nothing happens goes back to a few.
const (
	mostIdle  = 32
	leastIdle = 2
)

// workers are the goroutines of a hub.
type workers struct {
	work    chan *live     // to those that are idle
	idle    atomic.Int32   // how many these are
	stopped chan struct{}  // closed when the hub has stopped: they go home
	tasks   sync.WaitGroup // all of them, and whatever else the hub runs beside
}

// send finds a worker for a room: an idle one, or a new one. A room has one
// worker at most, because only the letter that finds the mailbox asleep sends
// one. There is no upper bound, on purpose: a worker that waits for the journal
// must not keep other rooms from joining the same commit.
func (h *Hub) send(l *live) {
	select {
	case h.workers.work <- l:
		return
	default:
	}
	h.workers.tasks.Add(1)
	go h.worker(l)
}

func (h *Hub) worker(l *live) {
	defer h.workers.tasks.Done()
	for {
		l.drain()
		if h.workers.idle.Add(1) > mostIdle {
			h.workers.idle.Add(-1)
			return
		}
		select {
		case l = <-h.workers.work:
		case <-h.workers.stopped:
			l = nil
		}
		h.workers.idle.Add(-1)
		if l == nil {
			return
		}
	}
}

// retire sends half of the idle workers home.
func (h *Hub) retire() {
	for range (h.workers.idle.Load() - leastIdle + 1) / 2 {
		select {
		case h.workers.work <- nil:
		default:
			return
		}
	}
}

// drain does everything that waits for the room, until nothing does.
func (l *live) drain() {
	var letters []letter
	// Whoever else is ready to run may have a letter for this room too: a whole
	// group comes back at once. Letting them go first costs nothing when nobody
	// is, and what is taken together goes out in one frame for each receiver.
	runtime.Gosched()
	for {
		letters = l.box.take(letters)
		if letters == nil {
			return
		}
		for next := 0; next < len(letters); {
			next = l.run(letters, next)
		}
	}
}
