package journal

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"hearth/hub/journal/kept"
	"hearth/room"
	"hearth/room/group"
)

// dayOf is the day of a time, since 1970 in UTC.
func dayOf(at time.Time) int64 { return at.Unix() / (24 * 60 * 60) }

// deviceID names an organiser's device to organisers. It leads back to no cookie.
func deviceID(device []byte) string {
	sum := sha256.Sum256(append([]byte("hearth organiser device "), device...))
	return hex.EncodeToString(sum[:8])
}

// idleDays is after how many days without use a device is no organiser's any more.
const idleDays = int64(group.OrganiserIdle / (24 * time.Hour))

// BindOrganiser makes a device the organiser's; more than one may be. Devices that
// have been idle for too long are erased.
func (s *tables) BindOrganiser(ctx context.Context, device [32]byte, at time.Time) error {
	return s.on.write(ctx, func(tx *write) error {
		if err := tx.exec("DELETE FROM organisers WHERE used > 0 AND used < ?", dayOf(at)-idleDays); err != nil {
			return fmt.Errorf("erase idle devices: %w", err)
		}
		return tx.exec("INSERT INTO organisers (device, made, used) VALUES (?, ?, ?) ON CONFLICT (device) DO UPDATE SET used = excluded.used", device[:], dayOf(at), dayOf(at))
	})
}

// IsOrganiser says whether a device is the organiser's, and notes the day.
func (s *tables) IsOrganiser(ctx context.Context, device [32]byte, at time.Time) (bool, error) {
	all, err := list(ctx, s.read, "read the organisers", func(row scanner) (used int64, err error) {
		return used, row.Scan(&used)
	}, "SELECT used FROM organisers WHERE device = ?", device[:])
	today := dayOf(at)
	if err != nil || len(all) == 0 || all[0] > 0 && all[0] < today-idleDays {
		return false, err
	}
	if all[0] < today {
		// One that cannot be written today, because the disk is full, is no reason
		// to keep an organiser out.
		_ = s.on.write(ctx, func(tx *write) error {
			return tx.exec("UPDATE organisers SET used = ?, made = CASE made WHEN 0 THEN ? ELSE made END WHERE device = ?", today, today, device[:])
		})
	}
	return true, nil
}

// OrganiserDevices lists the organiser's devices, the one used last first. The one
// that asks is marked.
func (s *tables) OrganiserDevices(ctx context.Context, asking [32]byte, at time.Time) ([]group.Device, error) {
	return list(ctx, s.read, "list the organiser's devices", func(row scanner) (d group.Device, err error) {
		var device []byte
		var made, used int64
		err = row.Scan(&device, &made, &used)
		day := func(n int64) string {
			if n == 0 {
				return ""
			}
			return time.Unix(n*24*60*60, 0).UTC().Format(time.DateOnly)
		}
		return group.Device{ID: deviceID(device), Made: day(made), Used: day(used), Here: hmac.Equal(device, asking[:])}, err
	}, "SELECT device, made, used FROM organisers WHERE used = 0 OR used >= ? ORDER BY used DESC, made DESC, device", dayOf(at)-idleDays)
}

// VoidOrganiser makes a device no organiser's any more. [kept.ErrNotFound] if none
// has this id.
func (s *tables) VoidOrganiser(ctx context.Context, id string) error {
	return s.on.write(ctx, func(tx *write) error {
		all, err := list(ctx, tx.conn, "list the organiser's devices", func(row scanner) (device []byte, err error) {
			return device, row.Scan(&device)
		}, "SELECT device FROM organisers")
		if err != nil {
			return err
		}
		for _, device := range all {
			if deviceID(device) == id {
				return tx.change("DELETE FROM organisers WHERE device = ?", device)
			}
		}
		return kept.ErrNotFound
	})
}

// held lists the seats of sessions that are not over which a device holds.
func (s *tables) held(ctx context.Context, device [32]byte) ([]group.Seat, error) {
	all, err := list(ctx, s.read, "list who holds which seat", scanHeld,
		heldSeats+"ORDER BY s.n")
	if err != nil {
		return nil, err
	}
	var mine []group.Seat
	for _, one := range all {
		seal, err := s.on.findSeal(ctx, one.seat.Session)
		if err != nil {
			return nil, err
		}
		if seal != nil && hmac.Equal(one.bound, seal.binding(one.seat.ID, device)) {
			mine = append(mine, one.seat)
		}
	}
	return mine, nil
}

// Forget unbinds a device from every seat that it holds, and makes it no
// organiser's. It gives the seats.
func (s *tables) Forget(ctx context.Context, device [32]byte) ([]group.Seat, error) {
	mine, err := s.held(ctx, device)
	if err != nil {
		return nil, err
	}
	bound := make([][]byte, len(mine))
	for i, seat := range mine {
		if bound[i], err = s.binding(ctx, seat, device); err != nil {
			return nil, err
		}
	}
	return mine, s.on.write(ctx, func(tx *write) error {
		for i, seat := range mine {
			if err := tx.exec("UPDATE bindings SET device = ?, generation = generation + 1 WHERE seat = ? AND device = ?", nobody[:], seat.ID, bound[i]); err != nil {
				return fmt.Errorf("unbind a seat: %w", err)
			}
		}
		return tx.exec("DELETE FROM organisers WHERE device = ?", device[:])
	})
}

// Renew makes everything that a device holds the new device's.
func (s *tables) Renew(ctx context.Context, device, fresh [32]byte) error {
	mine, err := s.held(ctx, device)
	if err != nil {
		return err
	}
	type change struct {
		seat    room.SeatID
		was, is []byte
	}
	var changes []change
	for _, seat := range mine {
		was, err := s.binding(ctx, seat, device)
		if err != nil {
			return err
		}
		is, err := s.binding(ctx, seat, fresh)
		if err != nil {
			return err
		}
		changes = append(changes, change{seat.ID, was, is})
	}
	return s.on.write(ctx, func(tx *write) error {
		for _, c := range changes {
			if err := tx.exec("UPDATE bindings SET device = ? WHERE seat = ? AND device = ?", c.is, c.seat, c.was); err != nil {
				return fmt.Errorf("bind a seat to a renewed device: %w", err)
			}
		}
		return tx.exec("UPDATE organisers SET device = ? WHERE device = ?", fresh[:], device[:])
	})
}

// DeviceKey is what the house knows its own device cookies by. The first to ask
// makes it; all nodes get the same.
func (s *tables) DeviceKey(ctx context.Context) (key []byte, err error) {
	for range 2 {
		if err := s.read.QueryRowContext(ctx, "SELECT device_key FROM house").Scan(&key); err != nil || len(key) > 0 {
			return key, found("read the key of devices", err)
		}
		made := make([]byte, 32)
		_, _ = rand.Read(made) // never fails (crypto/rand)
		err := s.on.write(ctx, func(tx *write) error {
			return tx.exec("UPDATE house SET device_key = ? WHERE device_key IS NULL", made)
		})
		if err != nil {
			return nil, fmt.Errorf("keep the key of devices: %w", err)
		}
	}
	return nil, kept.ErrNotFound
}
