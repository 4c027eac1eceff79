package journal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"

	"hearth/room"
)

// What hearth asks of PostgreSQL and how long it waits for it.
const (
	// oldestPostgres is the oldest server that may be used.
	oldestPostgres = 15
	// tableConns is how many connections may read at once, unless the address
	// says pool_max_conns. Those who write the tables wait for each other anyway
	// and have writeConns of their own, so that whoever only reads never waits
	// behind them; the log has logConns, so that a page somebody looks at never
	// holds up a room; beats have beatConns. Log and beats use one connection
	// each. The others are for when the server is silent: a connection that was
	// given up keeps its place until it is closed, for up to 15 s.
	tableConns = 10
	writeConns = 5
	logConns   = 5
	beatConns  = 6
	// connectWithin bounds the opening of a connection, unless the address says
	// connect_timeout.
	connectWithin = 3 * time.Second
	// silentFor is how long a connection may not answer the network's own
	// questions before it is given up.
	silentFor = 8 * time.Second
	// statementWithin bounds a statement, by the server itself.
	statementWithin = 15 * time.Second
	// writeWithin bounds a transaction of the tables, its second try and the
	// waiting for other writers included.
	writeWithin = 8 * time.Second
	// idleWithin is how long the server lets a node that was stopped in the
	// middle of a transaction of the tables hold up the others (F14).
	idleWithin = 2 * time.Second
	// readWithin bounds a read of the tables. A server that is stopped, but whose
	// machine is not, would otherwise be waited for as long as the caller does.
	readWithin = 5 * time.Second
	// renewEvery is how long what was opened after a failure is left alone.
	renewEvery = 100 * time.Millisecond
	// migrateWithin bounds bringing the tables forward, waiting for another node
	// that does so included.
	migrateWithin = 5 * time.Minute
	// changeWithin is how long a step of the tables waits for nodes that use them.
	// Everybody else waits behind it meanwhile; then it lets them pass and tries
	// again.
	changeWithin = 500 * time.Millisecond
)

// Numbers of the advisory locks, by which nodes wait for each other.
const (
	lockMigrations = 0x68656172_0001
	lockTables     = 0x68656172_0002
	lockBeats      = 0x68656172_0003
)

// Postgres keeps a house in a PostgreSQL database, for one or many nodes at
// once. No node trusts what it remembers: the key (session, seq) of the log
// decides who was first. Safe for use by many goroutines.
//
// # Keys, and what erasing means here
//
// Rows are sealed with a key of their session, as in [SQLite]. All nodes need
// that key, so it is kept in the database, but wrapped (AES-256-GCM) by a key
// from the key file, which is not in the database and must not be in its
// backups. Finish deletes the wrapped key and the rows in one transaction:
// from then on no query gives them.
//
// What remains, and for how long: until PostgreSQL has vacuumed the tables and
// used their pages again, until the write-ahead log of that time is recycled or
// its archive removed, and until backups and replicas of that time are gone,
// copies of the sealed rows and of the wrapped key exist. They can be read only
// by somebody who has such a copy and the key of the key file that wrapped it.
// So the promise that erased means unreadable, also from backups (R10), holds
// from when that key is destroyed: put a new key at the end of the key file, on
// every node; start the nodes anew, which wraps the keys of living sessions
// again; then remove the old one everywhere. Until then the promise is only as
// good as the key file is safe. Backups need not wait for that: [BackupKeys] and
// the copies of the database that go with it hold no key of what was closed
// before the last backup. Other nodes forget the key of a session that is over,
// which they have in memory, within [forgetEvery].
//
// # Waiting
//
// A server that is stopped while its machine answers is waited for 5 s at most
// by whoever reads, 5 s by an append and 5 s by the one before it, 3 s by a
// beat, 8 s by whoever writes the tables; and never longer than ctx says.
// Nothing has to be started anew when it is back.
type Postgres struct {
	tables

	pool   *pgxpool.Pool // reading
	writes *pgxpool.Pool // writing the tables
	logs   *pgxpool.Pool // writing the log
	beats  *pgxpool.Pool // so that saying "up" waits for nothing
	db     *sql.DB       // on pool
	turns  *sql.DB       // on writes
	keys   *wrappedKeys
	log    *batcher

	renewing sync.Mutex
	renewed  time.Time

	closing sync.Once
	done    context.CancelFunc // ends what runs beside
	beside  sync.WaitGroup
}

// OpenPostgres opens the house in the database at url, brings its tables
// forward (one node at a time) and takes the keys from keyFile. TLS is as url
// says; sslmode=verify-full is what to use across a network.
//
// Errors are one line for the operator and hold no password: the server is not
// there, is older than 15, has fsync off, is a standby; the data is from a newer
// hearth; the key file is not the one of this house.
func OpenPostgres(ctx context.Context, url, keyFile string) (*Postgres, error) {
	p, err := connectPostgres(ctx, url, keyFile)
	if err == nil {
		if err = errors.Join(p.wrapAgain(ctx), p.write(ctx, (*write).eraseOver), p.concealOld(ctx)); err != nil {
			_ = p.Close()
		}
	}
	if err != nil {
		return nil, fmt.Errorf("open the PostgreSQL database: %w", oneLine{err})
	}
	return p, nil
}

// connectPostgres opens the house but for the keys of sessions.
func connectPostgres(ctx context.Context, url, keyFile string) (_ *Postgres, err error) {
	file, err := readKeyFile(keyFile)
	if err != nil {
		return nil, err
	}
	config, err := postgresConfig(url)
	if err != nil {
		return nil, err
	}
	p := &Postgres{}
	defer func() {
		if err != nil {
			p.release()
		}
	}()
	if p.pool, err = pgxpool.NewWithConfig(ctx, config); err != nil {
		return nil, err
	}
	p.db = stdlib.OpenDBFromPool(p.pool)
	if err := p.pool.Ping(ctx); err != nil {
		return nil, err
	}
	if err := migratePostgres(ctx, config.ConnConfig, steps("postgres")); err != nil {
		return nil, err
	}
	for pool, most := range map[**pgxpool.Pool]int32{&p.writes: writeConns, &p.logs: logConns, &p.beats: beatConns} {
		own := config.Copy()
		own.MaxConns, own.MinConns, own.MinIdleConns = most, 0, 0
		if *pool, err = pgxpool.NewWithConfig(ctx, own); err != nil {
			return nil, err
		}
	}
	p.turns = stdlib.OpenDBFromPool(p.writes)
	p.tables = tables{on: p, read: pooled{p}}
	p.keys = newWrappedKeys(file)
	p.log = startBatcher(p)
	ctx, p.done = context.WithCancel(context.Background())
	p.beside.Go(func() { p.forgetKeys(ctx) })
	return p, nil
}

// postgresConfig reads the address and adds what hearth needs.
func postgresConfig(url string) (*pgxpool.Config, error) {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, errors.New("the address of the database cannot be read; it looks like postgres://hearth:password@host:5432/hearth?sslmode=verify-full")
	}
	if config.ConnConfig.DefaultQueryExecMode != pgx.QueryExecModeCacheStatement {
		return nil, errors.New("the address of the database sets default_query_exec_mode; hearth needs values and statements kept apart (A32), so leave it out")
	}
	if !strings.Contains(url, "pool_max_conns") {
		config.MaxConns = tableConns
	}
	if config.ConnConfig.ConnectTimeout == 0 {
		config.ConnConfig.ConnectTimeout = connectWithin
	}
	if config.ConnConfig.RuntimeParams["application_name"] == "" {
		config.ConnConfig.RuntimeParams["application_name"] = "hearth"
	}
	config.ConnConfig.DialFunc = (&net.Dialer{
		KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: silentFor / 2, Interval: silentFor / 4, Count: 2},
		Control:         giveUpAfter(silentFor),
	}).DialContext
	config.PingTimeout = connectWithin
	config.AfterConnect = settle
	return config, nil
}

// settled is what a server says of itself on a new connection.
type settled struct {
	commit, fsync, encoding string
	version                 int // as in 150004
	standby                 bool
}

// settle tells every new connection what hearth needs and refuses a server on
// which an acknowledged write could be lost (R1).
func settle(ctx context.Context, conn *pgx.Conn) error {
	var s settled
	var ignored [3]string
	err := conn.QueryRow(ctx, `SELECT set_config('synchronous_commit', 'on', false), current_setting('fsync'), current_setting('server_encoding'),
			current_setting('server_version_num')::int, pg_is_in_recovery(),
			set_config('default_transaction_isolation', 'read committed', false), set_config('statement_timeout', $1, false),
			set_config('idle_in_transaction_session_timeout', $2, false)`,
		milliseconds(statementWithin), milliseconds(idleWithin),
	).Scan(&s.commit, &s.fsync, &s.encoding, &s.version, &s.standby, &ignored[0], &ignored[1], &ignored[2])
	if err != nil {
		return fmt.Errorf("ask the server for its settings: %w", err)
	}
	return s.check()
}

func (s settled) check() error {
	switch {
	case s.version < oldestPostgres*10000:
		return fmt.Errorf("the server is PostgreSQL %d; hearth needs %d or newer", s.version/10000, oldestPostgres)
	case s.fsync != "on":
		return errors.New("the server runs with fsync=off and can lose what it acknowledged; switch it on")
	case s.commit != "on":
		return fmt.Errorf("the server did not take synchronous_commit=on, it has %s", s.commit)
	case s.encoding != "UTF8":
		return fmt.Errorf("the database is in %s; make one in UTF8", s.encoding)
	case s.standby:
		return errStandby
	}
	return nil
}

var errStandby = errors.New("the server is a standby that only reads; name the primary, or add target_session_attrs=read-write")

func milliseconds(d time.Duration) string { return fmt.Sprint(d.Milliseconds()) }

// migratePostgres brings the tables forward while no other node does.
func migratePostgres(ctx context.Context, config *pgx.ConnConfig, steps fs.FS) (err error) {
	ctx, cancel := context.WithTimeout(ctx, migrateWithin)
	defer cancel()
	config = config.Copy()
	config.RuntimeParams["lock_timeout"] = milliseconds(changeWithin)
	db := stdlib.OpenDB(*config)
	defer func() { err = errors.Join(err, db.Close()) }()
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	if _, err := conn.ExecContext(ctx, "SET lock_timeout = 0"); err != nil {
		return err
	}
	if _, err := conn.ExecContext(ctx, "SELECT pg_advisory_lock($1)", lockMigrations); err != nil {
		return fmt.Errorf("wait for another node that brings the tables forward: %w", err)
	}
	// Closing the connection gives the lock free.
	for {
		err := migrate(ctx, db, goose.DialectPostgres, steps, nil)
		if !lockedInPostgres(err) {
			return err
		}
		select {
		case <-time.After(changeWithin):
		case <-ctx.Done():
			return err
		}
	}
}

// write does fn in a transaction. One lock for all who write the tables makes
// what fn reads stay true until it is done, as with SQLite's one writer; the log
// does not wait for it. When the server went away before the commit, fn is done
// once more; when it went away during the commit, it is not known whether what
// fn did stands.
func (p *Postgres) write(ctx context.Context, fn func(*write) error) error {
	ctx, cancel := context.WithTimeout(ctx, writeWithin)
	defer cancel()
	err := p.writeOnce(ctx, fn)
	var unsure *unsureError
	if died(ctx, err) && !errors.As(err, &unsure) {
		p.renew()
		err = p.writeOnce(ctx, fn)
	}
	return err
}

func (p *Postgres) writeOnce(ctx context.Context, fn func(*write) error) error {
	tx, err := p.turns.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelReadCommitted})
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	defer tx.Rollback() // nothing after a commit
	w := &write{conn: dollars{tx}, ctx: ctx}
	if err := w.exec("SELECT pg_advisory_xact_lock(?)", lockTables); err != nil {
		return fmt.Errorf("wait for others who write: %w", err)
	}
	if err := fn(w); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return &unsureError{err}
	}
	return nil
}

// An unsureError says that an answer did not come: what was asked may stand.
type unsureError struct{ err error }

func (e *unsureError) Error() string { return "not known whether it was written: " + e.err.Error() }
func (e *unsureError) Unwrap() error { return e.err }

// held asks every time: another node may have changed the answer.
func (p *Postgres) held(ctx context.Context, seat room.SeatID) (holder, error) {
	return scanHeld(p.read.QueryRowContext(ctx, aHeldSeat, seat))
}

// Check says whether a write succeeds now, by writing (for /readyz).
func (p *Postgres) Check(ctx context.Context) error {
	_, err := pooled{p}.ExecContext(ctx, "UPDATE house SET pulse = 1 - pulse WHERE one = ?", 1)
	if err != nil {
		return fmt.Errorf("write a pulse: %w", err)
	}
	return nil
}

// renew gives up every connection there is, because one was found dead: a
// server that was started anew knows none of them (F5). Many find that out at
// once; the first one is enough.
func (p *Postgres) renew() {
	p.renewing.Lock()
	defer p.renewing.Unlock()
	if time.Since(p.renewed) < renewEvery {
		return
	}
	p.renewed = time.Now()
	for _, pool := range p.pools() {
		pool.Reset()
	}
}

// Close ends the commit at hand, refuses what waits behind it, and closes the
// connections. Closing twice is the same as once.
func (p *Postgres) Close() error {
	p.closing.Do(func() {
		p.done()
		p.log.stop()
		p.beside.Wait()
		p.release()
	})
	return nil
}

func (p *Postgres) release() {
	for _, db := range []*sql.DB{p.db, p.turns} {
		if db != nil {
			_ = db.Close() // keeps no connection of its own
		}
	}
	for _, pool := range p.pools() {
		if pool != nil {
			pool.Close()
		}
	}
}

func (p *Postgres) pools() []*pgxpool.Pool {
	return []*pgxpool.Pool{p.pool, p.writes, p.logs, p.beats}
}
