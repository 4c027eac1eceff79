package journal

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"slices"

	"modernc.org/sqlite"
	sqlitelib "modernc.org/sqlite/lib"
)

// A writer is the one goroutine that writes. It commits many waiting acts in
// one transaction with one fsync, so the store keeps up with hundreds of rooms
// while every single act is still on the disk before it is answered.
//
// Everything but line belongs to that goroutine.
type writer struct {
	line
	db      *sql.DB
	changed func() // after every commit that may have changed the tables

	conn *sql.Conn        // nil after a failure, until the next commit opens it
	add  *additions       // prepared on conn
	last map[string]int64 // last number of each session that was written to
	acts []*act           // the commit at hand
	outs []outcome
}

func startWriter(db *sql.DB, changed func()) *writer {
	w := &writer{
		line:    newLine(),
		db:      db,
		changed: changed,
		last:    make(map[string]int64),
	}
	go w.run()
	return w
}

func (w *writer) run() {
	defer close(w.stopped)
	for {
		select {
		case a := <-w.queue:
			w.acts = w.gather(a, w.acts)
			w.commit()
		case <-w.closing:
			w.drop()
			return
		}
	}
}

// commit writes the acts at hand in one transaction and answers each. Either
// the transaction stands and each act gets its own outcome, or it does not and
// every act gets the error, whatever its own outcome would have been: one act's
// "already kept" may rest on another one of the same transaction.
func (w *writer) commit() {
	defer clear(w.acts)
	if err := w.begin(); err != nil {
		w.abandon(err)
		return
	}
	w.outs = w.outs[:0]
	for _, a := range w.acts {
		o, broken := w.perform(a)
		if broken != nil {
			w.abandon(broken)
			return
		}
		w.outs = append(w.outs, o)
	}
	if _, err := w.conn.ExecContext(context.Background(), "COMMIT"); err != nil {
		w.abandon(fmt.Errorf("commit: %w", err))
		return
	}
	if slices.ContainsFunc(w.acts, func(a *act) bool { return a.do != nil && !a.pulse }) {
		w.changed()
	}
	w.answer()
}

// answer gives each act of a commit that stands its outcome.
func (w *writer) answer() {
	clears := 0
	for i, a := range w.acts {
		if a.clears && w.outs[i].err == nil {
			clears++
			continue
		}
		a.done <- w.outs[i]
	}
	if clears == 0 {
		return
	}
	err := clearLog(w.conn, clearWithin)
	for i, a := range w.acts {
		if a.clears && w.outs[i].err == nil {
			a.done <- outcome{err: err}
		}
	}
}

func (w *writer) begin() error {
	ctx := context.Background()
	if w.conn == nil {
		conn, err := w.db.Conn(ctx)
		if err != nil {
			return fmt.Errorf("open the database: %w", err)
		}
		add, err := prepareAdditions(conn)
		if err != nil {
			discard(conn)
			return err
		}
		w.conn, w.add = conn, add
	}
	if _, err := w.conn.ExecContext(ctx, "BEGIN IMMEDIATE"); err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	return nil
}

// perform does one act inside the transaction. broken means that the
// transaction as a whole cannot stand.
func (w *writer) perform(a *act) (o outcome, broken error) {
	if err := a.ctx.Err(); err != nil {
		return outcome{err: fmt.Errorf("journal: not written: %w", err)}, nil
	}
	if a.add != nil {
		return w.append(a.add)
	}
	tx := w.write()
	if err := tx.exec("SAVEPOINT act"); err != nil {
		return outcome{}, err
	}
	err := a.do(tx)
	switch {
	case broke(err):
		return outcome{}, err
	case err != nil:
		if undo := tx.exec("ROLLBACK TO act"); undo != nil {
			return outcome{}, undo
		}
	}
	return outcome{err: err}, tx.exec("RELEASE act")
}

func (w *writer) write() *write {
	return &write{conn: w.conn, ctx: context.Background(), last: w.last}
}

// abandon gives up the transaction and the connection with it. The next commit
// opens a fresh one, so the store is well again as soon as the disk is (F10,
// F11), whatever state the failure left behind.
func (w *writer) abandon(err error) {
	err = fmt.Errorf("journal: nothing was kept: %w", err)
	clear(w.last)
	w.changed()
	if w.conn != nil {
		_, _ = w.conn.ExecContext(context.Background(), "ROLLBACK") // may have happened by itself
		w.add.close()
		discard(w.conn)
		w.conn, w.add = nil, nil
	}
	for _, a := range w.acts {
		a.done <- outcome{err: err}
	}
}

// drop refuses whatever still waits and closes the connection.
func (w *writer) drop() {
	w.refuseAll()
	if w.conn != nil {
		w.add.close()
		_ = w.conn.Close()
	}
}

// discard closes the connection for good instead of giving it back to db.
func discard(conn *sql.Conn) {
	_ = conn.Raw(func(any) error { return driver.ErrBadConn })
	_ = conn.Close()
}

// broke says whether err comes from the database itself rather than from what
// was asked. A constraint is an answer; a full disk is not.
func broke(err error) bool {
	var from *sqlite.Error
	return errors.As(err, &from) && from.Code()&0xff != sqlitelib.SQLITE_CONSTRAINT
}

// uniqueInSQLite says whether err means that something of this name is already
// there.
func uniqueInSQLite(err error) bool {
	var from *sqlite.Error
	return errors.As(err, &from) &&
		(from.Code() == sqlitelib.SQLITE_CONSTRAINT_UNIQUE || from.Code() == sqlitelib.SQLITE_CONSTRAINT_PRIMARYKEY)
}
