package drive

import (
	"os"
	"sync"
	"time"
)

// Still is what the machine itself adds to the times that are measured on it.
type Still struct {
	Timer   time.Duration // p99 of how late a timer was that had nothing to wait for
	Longest time.Duration // that such a timer was late, or that a small write took to be on the disk
}

// WatchStill measures what the machine adds, in two goroutines, until the function
// that it gives is called; that one waits for both. Where there is no disk to write
// to, only timers are looked at.
func WatchStill() (end func() Still) {
	var timer, disk Latency
	var both sync.WaitGroup
	stop := make(chan struct{})
	each := func(every time.Duration, look func()) {
		t := time.NewTicker(every)
		defer t.Stop()
		for {
			select {
			case <-t.C:
				look()
			case <-stop:
				return
			}
		}
	}
	both.Go(func() {
		each(10*time.Millisecond, func() {
			began := time.Now()
			<-time.After(time.Millisecond)
			timer.Add(time.Since(began) - time.Millisecond)
		})
	})
	both.Go(func() {
		f, err := os.CreateTemp("", "still-")
		if err != nil {
			return
		}
		defer os.Remove(f.Name())
		defer f.Close()
		page := make([]byte, 4096)
		each(50*time.Millisecond, func() { // seldom: others write, too
			began := time.Now()
			if _, err := f.WriteAt(page, 0); err == nil && f.Sync() == nil {
				disk.Add(time.Since(began))
			}
		})
	})
	return func() Still {
		close(stop)
		both.Wait()
		return Still{Timer: timer.At(.99), Longest: max(timer.Max(), disk.Max())}
	}
}
