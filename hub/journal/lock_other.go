//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd)

package journal

import (
	"errors"
	"os"
)

// lockFolder refuses: without a lock two programs could write one data folder.
func lockFolder(string) (*os.File, error) {
	return nil, errors.New("this system cannot lock a data folder, which SQLite needs; use PostgreSQL")
}
