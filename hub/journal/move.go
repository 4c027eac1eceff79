package journal

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"os"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
)

// A Moved says what Move brought over from one table.
type Moved struct {
	Table  string
	Rows   int
	Digest [32]byte // SHA-256 of every value in the order of the key
}

// Move copies the whole house from a data folder into an empty PostgreSQL
// database, in one transaction: everything is there afterwards, compared by
// count and digest, or nothing is. done is true when all of it was there
// already, so a Move that was cut short, or whose end nobody saw, is simply done
// again. The data folder stays as it is; no hearth may run on it meanwhile,
// which holding it open makes sure of.
//
// It fails, and changes nothing, when the database holds anything else.
func Move(ctx context.Context, from *SQLite, to *Postgres) (all []Moved, done bool, err error) {
	conn, err := to.pool.Acquire(ctx)
	if err != nil {
		return nil, false, err
	}
	defer conn.Release()
	tx, err := conn.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.ReadCommitted})
	if err != nil {
		return nil, false, err
	}
	defer tx.Rollback(context.WithoutCancel(ctx)) // nothing after a commit
	_, err = tx.Exec(ctx, "SELECT pg_advisory_xact_lock($1), set_config('statement_timeout', '0', true), set_config('idle_in_transaction_session_timeout', '0', true)", lockTables)
	if err != nil {
		return nil, false, fmt.Errorf("take the tables: %w", err)
	}
	m := move{from: from, to: to, tx: tx}
	here, err := m.digests(ctx, m.source)
	if err != nil {
		return nil, false, fmt.Errorf("read the data folder: %w", err)
	}
	there, err := m.digests(ctx, m.target)
	if err != nil {
		return nil, false, fmt.Errorf("read the database: %w", err)
	}
	if equal(here, there) {
		return there, true, nil
	}
	for _, t := range there {
		if t.Rows > 0 {
			return nil, false, fmt.Errorf("the database holds another house, or a later state of this one (%d rows in %s): use an empty database", t.Rows, t.Table)
		}
	}
	for _, t := range movedTables {
		if err := m.copy(ctx, t); err != nil {
			return nil, false, fmt.Errorf("copy %s: %w", t.name, err)
		}
	}
	key, err := from.DeviceKey(ctx)
	if err != nil {
		return nil, false, err
	}
	if _, err := tx.Exec(ctx, "UPDATE house SET device_key = $1", key); err != nil {
		return nil, false, fmt.Errorf("copy the key of devices: %w", err)
	}
	if there, err = m.digests(ctx, m.target); err != nil {
		return nil, false, fmt.Errorf("read the database: %w", err)
	}
	if !equal(here, there) {
		return nil, false, errors.New("what was written is not what was read; nothing was kept")
	}
	if err := tx.Commit(ctx); err != nil {
		return nil, false, &unsureError{err}
	}
	return there, false, nil
}

func equal(a, b []Moved) bool {
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return len(a) == len(b)
}

// A movedTable is a table with its columns, each with the kind of its values:
// t text, i integer, b yes or no, x bytes; capital letters may be NULL.
type movedTable struct{ name, order, columns, kinds string }

// movedTables are in an order in which each finds what it refers to. The keys of
// sessions are files in a data folder and are moved as a table of their own.
var movedTables = []movedTable{
	{"groups", "n", "n id name template policy region contact created draft", "ittttttit"},
	{"versions", "grp, number", "grp number body", "tit"},
	{"sessions", "n", "n id grp title start plan rules state closed record review", "itttitttIXX"},
	{"seats", "n", "n id session role link open claims revoked", "ittttbtb"},
	{"links", "n", "n id kind session seat hash expires max_uses uses revoked label", "ittTtxIiibX"},
	{"bindings", "seat", "seat device generation", "txi"},
	{"organisers", "device", "device made used", "xii"},
	{"helplines", "one", "one digest list", "itt"},
	{keysTable, "session", "session key", "tx"},
	{"events", "session, seq", "session seq cmd rest body", "tixix"},
}

const keysTable = "session_keys"

// A move is one copying.
type move struct {
	from *SQLite
	to   *Postgres
	tx   pgx.Tx
}

// A reading gives every row of a table in the order of its key.
type reading func(ctx context.Context, t movedTable, fn func(values []any) error) error

func (m move) digests(ctx context.Context, read reading) ([]Moved, error) {
	all := make([]Moved, 0, len(movedTables))
	for _, t := range movedTables {
		one, sum := Moved{Table: t.name}, sha256.New()
		err := read(ctx, t, func(values []any) error {
			one.Rows++
			for _, v := range values {
				into(sum, v)
			}
			return nil
		})
		if err != nil {
			return nil, fmt.Errorf("%s: %w", t.name, err)
		}
		sum.Sum(one.Digest[:0])
		all = append(all, one)
	}
	return all, nil
}

// into adds a value to a digest, so that no two rows of values look alike.
func into(sum hash.Hash, v any) {
	var b []byte
	kind := byte('n')
	switch v := v.(type) {
	case string:
		kind, b = 't', []byte(v)
	case []byte:
		kind, b = 'x', v
	case int64:
		kind, b = 'i', binary.BigEndian.AppendUint64(nil, uint64(v))
	case bool:
		kind, b = 'b', []byte{0}
		if v {
			b[0] = 1
		}
	}
	sum.Write(binary.BigEndian.AppendUint64([]byte{kind}, uint64(len(b))))
	sum.Write(b)
}

// query is the same for both databases but for how text is ordered, which must
// not depend on the language of the database.
func (t movedTable) query(order string) string {
	return "SELECT " + strings.ReplaceAll(t.columns, " ", ", ") + " FROM " + t.name + " ORDER BY " + order
}

func (m move) source(ctx context.Context, t movedTable, fn func([]any) error) error {
	if t.name == keysTable {
		return m.sourceKeys(ctx, fn)
	}
	rows, err := m.from.reads.QueryContext(ctx, t.query(t.order))
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		values, err := t.scan(rows)
		if err != nil {
			return err
		}
		if err := fn(values); err != nil {
			return err
		}
	}
	return rows.Err()
}

// sourceKeys gives the key of every session that has one.
func (m move) sourceKeys(ctx context.Context, fn func([]any) error) error {
	sessions, err := list(ctx, m.from.reads, "list sessions", func(row scanner) (id string, err error) {
		return id, row.Scan(&id)
	}, "SELECT id FROM sessions WHERE state <> 'over' ORDER BY id")
	if err != nil {
		return err
	}
	groups, err := list(ctx, m.from.reads, "list groups", scanID, "SELECT id FROM groups")
	if err != nil {
		return err
	}
	for _, id := range groups {
		sessions = append(sessions, groupKey(id))
	}
	slices.Sort(sessions)
	for _, session := range sessions {
		key, err := os.ReadFile(m.from.keys.path(session))
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			return fmt.Errorf("read the key of a session: %w", err)
		}
		if err := fn([]any{session, key}); err != nil {
			return err
		}
	}
	return nil
}

func (m move) target(ctx context.Context, t movedTable, fn func([]any) error) error {
	if t.name == keysTable {
		return m.targetKeys(ctx, fn)
	}
	var order []string
	for _, column := range strings.Split(t.order, ", ") {
		if t.kind(column) == 't' {
			column += ` COLLATE "C"`
		}
		order = append(order, column)
	}
	rows, err := m.tx.Query(ctx, t.query(strings.Join(order, ", ")))
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		values, err := t.scan(rows)
		if err != nil {
			return err
		}
		if err := fn(values); err != nil {
			return err
		}
	}
	return rows.Err()
}

func (t movedTable) kind(column string) byte {
	for i, c := range strings.Fields(t.columns) {
		if c == column {
			return t.kinds[i]
		}
	}
	return 0
}

func (m move) targetKeys(ctx context.Context, fn func([]any) error) error {
	rows, err := m.tx.Query(ctx, `SELECT session, by, wrapped FROM session_keys ORDER BY session COLLATE "C"`)
	if err != nil {
		return err
	}
	var w wrap
	_, err = pgx.ForEachRow(rows, []any{&w.session, &w.by, &w.wrapped}, func() error {
		key, err := m.to.keys.file.unwrap(w.session, w.by, w.wrapped)
		if err != nil {
			return err
		}
		return fn([]any{w.session, key})
	})
	return err
}

// scan reads a row as string, int64, bool, []byte or nil.
func (t movedTable) scan(row scanner) ([]any, error) {
	into := make([]any, len(t.kinds))
	for i, kind := range []byte(t.kinds) {
		switch kind {
		case 't', 'T':
			into[i] = new(sql.NullString)
		case 'i', 'I':
			into[i] = new(sql.NullInt64)
		case 'b':
			into[i] = new(sql.NullBool)
		default:
			into[i] = new([]byte)
		}
	}
	if err := row.Scan(into...); err != nil {
		return nil, err
	}
	values := make([]any, len(into))
	for i, v := range into {
		switch v := v.(type) {
		case *sql.NullString:
			values[i], _ = v.Value()
		case *sql.NullInt64:
			values[i], _ = v.Value()
		case *sql.NullBool:
			values[i], _ = v.Value()
		case *[]byte:
			if *v != nil {
				values[i] = bytes.Clone(*v)
			}
		}
	}
	return values, nil
}

// copy writes one table and sets its numbering behind what it now holds.
func (m move) copy(ctx context.Context, t movedTable) error {
	columns := strings.Fields(t.columns)
	var rows [][]any
	err := m.source(ctx, t, func(values []any) error {
		if t.name == keysTable {
			by, wrapped := m.to.keys.file.wrap(values[0].(string), values[1].([]byte))
			values = []any{values[0], by, wrapped}
		}
		if rows = append(rows, values); len(rows) < page {
			return nil
		}
		defer func() { rows = rows[:0] }()
		return m.put(ctx, t, columns, rows)
	})
	if err == nil {
		err = m.put(ctx, t, columns, rows)
	}
	if err != nil || columns[0] != "n" {
		return err
	}
	_, err = m.tx.Exec(ctx, "SELECT setval(pg_get_serial_sequence($1, 'n'), (SELECT coalesce(max(n), 0) + 1 FROM "+t.name+"), false)", t.name)
	return err
}

func (m move) put(ctx context.Context, t movedTable, columns []string, rows [][]any) error {
	if t.name == keysTable {
		columns = []string{"session", "by", "wrapped"}
	}
	_, err := m.tx.CopyFrom(ctx, pgx.Identifier{t.name}, columns, pgx.CopyFromRows(rows))
	return err
}
