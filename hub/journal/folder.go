package journal

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// othersMay are the rights that nobody but the owner of a data folder has.
const othersMay = 0o077

var (
	errFolderOpen = errors.New("others on this machine can read this folder, and it holds things that are not hearth's; give hearth a folder of its own by --data")
	errNoDatabase = errors.New("there are keys of sessions, but hearth.db is missing or empty: leave the folder keys where it is, move hearth.db, hearth.db-wal and hearth.db-shm away, " +
		"and bring the house back with hearth restore --from THE-FOLDER-OF-BACKUPS; for a new house name another folder by --data")
	errNoKeys = errors.New("sessions are under way or have seats taken, but the folder keys is missing or empty: put it back beside hearth.db from where it went, " +
		"or move hearth.db, hearth.db-wal and hearth.db-shm away and run hearth restore --from THE-FOLDER-OF-BACKUPS, which ends what no key opens")
)

// closeFolder takes the rights of others away from the data folder and what is
// in it. A folder that others may read and that holds other things is not ours
// to change: it is refused.
func closeFolder(dir string) error {
	info, err := os.Stat(dir)
	if err != nil {
		return err
	}
	if info.Mode().Perm()&othersMay != 0 {
		inside, err := os.ReadDir(dir)
		if err != nil {
			return err
		}
		if _, err := os.Lstat(filepath.Join(dir, "hearth.db")); err != nil && len(inside) > 0 {
			return errFolderOpen
		}
	}
	for _, path := range []string{dir, filepath.Join(dir, "hearth.db"), filepath.Join(dir, "hearth.db-wal"), filepath.Join(dir, "hearth.db-shm"), filepath.Join(dir, keysFolder)} {
		if err := tighten(path); err != nil {
			return err
		}
	}
	return nil
}

func tighten(path string) error {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil || info.Mode().Perm()&othersMay == 0 {
		return err
	}
	if err := os.Chmod(path, info.Mode().Perm()&^othersMay); err != nil {
		return fmt.Errorf("others on this machine can read it, and that could not be changed (chmod -R go= does, as its owner): %w", err)
	}
	return nil
}

// checkParts refuses a data folder whose database went away while the keys of its
// sessions stayed: a new database in its place would have every key destroyed.
func checkParts(dir string) error {
	info, err := os.Stat(filepath.Join(dir, "hearth.db"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err == nil && info.Size() > 0 {
		return nil
	}
	keys, err := readKeys(filepath.Join(dir, keysFolder))
	if err != nil {
		return err
	}
	log, err := os.Stat(filepath.Join(dir, "hearth.db-wal"))
	if len(keys) > 0 || err == nil && log.Size() > 0 {
		return errNoDatabase
	}
	return gone(err)
}

// checkKeys refuses a house that has sessions which need a key, and no key at
// all. (One key that is missing is its session's trouble only.)
func (s *SQLite) checkKeys(ctx context.Context) error {
	keys, err := readKeys(s.keys.dir)
	if err != nil || len(keys) > 0 {
		return err
	}
	var needed bool
	err = s.writes.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM sessions s WHERE s.state <> 'over' AND (
		EXISTS (SELECT 1 FROM events e WHERE e.session = s.id) OR
		EXISTS (SELECT 1 FROM bindings b JOIN seats t ON t.id = b.seat WHERE t.session = s.id)))`).Scan(&needed)
	if err == nil && needed {
		err = errNoKeys
	}
	return err
}
