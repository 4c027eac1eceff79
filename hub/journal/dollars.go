package journal

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
)

// dollars lets PostgreSQL take statements that have ? for values: $1, $2, …
// Values are never written into the statement (A32).
type dollars struct{ on querier }

func (d dollars) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	return d.on.ExecContext(ctx, numbered(query), args...)
}

func (d dollars) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	return d.on.QueryContext(ctx, numbered(query), args...)
}

func (d dollars) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	return d.on.QueryRowContext(ctx, numbered(query), args...)
}

// numbered turns each ? into $1, $2, … None of hearth's statements has a ? that
// means anything else.
func numbered(query string) string {
	parts := strings.Split(query, "?")
	var b strings.Builder
	b.WriteString(parts[0])
	for i, part := range parts[1:] {
		b.WriteByte('$')
		b.WriteString(strconv.Itoa(i + 1))
		b.WriteString(part)
	}
	return b.String()
}

// pooled asks on any connection for reading, and waits readWithin at most. What
// dies with its connection is asked once more on a new one, so it must be
// something that may happen twice.
type pooled struct{ p *Postgres }

// soon is ctx, but it ends after readWithin. Its timer stays until then, because
// whoever reads rows gives no sign of having read the last one.
func soon(ctx context.Context) context.Context {
	ctx, cancel := context.WithTimeout(ctx, readWithin)
	context.AfterFunc(ctx, cancel)
	return ctx
}

func (q pooled) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	ctx = soon(ctx)
	r, err := dollars{q.p.db}.ExecContext(ctx, query, args...)
	if died(ctx, err) {
		q.p.renew()
		r, err = dollars{q.p.db}.ExecContext(ctx, query, args...)
	}
	return r, err
}

func (q pooled) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	ctx = soon(ctx)
	r, err := dollars{q.p.db}.QueryContext(ctx, query, args...)
	if died(ctx, err) {
		q.p.renew()
		r, err = dollars{q.p.db}.QueryContext(ctx, query, args...)
	}
	return r, err
}

func (q pooled) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	ctx = soon(ctx)
	r := dollars{q.p.db}.QueryRowContext(ctx, query, args...)
	if died(ctx, r.Err()) {
		q.p.renew()
		r = dollars{q.p.db}.QueryRowContext(ctx, query, args...)
	}
	return r
}

// died says whether err means that the connection or the server went away,
// rather than that the server refused what was asked or that the one who asked
// did not want to wait any longer (ctx).
func died(ctx context.Context, err error) bool {
	if err == nil || ctx.Err() != nil {
		return false
	}
	var from *pgconn.PgError
	if errors.As(err, &from) {
		switch from.Code {
		case "57P01", "57P02", "57P03", // going down, crashed, coming up
			"25P03", "57P05", // this node was silent for too long
			"25006": // a primary that has become a standby
			return true
		}
		return strings.HasPrefix(from.Code, "08")
	}
	var network net.Error
	var connecting *pgconn.ConnectError
	return errors.As(err, &network) || errors.As(err, &connecting) || pgconn.SafeToRetry(err) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) ||
		errors.Is(err, driver.ErrBadConn) || errors.Is(err, sql.ErrConnDone)
}

// uniqueInPostgres says whether err means that something of this name is already
// there.
func uniqueInPostgres(err error) bool {
	var from *pgconn.PgError
	return errors.As(err, &from) && from.Code == "23505"
}

// lockedInPostgres says whether err means that a lock was waited for too long.
func lockedInPostgres(err error) bool {
	var from *pgconn.PgError
	return errors.As(err, &from) && from.Code == "55P03"
}

// oneLine shows an error of several lines, as that of a server with several
// addresses, in one.
type oneLine struct{ err error }

func (o oneLine) Error() string { return strings.Join(strings.Fields(o.err.Error()), " ") }
func (o oneLine) Unwrap() error { return o.err }
