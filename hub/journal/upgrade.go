package journal

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// copiesKept is how long a copy from before a change of the tables stays in the
// data folder: long enough to notice that the update was a mistake.
const copiesKept = 35 * 24 * time.Hour

// keepCopy copies the database beside itself before its tables change, as
// hearth.db.before-N, where N is the version after have. To go back, stop
// hearth, move hearth.db and its -wal and -shm away, give the copy its name, and
// start the hearth of before. The keys of sessions that were closed since are
// gone, so the copy cannot bring those back (R10).
func keepCopy(ctx context.Context, path string, have int64) error {
	kept := fmt.Sprintf("%s.before-%d", path, have+1)
	part := kept + ".part"
	defer os.Remove(part) // nothing once it has its name
	if err := copyDatabase(ctx, path, part); err != nil {
		return err
	}
	return errors.Join(os.Rename(part, kept), syncFolder(filepath.Dir(path)))
}

// dropAllCopies removes every copy from before a change of the tables: one may hold
// in the clear what has just been erased.
func dropAllCopies(folder string) error {
	all, err := filepath.Glob(filepath.Join(folder, "hearth.db.before-*"))
	for _, path := range all {
		err = errors.Join(err, os.Remove(path))
	}
	return err
}

// dropCopies removes copies from before a change of the tables that are old by
// now.
func dropCopies(path string, now time.Time) error {
	folder := filepath.Dir(path)
	files, err := os.ReadDir(folder)
	if err != nil {
		return err
	}
	for _, f := range files {
		if is, _ := filepath.Match("hearth.db.before-*", f.Name()); !is {
			continue
		}
		info, err := f.Info()
		if err != nil {
			return err
		}
		if now.Sub(info.ModTime()) > copiesKept {
			if err := os.Remove(filepath.Join(folder, f.Name())); err != nil {
				return err
			}
		}
	}
	return nil
}
