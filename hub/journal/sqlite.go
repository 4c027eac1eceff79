package journal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/pressly/goose/v3"
	_ "modernc.org/sqlite" // the driver carries its own SQLite

	"hearth/room"
)

// oldest is the oldest SQLite that may be used: before it, two connections in
// WAL mode could lose or damage commits (fixed in 3.51.3).
var oldest = [3]int{3, 51, 3}

// busyWithin is how long a connection waits for another one.
const busyWithin = 5 * time.Second

// readers is how many reads run at once.
const readers = 4

// SQLite keeps a house in one data folder: hearth.db, the folder keys with one
// key per live session, and a lock. It serves one process, which it makes sure
// of. Safe for use by many goroutines.
type SQLite struct {
	tables

	lock   *os.File
	spare  *reserve
	keys   *keyring
	writes *sql.DB // one connection, the writer's
	reads  *sql.DB
	tail   *sql.Stmt // on reads
	holds  *sql.Stmt // on reads
	writer *writer

	holders holders

	closing sync.Once
	closed  error
}

// OpenSQLite opens the data folder and makes it when it is not there, readable
// by its owner only. It brings the tables forward, finishes the erasing of
// sessions that a crash cut short, and checks the file for damage.
//
// Errors are one line for the operator: another process has the folder, the
// data is from a newer hearth, the file is damaged, the database or all keys of
// its sessions are missing, the disk does not answer.
func OpenSQLite(ctx context.Context, dir string) (*SQLite, error) {
	return openFolder(ctx, dir, (*SQLite).checkKeys)
}

// openFolder opens a data folder that check has nothing against; nil for no check.
func openFolder(ctx context.Context, dir string, check func(*SQLite, context.Context) error) (*SQLite, error) {
	s, err := openSQLite(ctx, dir, check)
	if err != nil {
		return nil, fmt.Errorf("open the data folder %s: %w", dir, err)
	}
	return s, nil
}

func openSQLite(ctx context.Context, dir string, check func(*SQLite, context.Context) error) (_ *SQLite, err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	if err := closeFolder(dir); err != nil {
		return nil, err
	}
	s := &SQLite{}
	defer func() {
		if err != nil {
			_ = s.release()
		}
	}()
	if s.lock, err = lockFolder(dir); err != nil {
		return nil, err
	}
	if err := checkParts(dir); err != nil {
		return nil, err
	}
	if s.keys, err = openKeyring(filepath.Join(dir, "keys")); err != nil {
		return nil, err
	}
	if err := s.openFile(ctx, filepath.Join(dir, "hearth.db")); err != nil {
		return nil, err
	}
	if check != nil {
		if err := check(s, ctx); err != nil {
			return nil, err
		}
	}
	if err := s.recover(ctx); err != nil {
		return nil, err
	}
	s.spare = reserveIn(dir)
	s.spare.fill()
	s.writer = startWriter(s.writes, s.holders.forget)
	return s, s.concealOld(ctx)
}

func (s *SQLite) openFile(ctx context.Context, path string) error {
	// SQLite gives its side files the mode of the file itself.
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	if s.writes, err = sql.Open("sqlite", address(path, "rw", "journal_mode(wal)")); err != nil {
		return err
	}
	s.writes.SetMaxOpenConns(1)
	if s.reads, err = sql.Open("sqlite", address(path, "ro", "query_only(1)")); err != nil {
		return err
	}
	s.reads.SetMaxOpenConns(readers)
	s.reads.SetMaxIdleConns(readers)
	if err := checkFile(ctx, s.writes); err != nil {
		return err
	}
	err = migrate(ctx, s.writes, goose.DialectSQLite3, steps("sqlite"), func(have int64) error {
		return keepCopy(ctx, path, have)
	})
	if err := errors.Join(err, dropCopies(path, time.Now())); err != nil {
		return err
	}
	if s.tail, err = s.reads.PrepareContext(ctx, "SELECT seq, body FROM events WHERE session = ? AND seq > ? ORDER BY seq LIMIT ?"); err != nil {
		return err
	}
	if s.holds, err = s.reads.PrepareContext(ctx, aHeldSeat); err != nil {
		return err
	}
	s.tables = tables{on: s, read: s.reads}
	return nil
}

// address is the file with what every connection needs to be told.
func address(path, mode string, pragmas ...string) string {
	pragmas = append(pragmas,
		"busy_timeout("+milliseconds(busyWithin)+")",
		"synchronous(full)",        // an acknowledged write survives power loss (R1)
		"secure_delete(1)",         // what is deleted is overwritten
		"temp_store(memory)",       // nothing of ours in temporary files
		"foreign_keys(1)",          // no seat without its session
		"cell_size_check(1)",       // find damage early (F26)
		"trusted_schema(0)",        // a damaged or planted schema runs nothing
		"cache_size(-8000)",        // at most 8 MB per connection
		"mmap_size(0)",             // an I/O error is an error, not a signal (F11)
		"wal_autocheckpoint(4000)", // 16 MB: fewer pages are moved twice (measured: p99 of an append at 800/s 1 ms)
	)
	q := url.Values{"mode": {mode}, "_pragma": pragmas}
	return (&url.URL{Scheme: "file", Path: filepath.ToSlash(path), OmitHost: true, RawQuery: q.Encode()}).String()
}

// checkFile refuses an SQLite that is too old, a connection that did not take
// what it was told, and a damaged file.
func checkFile(ctx context.Context, db *sql.DB) error {
	var version string
	if err := db.QueryRowContext(ctx, "SELECT sqlite_version()").Scan(&version); err != nil {
		return err
	}
	if tooOld(version) {
		return fmt.Errorf("this program carries SQLite %s; versions before %d.%d.%d can lose commits", version, oldest[0], oldest[1], oldest[2])
	}
	for pragma, want := range map[string]string{"journal_mode": "wal", "synchronous": "2", "secure_delete": "1", "temp_store": "2", "foreign_keys": "1"} {
		var got string
		if err := db.QueryRowContext(ctx, "PRAGMA "+pragma).Scan(&got); err != nil {
			return err
		}
		if got != want {
			return fmt.Errorf("SQLite did not take %s=%s, it has %s", pragma, want, got)
		}
	}
	var health string
	if err := db.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&health); err != nil {
		return fmt.Errorf("check the file: %w", err)
	}
	if health != "ok" {
		return errors.New("the file is damaged; restore a backup")
	}
	return nil
}

func tooOld(version string) bool {
	parts := strings.Split(version, ".")
	for i, least := range oldest {
		if i >= len(parts) {
			return true
		}
		n, err := strconv.Atoi(parts[i])
		if err != nil || n < least {
			return true
		}
		if n > least {
			return false
		}
	}
	return false
}

// recover ends what a crash cut short: the keys of sessions that are over, and
// the old pages in the write-ahead log. What a hearth of before kept of such
// sessions goes too.
func (s *SQLite) recover(ctx context.Context) error {
	if err := (&write{conn: s.writes, ctx: ctx}).eraseOver(); err != nil {
		return err
	}
	alive, err := list(ctx, s.writes, "list sessions", func(row scanner) (id string, err error) {
		return id, row.Scan(&id)
	}, "SELECT id FROM sessions WHERE state <> 'over'")
	if err != nil {
		return err
	}
	groups, err := list(ctx, s.writes, "list groups", scanID, "SELECT id FROM groups")
	if err != nil {
		return err
	}
	for _, id := range groups {
		alive = append(alive, groupKey(id))
	}
	if err := s.keys.load(alive); err != nil {
		return err
	}
	conn, err := s.writes.Conn(ctx)
	if err != nil {
		return err
	}
	err = clearLog(conn, busyWithin)
	if errors.Is(err, errRead) {
		err = nil // by a backup; what the log still holds is sealed with keys that are gone
	}
	return errors.Join(err, conn.Close())
}

// clearWithin is how long the writer waits for those who read, such as a backup,
// to clear the log; rooms wait behind it. It is asked again if that was too short.
const clearWithin = 250 * time.Millisecond

// clearLog moves the write-ahead log into the file and cuts it to nothing, so
// that no old page stays in the data folder.
func clearLog(conn *sql.Conn, within time.Duration) (err error) {
	ctx := context.Background()
	if _, err := conn.ExecContext(ctx, "PRAGMA busy_timeout = "+milliseconds(within)); err != nil {
		return fmt.Errorf("%w: %w", errNotCleared, err)
	}
	defer func() {
		_, back := conn.ExecContext(ctx, "PRAGMA busy_timeout = "+milliseconds(busyWithin))
		err = errors.Join(err, back)
	}()
	var busy, pages, moved int
	err = conn.QueryRowContext(ctx, "PRAGMA wal_checkpoint(truncate)").Scan(&busy, &pages, &moved)
	if err != nil {
		return fmt.Errorf("%w: %w", errNotCleared, err)
	}
	if busy != 0 {
		return errRead
	}
	return nil
}

var (
	errNotCleared = errors.New("journal: the write-ahead log was not cleared of old pages")
	errRead       = fmt.Errorf("%w: somebody is reading", errNotCleared)
)

// Check says whether a write succeeds now, by writing (for /readyz).
func (s *SQLite) Check(ctx context.Context) error {
	_, err := s.writer.submit(&act{ctx: ctx, pulse: true, done: make(chan outcome, 1), do: func(tx *write) error {
		return tx.change("UPDATE house SET pulse = 1 - pulse")
	}})
	return err
}

// MakeRoom implements hub.Endings: it gives up the reserve if the disk is nearly full.
func (s *SQLite) MakeRoom(context.Context) { s.spare.free() }

// Close ends the commit at hand, refuses what waits behind it, and gives the
// data folder free. Closing twice is the same as once.
func (s *SQLite) Close() error {
	s.closing.Do(func() {
		s.writer.stop()
		s.closed = s.release()
	})
	return s.closed
}

// release closes what is open. The lock goes last.
func (s *SQLite) release() error {
	var errs []error
	for _, read := range []*sql.Stmt{s.tail, s.holds} {
		if read != nil {
			errs = append(errs, read.Close())
		}
	}
	if s.reads != nil {
		errs = append(errs, s.reads.Close())
	}
	if s.writes != nil {
		errs = append(errs, s.writes.Close())
	}
	if s.lock != nil {
		errs = append(errs, s.lock.Close())
	}
	return errors.Join(errs...)
}

// write does fn in the writer's goroutine, inside a transaction that also holds
// other acts. If fn fails, only what fn did is undone.
func (s *SQLite) write(ctx context.Context, fn func(*write) error) error {
	_, err := s.writer.submit(&act{ctx: ctx, do: fn, done: make(chan outcome, 1)})
	return err
}

func (s *SQLite) groupSeal(_ context.Context, id string, make bool) (*seal, error) {
	if seal := s.keys.find(groupKey(id)); seal != nil || !make {
		return seal, nil
	}
	return s.keys.make(groupKey(id))
}

func (s *SQLite) findSeal(_ context.Context, session string) (*seal, error) {
	return s.keys.find(session), nil
}

// held answers from memory when it can: nobody else writes this folder.
func (s *SQLite) held(ctx context.Context, seat room.SeatID) (holder, error) {
	held, known, turn := s.holders.of(seat)
	if known {
		return held, nil
	}
	held, err := scanHeld(s.holds.QueryRowContext(ctx, seat))
	if err == nil {
		s.holders.learn(held, turn)
	}
	return held, err
}
