//go:build darwin || linux

package journal

import "syscall"

// freeBytes is how much may still be written to the disk of a folder.
func freeBytes(dir string) (left uint64, known bool) {
	var disk syscall.Statfs_t
	if err := syscall.Statfs(dir, &disk); err != nil {
		return 0, false
	}
	return disk.Bavail * uint64(disk.Bsize), true //nolint:gosec // a block has a size
}
