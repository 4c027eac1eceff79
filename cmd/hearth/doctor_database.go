package main

import (
	"context"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"hearth/hub/cluster"
)

// Bounds of the doctor's look at clocks. Leases go by the database's clock, but
// plans, links and what people read go by the machine's.
const (
	clockLooks = 500 * time.Millisecond
	clockBad   = 5 * time.Second
)

// database asks PostgreSQL what it is and what time it has.
func (p *patient) database(ctx context.Context) []finding {
	const what = "database"
	if p.dbURL == "" {
		return []finding{found(fine, what, "SQLite in the data folder: one hearth alone.")}
	}
	pool, err := pgxpool.ParseConfig(p.dbURL)
	if err != nil {
		return []finding{found(bad, what, "its address cannot be read; it looks like postgres://hearth:password@host:5432/hearth?sslmode=verify-full")}
	}
	conn, err := pgx.ConnectConfig(ctx, pool.ConnConfig)
	if err != nil {
		return []finding{found(bad, what, "it cannot be reached (%s). Is it running, may this machine reach it, is the password right?", oneLine(err))}
	}
	defer conn.Close(context.WithoutCancel(ctx))
	var s struct {
		version, fsync, commit, encoding string
		number                           int
		standby, tls                     bool
	}
	err = conn.QueryRow(ctx, `SELECT current_setting('server_version'), current_setting('server_version_num')::int, current_setting('fsync'),
			current_setting('synchronous_commit'), current_setting('server_encoding'), pg_is_in_recovery(),
			coalesce((SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()), false)`).
		Scan(&s.version, &s.number, &s.fsync, &s.commit, &s.encoding, &s.standby, &s.tls)
	if err != nil {
		return []finding{found(bad, what, "it does not answer (%s).", oneLine(err))}
	}
	var all []finding
	if s.number < 150000 {
		all = append(all, found(bad, what, "it is PostgreSQL %s; hearth needs 15 or newer.", s.version))
	}
	if s.fsync != "on" {
		all = append(all, found(bad, what, "fsync is %s there, so a power cut loses what was acknowledged. Set fsync = on.", s.fsync))
	}
	if s.standby {
		all = append(all, found(bad, what, "it is a standby. Name all servers and add target_session_attrs=read-write."))
	}
	if s.encoding != "UTF8" {
		all = append(all, found(bad, what, "it keeps text as %s. Make it anew: createdb --encoding UTF8 --template template0 hearth", s.encoding))
	}
	if s.commit == "off" {
		all = append(all, found(look, what, "synchronous_commit is off there. hearth switches it on for itself; other programs of yours may lose data."))
	}
	if !databaseIsVerified(p.dbURL) {
		all = append(all, found(look, what, "it is reached across a network without sslmode=verify-full%s. Set it, so that nobody can pose as the database.", map[bool]string{true: " (there is TLS, but not to a known name)"}[s.tls]))
	}
	if len(all) == 0 {
		all = append(all, found(fine, what, "PostgreSQL %s, fsync on, %s.", s.version, map[bool]string{true: "TLS", false: "on this machine"}[s.tls]))
	}
	return append(all, append(databaseNodes(ctx, conn), databaseClock(ctx, conn))...)
}

// nodeConns is how many connections a node may use (package journal).
const nodeConns = 26

// databaseNodes lists the nodes that are up, and says whether the server has room
// for them and one more.
func databaseNodes(ctx context.Context, conn *pgx.Conn) (all []finding) {
	const what = "nodes"
	var names []string
	var most, deaf int
	err := conn.QueryRow(ctx, `SELECT coalesce(array_agg(id ORDER BY id), '{}'), count(*) FILTER (WHERE NOT relay), current_setting('max_connections')::int
			FROM nodes WHERE until > clock_timestamp()`).Scan(&names, &deaf, &most)
	if err != nil {
		return nil // there are no tables before the first start
	}
	for i, id := range names {
		names[i] = cluster.NameOf(id)
	}
	if deaf > 0 && len(names) > 1 {
		all = append(all, found(bad, what, "several are up and not all of them have Redis: %s. Give every node --redis-url.", strings.Join(names, ", ")))
	}
	if room := (len(names) + 1) * nodeConns; most < room {
		all = append(all, found(look, what, "the database takes %d connections, and the nodes and one more may want %d. Raise max_connections.", most, room))
	}
	switch {
	case len(all) > 0:
	case len(names) == 0:
		all = append(all, found(fine, what, "none is up on this database."))
	case len(names) == 1:
		all = append(all, found(fine, what, "1 is up: %s.", names[0]))
	default:
		all = append(all, found(fine, what, "%d are up: %s.", len(names), strings.Join(names, ", ")))
	}
	return all
}

// databaseClock compares this machine's clock with the database's.
func databaseClock(ctx context.Context, conn *pgx.Conn) finding {
	began := time.Now()
	var theirs time.Time
	if err := conn.QueryRow(ctx, "SELECT clock_timestamp()").Scan(&theirs); err != nil {
		return found(bad, "clock", "the database does not say what time it has (%s).", oneLine(err))
	}
	ours := began.Add(time.Since(began) / 2)
	return clock("the database's", ours.Sub(theirs), 0)
}

// clock grades how far this machine's clock is from another's, which is only
// known to a step.
func clock(whose string, ahead, step time.Duration) finding {
	const repair = " Let every machine keep time by NTP (timedatectl set-ntp true)."
	switch off := ahead.Abs() - step; {
	case off > clockBad:
		return found(bad, "clock", "this machine's clock is %v away from %s: links and plans go wrong."+repair, ahead.Abs().Round(time.Second/10), whose)
	case off > clockLooks:
		return found(look, "clock", "this machine's clock is %v away from %s."+repair, ahead.Abs().Round(time.Second/10), whose)
	}
	return found(fine, "clock", "the same as %s, within %v.", whose, max(clockLooks, step))
}
