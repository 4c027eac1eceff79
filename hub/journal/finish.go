package journal

import (
	"context"
	"errors"
	"time"
)

// Finish ends a session: the record is kept; its journal and the bindings of
// its devices are erased, in one transaction. Then the session's key is
// destroyed and the write-ahead log cleared, so that what was erased is not in
// the data folder any more. Names are only ever in the journal.
//
// Finishing twice is the same as once; the first record stands. If an error
// comes after the commit the session is over but some of the erasing is not
// done: call again. Opening the folder does what is left, too.
//
// [kept.ErrNotFound] if there is no such session.
func (s *SQLite) Finish(ctx context.Context, session string, record []byte, at time.Time) error {
	_, err := s.writer.submit(&act{
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
	return err
}
