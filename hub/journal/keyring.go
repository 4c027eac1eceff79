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
)

// A keyring keeps one key per session that has a journal, each in a small file
// of its own beside the database. Apart from the database, so that a key can be
// destroyed for certain: a row of a table would leave traces in pages, in the
// write-ahead log and in backups of the database.
//
// A keyring may be used by many goroutines.
type keyring struct {
	dir string

	mu    sync.Mutex
	seals map[string]*seal // by session
}

func openKeyring(dir string) (*keyring, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the folder of keys: %w", err)
	}
	return &keyring{dir: dir, seals: make(map[string]*seal)}, nil
}

// file names the key of a session by a digest, because a session id need not be
// fit for a file name.
func (k *keyring) file(session string) string {
	sum := sha256.Sum256([]byte(session))
	return hex.EncodeToString(sum[:16])
}

// find gives the session's seal, or nil when it has no key.
func (k *keyring) find(session string) (*seal, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.findLocked(session)
}

func (k *keyring) findLocked(session string) (*seal, error) {
	if s := k.seals[session]; s != nil {
		return s, nil
	}
	key, err := os.ReadFile(filepath.Join(k.dir, k.file(session)))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
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

// make gives the session's seal and makes its key first when there is none. The
// key is on the disk for certain before a row can be sealed with it.
func (k *keyring) make(session string) (*seal, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if s, err := k.findLocked(session); s != nil || err != nil {
		return s, err
	}
	key := make([]byte, keySize)
	_, _ = rand.Read(key) // never fails (crypto/rand)
	s, err := newSeal(key)
	if err != nil {
		return nil, err
	}
	if err := k.write(k.file(session), key); err != nil {
		return nil, fmt.Errorf("keep the key of a session: %w", err)
	}
	k.seals[session] = s
	return s, nil
}

// write keeps a file whole or not at all.
func (k *keyring) write(name string, content []byte) error {
	made := filepath.Join(k.dir, name+".new")
	err := writeSynced(made, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, content)
	if err == nil {
		err = os.Rename(made, filepath.Join(k.dir, name))
	}
	if err != nil {
		_ = os.Remove(made)
		return err
	}
	return syncFolder(k.dir)
}

// destroy ends a session's key: overwritten, then removed. A session without a
// key is fine.
func (k *keyring) destroy(session string) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	delete(k.seals, session)
	return k.destroyFile(k.file(session))
}

func (k *keyring) destroyFile(name string) error {
	path := filepath.Join(k.dir, name)
	err := writeSynced(path, os.O_WRONLY, make([]byte, keySize))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	// A full disk must not keep a key alive: removing it matters more than
	// having overwritten it.
	if gone := os.Remove(path); gone != nil {
		return fmt.Errorf("destroy the key of a session: %w", errors.Join(err, gone))
	}
	return syncFolder(k.dir)
}

// sweep destroys every key that belongs to none of the sessions: those of a
// crash between the end of a session and the end of its key.
func (k *keyring) sweep(sessions []string) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	stays := make(map[string]bool, len(sessions))
	for _, s := range sessions {
		stays[k.file(s)] = true
	}
	files, err := os.ReadDir(k.dir)
	if err != nil {
		return fmt.Errorf("read the folder of keys: %w", err)
	}
	for _, f := range files {
		if stays[f.Name()] {
			continue
		}
		if err := k.destroyFile(f.Name()); err != nil {
			return err
		}
	}
	return nil
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
