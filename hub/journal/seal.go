package journal

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"

	"hearth/hub/journal/kept"
	"hearth/room"
)

// keySize is the length of a session's key in bytes.
const keySize = 32

var (
	errDamaged = errors.New("journal: a row is damaged")
	errBadKey  = errors.New("journal: the key of a session is damaged")
)

// A seal closes and opens the rows of one session.
//
// SQLite's secure_delete is not enough to erase a journal: when pages split,
// copies of neighbouring rows stay behind in the unused part of pages that live
// on (measured: about one row in four thousand). So every row is sealed with a
// key of its session, and erasing a session destroys the key (promise R10).
// Sealing also finds a row that was damaged or moved (F26).
//
// A seal may be used by many goroutines.
type seal struct {
	rows    cipher.AEAD // AES-256-GCM with a random nonce in front
	command []byte      // key of the digests of command keys
	device  []byte      // key of the digests of devices
}

func newSeal(key []byte) (*seal, error) {
	if len(key) != keySize {
		return nil, errBadKey
	}
	forRows, err := hkdf.Key(sha256.New, key, nil, "hearth journal rows", keySize)
	if err != nil {
		return nil, fmt.Errorf("derive the key of rows: %w", err)
	}
	forCommands, err := hkdf.Key(sha256.New, key, nil, "hearth journal commands", keySize)
	if err != nil {
		return nil, fmt.Errorf("derive the key of commands: %w", err)
	}
	forDevices, err := hkdf.Key(sha256.New, key, nil, "hearth journal devices", keySize)
	if err != nil {
		return nil, fmt.Errorf("derive the key of devices: %w", err)
	}
	block, err := aes.NewCipher(forRows)
	if err != nil {
		return nil, fmt.Errorf("make the cipher of rows: %w", err)
	}
	rows, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil, fmt.Errorf("make the cipher of rows: %w", err)
	}
	return &seal{rows: rows, command: forCommands, device: forDevices}, nil
}

// digest gives what makes a command unique within its session, without saying
// who asked or with which id.
func (s *seal) digest(key kept.CommandKey) []byte {
	return digest(s.command, string(key.Seat), []byte(key.ID))[:16]
}

// binding gives what is kept of the device that a seat is bound to: once the
// key is gone it leads to no device.
func (s *seal) binding(seat room.SeatID, device [32]byte) []byte {
	return digest(s.device, string(seat), device[:])
}

func digest(key []byte, seat string, of []byte) []byte {
	mac := hmac.New(sha256.New, key)
	var n [8]byte
	binary.BigEndian.PutUint64(n[:], uint64(len(seat)))
	mac.Write(n[:]) // the length first, so that the two cannot run into each other
	mac.Write([]byte(seat))
	mac.Write(of)
	return mac.Sum(nil)
}

// close seals a row to its place: it opens only as this session's row seq.
func (s *seal) close(session string, seq int64, key kept.CommandKey, row []byte) []byte {
	plain := make([]byte, 0, 2*binary.MaxVarintLen32+len(key.Seat)+len(key.ID)+len(row))
	plain = binary.AppendUvarint(plain, uint64(len(key.Seat)))
	plain = append(plain, key.Seat...)
	plain = binary.AppendUvarint(plain, uint64(len(key.ID)))
	plain = append(plain, key.ID...)
	plain = append(plain, row...)
	return s.rows.Seal(nil, nil, plain, place(session, seq))
}

// open is the reverse of close. It fails with errDamaged when the row is not
// exactly what was kept at this place.
func (s *seal) open(session string, seq int64, sealed []byte) (kept.CommandKey, []byte, error) {
	plain, err := s.rows.Open(nil, nil, sealed, place(session, seq))
	if err != nil {
		return kept.CommandKey{}, nil, errDamaged
	}
	seat, rest, ok := cutField(plain)
	if !ok {
		return kept.CommandKey{}, nil, errDamaged
	}
	id, row, ok := cutField(rest)
	if !ok {
		return kept.CommandKey{}, nil, errDamaged
	}
	return kept.CommandKey{Seat: room.SeatID(seat), ID: string(id)}, row, nil
}

func place(session string, seq int64) []byte {
	return binary.BigEndian.AppendUint64([]byte(session), uint64(seq))
}

func cutField(b []byte) (field, rest []byte, ok bool) {
	n, used := binary.Uvarint(b)
	if used <= 0 || n > uint64(len(b)-used) {
		return nil, nil, false
	}
	b = b[used:]
	return b[:n], b[n:], true
}
