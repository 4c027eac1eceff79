//go:build !linux

package journal

import (
	"errors"
	"os"
)

// allocate takes room on the disk without writing it; not here.
func allocate(*os.File, int64) error { return errors.ErrUnsupported }
