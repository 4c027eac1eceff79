package journal

import (
	"os"
	"syscall"
)

// allocate takes room on the disk without writing it.
func allocate(f *os.File, size int64) error { return syscall.Fallocate(int(f.Fd()), 0, 0, size) }
