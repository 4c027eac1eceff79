package journal

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// How the statement that appends treats a session whose key is held by somebody
// who ends it: a batch passes it over, because the others of the batch must not
// wait; one that is alone waits.
const (
	skipHeld = "FOR KEY SHARE SKIP LOCKED"
	waitHeld = "FOR KEY SHARE"
)

// appendRows appends one command for each of several sessions and gives the
// sessions for which it did. One statement decides everything:
//
//   - alive holds the sessions that are not over, until the commit, in an order
//     that is the same on every node;
//   - the first row of a command goes in if the row before it is there, the
//     command is not, and nobody was first: a row of the same number that
//     another node is just committing is waited for, and wins;
//   - the further rows of a command go in only behind its first row, so a
//     command is kept whole or not at all. Nobody else can hold their numbers,
//     for numbers have no gap.
//
// The questions about single rows stand where they are asked for each command
// by an index, whatever the planner knows about the size of the log.
const appendRows = `
WITH asked AS MATERIALIZED (
	SELECT * FROM unnest($1::text[], $2::bigint[], $3::bytea[], $4::int[], $5::bytea[]) AS a (session, after, cmd, rest, body)
), alive AS MATERIALIZED (
	SELECT k.session FROM session_keys k WHERE k.session = ANY ($1) ORDER BY k.session %s
), first AS (
	INSERT INTO events (session, seq, cmd, rest, body)
	SELECT a.session, a.after + 1, a.cmd, a.rest, a.body FROM asked a
	WHERE a.session IN (SELECT session FROM alive)
	  AND (a.after = 0 OR (SELECT e.seq FROM events e WHERE e.session = a.session AND e.seq = a.after) IS NOT NULL)
	  AND (SELECT e.seq FROM events e WHERE e.session = a.session AND e.cmd = a.cmd AND e.rest = 0) IS NULL
	ORDER BY a.session
	ON CONFLICT DO NOTHING
	RETURNING session
), further AS (
	INSERT INTO events (session, seq, cmd, rest, body)
	SELECT f.session, f.seq, f.cmd, f.rest, f.body
	FROM unnest($6::text[], $7::bigint[], $8::bytea[], $9::int[], $10::bytea[]) AS f (session, seq, cmd, rest, body)
	WHERE f.session IN (SELECT session FROM first)
)
SELECT session FROM first`

// findRows tells what became of commands that did not get in. It is a statement
// of its own, because it must see what was committed meanwhile.
const findRows = `
SELECT (SELECT TRUE FROM session_keys k WHERE k.session = a.session) IS NOT NULL,
	coalesce((SELECT e.seq FROM events e WHERE e.session = a.session ORDER BY e.seq DESC LIMIT 1), 0),
	(SELECT e.seq FROM events e WHERE e.session = a.session AND e.cmd = a.cmd AND e.rest = 0),
	(SELECT e.body FROM events e WHERE e.session = a.session AND e.cmd = a.cmd AND e.rest = 0)
FROM unnest($1::text[], $2::bytea[]) WITH ORDINALITY AS a (session, cmd, n) ORDER BY a.n`

// A question is several commands as the columns that the statements take.
type question struct {
	session []string
	after   []int64
	cmd     [][]byte
	rest    []int32
	body    [][]byte

	furtherSession []string
	furtherSeq     []int64
	furtherCmd     [][]byte
	furtherRest    []int32
	furtherBody    [][]byte
}

func newQuestion(acts []*act) *question {
	q := &question{
		session: make([]string, len(acts)), after: make([]int64, len(acts)), cmd: make([][]byte, len(acts)),
		rest: make([]int32, len(acts)), body: make([][]byte, len(acts)),
	}
	for i, a := range acts {
		add := a.add
		n := len(add.rows)
		q.session[i], q.after[i], q.cmd[i], q.rest[i], q.body[i] = add.session, add.after, add.cmd, int32(n-1), add.rows[0]
		for j := 1; j < n; j++ {
			q.furtherSession = append(q.furtherSession, add.session)
			q.furtherSeq = append(q.furtherSeq, add.after+int64(j)+1)
			q.furtherCmd = append(q.furtherCmd, add.cmd)
			q.furtherRest = append(q.furtherRest, int32(n-1-j))
			q.furtherBody = append(q.furtherBody, add.rows[j])
		}
	}
	return q
}

var appendIn = map[string]string{skipHeld: fmt.Sprintf(appendRows, skipHeld), waitHeld: fmt.Sprintf(appendRows, waitHeld)}

func (q *question) insert(ctx context.Context, pool *pgxpool.Pool, how string) (map[string]bool, error) {
	rows, err := pool.Query(ctx, appendIn[how], q.session, q.after, q.cmd, q.rest, q.body,
		q.furtherSession, q.furtherSeq, q.furtherCmd, q.furtherRest, q.furtherBody)
	if err != nil {
		return nil, fmt.Errorf("append: %w", err)
	}
	won := make(map[string]bool, len(q.session))
	var session string
	_, err = pgx.ForEachRow(rows, []any{&session}, func() error {
		won[session] = true
		return nil
	})
	if err != nil { // the commit comes after the rows: without it nothing was won
		return nil, fmt.Errorf("append: %w", err)
	}
	return won, nil
}

func (q *question) find(ctx context.Context, pool *pgxpool.Pool) ([]standing, error) {
	rows, err := pool.Query(ctx, findRows, q.session, q.cmd)
	if err != nil {
		return nil, fmt.Errorf("look for commands: %w", err)
	}
	all, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (s standing, err error) {
		return s, row.Scan(&s.alive, &s.last, &s.seq, &s.body)
	})
	if err != nil {
		return nil, fmt.Errorf("look for commands: %w", err)
	}
	return all, nil
}

// readPage reads the next rows of a session's log after a number.
func (p *Postgres) readPage(ctx context.Context, session string, after int64) ([]sealedRow, error) {
	return list(ctx, p.read, "read the journal", func(row scanner) (r sealedRow, err error) {
		return r, row.Scan(&r.seq, &r.body)
	}, "SELECT seq, body FROM events WHERE session = ? AND seq > ? ORDER BY seq LIMIT ?", session, after, page)
}
