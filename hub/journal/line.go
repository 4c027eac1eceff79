package journal

import (
	"context"
	"errors"
	"fmt"
	"runtime"
)

// Bounds of one commit. A commit never waits for more work; it takes what is
// there. The bounds keep one commit, and so everybody's wait, short.
const (
	maxActs  = 512
	maxBytes = 4 << 20
)

var errClosed = errors.New("journal: closed")

// An act is something that waits to be written: an addition to the log, or do.
type act struct {
	ctx context.Context
	add *addition
	do  func(*write) error
	// clears asks for the write-ahead log to be cleared once the commit stands.
	// Only acts that ask wait for it; many of one commit share it. If it cannot
	// be cleared the act stands and its error is errNotCleared.
	clears bool
	pulse  bool         // changes nothing that anybody remembers
	done   chan outcome // holds one
}

type outcome struct {
	seq int64
	err error
}

// A line is where acts wait for the one goroutine that writes.
type line struct {
	queue   chan *act
	closing chan struct{}
	stopped chan struct{} // closed by the goroutine when it ends
}

func newLine() line {
	return line{queue: make(chan *act, maxActs), closing: make(chan struct{}), stopped: make(chan struct{})}
}

// submit hands over an act and waits for its outcome. If ctx ends while the act
// is being written its outcome is not known: it may stand.
func (l *line) submit(a *act) (int64, error) {
	select {
	case <-l.closing:
		return 0, errClosed
	default:
	}
	select {
	case l.queue <- a:
	case <-a.ctx.Done():
		return 0, fmt.Errorf("journal: not written: %w", a.ctx.Err())
	case <-l.closing:
		return 0, errClosed
	}
	select {
	case o := <-a.done:
		return o.seq, o.err
	case <-a.ctx.Done():
		return 0, fmt.Errorf("journal: not known whether it was written: %w", a.ctx.Err())
	case <-l.stopped:
		select {
		case o := <-a.done:
			return o.seq, o.err
		default:
			return 0, errClosed
		}
	}
}

// gather takes what waits, up to the bounds, into the room of acts.
func (l *line) gather(first *act, acts []*act) []*act {
	acts = append(acts[:0], first)
	bytes := first.size()
	// Those who were answered by the last commit are often about to ask again;
	// letting them run first costs no time when nobody is.
	runtime.Gosched()
	for len(acts) < maxActs && bytes < maxBytes {
		select {
		case a := <-l.queue:
			acts = append(acts, a)
			bytes += a.size()
		default:
			return acts
		}
	}
	return acts
}

func (a *act) size() int {
	if a.add == nil {
		return 0
	}
	return a.add.bytes
}

// refuseAll refuses whatever still waits.
func (l *line) refuseAll() {
	for {
		select {
		case a := <-l.queue:
			a.done <- outcome{err: errClosed}
		default:
			return
		}
	}
}

// stop ends the writing after the commit at hand. It is called once.
func (l *line) stop() {
	close(l.closing)
	<-l.stopped
}
