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

func (tx *write) addSeat(seat group.Seat) error {
	if err := tx.stillOn(seat.Session); err != nil {
		return err
	}
	return tx.insert("INSERT INTO seats (id, session, role, link, open, claims, revoked) VALUES (?, ?, ?, ?, ?, ?, ?)",
		seat.ID, seat.Session, seat.Role, seat.Link, seat.Open, seat.Claims, seat.Revoked)
}

const aSeat = "SELECT s.id, s.session, s.role, s.link, s.open, s.claims, s.revoked FROM seats s "

func scanSeat(row scanner) (seat group.Seat, err error) {
	err = row.Scan(&seat.ID, &seat.Session, &seat.Role, &seat.Link, &seat.Open, &seat.Claims, &seat.Revoked)
	return seat, err
}

// Seats lists the seats of a session in the order in which they were made,
// revoked ones too; none if there is no such session.
func (s *tables) Seats(ctx context.Context, session string) ([]group.Seat, error) {
	return list(ctx, s.read, "list seats", scanSeat, aSeat+"WHERE s.session = ? ORDER BY s.n", session)
}

// Seat gives one seat, revoked or not. [kept.ErrNotFound] if there is none.
func (s *tables) Seat(ctx context.Context, id room.SeatID) (group.Seat, error) {
	seat, err := scanSeat(s.read.QueryRowContext(ctx, aSeat+"WHERE s.id = ?", id))
	return seat, found("read a seat", err)
}

// UseOpen counts one use of an open link and keeps the new seat, bound to the
// device. [kept.ErrTaken] if the link is used up; [kept.ErrNotFound] if it is
// unknown, revoked or of another kind, or its session is over.
func (s *tables) UseOpen(ctx context.Context, link string, seat group.Seat, device [32]byte) error {
	bound, err := s.binding(ctx, seat, device)
	if err != nil {
		return err
	}
	return s.on.write(ctx, func(tx *write) error {
		l, err := scanLink(tx.row(aLink+"WHERE id = ? AND kind = ? AND NOT revoked", link, group.OpenLink))
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
		return tx.addBound(seat, bound)
	})
}

// AddSeat keeps a seat bound to a device (a second device that claims a seat).
// [kept.ErrTaken] if the id is in use; [kept.ErrNotFound] if the session is
// unknown or over.
func (s *tables) AddSeat(ctx context.Context, seat group.Seat, device [32]byte) error {
	bound, err := s.binding(ctx, seat, device)
	if err != nil {
		return err
	}
	return s.on.write(ctx, func(tx *write) error { return tx.addBound(seat, bound) })
}

// binding is what is kept of the device that a seat is bound to.
func (s *tables) binding(ctx context.Context, seat group.Seat, device [32]byte) ([]byte, error) {
	seal, err := s.on.sealOf(ctx, seat.Session)
	if err != nil {
		return nil, err
	}
	return seal.binding(seat.ID, device), nil
}

func (tx *write) addBound(seat group.Seat, bound []byte) error {
	if err := tx.addSeat(seat); err != nil {
		return err
	}
	return tx.insert("INSERT INTO bindings (seat, device) VALUES (?, ?)", seat.ID, bound)
}

// Bind ties a seat to a device (the SHA-256 of its cookie). If another device
// holds it: [kept.ErrTaken], unless move, which moves the seat. Binding the same
// device again is fine. [kept.ErrNotFound] if the seat is unknown or revoked, or
// its session is over.
func (s *tables) Bind(ctx context.Context, id room.SeatID, device [32]byte, move bool) error {
	seat, err := s.Seat(ctx, id)
	if err != nil {
		return err
	}
	bound, err := s.binding(ctx, seat, device)
	if err != nil {
		return err
	}
	return s.on.write(ctx, func(tx *write) error { return tx.bind(id, bound, move) })
}

// nobody stands for the device of a seat that its device forgot. The row stays, so
// that the generation goes on: a socket of before is never one of after (S01).
var nobody [32]byte

func (tx *write) bind(seat room.SeatID, bound []byte, move bool) error {
	var there bool
	err := tx.row("SELECT 1 FROM seats s JOIN sessions g ON g.id = s.session WHERE s.id = ? AND NOT s.revoked AND g.state <> 'over'", seat).Scan(&there)
	if err != nil {
		return found("find a seat", err)
	}
	var holder []byte
	err = tx.row("SELECT device FROM bindings WHERE seat = ?", seat).Scan(&holder)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return tx.insert("INSERT INTO bindings (seat, device) VALUES (?, ?)", seat, bound)
	case err != nil:
		return fmt.Errorf("find a binding: %w", err)
	case hmac.Equal(holder, bound):
		return nil
	case !move && !hmac.Equal(holder, nobody[:]):
		return kept.ErrTaken
	default:
		return tx.change("UPDATE bindings SET device = ?, generation = generation + 1 WHERE seat = ?", bound, seat)
	}
}

// Holds gives the seat if the device is bound to it; [kept.ErrNotFound] if not.
func (s *tables) Holds(ctx context.Context, device [32]byte, seat room.SeatID) (group.Seat, error) {
	held, err := s.on.held(ctx, seat)
	if err != nil {
		return group.Seat{}, found("read a seat", err)
	}
	seal, err := s.on.findSeal(ctx, held.seat.Session)
	if err != nil {
		return group.Seat{}, err
	}
	if seal == nil || !hmac.Equal(held.bound, seal.binding(seat, device)) {
		return group.Seat{}, kept.ErrNotFound
	}
	return held.seat, nil
}

const (
	heldSeats = "SELECT s.id, s.session, s.role, s.link, s.open, s.claims, s.revoked, b.generation, b.device FROM seats s JOIN bindings b ON b.seat = s.id "
	aHeldSeat = heldSeats + "WHERE s.id = ? AND NOT s.revoked"
)

func scanHeld(row scanner) (h holder, err error) {
	err = row.Scan(&h.seat.ID, &h.seat.Session, &h.seat.Role, &h.seat.Link, &h.seat.Open, &h.seat.Claims, &h.seat.Revoked, &h.seat.Generation, &h.bound)
	return h, err
}

// RevokeSeat marks a seat revoked and unbinds its device (removal, level 5).
// Revoking twice is the same as once. [kept.ErrNotFound] if there is none.
func (s *tables) RevokeSeat(ctx context.Context, seat room.SeatID) error {
	return s.on.write(ctx, func(tx *write) error {
		if err := tx.change("UPDATE seats SET revoked = TRUE WHERE id = ?", seat); err != nil {
			return err
		}
		return tx.exec("DELETE FROM bindings WHERE seat = ?", seat)
	})
}

// GiveBack takes a seat back that an open link made: it is nobody's any more, and
// the link has one use more. Twice is the same as once.
func (s *tables) GiveBack(ctx context.Context, link string, seat room.SeatID) error {
	return s.on.write(ctx, func(tx *write) error {
		err := tx.change("UPDATE seats SET revoked = TRUE WHERE id = ? AND open AND NOT revoked", seat)
		if errors.Is(err, kept.ErrNotFound) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("give a seat back: %w", err)
		}
		if err := tx.exec("DELETE FROM bindings WHERE seat = ?", seat); err != nil {
			return err
		}
		return tx.exec("UPDATE links SET uses = uses - 1 WHERE id = ? AND uses > 0", link)
	})
}
