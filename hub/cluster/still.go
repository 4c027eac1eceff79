package cluster

import (
	"sync/atomic"
	"time"
)

// stoodStill is how long a node must have stood still (a machine that was paused, a
// process that was stopped) to take nothing for granted when it goes on.
const stoodStill = 5 * time.Second

// still notices that this node stood still.
type still struct {
	ticked atomic.Int64  // when the node last ticked, in Unix nanoseconds; 0: never
	naps   atomic.Uint64 // how often it has stood still
}

// Tick is to be called each second while the node runs, by one goroutine.
func (m *Membership) Tick() {
	m.Slept()
	m.still.ticked.Store(m.cfg.Clock().UnixNano())
}

// Slept counts how often this node has stood still: the tick that is due each second
// was missing for long, by the machine's clock, which goes on in its sleep.
func (m *Membership) Slept() uint64 {
	now := m.cfg.Clock()
	ticked := m.still.ticked.Load()
	if ticked != 0 && now.UnixNano()-ticked > int64(stoodStill) && m.still.ticked.CompareAndSwap(ticked, now.UnixNano()) {
		return m.still.naps.Add(1)
	}
	return m.still.naps.Load()
}
