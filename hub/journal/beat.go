package journal

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"hearth/hub/cluster"
)

const (
	// upFor is how long a node counts as up after a beat, by the clock of the
	// server, because the clocks of nodes differ.
	upFor = 12 * time.Second
	// beatWithin bounds a beat. Nodes whose beats fail must find out well before
	// the others do.
	beatWithin = 3 * time.Second
	// nodesKept is how long a node that is gone stays in the table.
	nodesKept = 24 * time.Hour
)

// Beats of all nodes come one after the other: of two that start at the same
// time the second one sees the first. Lock and beat go to the server together
// and are one transaction, so a node that is stopped meanwhile holds up nobody.
const (
	takeBeats = "SELECT pg_advisory_xact_lock($1)"

	beatOnce = `
WITH mine AS (
	INSERT INTO nodes (id, relay, until) VALUES ($1, $2, clock_timestamp() + $3::bigint * interval '1 millisecond')
	ON CONFLICT (id) DO UPDATE SET relay = excluded.relay, until = excluded.until
	RETURNING id, relay
), gone AS (
	DELETE FROM nodes WHERE id <> $1 AND until < clock_timestamp() - $4::bigint * interval '1 millisecond'
)
SELECT id, relay FROM (
	SELECT id, relay FROM mine
	UNION ALL
	SELECT id, relay FROM nodes WHERE id <> $1 AND until > clock_timestamp()
) up ORDER BY id COLLATE "C"`
)

// Beat says that a node is up, for 12 seconds from now by the clock of the
// server, and lists every node that is up, this one included, in the order of
// their ids. It has a connection of its own: neither the log nor those who
// write the tables hold it up. It takes at most 3 seconds.
func (p *Postgres) Beat(ctx context.Context, node cluster.Node) (up []cluster.Node, err error) {
	ctx, cancel := context.WithTimeout(ctx, beatWithin)
	defer cancel()
	up, err = p.beatOnce(ctx, node)
	if died(ctx, err) {
		p.renew()
		up, err = p.beatOnce(ctx, node)
	}
	if err != nil {
		return nil, fmt.Errorf("say that this node is up: %w", err)
	}
	return up, nil
}

func (p *Postgres) beatOnce(ctx context.Context, node cluster.Node) (up []cluster.Node, err error) {
	both := &pgx.Batch{}
	both.Queue(takeBeats, lockBeats)
	both.Queue(beatOnce, node.ID, node.Relay, upFor.Milliseconds(), nodesKept.Milliseconds()).Query(func(rows pgx.Rows) error {
		up, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (n cluster.Node, err error) {
			return n, row.Scan(&n.ID, &n.Relay)
		})
		return err
	})
	if err := p.beats.SendBatch(ctx, both).Close(); err != nil { // the commit comes last
		return nil, err
	}
	return up, nil
}

// Unbeat says that a node is no longer up. One that is not is fine.
func (p *Postgres) Unbeat(ctx context.Context, nodeID string) error {
	ctx, cancel := context.WithTimeout(ctx, beatWithin)
	defer cancel()
	_, err := p.beats.Exec(ctx, "DELETE FROM nodes WHERE id = $1", nodeID)
	if died(ctx, err) {
		p.renew()
		_, err = p.beats.Exec(ctx, "DELETE FROM nodes WHERE id = $1", nodeID)
	}
	if err != nil {
		return fmt.Errorf("say that this node is gone: %w", err)
	}
	return nil
}

// Beat lists this node alone: one process has the folder.
func (s *SQLite) Beat(ctx context.Context, node cluster.Node) (up []cluster.Node, err error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("say that this node is up: %w", err)
	}
	return []cluster.Node{node}, nil
}

// Unbeat has nothing to do: one process has the folder.
func (s *SQLite) Unbeat(context.Context, string) error { return nil }
