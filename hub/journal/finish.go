package journal

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Finish ends a session: the record is kept; its journal and the bindings of
// its devices are erased, in one transaction. Then the session's key is
// destroyed and the write-ahead log cleared, so that what was erased is not in
// the data folder any more; a copy from before an update holds it sealed by a
// key that is gone. Names are only ever in the journal.
//
// Finishing twice is the same as once; the first record stands. If an error
// comes after the commit the session is over but some of the erasing is not
// done: call again. Opening the folder does what is left, too.
//
// [kept.ErrNotFound] if there is no such session.
func (s *SQLite) Finish(ctx context.Context, session string, record []byte, at time.Time) error {
	s.spare.free()
	record, err := s.concealRecord(ctx, session, record)
	if err != nil {
		return err
	}
	_, err = s.writer.submit(&act{
		ctx:  ctx,
		done: make(chan outcome, 1),
		do: func(tx *write) error {
			return tx.finish(session, record, at)
		},
		clears: true,
	})
	if err == nil || errors.Is(err, errNotCleared) {
		err = errors.Join(err, s.keys.destroy(session))
	}
	if err == nil {
		s.spare.fill()
	}
	return err
}

// Finish ends a session: the record is kept; its journal, the bindings of its
// devices and its wrapped key are erased, in one transaction. Names are only
// ever in the journal. What remains elsewhere, and for how long, is said at
// [Postgres].
//
// Finishing twice is the same as once; the first record stands.
// [kept.ErrNotFound] if there is no such session.
func (p *Postgres) Finish(ctx context.Context, session string, record []byte, at time.Time) error {
	record, err := p.concealRecord(ctx, session, record)
	if err != nil {
		return err
	}
	err = p.write(ctx, func(tx *write) error {
		// The key goes first: that waits for those who are just appending, and
		// nobody appends after it, so what is erased next is everything.
		if err := tx.exec("DELETE FROM session_keys WHERE session = ?", session); err != nil {
			return fmt.Errorf("erase the key of a session: %w", err)
		}
		return tx.finish(session, record, at)
	})
	if err == nil {
		p.keys.forget(session)
	}
	return err
}

// MakeRoom implements hub.Endings. What is full is the database's disk, and its own
// to look after.
func (p *Postgres) MakeRoom(context.Context) {}
