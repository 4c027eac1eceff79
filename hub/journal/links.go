package journal

import (
	"context"
	"database/sql"
	"fmt"

	"hearth/hub/journal/kept"
	"hearth/room/group"
)

func (tx *write) addLink(l group.Link) error {
	session := sql.NullString{String: l.Session, Valid: l.Session != ""}
	if session.Valid {
		if err := tx.stillOn(l.Session); err != nil {
			return err
		}
	}
	return tx.insert("INSERT INTO links (id, kind, session, seat, hash, expires, max_uses, uses, revoked) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
		l.ID, l.Kind, session, l.Seat, l.Hash[:], keptTime(l.Expires), l.MaxUses, l.Uses, l.Revoked)
}

const aLink = "SELECT id, kind, session, seat, hash, expires, max_uses, uses, revoked FROM links "

func scanLink(row scanner) (l group.Link, err error) {
	var session sql.NullString
	var hash []byte
	var expires sql.NullInt64
	if err := row.Scan(&l.ID, &l.Kind, &session, &l.Seat, &hash, &expires, &l.MaxUses, &l.Uses, &l.Revoked); err != nil {
		return l, err
	}
	l.Session, l.Expires = session.String, givenTime(expires)
	copy(l.Hash[:], hash)
	return l, nil
}

// Links lists the links of a session in the order in which they were made,
// revoked ones too; none if there is no such session.
func (s *tables) Links(ctx context.Context, session string) ([]group.Link, error) {
	links, err := list(ctx, s.read, "list links", scanLink, aLink+"WHERE session = ? ORDER BY n", session)
	if err != nil {
		return nil, err
	}
	return s.labelled(ctx, session, links)
}

// LinkByHash gives the link of a token, revoked, expired or not: the caller
// decides, with its clock. [kept.ErrNotFound] if there is none.
func (s *tables) LinkByHash(ctx context.Context, hash [32]byte) (group.Link, error) {
	l, err := scanLink(s.read.QueryRowContext(ctx, aLink+"WHERE hash = ?", hash[:]))
	return l, found("read a link", err)
}

// AddLink keeps a link and, unless it is nil, the seat it leads to.
// [kept.ErrTaken] if an id or a token is in use; [kept.ErrNotFound] if the
// session is unknown or over.
func (s *tables) AddLink(ctx context.Context, l group.Link, seat *group.Seat) error {
	return s.on.write(ctx, func(tx *write) error {
		if seat != nil {
			if err := tx.addSeat(*seat); err != nil {
				return err
			}
		}
		return tx.addLink(l)
	})
}

// RotateLink voids link old and keeps l in its place: of the same kind and
// session, leading to the same seat, whatever l says. Devices bound to the seat
// stay bound. [kept.ErrNotFound] if old is unknown or revoked, or its session is
// over; [kept.ErrTaken] if l's id or token is in use.
func (s *tables) RotateLink(ctx context.Context, old string, l group.Link) error {
	return s.on.write(ctx, func(tx *write) error {
		was, err := scanLink(tx.row(aLink+"WHERE id = ? AND NOT revoked", old))
		if err != nil {
			return found("find a link", err)
		}
		l.Kind, l.Session, l.Seat = was.Kind, was.Session, was.Seat
		if err := tx.addLink(l); err != nil {
			return err
		}
		if err := tx.exec("UPDATE seats SET link = ? WHERE link = ?", l.ID, old); err != nil {
			return err
		}
		if err := tx.exec("UPDATE links SET label = (SELECT was.label FROM links was WHERE was.id = ?) WHERE id = ?", old, l.ID); err != nil {
			return err
		}
		return tx.exec("UPDATE links SET revoked = TRUE, label = NULL WHERE id = ?", old)
	})
}

// RevokeLink voids a link and returns it. Every seat it led to is revoked and
// unbound, also one that a second device claimed by it; except that the seats
// made by an open link stay, because revoking an open link only closes the way
// in. Revoking twice is the same as once. [kept.ErrNotFound] if there is none.
func (s *tables) RevokeLink(ctx context.Context, id string) (group.Link, error) {
	var l group.Link
	err := s.on.write(ctx, func(tx *write) error {
		var err error
		if l, err = scanLink(tx.row(aLink+"WHERE id = ?", id)); err != nil {
			return found("find a link", err)
		}
		l.Revoked = true
		if err := tx.exec("UPDATE links SET revoked = TRUE, label = NULL WHERE id = ?", id); err != nil {
			return err
		}
		if l.Kind == group.OpenLink || l.Kind == group.OrganiserLink {
			return nil
		}
		if err := tx.exec("DELETE FROM bindings WHERE seat = ? OR seat IN (SELECT id FROM seats WHERE link = ?)", l.Seat, id); err != nil {
			return err
		}
		return tx.exec("UPDATE seats SET revoked = TRUE WHERE id = ? OR link = ?", l.Seat, id)
	})
	if err != nil {
		return group.Link{}, err
	}
	return l, nil
}

// Organiser gives the organiser link in force; [kept.ErrNotFound] on a new
// house.
func (s *tables) Organiser(ctx context.Context) (group.Link, error) {
	l, err := scanLink(s.read.QueryRowContext(ctx, aLink+"WHERE kind = ? AND NOT revoked ORDER BY n DESC LIMIT 1", group.OrganiserLink))
	return l, found("read the organiser link", err)
}

// SetOrganiser voids earlier organiser links, and their devices, and keeps l.
// [kept.ErrTaken] if l's id or token is in use.
func (s *tables) SetOrganiser(ctx context.Context, l group.Link) error {
	l.Kind, l.Session, l.Seat = group.OrganiserLink, "", ""
	return s.on.write(ctx, func(tx *write) error {
		if err := tx.exec("UPDATE links SET revoked = TRUE WHERE kind = ?", group.OrganiserLink); err != nil {
			return err
		}
		if err := tx.exec("DELETE FROM organisers"); err != nil {
			return err
		}
		return tx.addLink(l)
	})
}

// FirstOrganiser keeps the first organiser link of a house. Of several nodes that
// try at once one succeeds; the others get [kept.ErrTaken], and so does whoever
// comes later.
func (s *tables) FirstOrganiser(ctx context.Context, l group.Link) error {
	l.Kind, l.Session, l.Seat = group.OrganiserLink, "", ""
	return s.on.write(ctx, func(tx *write) error {
		var there bool
		if err := tx.row("SELECT EXISTS (SELECT 1 FROM links WHERE kind = ? AND NOT revoked)", group.OrganiserLink).Scan(&there); err != nil {
			return fmt.Errorf("look for an organiser link: %w", err)
		}
		if there {
			return kept.ErrTaken
		}
		return tx.addLink(l)
	})
}
