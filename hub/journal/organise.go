package journal

import (
	"context"
	"fmt"
	"time"

	"hearth/room/group"
)

// UpdateSession keeps another title, start, plan and rules of a session, and
// lets its links open until expires. [kept.ErrNotFound] if it is unknown or over.
func (s *tables) UpdateSession(ctx context.Context, g group.Session, expires time.Time) error {
	title, plan, rules, err := s.written(ctx, g)
	if err != nil {
		return err
	}
	return s.on.write(ctx, func(tx *write) error {
		err := tx.change("UPDATE sessions SET title = ?, start = ?, plan = ?, rules = ? WHERE id = ? AND state <> 'over'",
			title, g.Start.UnixMilli(), plan, rules, g.ID)
		if err != nil {
			return err
		}
		return tx.exec("UPDATE links SET expires = ? WHERE session = ?", keptTime(expires), g.ID)
	})
}

// KeepReview keeps what must be looked at again of a session that ends at a time,
// as JSON of closed lists; see package record. What was kept longer than
// [group.ReviewFor] is erased. [kept.ErrNotFound] if there is no such session.
func (s *tables) KeepReview(ctx context.Context, session string, acts []byte, at time.Time) error {
	return s.on.write(ctx, func(tx *write) error {
		if err := tx.eraseOldReviews(at); err != nil {
			return err
		}
		return tx.change("UPDATE sessions SET review = ? WHERE id = ?", acts, session)
	})
}

// EraseOldReviews erases what nobody has looked at within [group.ReviewFor].
func (s *tables) EraseOldReviews(ctx context.Context, now time.Time) error {
	return s.on.write(ctx, func(tx *write) error { return tx.eraseOldReviews(now) })
}

func (tx *write) eraseOldReviews(now time.Time) error {
	return tx.exec("UPDATE sessions SET review = NULL WHERE review IS NOT NULL AND closed < ?", now.Add(-group.ReviewFor).UnixMilli())
}

// Reviews lists what is to be looked at again in a group, the oldest first.
func (s *tables) Reviews(ctx context.Context, groupID string, now time.Time) ([]group.Review, error) {
	all, err := list(ctx, s.read, "list reviews", func(row scanner) (r group.Review, err error) {
		var closed int64
		var acts []byte
		err = row.Scan(&r.Session, &r.Title, &closed, &acts)
		r.Closed, r.Acts = time.UnixMilli(closed).UTC(), acts
		r.Due = r.Closed.Add(group.ReviewWithin)
		return r, err
	}, "SELECT id, title, closed, review FROM sessions WHERE grp = ? AND state = 'over' AND review IS NOT NULL AND closed >= ? ORDER BY closed, n",
		groupID, now.Add(-group.ReviewFor).UnixMilli())
	for i := range all {
		if err := s.revealTitle(ctx, all[i].Session, groupID, &all[i].Title); err != nil {
			return nil, fmt.Errorf("list reviews: %w", err)
		}
	}
	return all, err
}

// Reviewed erases what was to be looked at again of a session.
// [kept.ErrNotFound] if there is nothing.
func (s *tables) Reviewed(ctx context.Context, session string) error {
	return s.on.write(ctx, func(tx *write) error {
		return tx.change("UPDATE sessions SET review = NULL WHERE id = ? AND review IS NOT NULL", session)
	})
}

// Label keeps the organiser's own note of whom a link is for; an empty one takes
// it away. It is sealed with the session's key and gone when the session is over.
// [kept.ErrNotFound] if the link is unknown or revoked, or its session is over.
func (s *tables) Label(ctx context.Context, link, label string) error {
	var session string
	err := s.read.QueryRowContext(ctx, "SELECT session FROM links WHERE id = ? AND session IS NOT NULL", link).Scan(&session)
	if err != nil {
		return found("find a link", err)
	}
	var sealed any
	if label != "" {
		seal, err := s.on.sealOf(ctx, session)
		if err != nil {
			return err
		}
		sealed = seal.rows.Seal(nil, nil, []byte(label), labelPlace(session))
	}
	return s.on.write(ctx, func(tx *write) error {
		if err := tx.stillOn(session); err != nil {
			return err
		}
		return tx.change("UPDATE links SET label = ? WHERE id = ? AND NOT revoked", sealed, link)
	})
}

// labelPlace binds a label to its session; a new link in the place of an old one
// keeps the label as it is.
func labelPlace(session string) []byte { return []byte("hearth link label " + session) }

// labelled fills in the labels of a session's links. One that cannot be opened,
// because the session's key is gone, is as good as none.
func (s *tables) labelled(ctx context.Context, session string, links []group.Link) ([]group.Link, error) {
	sealed := map[string][]byte{}
	_, err := list(ctx, s.read, "list labels", func(row scanner) (none struct{}, err error) {
		var id string
		var label []byte
		err = row.Scan(&id, &label)
		sealed[id] = label
		return none, err
	}, "SELECT id, label FROM links WHERE session = ? AND label IS NOT NULL", session)
	if err != nil || len(sealed) == 0 {
		return links, err
	}
	seal, err := s.on.findSeal(ctx, session)
	if err != nil || seal == nil {
		return links, err
	}
	for i := range links {
		if label, err := seal.rows.Open(nil, nil, sealed[links[i].ID], labelPlace(session)); err == nil {
			links[i].Label = string(label)
		}
	}
	return links, nil
}
