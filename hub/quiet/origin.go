package quiet

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"net/netip"
	"sync"
	"time"
)

// Origins gives names to networks that mean something for one day: an operator
// can see that trouble comes from one place, and block it while it lasts, but
// nobody can look the place up, or see next week that the same people came back.
// The key of a day is random, lives in memory and is forgotten with the day. The
// zero Origins is ready. Safe for use by many goroutines.
type Origins struct {
	mu  sync.Mutex
	day string
	key [32]byte
}

// Of names the network of addr, its /24 (IPv4) or /48 (IPv6), for the UTC day of
// now, in 11 letters. An invalid address is "unknown".
func (o *Origins) Of(addr netip.Addr, now time.Time) string {
	bits := 48
	if addr = addr.Unmap().WithZone(""); addr.Is4() {
		bits = 24
	}
	network, err := addr.Prefix(bits)
	if err != nil || !addr.IsValid() {
		return "unknown"
	}
	key := o.keyOf(now.UTC().Format(time.DateOnly))
	mac := hmac.New(sha256.New, key[:])
	mac.Write([]byte(network.String()))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil)[:8])
}

// keyOf gives the key of a day, and forgets that of any other.
func (o *Origins) keyOf(day string) [32]byte {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.day != day {
		o.day = day
		_, _ = rand.Read(o.key[:]) // never fails: crypto/rand stops the program instead
	}
	return o.key
}

var house Origins

// Origin is [Origins.Of] with the keys of this process.
func Origin(addr netip.Addr, now time.Time) string { return house.Of(addr, now) }
