package drive

import (
	"math/bits"
	"sync/atomic"
	"time"
)

// Latency counts times in steps of at most 1.6 %, from 1 µs to an hour,
// without a lock. The zero value is empty.
type Latency struct {
	steps [64 * 36]atomic.Int64
	n     atomic.Int64
	most  atomic.Int64
}

func step(us int64) int {
	if us < 64 {
		return int(max(us, 0))
	}
	shift := bits.Len64(uint64(us)) - 7
	return min((shift+1)*64+int(us>>shift)-64, 64*36-1)
}

func stepTop(i int) int64 {
	if i < 64 {
		return int64(i)
	}
	shift := i/64 - 1
	return (int64(i%64)+65)<<shift - 1
}

// Add counts one time.
func (l *Latency) Add(d time.Duration) {
	us := d.Microseconds()
	l.steps[step(us)].Add(1)
	l.n.Add(1)
	for {
		was := l.most.Load()
		if us <= was || l.most.CompareAndSwap(was, us) {
			return
		}
	}
}

// N is how many times were counted.
func (l *Latency) N() int64 { return l.n.Load() }

// Max is the longest time counted.
func (l *Latency) Max() time.Duration { return time.Duration(l.most.Load()) * time.Microsecond }

// At gives the time that the share q (0 to 1) of all times did not exceed.
func (l *Latency) At(q float64) time.Duration {
	want := int64(q * float64(l.n.Load()))
	var sum int64
	for i := range l.steps {
		sum += l.steps[i].Load()
		if sum > want {
			return time.Duration(min(stepTop(i), l.most.Load())) * time.Microsecond
		}
	}
	return l.Max()
}

// Reset empties it; nobody may be adding.
func (l *Latency) Reset() {
	for i := range l.steps {
		l.steps[i].Store(0)
	}
	l.n.Store(0)
	l.most.Store(0)
}
