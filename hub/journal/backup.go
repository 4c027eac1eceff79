package journal

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// What a backup folder holds. The copies of the database may be kept as long as
// you like; of the keys there is only the newest copy, because a key that was
// destroyed must not live on in a backup (R10, walls §2.7).
const (
	copyPrefix = "hearth-"
	copySuffix = ".db"
	copyTime   = "20060102-150405" // UTC, so that names are in the order of time
	keysFolder = "keys"
)

// A Backed says what a backup holds.
type Backed struct {
	Path  string // the copy of the database
	Bytes int64
	Keys  int
}

// BackupFolder copies the data folder dir into the folder to, while hearth runs
// on it or not: the database to a new file that is named by the time, checked
// before it counts; then the keys, in place of the copy of keys that was there.
// Keys that are destroyed by now are destroyed there too. Who runs it must be
// the user that hearth runs as.
//
// It reads one state of the database and holds up nobody who writes; closing a
// session is done twice while it runs, as hearth does by itself.
func BackupFolder(ctx context.Context, dir, to string, at time.Time) (Backed, error) {
	b, err := backupFolder(ctx, dir, to, at)
	if err != nil {
		return Backed{}, fmt.Errorf("back up the data folder %s: %w", dir, err)
	}
	return b, nil
}

func backupFolder(ctx context.Context, dir, to string, at time.Time) (Backed, error) {
	from := filepath.Join(dir, "hearth.db")
	if _, err := os.Stat(from); err != nil {
		return Backed{}, err
	}
	if err := os.MkdirAll(to, 0o700); err != nil {
		return Backed{}, err
	}
	if err := apart(dir, to); err != nil {
		return Backed{}, err
	}
	b := Backed{Path: filepath.Join(to, copyPrefix+at.UTC().Format(copyTime)+copySuffix)}
	if _, err := os.Lstat(b.Path); !errors.Is(err, fs.ErrNotExist) {
		return Backed{}, fmt.Errorf("there is a copy of this second already: %w", errors.Join(fs.ErrExist, err))
	}
	part := b.Path + ".part"
	defer os.Remove(part) // nothing once it has its name
	if err := copyDatabase(ctx, from, part); err != nil {
		return Backed{}, err
	}
	info, err := os.Stat(part)
	if err != nil {
		return Backed{}, err
	}
	b.Bytes = info.Size()
	if err := errors.Join(os.Rename(part, b.Path), syncFolder(to)); err != nil {
		return Backed{}, err
	}
	// The keys go last: a session that ended meanwhile has none, and its rows in
	// the copy are as unreadable as they are meant to be.
	b.Keys, err = backupKeys(filepath.Join(dir, keysFolder), filepath.Join(to, keysFolder))
	return b, err
}

// apart refuses a backup inside a data folder: it would be lost with it, and
// keys would be destroyed that are somebody's only ones.
func apart(dir, to string) error {
	if _, err := os.Lstat(filepath.Join(to, "hearth.db")); !errors.Is(err, fs.ErrNotExist) {
		return errors.Join(errors.New("the folder to back up to is a data folder itself; name another"), err)
	}
	inside, err := filepath.EvalSymlinks(dir)
	if err != nil {
		return err
	}
	outside, err := filepath.EvalSymlinks(to)
	if err != nil {
		return err
	}
	if inside, err = filepath.Abs(inside); err != nil {
		return err
	}
	if outside, err = filepath.Abs(outside); err != nil {
		return err
	}
	if way, err := filepath.Rel(inside, outside); err == nil && way != ".." && !strings.HasPrefix(way, ".."+string(filepath.Separator)) {
		return errors.New("the backup must be outside of the data folder, best on another disk")
	}
	return nil
}

// copyDatabase writes one state of a database into a new file and checks it.
func copyDatabase(ctx context.Context, from, to string) (err error) {
	if err := writeSynced(to, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, nil); err != nil { // ours only, from the first byte
		return err
	}
	db, err := sql.Open("sqlite", address(from, "ro"))
	if err != nil {
		return err
	}
	_, err = db.ExecContext(ctx, "VACUUM INTO ?", to)
	if err := errors.Join(err, db.Close()); err != nil {
		return fmt.Errorf("copy the database: %w", err)
	}
	if err := checkCopy(ctx, to); err != nil {
		return err
	}
	f, err := os.OpenFile(to, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// checkCopy reads every page of a copy.
func checkCopy(ctx context.Context, path string) error {
	db, err := sql.Open("sqlite", address(path, "ro"))
	if err != nil {
		return err
	}
	defer db.Close()
	var health string
	if err := db.QueryRowContext(ctx, "PRAGMA integrity_check(1)").Scan(&health); err != nil {
		return fmt.Errorf("check the copy: %w", err)
	}
	if health != "ok" {
		return errors.New("the copy of the database is damaged")
	}
	return nil
}

// backupKeys makes the folder to hold the keys of the folder from, and no other
// key. It gives their number.
func backupKeys(from, to string) (n int, err error) {
	if err := os.MkdirAll(to, 0o700); err != nil {
		return 0, err
	}
	keys, err := readKeys(from)
	if err != nil {
		return 0, err
	}
	old, err := os.ReadDir(to)
	if err != nil {
		return 0, err
	}
	copies := &keyring{dir: to}
	for _, f := range old {
		was, err := os.ReadFile(filepath.Join(to, f.Name()))
		if err == nil && bytes.Equal(was, keys[f.Name()]) {
			delete(keys, f.Name())
			n++
			continue
		}
		if err := copies.destroyFile(filepath.Join(to, f.Name())); err != nil {
			return 0, err
		}
	}
	for name, key := range keys {
		if err := writeSynced(filepath.Join(to, name), os.O_CREATE|os.O_EXCL|os.O_WRONLY, key); err != nil {
			return 0, fmt.Errorf("copy the key of a session: %w", err)
		}
		n++
	}
	return n, syncFolder(to)
}

// readKeys reads the keys of a folder of keys by the names of their files. A key
// that is being made or destroyed is none.
func readKeys(dir string) (map[string][]byte, error) {
	files, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("read the folder of keys: %w", err)
	}
	keys := make(map[string][]byte, len(files))
	for _, f := range files {
		if strings.Contains(f.Name(), ".") {
			continue
		}
		key, err := os.ReadFile(filepath.Join(dir, f.Name()))
		if errors.Is(err, fs.ErrNotExist) || err == nil && bytes.Equal(key, make([]byte, len(key))) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("read the key of a session: %w", err)
		}
		keys[f.Name()] = key
	}
	return keys, nil
}

// A Restored says what a backup brought back.
type Restored struct {
	From    string // the copy of the database
	OwnKeys bool   // the keys of the data folder were used, not those of the backup
	// Ended are the sessions that no key opens: they are over now.
	Ended []string
	// Dropped is the number of groups that no key opens: they were deleted after the
	// backup, and are deleted again.
	Dropped int
	// Unseated is the number of sessions to come whose seats are nobody's any
	// more, because their key is gone: people open their links again.
	Unseated int
	Verified
}

// RestoreFolder makes a data folder from a backup: from is its folder, of which
// the newest copy of the database is taken, or one copy. dir must hold no
// database. If it still holds keys they are newer than those of the backup and
// are used instead.
//
// Sessions that were closed after the backup come back closed and unreadable,
// with an empty record, if their key is not in the keys used; [Restored.Ended]
// lists them. It is the same with those whose key is lost.
func RestoreFolder(ctx context.Context, from, dir string, at time.Time) (Restored, error) {
	r, err := restoreFolder(ctx, from, dir, at)
	if err != nil {
		return Restored{}, fmt.Errorf("restore into the data folder %s: %w", dir, err)
	}
	return r, nil
}

func restoreFolder(ctx context.Context, from, dir string, at time.Time) (r Restored, err error) {
	if r.From, err = newestCopy(from); err != nil {
		return r, err
	}
	if err := checkCopy(ctx, r.From); err != nil {
		return r, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return r, err
	}
	lock, err := lockFolder(dir)
	if err != nil {
		return r, err
	}
	err = r.fill(dir)
	if err := errors.Join(err, lock.Close()); err != nil {
		return r, err
	}
	s, err := openFolder(ctx, dir, nil) // what no key opens is ended
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	return r, r.settle(ctx, s, func(session string) error { return s.Finish(ctx, session, []byte("{}"), at) },
		func(id string) error { return s.DeleteGroup(ctx, id) })
}

// TryBackup restores a backup into a folder of its own, as [RestoreFolder] does,
// verifies it there (see [Verify]), and removes the folder and the keys in it.
func TryBackup(ctx context.Context, from string, check func(row []byte) error) (r Restored, err error) {
	dir, err := os.MkdirTemp("", "hearth-verify-")
	if err != nil {
		return Restored{}, err
	}
	defer func() {
		_, gone := backupKeys(filepath.Join(dir, "none"), filepath.Join(dir, keysFolder))
		err = errors.Join(err, gone, os.RemoveAll(dir))
	}()
	if r, err = RestoreFolder(ctx, from, dir, time.Now()); err != nil {
		return r, err
	}
	s, err := OpenSQLite(ctx, dir)
	if err != nil {
		return r, err
	}
	r.Verified, err = Verify(ctx, s, check)
	return r, errors.Join(err, s.Close())
}

// newestCopy finds the copy of a database that a path names.
func newestCopy(path string) (string, error) {
	info, err := os.Stat(path)
	if err != nil || !info.IsDir() {
		return path, err
	}
	all, err := filepath.Glob(filepath.Join(path, copyPrefix+"*"+copySuffix))
	if err != nil {
		return "", err
	}
	if len(all) == 0 {
		return "", fmt.Errorf("there is no copy of a database in %s (%s…%s)", path, copyPrefix, copySuffix)
	}
	return slices.Max(all), nil
}

// fill puts copies of the database and, unless there are keys, of the keys into
// a data folder.
func (r *Restored) fill(dir string) error {
	for _, name := range []string{"hearth.db", "hearth.db-wal", "hearth.db-shm"} {
		if _, err := os.Lstat(filepath.Join(dir, name)); !errors.Is(err, fs.ErrNotExist) {
			return errors.Join(fmt.Errorf("there is a %s already; move it away first, and leave the folder of keys where it is", name), err)
		}
	}
	own, err := readKeys(filepath.Join(dir, keysFolder))
	if err != nil {
		return err
	}
	if r.OwnKeys = len(own) > 0; !r.OwnKeys {
		if _, err := backupKeys(filepath.Join(filepath.Dir(r.From), keysFolder), filepath.Join(dir, keysFolder)); err != nil {
			return err
		}
	}
	part := filepath.Join(dir, "hearth.db.part")
	defer os.Remove(part) // nothing once it has its name
	if err := copyFile(r.From, part); err != nil {
		return err
	}
	return errors.Join(os.Rename(part, filepath.Join(dir, "hearth.db")), syncFolder(dir))
}

func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Sync(), out.Close())
}

// settle verifies what was brought back, ends what cannot be opened and verifies
// again.
func (r *Restored) settle(ctx context.Context, house House, finish, drop func(id string) error) (err error) {
	if r.Verified, err = Verify(ctx, house, nil); err != nil {
		return err
	}
	r.Ended, r.Unseated, r.Dropped = r.Unreadable, len(r.Unbound), len(r.Keyless)
	if err := house.house().dropKeyless(ctx, r.Verified, finish, drop); err != nil {
		return err
	}
	if r.Verified, err = Verify(ctx, house, nil); err != nil {
		return err
	}
	r.Ended = r.Unreadable
	if err := house.house().endUnreadable(ctx, r.Verified, finish); err != nil {
		return err
	}
	r.Verified, err = Verify(ctx, house, nil)
	return err
}
