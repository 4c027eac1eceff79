package journal

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
)

// reserveSize is what a data folder keeps aside for the day on which the disk is
// full: enough to write down the end of every session that is under way (F10).
const reserveSize = 16 << 20

// ReserveFile is its name in the data folder.
const ReserveFile = "reserve"

// A reserve is a file of nothing that is removed so that sessions can be ended.
// Safe for use by many goroutines.
type reserve struct {
	path string
	mu   sync.Mutex
}

func reserveIn(dir string) *reserve { return &reserve{path: filepath.Join(dir, ReserveFile)} }

// free removes the file if the disk is nearly full. Whoever ends a session calls it
// first.
func (r *reserve) free() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if left, known := freeBytes(filepath.Dir(r.path)); !known || left < reserveSize/2 {
		_ = os.Remove(r.path) // not there: it has been used already
	}
}

// fill makes the file whole, if there is room for it twice. It is best effort: a
// disk that is too full for it is what readiness and the doctor speak of.
func (r *reserve) fill() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if info, err := os.Stat(r.path); err == nil && info.Size() == reserveSize || err != nil && !errors.Is(err, fs.ErrNotExist) {
		return
	}
	if left, known := freeBytes(filepath.Dir(r.path)); known && left < 2*reserveSize {
		return
	}
	if err := r.write(); err != nil {
		_ = os.Remove(r.path) // half a reserve is none
	}
}

// write takes the room, by writing what no file system takes for a hole if it
// cannot be had otherwise.
func (r *reserve) write() error {
	f, err := os.OpenFile(r.path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	if allocate(f, reserveSize) == nil {
		return f.Close()
	}
	block := make([]byte, 1<<20)
	for i := range block {
		block[i] = byte(i*131>>3) | 1
	}
	for range reserveSize / len(block) {
		if _, err := f.Write(block); err != nil {
			return errors.Join(err, f.Close())
		}
	}
	return f.Close()
}
