package journal

import (
	"context"
	"crypto/hmac"
	"database/sql"
	"errors"
	"fmt"

	"hearth/hub/journal/kept"
	"hearth/room"
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
func (s *SQLite) Links(ctx context.Context, session string) ([]group.Link, error) {
	return list(ctx, s.reads, "list links", scanLink, aLink+"WHERE session = ? ORDER BY n", session)
}

// LinkByHash gives the link of a token, revoked, expired or not: the caller
// decides, with its clock. [kept.ErrNotFound] if there is none.
func (s *SQLite) LinkByHash(ctx context.Context, hash [32]byte) (group.Link, error) {
	l, err := scanLink(s.reads.QueryRowContext(ctx, aLink+"WHERE hash = ?", hash[:]))
	return l, found("read a link", err)
}

// AddLink keeps a link and, unless it is nil, the seat it leads to.
// [kept.ErrTaken] if an id or a token is in use; [kept.ErrNotFound] if the
// session is unknown or over.
func (s *SQLite) AddLink(ctx context.Context, l group.Link, seat *group.Seat) error {
	return s.write(ctx, func(tx *write) error {
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
func (s *SQLite) RotateLink(ctx context.Context, old string, l group.Link) error {
	return s.write(ctx, func(tx *write) error {
		was, err := scanLink(tx.row(aLink+"WHERE id = ? AND revoked = 0", old))
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
		return tx.exec("UPDATE links SET revoked = 1 WHERE id = ?", old)
	})
}

// RevokeLink voids a link and returns it. Every seat it led to is revoked and
// unbound, also one that a second device claimed by it; except that the seats
// made by an open link stay, because revoking an open link only closes the way
// in. Revoking twice is the same as once. [kept.ErrNotFound] if there is none.
func (s *SQLite) RevokeLink(ctx context.Context, id string) (group.Link, error) {
	var l group.Link
	err := s.write(ctx, func(tx *write) error {
		var err error
		if l, err = scanLink(tx.row(aLink+"WHERE id = ?", id)); err != nil {
			return found("find a link", err)
		}
		l.Revoked = true
		if err := tx.exec("UPDATE links SET revoked = 1 WHERE id = ?", id); err != nil {
			return err
		}
		if l.Kind == group.OpenLink || l.Kind == group.OrganiserLink {
			return nil
		}
		if err := tx.exec("DELETE FROM bindings WHERE seat = ? OR seat IN (SELECT id FROM seats WHERE link = ?)", l.Seat, id); err != nil {
			return err
		}
		return tx.exec("UPDATE seats SET revoked = 1 WHERE id = ? OR link = ?", l.Seat, id)
	})
	if err != nil {
		return group.Link{}, err
	}
	return l, nil
}

// UseOpen counts one use of an open link and keeps the new seat, bound to the
// device. [kept.ErrTaken] if the link is used up; [kept.ErrNotFound] if it is
// unknown, revoked or of another kind, or its session is over.
func (s *SQLite) UseOpen(ctx context.Context, link string, seat group.Seat, device [32]byte) error {
	return s.write(ctx, func(tx *write) error {
		l, err := scanLink(tx.row(aLink+"WHERE id = ? AND kind = ? AND revoked = 0", link, group.OpenLink))
		if err != nil {
			return found("find a link", err)
		}
		if l.MaxUses > 0 && l.Uses >= l.MaxUses {
			return kept.ErrTaken
		}
		if seat.Session != l.Session {
			return kept.ErrNotFound
		}
		if err := tx.exec("UPDATE links SET uses = uses + 1 WHERE id = ?", link); err != nil {
			return err
		}
		return tx.addBound(seat, device)
	})
}

// AddSeat keeps a seat bound to a device (a second device that claims a seat).
// [kept.ErrTaken] if the id is in use; [kept.ErrNotFound] if the session is
// unknown or over.
func (s *SQLite) AddSeat(ctx context.Context, seat group.Seat, device [32]byte) error {
	return s.write(ctx, func(tx *write) error { return tx.addBound(seat, device) })
}

func (tx *write) addBound(seat group.Seat, device [32]byte) error {
	if err := tx.addSeat(seat); err != nil {
		return err
	}
	seal, err := tx.keys.make(seat.Session)
	if err != nil {
		return err
	}
	return tx.insert("INSERT INTO bindings (seat, device) VALUES (?, ?)", seat.ID, seal.binding(seat.ID, device))
}

// Bind ties a seat to a device (the SHA-256 of its cookie). If another device
// holds it: [kept.ErrTaken], unless move, which moves the seat. Binding the same
// device again is fine. [kept.ErrNotFound] if the seat is unknown or revoked, or
// its session is over.
func (s *SQLite) Bind(ctx context.Context, seat room.SeatID, device [32]byte, move bool) error {
	return s.write(ctx, func(tx *write) error {
		var session string
		err := tx.row("SELECT s.session FROM seats s JOIN sessions g ON g.id = s.session WHERE s.id = ? AND s.revoked = 0 AND g.state <> 'over'", seat).Scan(&session)
		if err != nil {
			return found("find a seat", err)
		}
		seal, err := tx.keys.make(session)
		if err != nil {
			return err
		}
		this := seal.binding(seat, device)
		var holder []byte
		err = tx.row("SELECT device FROM bindings WHERE seat = ?", seat).Scan(&holder)
		switch {
		case errors.Is(err, sql.ErrNoRows):
			return tx.insert("INSERT INTO bindings (seat, device) VALUES (?, ?)", seat, this)
		case err != nil:
			return fmt.Errorf("find a binding: %w", err)
		case hmac.Equal(holder, this):
			return nil
		case !move:
			return kept.ErrTaken
		default:
			return tx.change("UPDATE bindings SET device = ? WHERE seat = ?", this, seat)
		}
	})
}

// Holds gives the seat if the device is bound to it; [kept.ErrNotFound] if not.
func (s *SQLite) Holds(ctx context.Context, device [32]byte, seat room.SeatID) (group.Seat, error) {
	held, holder, err := scanHeld(s.holds.QueryRowContext(ctx, seat))
	if err != nil {
		return group.Seat{}, found("read a seat", err)
	}
	seal, err := s.keys.find(held.Session)
	if err != nil {
		return group.Seat{}, err
	}
	if seal == nil || !hmac.Equal(holder, seal.binding(seat, device)) {
		return group.Seat{}, kept.ErrNotFound
	}
	return held, nil
}

const aHeldSeat = "SELECT s.id, s.session, s.role, s.link, s.open, s.claims, s.revoked, b.device FROM seats s JOIN bindings b ON b.seat = s.id WHERE s.id = ? AND s.revoked = 0"

func scanHeld(row scanner) (seat group.Seat, device []byte, err error) {
	err = row.Scan(&seat.ID, &seat.Session, &seat.Role, &seat.Link, &seat.Open, &seat.Claims, &seat.Revoked, &device)
	return seat, device, err
}

// RevokeSeat marks a seat revoked and unbinds its device (removal, level 5).
// Revoking twice is the same as once. [kept.ErrNotFound] if there is none.
func (s *SQLite) RevokeSeat(ctx context.Context, seat room.SeatID) error {
	return s.write(ctx, func(tx *write) error {
		if err := tx.change("UPDATE seats SET revoked = 1 WHERE id = ?", seat); err != nil {
			return err
		}
		return tx.exec("DELETE FROM bindings WHERE seat = ?", seat)
	})
}

// BindOrganiser makes a device the organiser's; more than one may be.
func (s *SQLite) BindOrganiser(ctx context.Context, device [32]byte) error {
	return s.write(ctx, func(tx *write) error {
		return tx.exec("INSERT INTO organisers (device) VALUES (?) ON CONFLICT DO NOTHING", device[:])
	})
}

// IsOrganiser says whether a device is the organiser's.
func (s *SQLite) IsOrganiser(ctx context.Context, device [32]byte) (bool, error) {
	var is bool
	err := s.reads.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM organisers WHERE device = ?)", device[:]).Scan(&is)
	return is, found("read the organisers", err)
}

// Organiser gives the organiser link in force; [kept.ErrNotFound] on a new
// house.
func (s *SQLite) Organiser(ctx context.Context) (group.Link, error) {
	l, err := scanLink(s.reads.QueryRowContext(ctx, aLink+"WHERE kind = ? AND revoked = 0 ORDER BY n DESC LIMIT 1", group.OrganiserLink))
	return l, found("read the organiser link", err)
}

// SetOrganiser voids earlier organiser links, and their devices, and keeps l.
// [kept.ErrTaken] if l's id or token is in use.
func (s *SQLite) SetOrganiser(ctx context.Context, l group.Link) error {
	l.Kind, l.Session, l.Seat = group.OrganiserLink, "", ""
	return s.write(ctx, func(tx *write) error {
		if err := tx.exec("UPDATE links SET revoked = 1 WHERE kind = ?", group.OrganiserLink); err != nil {
			return err
		}
		if err := tx.exec("DELETE FROM organisers"); err != nil {
			return err
		}
		return tx.addLink(l)
	})
}
