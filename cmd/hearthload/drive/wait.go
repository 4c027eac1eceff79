package drive

import (
	"context"
	"time"
)

// Wait lets time pass, or less of it when ctx ends before.
func Wait(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}
