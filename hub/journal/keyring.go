package journal

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"hearth/hub/journal/kept"
)

// A keyring keeps one key per session that has a journal, each in a small file
// of its own beside the database. Apart from the database, so that a key can be
// destroyed for certain: a row of a table would leave traces in pages, in the
// write-ahead log and in backups of the database.
//
// A keyring may be used by many goroutines.
type keyring struct {
	dir string

	mu    sync.RWMutex
	seals map[string]*seal // by session
}

func openKeyring(dir string) (*keyring, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the folder of keys: %w", err)
	}
	return &keyring{dir: dir, seals: make(map[string]*seal)}, nil
}

// path names the key of a session by a digest, because a session id need not be
// fit for a file name.
func (k *keyring) path(session string) string {
	sum := sha256.Sum256([]byte(session))
	return filepath.Join(k.dir, hex.EncodeToString(sum[:16]))
}

// find gives the session's seal, or nil when it has no key. It never waits for
// the disk.
func (k *keyring) find(session string) *seal {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return k.seals[session]
}

// make gives the session's seal and makes its key when there is none. The key is
// on the disk for certain before anything can be sealed with it. Many sessions
// may begin at once: the waiting for the disk is not under the lock. Of two that
// make the same key one is first and both get that one.
func (k *keyring) make(session string) (*seal, error) {
	key := make([]byte, keySize)
	_, _ = rand.Read(key) // never fails (crypto/rand)
	made := k.path(session) + "." + rand.Text()
	err := writeSynced(made, os.O_CREATE|os.O_EXCL|os.O_WRONLY, key)
	if err == nil {
		err = os.Link(made, k.path(session)) // whole or not at all, and never in place of another
	}
	if errors.Is(err, fs.ErrExist) {
		err = nil
	}
	if err = errors.Join(err, gone(os.Remove(made))); err != nil {
		return nil, fmt.Errorf("keep the key of a session: %w", err)
	}
	if err := syncFolder(k.dir); err != nil {
		return nil, fmt.Errorf("keep the key of a session: %w", err)
	}
	return k.read(session)
}

// read takes a session's key from its file. Reading and remembering are one step
// under the lock: destroy removes the file first and forgets afterwards, so
// nothing destroyed is remembered. [kept.ErrNotFound] if there is no file: the
// session was ended just now.
func (k *keyring) read(session string) (*seal, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	key, err := os.ReadFile(k.path(session))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, kept.ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("read the key of a session: %w", err)
	}
	s, err := newSeal(key)
	if err != nil {
		return nil, err
	}
	k.seals[session] = s
	return s, nil
}

// destroy ends a session's key: overwritten, then removed. A session without a
// key is fine.
func (k *keyring) destroy(session string) error {
	err := k.destroyFile(k.path(session))
	k.mu.Lock()
	defer k.mu.Unlock()
	delete(k.seals, session)
	return err
}

func (k *keyring) destroyFile(path string) error {
	err := writeSynced(path, os.O_WRONLY, make([]byte, keySize))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	// A full disk must not keep a key alive: removing it matters more than
	// having overwritten it.
	if still := os.Remove(path); still != nil {
		return fmt.Errorf("destroy the key of a session: %w", errors.Join(err, still))
	}
	return syncFolder(k.dir)
}

// load takes the keys of the sessions that are not over and destroys every
// other one: those of a crash between the end of a session and the end of its
// key. A key that is damaged is as good as missing; its session says so when it
// is read. load is called before the keyring is shared.
func (k *keyring) load(sessions []string) error {
	stays := make(map[string]bool, len(sessions))
	for _, s := range sessions {
		stays[k.path(s)] = true
		if _, err := k.read(s); err != nil && !errors.Is(err, kept.ErrNotFound) && !errors.Is(err, errBadKey) {
			return err
		}
	}
	files, err := os.ReadDir(k.dir)
	if err != nil {
		return fmt.Errorf("read the folder of keys: %w", err)
	}
	for _, f := range files {
		path := filepath.Join(k.dir, f.Name())
		if stays[path] {
			continue
		}
		if err := k.destroyFile(path); err != nil {
			return err
		}
	}
	return syncFolder(k.dir)
}

// gone is err, but that something is not there is what was wanted.
func gone(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

func writeSynced(path string, how int, content []byte) error {
	f, err := os.OpenFile(path, how, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	return errors.Join(err, f.Sync(), f.Close())
}

// syncFolder makes the names in a folder survive a power loss.
func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
