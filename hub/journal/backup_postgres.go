package journal

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// keysFile is the file of a backup folder that holds the wrapped keys.
const keysFile = "session-keys.json"

// A keptKey is a row of session_keys in a file.
type keptKey struct {
	Session string `json:"session"`
	By      []byte `json:"by"`
	Wrapped []byte `json:"wrapped"`
}

// BackupKeys writes the wrapped keys of sessions into the folder to, in place of
// those that were there, and gives their number. The database itself is copied
// by its own tools, without the table session_keys and before this: then no copy
// of the database holds a key, and the only copy of the keys outside of it is
// never older than the last backup. So what was closed before the last backup is
// unreadable in every copy, whatever becomes of the key file (R10, walls §2.7).
func BackupKeys(ctx context.Context, p *Postgres, to string) (int, error) {
	n, err := p.backupKeys(ctx, to)
	if err != nil {
		return 0, fmt.Errorf("back up the keys of sessions: %w", err)
	}
	return n, nil
}

func (p *Postgres) backupKeys(ctx context.Context, to string) (int, error) {
	if err := os.MkdirAll(to, 0o700); err != nil {
		return 0, err
	}
	all, err := list(ctx, p.read, "list the keys of sessions", func(row scanner) (k keptKey, err error) {
		return k, row.Scan(&k.Session, &k.By, &k.Wrapped)
	}, "SELECT session, by, wrapped FROM session_keys ORDER BY session")
	if err != nil {
		return 0, err
	}
	if all == nil {
		all = []keptKey{}
	}
	text, err := json.Marshal(all)
	if err != nil {
		return 0, err
	}
	path := filepath.Join(to, keysFile)
	part := path + ".part"
	defer os.Remove(part) // nothing once it has its name
	if err := writeSynced(part, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, text); err != nil {
		return 0, err
	}
	if err := overwrite(path); err != nil {
		return 0, err
	}
	return len(all), errors.Join(os.Rename(part, path), syncFolder(to))
}

// overwrite puts zeros over a file, if there is one.
func overwrite(path string) error {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return writeSynced(path, os.O_WRONLY, make([]byte, info.Size()))
}

// RestoreKeys completes a house that the tools of the database have brought
// back: it puts the wrapped keys from the backup folder from into it, unless
// from is empty, ends sessions that no key opens (see [RestoreFolder]), wraps
// the keys of the others by the last key of the key file, and verifies all. It
// may be done again.
//
// It refuses while a node is up, and may wait 12 seconds to be sure.
func RestoreKeys(ctx context.Context, url, keyFile, from string, at time.Time) (Restored, error) {
	r, err := restoreKeys(ctx, url, keyFile, from, at)
	if err != nil {
		return Restored{}, fmt.Errorf("restore the keys of sessions: %w", oneLine{err})
	}
	return r, nil
}

func restoreKeys(ctx context.Context, url, keyFile, from string, at time.Time) (r Restored, err error) {
	keys, err := readKeptKeys(from)
	if err != nil {
		return r, err
	}
	p, err := connectPostgres(ctx, url, keyFile)
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, p.Close()) }()
	if err := p.nobodyUp(ctx); err != nil {
		return r, err
	}
	r.From = from
	err = p.write(ctx, func(tx *write) error {
		for _, k := range keys {
			if id, ofGroup := strings.CutPrefix(k.Session, keyOfGroup); ofGroup {
				if err := tx.exec("INSERT INTO session_keys (session, by, wrapped) SELECT ?, ?, ? FROM groups WHERE id = ? ON CONFLICT DO NOTHING", k.Session, k.By, k.Wrapped, id); err != nil {
					return fmt.Errorf("put back the key of a group: %w", err)
				}
				continue
			}
			err := tx.exec("INSERT INTO session_keys (session, by, wrapped) SELECT id, ?, ? FROM sessions WHERE id = ? AND state <> 'over' ON CONFLICT DO NOTHING", k.By, k.Wrapped, k.Session)
			if err != nil {
				return fmt.Errorf("put back the key of a session: %w", err)
			}
		}
		return nil
	})
	if err != nil {
		return r, err
	}
	if err := p.someOpen(ctx); err != nil {
		return r, err
	}
	if err := r.settle(ctx, p, func(session string) error { return p.Finish(ctx, session, []byte("{}"), at) },
		func(id string) error { return p.DeleteGroup(ctx, id) }); err != nil {
		return r, err
	}
	return r, p.wrapAgain(ctx)
}

// nobodyUp refuses a database that nodes use. Those of the time of a dump are in
// the dump, and one that was killed a moment ago looks as if it were up: whoever
// is up beats within 12 seconds.
func (p *Postgres) nobodyUp(ctx context.Context) error {
	const query = "SELECT count(*), coalesce(max(until)::text, '') FROM nodes WHERE until > clock_timestamp()"
	look := time.NewTicker(lookEvery)
	defer look.Stop()
	for before := ""; ; {
		var up int
		var last string
		if err := p.read.QueryRowContext(ctx, query).Scan(&up, &last); err != nil {
			return fmt.Errorf("ask which nodes are up: %w", err)
		}
		if up == 0 {
			return nil
		}
		if before != "" && last > before {
			return fmt.Errorf("%d nodes of hearth use this database: stop them first", up)
		}
		before = last
		select {
		case <-look.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// lookEvery is how often nobodyUp asks.
const lookEvery = 500 * time.Millisecond

// someOpen refuses a key file that opens none of the keys there are: it is most
// likely another house's, and what cannot be opened is about to be ended.
func (p *Postgres) someOpen(ctx context.Context) error {
	all, err := list(ctx, p.read, "list the keys of sessions", func(row scanner) (w wrap, err error) {
		return w, row.Scan(&w.session, &w.by, &w.wrapped)
	}, "SELECT session, by, wrapped FROM session_keys")
	if err != nil {
		return err
	}
	for _, w := range all {
		if _, err := p.keys.file.unwrap(w.session, w.by, w.wrapped); err == nil {
			return nil
		}
	}
	if len(all) == 0 {
		return nil
	}
	return fmt.Errorf("the key file opens none of the %d keys of sessions: it is another house's; or, if the key that it lacks was destroyed on purpose, DELETE FROM session_keys and restore again", len(all))
}

func readKeptKeys(from string) (keys []keptKey, err error) {
	if from == "" {
		return nil, nil
	}
	text, err := os.ReadFile(filepath.Join(from, keysFile))
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(text, &keys); err != nil {
		return nil, fmt.Errorf("%s is not what hearth backup wrote: %w", keysFile, err)
	}
	return keys, nil
}
