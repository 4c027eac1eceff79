package crash

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"hearth/hub/journal"
	"hearth/hub/journal/kept"
)

// Row is one row of a session's journal: its number and whose command made it.
type Row struct {
	Seq int64
	Key Key
}

// Key names a command: the seat and the id its client made.
type Key struct{ Seat, ID string }

// ReadJournal reads the journals of sessions from a dead server's data folder.
func ReadJournal(ctx context.Context, dir string, sessions []string) (map[string][]Row, error) {
	all := make(map[string][]Row, len(sessions))
	err := read(ctx, dir, sessions, func(session string, seq int64, key kept.CommandKey, _ []byte) {
		all[session] = append(all[session], Row{Seq: seq, Key: Key{string(key.Seat), key.ID}})
	})
	return all, err
}

// ReadRows reads what the journals hold, without the commands' keys.
func ReadRows(ctx context.Context, dir string, sessions []string) (map[string][][]byte, error) {
	all := make(map[string][][]byte, len(sessions))
	err := read(ctx, dir, sessions, func(session string, _ int64, _ kept.CommandKey, row []byte) {
		all[session] = append(all[session], append([]byte{}, row...))
	})
	return all, err
}

// read gives each row of the sessions' journals.
func read(ctx context.Context, dir string, sessions []string, each func(session string, seq int64, key kept.CommandKey, row []byte)) error {
	return onCopy(ctx, dir, func(_ string, j *journal.SQLite) error {
		for _, s := range sessions {
			err := j.Tail(ctx, s, 0, func(seq int64, key kept.CommandKey, row []byte) error {
				each(s, seq, key, row)
				return nil
			})
			if err != nil {
				return fmt.Errorf("read the journal: %w", err)
			}
		}
		return nil
	})
}

// onCopy opens a copy of a data folder, because opening a write-ahead log changes
// it, and the next start must find what the kill left behind.
func onCopy(ctx context.Context, dir string, use func(copied string, j *journal.SQLite) error) error {
	tmp, err := os.MkdirTemp("", "hearth-journal-")
	if err != nil {
		return fmt.Errorf("make a folder for the copy: %w", err)
	}
	defer os.RemoveAll(tmp)
	if err := copyFolder(dir, tmp); err != nil {
		return fmt.Errorf("copy the data folder: %w", err)
	}
	j, err := journal.OpenSQLite(ctx, tmp)
	if err != nil {
		return fmt.Errorf("open the copy: %w", err)
	}
	defer j.Close()
	return use(tmp, j)
}

func copyFolder(from, to string) error {
	return filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		if d.IsDir() {
			return os.MkdirAll(filepath.Join(to, rel), 0o700)
		}
		if !d.Type().IsRegular() {
			return nil
		}
		return copyFile(path, filepath.Join(to, rel))
	})
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
	if cerr := out.Close(); err == nil {
		err = cerr
	}
	return err
}
