package journal

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"hearth/hub/journal/kept"
	"hearth/room/group"
)

// Verified says what Verify found in a house.
type Verified struct {
	Groups, Versions, Sessions, Seats, Links int

	Open int // sessions that are not over
	Rows int // of their logs, each opened with its key

	// Unreadable are the sessions that are not over and whose log no key opens:
	// they were closed after the backup that brought them back, or their key is
	// lost. Nobody can bring them back.
	Unreadable []string
	// Unbound are the sessions without a log whose key is gone: nobody holds a
	// seat there any more, and people open their links again.
	Unbound []string
	// Keyless are the groups that no key opens: they were deleted after the backup
	// that brought them back, or their key is lost. Nobody can read them.
	Keyless []string
	// Damaged says one line for each log that is not what was written.
	Damaged []string
	// Left counts rows, bindings and keys of sessions that are over or unknown:
	// something that should have been erased.
	Left int
}

// Whole says whether everything is as it was written and can be read.
func (v Verified) Whole() bool {
	return len(v.Unreadable) == 0 && len(v.Unbound) == 0 && len(v.Keyless) == 0 && len(v.Damaged) == 0 && v.Left == 0
}

// A House is one of the stores of this package.
type House interface {
	house() *tables
}

func (s *tables) house() *tables { return s }

// Verify reads a whole house: the tables can be read, the words of charters are
// those that were adopted, the numbers of each log have no gap, each row opens
// at its place and, if check is not nil, passes it. The house may be in use
// meanwhile. The error says that reading failed, not that something is wrong.
func Verify(ctx context.Context, house House, check func(row []byte) error) (v Verified, err error) {
	s := house.house()
	groups, err := s.Groups(ctx)
	if err != nil {
		return v, err
	}
	v.Groups = len(groups)
	all, err := list(ctx, s.read, "list groups", scanID, "SELECT id FROM groups ORDER BY n")
	if err != nil {
		return v, err
	}
	for _, id := range all {
		if !slices.ContainsFunc(groups, func(g group.Group) bool { return g.ID == id }) {
			v.Keyless = append(v.Keyless, id)
		}
	}
	for _, id := range all {
		if !slices.Contains(v.Keyless, id) {
			if err := s.verifyCharter(ctx, id, &v); err != nil {
				return v, err
			}
		}
		sessions, err := s.Sessions(ctx, id)
		if err != nil {
			return v, err
		}
		v.Sessions += len(sessions)
		for _, session := range sessions {
			if err := s.verifySession(ctx, session, check, &v); err != nil {
				return v, err
			}
		}
	}
	v.Left, err = s.left(ctx)
	return v, err
}

// verifyCharter reads the words of a group's charter.
func (s *tables) verifyCharter(ctx context.Context, groupID string, v *Verified) error {
	versions, err := s.Versions(ctx, groupID)
	if err != nil {
		return err
	}
	v.Versions += len(versions)
	_, err = s.Draft(ctx, groupID)
	return err
}

func (s *tables) verifySession(ctx context.Context, session group.Session, check func([]byte) error, v *Verified) error {
	seats, err := s.Seats(ctx, session.ID)
	if err != nil {
		return err
	}
	links, err := s.Links(ctx, session.ID)
	if err != nil {
		return err
	}
	v.Seats, v.Links = v.Seats+len(seats), v.Links+len(links)
	if session.State == group.Over {
		if _, err := s.Record(ctx, session.ID); !errors.Is(err, kept.ErrNotFound) { // its group has no key
			return err
		}
		return nil
	}
	v.Open++
	_, err = s.on.findSeal(ctx, session.ID)
	lost := errors.Is(err, errNoWrap) || errors.Is(err, errBadKey)
	if err != nil && !lost {
		return err
	}
	rows := 0
	var bad *damage
	err = s.Tail(ctx, session.ID, 0, func(_ int64, _ kept.CommandKey, row []byte) error {
		rows++
		if check == nil {
			return nil
		}
		if err := check(row); err != nil {
			return &damage{fmt.Errorf("row %d: %w", rows, err)}
		}
		return nil
	})
	v.Rows += rows
	switch {
	case errors.Is(err, errKeyGone), errors.Is(err, errNoWrap), errors.Is(err, errBadKey):
		v.Unreadable = append(v.Unreadable, session.ID)
	case errors.As(err, &bad):
		v.Damaged = append(v.Damaged, fmt.Sprintf("session %s: %v", session.ID, err))
	case err != nil:
		return err
	default:
		return s.verifyBindings(ctx, session.ID, lost, v)
	}
	return nil
}

// verifyBindings looks whether the bindings of a session, whose log is fine or
// empty, have their key.
func (s *tables) verifyBindings(ctx context.Context, session string, lost bool, v *Verified) error {
	if !lost {
		seal, err := s.on.findSeal(ctx, session)
		if err != nil || seal != nil {
			return err
		}
		var bound bool
		err = s.read.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM bindings b JOIN seats s ON s.id = b.seat WHERE s.session = ?)", session).Scan(&bound)
		if err != nil || !bound {
			return found("look for bindings", err)
		}
	}
	v.Unbound = append(v.Unbound, session)
	return nil
}

// left counts what should have been erased.
func (s *tables) left(ctx context.Context) (n int, err error) {
	for _, query := range s.on.leftovers() {
		var some int
		if err := s.read.QueryRowContext(ctx, query).Scan(&some); err != nil {
			return 0, fmt.Errorf("look for what should have been erased: %w", err)
		}
		n += some
	}
	return n, nil
}

var leftovers = []string{
	"SELECT count(*) FROM events e WHERE NOT EXISTS (SELECT 1 FROM sessions s WHERE s.id = e.session AND s.state <> 'over')",
	"SELECT count(*) FROM bindings b JOIN seats t ON t.id = b.seat JOIN sessions s ON s.id = t.session WHERE s.state = 'over'",
	"SELECT count(*) FROM seats t JOIN sessions s ON s.id = t.session WHERE s.state = 'over'",
	"SELECT count(*) FROM links l JOIN sessions s ON s.id = l.session WHERE s.state = 'over'",
}

func (s *SQLite) leftovers() []string { return leftovers }

func (p *Postgres) leftovers() []string {
	return append(leftovers[:len(leftovers):len(leftovers)],
		"SELECT count(*) FROM session_keys k JOIN sessions s ON s.id = k.session WHERE s.state = 'over'",
		"SELECT count(*) FROM session_keys k WHERE k.session LIKE 'group %' AND NOT EXISTS (SELECT 1 FROM groups g WHERE 'group ' || g.id = k.session)")
}

// dropKeyless deletes groups that no key opens any more; their sessions are ended
// first.
func (s *tables) dropKeyless(ctx context.Context, v Verified, finish, drop func(id string) error) error {
	for _, id := range v.Keyless {
		open, err := list(ctx, s.read, "list sessions", scanID, "SELECT id FROM sessions WHERE grp = ? AND state <> 'over'", id)
		for _, session := range open {
			err = errors.Join(err, finish(session))
		}
		if err := errors.Join(err, drop(id)); err != nil {
			return fmt.Errorf("delete a group that cannot be opened: %w", err)
		}
	}
	return nil
}

// endUnreadable ends what no key opens any more, so that it is not in the way:
// sessions with a log are over, with an empty record; of those without, the
// bindings go.
func (s *tables) endUnreadable(ctx context.Context, v Verified, finish func(session string) error) error {
	for _, session := range v.Unreadable {
		if err := finish(session); err != nil {
			return fmt.Errorf("end a session that cannot be opened: %w", err)
		}
	}
	for _, session := range v.Unbound {
		err := s.on.write(ctx, func(tx *write) error {
			for _, query := range s.on.unbind() {
				if err := tx.exec(query, session); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return fmt.Errorf("unbind the seats of a session whose key is gone: %w", err)
		}
	}
	return nil
}

const unbindSeats = "DELETE FROM bindings WHERE seat IN (SELECT id FROM seats WHERE session = ?)"

func (s *SQLite) unbind() []string { return []string{unbindSeats} }

func (p *Postgres) unbind() []string {
	return []string{"DELETE FROM session_keys WHERE session = ?", unbindSeats}
}
