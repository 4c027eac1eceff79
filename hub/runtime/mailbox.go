package runtime

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// letter is one thing a room has to do. Exactly one of these is set: data (a
// message of a person), ended (a connection is over), do (work of the house).
type letter struct {
	from  *Member
	data  []byte
	ended bool
	do    func(*Room)
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
func (l *Room) post(letter letter) bool {
	kept, wake := l.box.put(letter, l.node.limits.Mailbox)
	if wake {
		l.node.send(l)
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

// workers are the goroutines of a node.
type workers struct {
	work    chan *Room     // to those that are idle
	idle    atomic.Int32   // how many these are
	stopped chan struct{}  // closed when the node has stopped: they go home
	tasks   sync.WaitGroup // all of them, and whatever else the node runs beside
}

// send finds a worker for a room: an idle one, or a new one. A room has one
// worker at most, because only the letter that finds the mailbox asleep sends
// one. There is no upper bound, on purpose: a worker that waits for the journal
// must not keep other rooms from joining the same commit.
func (n *Node) send(l *Room) {
	select {
	case n.workers.work <- l:
		return
	default:
	}
	n.workers.tasks.Add(1)
	go n.worker(l)
}

func (n *Node) worker(l *Room) {
	defer n.workers.tasks.Done()
	for {
		l.drain()
		if n.workers.idle.Add(1) > mostIdle {
			n.workers.idle.Add(-1)
			return
		}
		select {
		case l = <-n.workers.work:
		case <-n.workers.stopped:
			l = nil
		}
		n.workers.idle.Add(-1)
		if l == nil {
			return
		}
	}
}

// retire sends half of the idle workers home.
func (n *Node) retire() {
	for range (n.workers.idle.Load() - leastIdle + 1) / 2 {
		select {
		case n.workers.work <- nil:
		default:
			return
		}
	}
}

// drain does everything that waits for the room, until nothing does.
func (l *Room) drain() {
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
