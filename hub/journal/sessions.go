package journal

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"hearth/room/group"
)

// written gives what is kept of a session: its title, which only the key of its
// group opens, its plan and its rules.
func (s *tables) written(ctx context.Context, g group.Session) (title, plan, rules string, err error) {
	p, err := json.Marshal(g.Plan)
	if err != nil {
		return "", "", "", fmt.Errorf("write down a plan: %w", err)
	}
	r, err := json.Marshal(g.Rules)
	if err != nil {
		return "", "", "", fmt.Errorf("write down the rules: %w", err)
	}
	seal, err := s.sealOfGroup(ctx, g.Group)
	if err != nil {
		return "", "", "", err
	}
	return seal.conceal(g.Group, placeTitle(g.ID), g.Title), string(p), string(r), nil
}

// CreateSession keeps a scheduled session with its first seats and links.
// [kept.ErrTaken] if an id or a token is in use; [kept.ErrNotFound] if there is
// no such group.
func (s *tables) CreateSession(ctx context.Context, g group.Session, seats []group.Seat, links []group.Link) error {
	title, plan, rules, err := s.written(ctx, g)
	if err != nil {
		return err
	}
	return s.on.write(ctx, func(tx *write) error {
		var there bool
		if err := tx.row("SELECT 1 FROM groups WHERE id = ?", g.Group).Scan(&there); err != nil {
			return found("find a group", err)
		}
		err := tx.insert("INSERT INTO sessions (id, grp, title, start, plan, rules, state) VALUES (?, ?, ?, ?, ?, ?, ?)",
			g.ID, g.Group, title, g.Start.UnixMilli(), plan, rules, group.Scheduled)
		if err != nil {
			return err
		}
		for _, seat := range seats {
			if err := tx.addSeat(seat); err != nil {
				return err
			}
		}
		for _, l := range links {
			if err := tx.addLink(l); err != nil {
				return err
			}
		}
		return nil
	})
}

const aSession = "SELECT id, grp, title, start, plan, rules, state, closed FROM sessions "

func scanSession(row scanner) (g group.Session, err error) {
	var start int64
	var closed sql.NullInt64
	var plan, rules string
	if err := row.Scan(&g.ID, &g.Group, &g.Title, &start, &plan, &rules, &g.State, &closed); err != nil {
		return g, err
	}
	g.Start, g.Closed = time.UnixMilli(start).UTC(), givenTime(closed)
	if err := json.Unmarshal([]byte(plan), &g.Plan); err != nil {
		return g, fmt.Errorf("a plan: %w", err)
	}
	if err := json.Unmarshal([]byte(rules), &g.Rules); err != nil {
		return g, fmt.Errorf("the rules: %w", err)
	}
	return g, nil
}

// Sessions lists the sessions of a group, the latest start first; none if there
// is no such group.
func (s *tables) Sessions(ctx context.Context, groupID string) ([]group.Session, error) {
	return s.titled(ctx, "list sessions", aSession+"WHERE grp = ? ORDER BY start DESC, n DESC", groupID)
}

// titled lists sessions with their titles.
func (s *tables) titled(ctx context.Context, act, query string, args ...any) ([]group.Session, error) {
	all, err := list(ctx, s.read, act, scanSession, query, args...)
	for i := range all {
		if err := s.revealTitle(ctx, all[i].ID, all[i].Group, &all[i].Title); err != nil {
			return nil, fmt.Errorf("%s: %w", act, err)
		}
	}
	return all, err
}

// Session gives one session. [kept.ErrNotFound] if there is none.
func (s *tables) Session(ctx context.Context, id string) (group.Session, error) {
	g, err := scanSession(s.read.QueryRowContext(ctx, aSession+"WHERE id = ?", id))
	if err != nil {
		return group.Session{}, found("read a session", err)
	}
	return g, s.revealTitle(ctx, g.ID, g.Group, &g.Title)
}

// LiveSessions lists the sessions that have begun and are not over, in the
// order in which they were made: those to bring back after a crash.
func (s *tables) LiveSessions(ctx context.Context) ([]group.Session, error) {
	return s.titled(ctx, "list live sessions", aSession+"WHERE state = 'live' ORDER BY n")
}

// SetLive marks a session as begun; one that has begun stays so.
// [kept.ErrNotFound] if it is unknown or over.
func (s *tables) SetLive(ctx context.Context, id string) error {
	return s.on.write(ctx, func(tx *write) error {
		return tx.change("UPDATE sessions SET state = 'live' WHERE id = ? AND state <> 'over'", id)
	})
}

// stillOn is [kept.ErrNotFound] for a session that is unknown or over: whatever
// Finish has erased is not kept again.
func (tx *write) stillOn(session string) error {
	var there bool
	return found("find a session", tx.row("SELECT 1 FROM sessions WHERE id = ? AND state <> 'over'", session).Scan(&there))
}

// Record gives the content-free record of a session that is over.
// [kept.ErrNotFound] while it is not.
func (s *tables) Record(ctx context.Context, session string) ([]byte, error) {
	var record []byte
	var groupID string
	err := s.read.QueryRowContext(ctx, "SELECT grp, record FROM sessions WHERE id = ? AND state = 'over'", session).Scan(&groupID, &record)
	if err != nil {
		return nil, found("read a record", err)
	}
	seal, err := s.on.groupSeal(ctx, groupID, false)
	if err != nil {
		return nil, err
	}
	plain, err := seal.reveal(groupID, placeRecord(session), string(record))
	return []byte(plain), keyless(err)
}

// finish ends a session inside a transaction: the record is kept; its journal and
// the bindings of its devices are erased.
func (tx *write) finish(session string, record []byte, at time.Time) error {
	var state group.SessionState
	if err := tx.row("SELECT state FROM sessions WHERE id = ?", session).Scan(&state); err != nil {
		return found("find a session", err)
	}
	if state == group.Over {
		return nil
	}
	if record == nil {
		record = []byte{} // "no record" would otherwise look like "not over"
	}
	delete(tx.last, session)
	if err := tx.exec("DELETE FROM events WHERE session = ?", session); err != nil {
		return fmt.Errorf("erase a journal: %w", err)
	}
	if err := tx.exec("DELETE FROM bindings WHERE seat IN (SELECT id FROM seats WHERE session = ?)", session); err != nil {
		return fmt.Errorf("erase bindings: %w", err)
	}
	if err := tx.exec("DELETE FROM links WHERE session = ?", session); err != nil {
		return fmt.Errorf("erase links: %w", err)
	}
	if err := tx.exec("DELETE FROM seats WHERE session = ?", session); err != nil {
		return fmt.Errorf("erase seats: %w", err)
	}
	return tx.change("UPDATE sessions SET state = 'over', closed = ?, record = ? WHERE id = ?", at.UnixMilli(), record, session)
}

// eraseOver erases the seats and links of sessions that are over already: those of
// a hearth before this one, which kept them, and told by them who was removed and
// whose seat a second device claimed (S05).
func (tx *write) eraseOver() error {
	for _, table := range []string{
		"bindings WHERE seat IN (SELECT t.id FROM seats t JOIN sessions s ON s.id = t.session WHERE s.state = 'over')",
		"links WHERE session IN (SELECT id FROM sessions WHERE state = 'over')",
		"seats WHERE session IN (SELECT id FROM sessions WHERE state = 'over')",
	} {
		if err := tx.exec("DELETE FROM " + table); err != nil {
			return fmt.Errorf("erase the seats of sessions that are over: %w", err)
		}
	}
	return nil
}
