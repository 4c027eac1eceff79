package journal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"hearth/hub/journal/kept"
)

// Append writes rows as after+1, after+2, … and returns the last number. When
// it returns nil they survive kill -9 and, on an honest disk, power loss (R1).
//
// Errors: [kept.ErrDuplicate] with the last number of the first result, if key
// is already kept (whatever after is); [kept.ErrConflict], if after is not the
// last number; [kept.ErrNotFound], if the session is unknown or over. After any
// other error nothing was acknowledged. If ctx ended it is not known whether
// the rows stand: ask again with the same key (R2).
//
// Rows must hold no words and no times, and a key that a client makes must be
// random: the journal must not be able to tell a pass from a share (A02).
//
// Appends that wait at the same time share a commit. Safe for use by many
// goroutines.
func (s *SQLite) Append(ctx context.Context, session string, after int64, key kept.CommandKey, rows [][]byte) (int64, error) {
	add, err := newAddition(ctx, s, session, after, key, rows)
	if err != nil {
		return 0, err
	}
	return s.writer.submit(&act{ctx: ctx, add: add, done: make(chan outcome, 1)})
}

// sealOf gives the session's seal; the first one to ask makes its key. If the
// session ends at the same time the key is one that nothing was sealed with.
func (s *SQLite) sealOf(ctx context.Context, session string) (*seal, error) {
	if seal := s.keys.find(session); seal != nil {
		return seal, nil
	}
	var hasRows bool
	err := s.reads.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM events WHERE session = s.id) FROM sessions s WHERE id = ? AND state <> 'over'", session).Scan(&hasRows)
	if err != nil {
		return nil, found("find a session", err)
	}
	if !hasRows {
		return s.keys.make(session)
	}
	// Rows come after their key, so it is there by now or it is lost.
	if seal := s.keys.find(session); seal != nil {
		return seal, nil
	}
	return nil, errKeyGone
}

// additions are the statements of the log, prepared on the writer's connection.
type additions struct {
	insert, find *sql.Stmt
}

func prepareAdditions(conn *sql.Conn) (*additions, error) {
	a := &additions{}
	for _, p := range []struct {
		to  **sql.Stmt
		sql string
	}{
		{&a.insert, "INSERT INTO events (session, seq, cmd, rest, body) VALUES (?, ?, ?, ?, ?)"},
		{&a.find, "SELECT seq FROM events WHERE session = ? AND cmd = ? AND rest = 0"},
	} {
		s, err := conn.PrepareContext(context.Background(), p.sql)
		if err != nil {
			a.close()
			return nil, fmt.Errorf("prepare the log: %w", err)
		}
		*p.to = s
	}
	return a, nil
}

func (a *additions) close() {
	for _, s := range []*sql.Stmt{a.insert, a.find} {
		if s != nil {
			_ = s.Close()
		}
	}
}

// append writes one addition. It needs no savepoint: everything that can refuse
// it is found before or by its first insert, which leaves nothing behind.
func (w *writer) append(add *addition) (o outcome, broken error) {
	tx := w.write()
	last, err := tx.lastOf(add.session)
	if errors.Is(err, kept.ErrNotFound) {
		return outcome{err: err}, nil
	}
	if err != nil {
		return outcome{}, err
	}
	if last != add.after {
		return w.refuse(add)
	}
	// The last row goes first: it alone is in the index that finds a command
	// that is already kept.
	n := len(add.rows)
	for i := n - 1; i >= 0; i-- {
		_, err := w.add.insert.ExecContext(tx.ctx, add.session, add.after+int64(i)+1, add.cmd, n-1-i, add.rows[i])
		if i == n-1 && uniqueInSQLite(err) {
			return w.refuse(add)
		}
		if err != nil {
			return outcome{}, fmt.Errorf("insert a row: %w", err)
		}
	}
	w.last[add.session] = add.after + int64(n)
	return outcome{seq: w.last[add.session]}, nil
}

// refuse says why an addition is not taken: it is already there, or another
// writer was first.
func (w *writer) refuse(add *addition) (o outcome, broken error) {
	delete(w.last, add.session) // look again next time: memory is never the judge twice
	var seq int64
	err := w.add.find.QueryRowContext(context.Background(), add.session, add.cmd).Scan(&seq)
	switch {
	case err == nil:
		return outcome{seq: seq, err: kept.ErrDuplicate}, nil
	case errors.Is(err, sql.ErrNoRows):
		return outcome{err: kept.ErrConflict}, nil
	default:
		return outcome{}, fmt.Errorf("look for a command: %w", err)
	}
}

// lastOf gives the last number of a session; [kept.ErrNotFound] if it is unknown
// or over. The writer is the only one who writes, so what it remembers is true
// until a transaction fails.
func (tx *write) lastOf(session string) (int64, error) {
	if last, ok := tx.last[session]; ok {
		return last, nil
	}
	var last int64
	err := tx.row("SELECT (SELECT coalesce(max(seq), 0) FROM events WHERE session = s.id) FROM sessions s WHERE id = ? AND state <> 'over'", session).Scan(&last)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, kept.ErrNotFound
	}
	if err != nil {
		return 0, fmt.Errorf("find the last row of a session: %w", err)
	}
	tx.last[session] = last
	return last, nil
}

func (s *SQLite) readPage(ctx context.Context, session string, after int64) ([]sealedRow, error) {
	found, err := s.tail.QueryContext(ctx, session, after, page)
	if err != nil {
		return nil, fmt.Errorf("read the journal: %w", err)
	}
	defer found.Close()
	var rows []sealedRow
	for found.Next() {
		var r sealedRow
		if err := found.Scan(&r.seq, &r.body); err != nil {
			return nil, fmt.Errorf("read the journal: %w", err)
		}
		rows = append(rows, r)
	}
	if err := found.Err(); err != nil {
		return nil, fmt.Errorf("read the journal: %w", err)
	}
	return rows, nil
}
