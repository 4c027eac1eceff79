package journal

import (
	"context"
	"errors"
	"fmt"

	"hearth/hub/journal/kept"
)

// MaxRow is the longest row, in bytes.
const MaxRow = 1 << 20

// maxRows is the highest number of rows of one command.
const maxRows = 4096

// page is how many rows Tail reads at once. A read is over before fn is called,
// so a slow caller never holds up the erasing of old pages.
const page = 256

// An addition is the rows of one command on their way into the log.
type addition struct {
	session string
	after   int64
	cmd     []byte
	rows    [][]byte // sealed
	bytes   int
}

// newAddition seals the rows in the caller's goroutine, so that a writer only
// writes.
func newAddition(ctx context.Context, on ground, session string, after int64, key kept.CommandKey, rows [][]byte) (*addition, error) {
	if key.ID == "" || after < 0 || len(rows) == 0 || len(rows) > maxRows {
		return nil, fmt.Errorf("journal: an append needs a command id, a number from 0 and 1 to %d rows", maxRows)
	}
	seal, err := on.sealOf(ctx, session)
	if err != nil {
		return nil, err
	}
	add := &addition{session: session, after: after, cmd: seal.digest(key), rows: make([][]byte, len(rows))}
	for i, row := range rows {
		if len(row) > MaxRow {
			return nil, fmt.Errorf("journal: a row has %d bytes, more than %d", len(row), MaxRow)
		}
		add.rows[i] = seal.close(session, after+int64(i)+1, key, row)
		add.bytes += len(add.rows[i])
	}
	return add, nil
}

var errKeyGone = errors.New("journal: the key of a session that has rows is missing or damaged; restore the folder of keys")

// Tail calls fn with every row after a number, in order, in the caller's
// goroutine. A session without rows, unknown or over, has none to give. fn's
// error ends it and is returned as it is.
//
// Rows that are missing in between, damaged, or from elsewhere are an error:
// never a wrong state (F26).
func (s *tables) Tail(ctx context.Context, session string, after int64, fn func(seq int64, key kept.CommandKey, row []byte) error) error {
	for {
		rows, err := s.on.readPage(ctx, session, after)
		if err != nil {
			return err
		}
		if len(rows) == 0 {
			return nil
		}
		seal, err := s.on.findSeal(ctx, session)
		if err != nil {
			return err
		}
		if seal == nil {
			return s.unlessErased(ctx, session, after, errKeyGone)
		}
		for _, r := range rows {
			if r.seq != after+1 {
				return &damage{fmt.Errorf("journal: row %d is missing", after+1)}
			}
			after = r.seq
			key, row, err := seal.open(session, r.seq, r.body)
			if err != nil {
				return s.unlessErased(ctx, session, r.seq-1, &damage{fmt.Errorf("open row %d: %w", r.seq, err)})
			}
			if err := fn(r.seq, key, row); err != nil {
				return err
			}
		}
		if len(rows) < page {
			return nil
		}
	}
}

// A damage says that a log is not what was written.
type damage struct{ err error }

func (d *damage) Error() string { return d.err.Error() }
func (d *damage) Unwrap() error { return d.err }

// unlessErased tells damage from a session that was ended while it was read: the
// rows of that one are gone.
func (s *tables) unlessErased(ctx context.Context, session string, after int64, damage error) error {
	rows, err := s.on.readPage(ctx, session, after)
	if err == nil && len(rows) > 0 {
		return damage
	}
	return err
}

type sealedRow struct {
	seq  int64
	body []byte
}
