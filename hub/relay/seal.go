package relay

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"sync"
)

// A sealed message is
//
//	version (1 byte, 1) | salt (16) | number (8) | AES-256-GCM of the message
//
// Every process draws a salt and seals with a key of its own, made from the key
// of the house and the salt by HKDF-SHA256; so a counter makes nonces that never
// come twice (NIST SP 800-38D, 8.2.1). Bound to it are the header and the
// channel: a message cannot be moved to another room. The number also tells a
// message that Redis delivers a second time, by mistake or by an intruder's
// wish.
const (
	sealVersion = 1
	saltSize    = 16
	headerSize  = 1 + saltSize + 8
	tagSize     = 16

	// overhead is how much longer a message is when it is sealed.
	overhead = headerSize + tagSize
)

// senders is how many processes' keys are kept. A house has a few; those that
// have ended make room.
const senders = 64

var (
	errNotSealed = errors.New("a message was not sealed with the key of this house")
	errTwice     = errors.New("a message was delivered twice")
)

// A seal seals and opens the messages of one process. Safe for use by many
// goroutines.
type seal struct {
	key [32]byte
	own cipher.AEAD

	mu      sync.Mutex
	salt    [saltSize]byte
	number  uint64
	known   map[[saltSize]byte]*sender
	counter uint64 // orders the senders by use
}

// A sender is what is known of a process that seals.
type sender struct {
	key  cipher.AEAD
	seen window
	used uint64
}

func newSeal(key [32]byte) *seal {
	s := &seal{key: key, known: make(map[[saltSize]byte]*sender)}
	_, _ = rand.Read(s.salt[:]) // never fails (package crypto/rand)
	s.own = s.keyOf(s.salt)
	return s
}

func (s *seal) keyOf(salt [saltSize]byte) cipher.AEAD {
	raw, err := hkdf.Key(sha256.New, s.key[:], salt[:], "hearth relay 1", 32)
	if err != nil {
		panic(err) // the length is a constant that HKDF allows
	}
	block, err := aes.NewCipher(raw)
	if err != nil {
		panic(err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		panic(err)
	}
	return aead
}

func nonceOf(number uint64) (n [12]byte) {
	binary.BigEndian.PutUint64(n[4:], number)
	return n
}

// close seals a message for a channel.
func (s *seal) close(channel string, message []byte) []byte {
	s.mu.Lock()
	s.number++
	number := s.number
	s.mu.Unlock()
	out := make([]byte, headerSize, overhead+len(message))
	out[0] = sealVersion
	copy(out[1:], s.salt[:])
	binary.BigEndian.PutUint64(out[1+saltSize:], number)
	nonce := nonceOf(number)
	return s.own.Seal(out, nonce[:], message, bound(out, channel))
}

// bound is what is tied to a message beside its text.
func bound(header []byte, channel string) []byte {
	return append(append(make([]byte, 0, headerSize+len(channel)), header[:headerSize]...), channel...)
}

// open gives the message of a channel, once.
func (s *seal) open(channel string, sealed []byte) ([]byte, error) {
	if len(sealed) < overhead || sealed[0] != sealVersion {
		return nil, errNotSealed
	}
	var salt [saltSize]byte
	copy(salt[:], sealed[1:])
	number := binary.BigEndian.Uint64(sealed[1+saltSize:])
	from, known := s.sender(salt)
	nonce := nonceOf(number)
	message, err := from.key.Open(nil, nonce[:], sealed[headerSize:], bound(sealed, channel))
	if err != nil {
		return nil, errNotSealed
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !known { // only now is it known not to be a stranger's invention
		s.remember(salt, from)
	}
	s.counter++
	from.used = s.counter
	if !from.seen.first(number) {
		return nil, errTwice
	}
	return message, nil
}

func (s *seal) sender(salt [saltSize]byte) (*sender, bool) {
	s.mu.Lock()
	from := s.known[salt]
	s.mu.Unlock()
	if from != nil {
		return from, true
	}
	return &sender{key: s.keyOf(salt)}, false
}

// remember keeps a sender, in the place of the one that was silent longest.
func (s *seal) remember(salt [saltSize]byte, from *sender) {
	if len(s.known) >= senders {
		var oldest [saltSize]byte
		least := ^uint64(0)
		for salt, other := range s.known {
			if other.used < least {
				oldest, least = salt, other.used
			}
		}
		delete(s.known, oldest)
	}
	s.known[salt] = from
}

// windowSize is how far, in messages of one process, a message may be overtaken
// by others and still be heard. A publication takes 250 ms at most.
const windowSize = 1 << 14

// A window tells numbers that were seen from those that were not (as RFC 4303,
// 3.4.3, does). Numbers that lie behind it count as seen.
type window struct {
	top  uint64
	bits [windowSize / 64]uint64
}

// first says whether a number comes for the first time.
func (w *window) first(n uint64) bool {
	if n+windowSize-64 <= w.top { // the word that is being filled covers an old one
		return false
	}
	if n > w.top {
		for gone := w.top/64 + 1; gone <= n/64 && gone <= w.top/64+uint64(len(w.bits)); gone++ {
			w.bits[gone%uint64(len(w.bits))] = 0
		}
		w.top = n
	}
	word, bit := &w.bits[(n/64)%uint64(len(w.bits))], uint64(1)<<(n%64)
	if *word&bit != 0 {
		return false
	}
	*word |= bit
	return true
}
