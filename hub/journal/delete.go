package journal

import (
	"context"
	"errors"
	"path/filepath"

	"hearth/hub/journal/kept"
)

// deletes are the statements that take a group out of the tables, each with its id.
var deletes = []string{
	"DELETE FROM bindings WHERE seat IN (SELECT t.id FROM seats t JOIN sessions s ON s.id = t.session WHERE s.grp = ?)",
	"DELETE FROM links WHERE session IN (SELECT id FROM sessions WHERE grp = ?)",
	"DELETE FROM seats WHERE session IN (SELECT id FROM sessions WHERE grp = ?)",
	"DELETE FROM events WHERE session IN (SELECT id FROM sessions WHERE grp = ?)",
	"DELETE FROM sessions WHERE grp = ?",
	"DELETE FROM versions WHERE grp = ?",
}

// deleteGroup takes a group and everything of it out of the tables.
func (tx *write) deleteGroup(id string) error {
	var open bool
	if err := tx.row("SELECT EXISTS (SELECT 1 FROM sessions WHERE grp = ? AND state <> 'over')", id).Scan(&open); err != nil {
		return err
	}
	if open {
		return kept.ErrTaken
	}
	for _, query := range deletes {
		if err := tx.exec(query, id); err != nil {
			return err
		}
	}
	return tx.change("DELETE FROM groups WHERE id = ?", id)
}

// DeleteGroup erases a group with everything of it: sessions, links, records,
// charters; then its key, so that no backup can bring it back, and the copies of
// the tables from before an update. [kept.ErrTaken] while a session of it is not
// over; [kept.ErrNotFound] if there is no such group.
//
// If an error comes after the commit the group is gone but some of the erasing is
// not done: opening the folder does what is left.
func (s *SQLite) DeleteGroup(ctx context.Context, id string) error {
	_, err := s.writer.submit(&act{
		ctx:    ctx,
		done:   make(chan outcome, 1),
		do:     func(tx *write) error { return tx.deleteGroup(id) },
		clears: true,
	})
	if err == nil || errors.Is(err, errNotCleared) {
		err = errors.Join(err, s.keys.destroy(groupKey(id)), dropAllCopies(filepath.Dir(s.keys.dir)))
	}
	return err
}

// DeleteGroup erases a group with everything of it, its wrapped key included; see
// [SQLite.DeleteGroup]. What remains elsewhere, and for how long, is said at
// [Postgres].
func (p *Postgres) DeleteGroup(ctx context.Context, id string) error {
	err := p.write(ctx, func(tx *write) error {
		if err := tx.deleteGroup(id); err != nil {
			return err
		}
		return tx.exec("DELETE FROM session_keys WHERE session = ?", groupKey(id))
	})
	if err == nil {
		p.keys.forget(groupKey(id))
	}
	return err
}
