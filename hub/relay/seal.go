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
	"time"
)

// A sealed message is
//
//	version (1 byte, 2) | salt (16) | number (8) | AES-256-GCM of times and message
//
// The times are when the sender's process began, and when it sealed this message by
// the clock as it was then and has gone on steadily since, and by the clock as it is
// now (8 bytes each, microseconds since 1970).
//
// Every process draws a salt and seals with a key of its own, made from the key
// of the house and the salt by HKDF-SHA256; so a counter makes nonces that never
// come twice (NIST SP 800-38D, 8.2.1). Bound to it are the header and the
// channel: a message cannot be moved to another room. The number also tells a
// message that Redis delivers a second time, by mistake or by an intruder's
// wish.
//
// Who has just begun remembers no numbers. So what was sealed before this process
// began is nothing to it, nor what was sealed more than a moment ago, or before
// its own sender began: a message that was recorded and is brought again after a
// restart has no effect (S03). Nodes' clocks must agree by [expires] when they
// start. Afterwards a clock may be put on or back, or a machine may sleep, as long as
// one of the two ways of telling the time goes on.
const (
	sealVersion = 2
	timesSize   = 24
	saltSize    = 16
	headerSize  = 1 + saltSize + 8
	tagSize     = 16

	// overhead is how much longer a message is when it is sealed.
	overhead = headerSize + timesSize + tagSize

	// expires is how old a message may be when it is heard. A publication takes 250 ms
	// at most.
	expires = 10 * time.Second
)

// senders is how many processes' keys are kept. A house has a few; those that
// have ended make room.
const senders = 64

var (
	errNotSealed = errors.New("a message was not sealed with the key of this house")
	errTwice     = errors.New("a message was delivered twice")
	errOld       = errors.New("a message was sealed before this process began or more than ten seconds away; if there are many, look at the clocks of the nodes")
)

// A seal seals and opens the messages of one process. Safe for use by many
// goroutines.
type seal struct {
	key   [32]byte
	own   cipher.AEAD
	began time.Time        // with the steady clock in it
	now   func() time.Time // time.Now, but in tests

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
	return newSealAt(key, time.Now)
}

func newSealAt(key [32]byte, now func() time.Time) *seal {
	s := &seal{key: key, known: make(map[[saltSize]byte]*sender), began: now(), now: now}
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
	text := make([]byte, timesSize, timesSize+len(message))
	binary.BigEndian.PutUint64(text, micros(s.began))
	steady, clock := s.times()
	binary.BigEndian.PutUint64(text[8:], steady)
	binary.BigEndian.PutUint64(text[16:], clock)
	return s.own.Seal(out, nonce[:], append(text, message...), bound(out, channel))
}

// times are now by the clock as it was at the start and what has passed since, and
// by the clock.
func (s *seal) times() (steady, clock uint64) {
	now := s.now()
	return micros(s.began.Add(now.Sub(s.began))), micros(now)
}

func micros(t time.Time) uint64 { return uint64(max(0, t.UnixMicro())) } //nolint:gosec // not negative

// inTime says whether a message was sealed while this process could hear it.
func (s *seal) inTime(times []byte) bool {
	began, most := binary.BigEndian.Uint64(times), uint64(expires.Microseconds())
	steady, clock := s.times()
	for _, sealed := range []uint64{binary.BigEndian.Uint64(times[8:]), binary.BigEndian.Uint64(times[16:])} {
		for _, now := range []uint64{steady, clock} {
			if sealed >= began && sealed > micros(s.began) && sealed+most >= now && sealed <= now+most {
				return true
			}
		}
	}
	return false
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
	text, err := from.key.Open(nil, nonce[:], sealed[headerSize:], bound(sealed, channel))
	if err != nil || len(text) < timesSize {
		return nil, errNotSealed
	}
	if !s.inTime(text) {
		return nil, errOld
	}
	message := text[timesSize:]
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
