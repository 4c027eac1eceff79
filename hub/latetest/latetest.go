// Package latetest lets a test that measures time allow for a busy machine.
package latetest

import "time"

// Watch gives a function that stops it and says how late the machine has been with
// a timer since, at most: whatever is measured may be as late. The function is
// called once.
func Watch() (most func() time.Duration) {
	stop, told := make(chan struct{}), make(chan time.Duration)
	go func() {
		var late time.Duration
		for {
			due := time.Now().Add(5 * time.Millisecond)
			select {
			case <-time.After(time.Until(due)):
				late = max(late, time.Since(due))
			case <-stop:
				told <- late
				return
			}
		}
	}()
	return func() time.Duration { close(stop); return <-told }
}
