package drive

import (
	"testing"
	"time"
)

// What the machine adds is measured: a write to disk takes some time, always.
func TestStillMeasures(t *testing.T) {
	end := WatchStill()
	<-time.After(100 * time.Millisecond)
	if s := end(); s.Longest <= 0 || s.Timer > s.Longest {
		t.Errorf("%+v", s)
	}
}
