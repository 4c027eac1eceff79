package journal

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"time"

	"hearth/hub/journal/kept"
)

// forgetEvery is how often a node looks for sessions that another one ended, to
// forget their keys.
const forgetEvery = 10 * time.Second

// A keyFile holds the keys that wrap the keys of sessions: one to a line, 64
// hexadecimal digits; empty lines and those that begin with # do not count. The
// last one wraps; every one of them opens. It belongs to one goroutine.
type keyFile struct {
	path string
	keys map[[8]byte]cipher.AEAD
	last [8]byte
}

var errKeyFile = errors.New("the key file holds no key; make one with: openssl rand -hex 32 > FILE, readable by hearth only, the same on every node")

// ReadKeys reads the keys of a key file, in the order of its lines; each is 32
// bytes long, and there is at least one. The last one is for sealing, all of them
// are for opening. Errors are one line for the operator and show nothing of a key.
func ReadKeys(path string) (keys [][]byte, err error) {
	if path == "" {
		return nil, errors.New("PostgreSQL needs a key file; make one with: openssl rand -hex 32 > FILE, and name it by --key-file or HEARTH_KEY_FILE")
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read the key file (openssl rand -hex 32 makes a key): %w", err)
	}
	number := 0
	for line := range strings.Lines(string(text)) {
		number++
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		key, err := hex.DecodeString(line)
		if err != nil || len(key) != keySize { // never show the line itself
			return nil, fmt.Errorf("line %d of the key file is not 64 hexadecimal digits", number)
		}
		keys = append(keys, key)
	}
	if len(keys) == 0 {
		return nil, errKeyFile
	}
	return keys, nil
}

func readKeyFile(path string) (*keyFile, error) {
	keys, err := ReadKeys(path)
	if err != nil {
		return nil, err
	}
	f := &keyFile{path: path, keys: map[[8]byte]cipher.AEAD{}}
	for _, key := range keys {
		f.last = [8]byte(digest([]byte("hearth key file"), "", key))
		block, err := aes.NewCipher(key)
		if err != nil {
			return nil, fmt.Errorf("use a key of the key file: %w", err)
		}
		if f.keys[f.last], err = cipher.NewGCMWithRandomNonce(block); err != nil {
			return nil, fmt.Errorf("use a key of the key file: %w", err)
		}
	}
	return f, nil
}

// wrap closes a session's key; it opens only as the key of this session.
func (f *keyFile) wrap(session string, key []byte) (by, wrapped []byte) {
	return f.last[:], f.keys[f.last].Seal(nil, nil, key, []byte("hearth session key "+session))
}

var errNoWrap = errors.New("journal: the key file does not hold the key that a session's key is wrapped with; bring back the line that was removed")

func (f *keyFile) unwrap(session string, by, wrapped []byte) ([]byte, error) {
	if len(by) != len(f.last) || f.keys[[8]byte(by)] == nil {
		return nil, errNoWrap
	}
	key, err := f.keys[[8]byte(by)].Open(nil, nil, wrapped, []byte("hearth session key "+session))
	if err != nil {
		return nil, errBadKey
	}
	return key, nil
}

// wrappedKeys are the keys of sessions as one node knows them. Safe for use by
// many goroutines.
type wrappedKeys struct {
	mu    sync.RWMutex
	file  *keyFile
	seals map[string]*seal // by session
}

func newWrappedKeys(file *keyFile) *wrappedKeys {
	return &wrappedKeys{file: file, seals: map[string]*seal{}}
}

func (k *wrappedKeys) find(session string) *seal {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return k.seals[session]
}

func (k *wrappedKeys) forget(session string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	delete(k.seals, session)
}

func (k *wrappedKeys) known() []string {
	k.mu.RLock()
	defer k.mu.RUnlock()
	all := make([]string, 0, len(k.seals))
	for session := range k.seals {
		all = append(all, session)
	}
	return all
}

// wrapNew makes a key for a session, wrapped.
func (k *wrappedKeys) wrapNew(session string) (by, wrapped []byte) {
	key := make([]byte, keySize)
	_, _ = rand.Read(key) // never fails (crypto/rand)
	k.mu.RLock()
	defer k.mu.RUnlock()
	return k.file.wrap(session, key)
}

// open takes a session's key out of its wrap and remembers it. A wrap of a key
// that is not known makes it read the key file again: another node was started
// with a new one.
func (k *wrappedKeys) open(session string, by, wrapped []byte) (*seal, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	key, err := k.file.unwrap(session, by, wrapped)
	if errors.Is(err, errNoWrap) {
		if file, again := readKeyFile(k.file.path); again == nil {
			k.file = file
			key, err = file.unwrap(session, by, wrapped)
		}
	}
	if err != nil {
		return nil, err
	}
	s, err := newSeal(key)
	if err != nil {
		return nil, err
	}
	k.seals[session] = s
	return s, nil
}

// findSeal gives the session's seal, or nil when it has no key.
func (p *Postgres) findSeal(ctx context.Context, session string) (*seal, error) {
	if s := p.keys.find(session); s != nil {
		return s, nil
	}
	var by, wrapped []byte
	err := p.read.QueryRowContext(ctx, "SELECT by, wrapped FROM session_keys WHERE session = ?", session).Scan(&by, &wrapped)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the key of a session: %w", err)
	}
	return p.keys.open(session, by, wrapped)
}

// sealOf gives the session's seal; the first one to ask, on any node, makes its
// key.
func (p *Postgres) sealOf(ctx context.Context, session string) (*seal, error) {
	s, err := p.findSeal(ctx, session)
	if s != nil || err != nil {
		return s, err
	}
	by, wrapped := p.keys.wrapNew(session)
	err = p.write(ctx, func(tx *write) error {
		if err := tx.stillOn(session); err != nil {
			return err
		}
		var hasRows bool
		if err := tx.row("SELECT EXISTS (SELECT 1 FROM events WHERE session = ?)", session).Scan(&hasRows); err != nil {
			return fmt.Errorf("look for rows of a session: %w", err)
		}
		if hasRows {
			var there bool
			err := tx.row("SELECT TRUE FROM session_keys WHERE session = ?", session).Scan(&there)
			if errors.Is(err, sql.ErrNoRows) {
				return errKeyGone
			}
			return err
		}
		return tx.exec("INSERT INTO session_keys (session, by, wrapped) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", session, by, wrapped)
	})
	if err != nil {
		return nil, err
	}
	if s, err = p.findSeal(ctx, session); s == nil && err == nil {
		err = kept.ErrNotFound // ended just now
	}
	return s, err
}

// groupSeal gives a group's seal; with make the first one to ask, on any node, makes
// its key. A key without a group, left by a crash in between, opens nothing.
func (p *Postgres) groupSeal(ctx context.Context, id string, make bool) (*seal, error) {
	name := groupKey(id)
	if s, err := p.findSeal(ctx, name); s != nil || err != nil || !make {
		return s, err
	}
	by, wrapped := p.keys.wrapNew(name)
	err := p.write(ctx, func(tx *write) error {
		return tx.exec("INSERT INTO session_keys (session, by, wrapped) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", name, by, wrapped)
	})
	if err != nil {
		return nil, err
	}
	return p.findSeal(ctx, name)
}

// A wrap is a row of session_keys.
type wrap struct {
	session     string
	by, wrapped []byte
}

// wrapAgain wraps every key anew that is not wrapped by the last key of the key
// file, so that the ones before it can be removed. It fails when the key file
// is not the one of this house.
func (p *Postgres) wrapAgain(ctx context.Context) error {
	return p.write(ctx, func(tx *write) error {
		old, err := list(ctx, tx.conn, "list the keys of sessions", func(row scanner) (w wrap, err error) {
			return w, row.Scan(&w.session, &w.by, &w.wrapped)
		}, "SELECT session, by, wrapped FROM session_keys WHERE by <> ?", p.keys.file.last[:])
		if err != nil {
			return err
		}
		for _, w := range old {
			key, err := p.keys.file.unwrap(w.session, w.by, w.wrapped)
			if err != nil {
				return err
			}
			by, wrapped := p.keys.file.wrap(w.session, key)
			if err := tx.change("UPDATE session_keys SET by = ?, wrapped = ? WHERE session = ?", by, wrapped, w.session); err != nil {
				return fmt.Errorf("wrap the key of a session again: %w", err)
			}
		}
		return nil
	})
}

// forgetKeys forgets the keys of sessions that other nodes ended.
func (p *Postgres) forgetKeys(ctx context.Context) {
	every := time.NewTicker(forgetEvery)
	defer every.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-every.C:
			_ = p.forgetEnded(ctx) // the next look comes soon
		}
	}
}

func (p *Postgres) forgetEnded(ctx context.Context) error {
	known := p.keys.known()
	alive, err := list(ctx, p.read, "list the keys of sessions", func(row scanner) (session string, err error) {
		return session, row.Scan(&session)
	}, "SELECT session FROM session_keys WHERE session = ANY(?)", known)
	if err != nil {
		return err
	}
	stays := make(map[string]bool, len(alive))
	for _, session := range alive {
		stays[session] = true
	}
	for _, session := range known {
		if !stays[session] {
			p.keys.forget(session)
		}
	}
	return nil
}
