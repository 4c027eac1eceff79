package journal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"hearth/hub/journal/kept"
)

// Helplines gives the list of helplines as it was kept, and its digest.
// [kept.ErrNotFound] in a house that has none yet.
func (s *tables) Helplines(ctx context.Context) (digest, list string, err error) {
	err = s.read.QueryRowContext(ctx, "SELECT digest, list FROM helplines").Scan(&digest, &list)
	return digest, list, found("read the helplines", err)
}

// KeepHelplines puts a list in the place of the one with the digest before;
// empty for none. [kept.ErrConflict] if another is there.
func (s *tables) KeepHelplines(ctx context.Context, before, digest, list string) error {
	return s.on.write(ctx, func(tx *write) error {
		var there string
		err := tx.row("SELECT digest FROM helplines").Scan(&there)
		switch {
		case err != nil && !errors.Is(err, sql.ErrNoRows):
			return fmt.Errorf("read the helplines to change: %w", err)
		case there != before:
			return kept.ErrConflict
		case before == "":
			return tx.insert("INSERT INTO helplines (one, digest, list) VALUES (1, ?, ?)", digest, list)
		}
		return tx.change("UPDATE helplines SET digest = ?, list = ?", digest, list)
	})
}
