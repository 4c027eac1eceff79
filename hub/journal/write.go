package journal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"hearth/hub/journal/kept"
)

// A write is what one act may do inside a transaction. It lives only as long as
// the act and belongs to the goroutine that does it.
type write struct {
	conn querier
	ctx  context.Context
	last map[string]int64 // SQLite's writer only
}

func (tx *write) row(query string, args ...any) *sql.Row {
	return tx.conn.QueryRowContext(tx.ctx, query, args...)
}

func (tx *write) exec(query string, args ...any) error {
	_, err := tx.conn.ExecContext(tx.ctx, query, args...)
	return err
}

// insert is exec for something new: [kept.ErrTaken] if it is already there.
func (tx *write) insert(query string, args ...any) error {
	err := tx.exec(query, args...)
	if uniqueInSQLite(err) || uniqueInPostgres(err) {
		return kept.ErrTaken
	}
	return err
}

// change is exec for something known: [kept.ErrNotFound] if no row was there.
func (tx *write) change(query string, args ...any) error {
	done, err := tx.conn.ExecContext(tx.ctx, query, args...)
	if err != nil {
		return err
	}
	n, err := done.RowsAffected()
	if err == nil && n == 0 {
		return kept.ErrNotFound
	}
	return err
}

// A querier is a connection, a transaction or a pool of connections. Statements
// are written so that both databases take them: with ? for values, TRUE and NOT
// for what is yes or no, and Unix milliseconds for times.
type querier interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// Times are kept to the millisecond, as they are on the wire. No time is NULL.
func keptTime(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UnixMilli()
}

func givenTime(t sql.NullInt64) time.Time {
	if !t.Valid {
		return time.Time{}
	}
	return time.UnixMilli(t.Int64).UTC()
}

// found turns "no such row" into the store's own word for it and says what was
// attempted when it is anything else.
func found(act string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, sql.ErrNoRows):
		return kept.ErrNotFound
	default:
		return fmt.Errorf("%s: %w", act, err)
	}
}

// list reads every row of a query.
func list[T any](ctx context.Context, db querier, act string, scan func(scanner) (T, error), query string, args ...any) ([]T, error) {
	rows, err := db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", act, err)
	}
	defer rows.Close()
	var all []T
	for rows.Next() {
		one, err := scan(rows)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", act, err)
		}
		all = append(all, one)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("%s: %w", act, err)
	}
	return all, nil
}

// scanner is what a row, alone or one of many, has in common.
type scanner interface{ Scan(into ...any) error }
