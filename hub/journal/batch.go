package journal

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"hearth/hub/journal/kept"
)

// batchWithin bounds the writing of one batch, its second try included. A
// server that does not answer for so long is gone, as far as a room can tell.
const batchWithin = 5 * time.Second

// Append is [SQLite.Append] on PostgreSQL: the same promises and the same
// errors. Any number of processes may append to one session; one of them is
// first. Appends of different sessions that wait at the same time share a
// statement and its commit, and what one of them lacks does not touch the
// others. When the connection dies before the answer comes, the same is asked
// again once on a new one, which tells what became of it (F6).
func (p *Postgres) Append(ctx context.Context, session string, after int64, key kept.CommandKey, rows [][]byte) (int64, error) {
	add, err := newAddition(ctx, p, session, after, key, rows)
	if err != nil {
		return 0, err
	}
	seq, err := p.log.submit(&act{ctx: ctx, add: add, done: make(chan outcome, 1)})
	if errors.Is(err, kept.ErrNotFound) {
		p.keys.forget(session)
	}
	return seq, err
}

// A batcher is the one goroutine of a node that appends. It takes what waits
// and writes it in one statement, which is a transaction of its own and so
// costs one way to the server and back and one fsync there.
type batcher struct {
	line
	p     *Postgres
	alone sync.WaitGroup // those that wait for a session that is being ended
}

func startBatcher(p *Postgres) *batcher {
	b := &batcher{line: newLine(), p: p}
	go b.run()
	return b
}

func (b *batcher) run() {
	defer close(b.stopped)
	var acts []*act
	for {
		select {
		case a := <-b.queue:
			acts = b.gather(a, acts)
			b.write(acts)
			clear(acts)
		case <-b.closing:
			b.refuseAll()
			b.alone.Wait()
			return
		}
	}
}

// write appends what waits, in rounds of one command for each session, and
// answers every act.
func (b *batcher) write(acts []*act) {
	ctx, cancel := context.WithTimeout(context.Background(), batchWithin)
	defer cancel()
	waiting := make([]*act, 0, len(acts))
	for _, a := range acts {
		if err := a.ctx.Err(); err != nil {
			a.done <- outcome{err: fmt.Errorf("journal: not written: %w", err)}
			continue
		}
		waiting = append(waiting, a)
	}
	for len(waiting) > 0 {
		waiting = b.round(ctx, waiting)
	}
}

// round writes the first command of each session and gives back those commands
// that are to be tried after it.
func (b *batcher) round(ctx context.Context, waiting []*act) (later []*act) {
	now, behind := firsts(waiting)
	won, again, err := b.insert(ctx, b.p.logs, now)
	var refused *pgconn.PgError
	if errors.As(err, &refused) && !died(ctx, err) && len(now) > 1 {
		// Something about one of them; the others must not suffer for it.
		for _, a := range now {
			b.round(ctx, []*act{a})
		}
		return behind
	}
	if err != nil {
		fail(append(now, behind...), err)
		return nil
	}
	var lost []*act
	last := make(map[string]int64, len(now)) // where the log is known not to end
	for _, a := range now {
		if won[a.add.session] {
			a.done <- outcome{seq: a.add.end()}
		} else {
			lost = append(lost, a)
		}
		last[a.add.session] = a.add.after
	}
	for _, a := range behind {
		if a.add.after == last[a.add.session] {
			lost = append(lost, a)
		} else {
			later = append(later, a)
		}
	}
	b.explain(ctx, lost, again)
	return later
}

// end is the number of the last row.
func (a *addition) end() int64 { return a.after + int64(len(a.rows)) }

// firsts parts the first act of each session from those behind it.
func firsts(waiting []*act) (now, behind []*act) {
	seen := make(map[string]bool, len(waiting))
	for _, a := range waiting {
		if seen[a.add.session] {
			behind = append(behind, a)
			continue
		}
		seen[a.add.session] = true
		now = append(now, a)
	}
	return now, behind
}

func fail(acts []*act, err error) {
	err = fmt.Errorf("journal: %w", err)
	for _, a := range acts {
		a.done <- outcome{err: err}
	}
}

// insert appends one command for each of several sessions and says for which it
// did. When the connection dies it asks the same again on a new one: if the
// first statement stands the second one finds its rows there; if it is still
// being done the second one waits for it; if it never arrived the second one
// does it. again says that this was so.
func (b *batcher) insert(ctx context.Context, pool *pgxpool.Pool, acts []*act) (won map[string]bool, again bool, err error) {
	ask := newQuestion(acts)
	won, err = ask.insert(ctx, pool, skipHeld)
	if died(ctx, err) {
		b.p.renew()
		again = true
		won, err = ask.insert(ctx, pool, skipHeld)
	}
	if err != nil && (again || ctx.Err() != nil) {
		err = &unsureError{err}
	}
	return won, again, err
}

// explain answers acts that did not get in with the reason.
func (b *batcher) explain(ctx context.Context, lost []*act, again bool) {
	if len(lost) == 0 {
		return
	}
	found, err := newQuestion(lost).find(ctx, b.p.logs)
	if died(ctx, err) {
		b.p.renew()
		found, err = newQuestion(lost).find(ctx, b.p.logs)
	}
	if err != nil {
		if again {
			err = &unsureError{err}
		}
		fail(lost, err)
		return
	}
	for i, a := range lost {
		o, clear := found[i].outcome(a.add)
		if clear {
			a.done <- o
			continue
		}
		b.alone.Go(func() { b.waitFor(a) })
	}
}

// waitFor appends when the session is held by somebody, most likely by Finish,
// without holding up the others.
func (b *batcher) waitFor(a *act) {
	ctx, cancel := context.WithTimeout(a.ctx, batchWithin)
	defer cancel()
	ask := newQuestion([]*act{a})
	won, err := ask.insert(ctx, b.p.pool, waitHeld)
	if err == nil && won[a.add.session] {
		a.done <- outcome{seq: a.add.end()}
		return
	}
	var found []standing
	if err == nil {
		found, err = ask.find(ctx, b.p.pool)
	}
	if err != nil {
		fail([]*act{a}, &unsureError{err})
		return
	}
	o, clear := found[0].outcome(a.add)
	if !clear {
		o = outcome{err: errors.New("journal: not written: the session is being changed")}
	}
	a.done <- o
}

// A standing is what the log holds of a command that did not get in.
type standing struct {
	alive bool   // the session has a key: it is neither unknown nor over
	last  int64  // last number of the session
	seq   *int64 // last number of the command's first result
	body  []byte // the row of that number
}

// outcome says what the standing means for an addition; clear is false when
// nothing there says why it did not get in.
func (s standing) outcome(add *addition) (o outcome, clear bool) {
	switch {
	case !s.alive:
		return outcome{err: kept.ErrNotFound}, true
	case s.seq != nil && bytes.Equal(s.body, add.rows[len(add.rows)-1]):
		// Each sealing gives other bytes, so this is no repetition: it is what
		// this very call wrote before its connection died.
		return outcome{seq: *s.seq}, true
	case s.seq != nil:
		return outcome{seq: *s.seq, err: kept.ErrDuplicate}, true
	case s.last != add.after:
		return outcome{err: kept.ErrConflict}, true
	}
	return outcome{}, false
}
