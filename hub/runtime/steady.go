package runtime

import (
	"sync/atomic"
	"time"
)

// steady is the time by which rooms live. While a room is in memory it goes on
// evenly, whatever is done to the machine's clock: a turn or an offer ends neither
// early nor late when the clock is set, or when the machine has slept (F12). With
// no room in memory it is the machine's time, so that a clock that was put right
// is followed. The nodes of a house agree as well as their machines do.
//
// Safe for use by many goroutines.
type steady struct {
	wall  func() time.Time // the machine's; it may jump
	since atomic.Pointer[moment]
}

// moment is one moment by both clocks.
type moment struct {
	wall time.Time
	mark time.Time // never jumps: used for what has passed since
}

func (s *steady) now() time.Time {
	if m := s.since.Load(); m != nil {
		return m.wall.Add(time.Since(m.mark))
	}
	return s.wall()
}

// hold makes the time go on evenly from now; free follows the machine's clock again.
func (s *steady) hold() { s.since.Store(&moment{s.wall(), time.Now()}) }
func (s *steady) free() { s.since.Store(nil) }
