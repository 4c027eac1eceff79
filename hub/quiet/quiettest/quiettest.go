// Package quiettest keeps what is logged in a test, so that the test can look for
// what must be there and what must not.
package quiettest

import (
	"bytes"
	"sync"
)

// Lines take what is logged. The zero Lines are empty. Any goroutine may write
// and read.
type Lines struct {
	mu  sync.Mutex
	out bytes.Buffer
}

// Write implements io.Writer.
func (l *Lines) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.out.Write(b)
}

// String is all that was written so far.
func (l *Lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.out.String()
}
