package limit

import (
	"net/netip"
	"sync"
	"time"
)

// remembered is how many networks are remembered at once. Beyond it only the
// count over everybody holds, so that an attacker's memory is not ours.
const remembered = 1 << 16

// Tries counts failed tries per network and over everybody. Each count allows a
// burst and gives it back evenly over a minute. With several nodes each has its
// own count and, if Shared is set, they have one together: either refuses. Safe
// for use by many goroutines.
type Tries struct {
	// PerMinute is how many tries each width of network has (walls §2.4: 10).
	PerMinute Scopes
	// Everybody is how many failed tries there are in all (walls §2.4: 100).
	// Zero means no limit.
	Everybody int
	// Now is the clock; nil means time.Now.
	Now func() time.Time
	// Shared counts over all nodes; nil means that there is one.
	Shared Shared

	mu   sync.Mutex
	full map[netip.Prefix]time.Time // when the network's allowance is whole again
	all  time.Time
}

// Allowed says whether this address may try. It counts nothing: only failures
// cost, so people who share one address and hold good links do not wait.
func (t *Tries) Allowed(a netip.Addr) bool {
	return t.allowedHere(a) && !t.spentAnywhere(a)
}

func (t *Tries) allowedHere(a netip.Addr) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()
	nets, n := networks(a)
	for i := range n {
		if spent(t.full[nets[i]], now, t.PerMinute.at(i)) {
			return false
		}
	}
	return true
}

// Failed counts a failure against the address's networks and everybody. It is
// false when everybody's allowance was spent already: a good link still opens
// then, so that a stranger who guesses cannot keep a group out.
func (t *Tries) Failed(a netip.Addr) bool {
	here := t.failedHere(a)
	return t.failedAnywhere(a) && here
}

func (t *Tries) failedHere(a netip.Addr) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()
	nets, n := networks(a)
	for i := range n {
		t.charge(nets[i], t.PerMinute.at(i), now)
	}
	if spent(t.all, now, t.Everybody) {
		return false
	}
	t.all = add(t.all, now, t.Everybody)
	return true
}

func (t *Tries) charge(net netip.Prefix, limit int, now time.Time) {
	if limit <= 0 {
		return
	}
	if t.full == nil {
		t.full = make(map[netip.Prefix]time.Time)
	}
	old, known := t.full[net]
	if !known && len(t.full) >= remembered {
		t.forget(now)
		if len(t.full) >= remembered {
			return
		}
	}
	t.full[net] = add(old, now, limit)
}

// forget drops networks whose allowance is whole again.
func (t *Tries) forget(now time.Time) {
	for net, at := range t.full {
		if !at.After(now) {
			delete(t.full, net)
		}
	}
}

func (t *Tries) now() time.Time {
	if t.Now != nil {
		return t.Now()
	}
	return time.Now()
}

// spent says that one more would go over the limit: the allowance would be whole
// again only later than a minute from now.
func spent(full, now time.Time, limit int) bool {
	if limit <= 0 {
		return false
	}
	return add(full, now, limit).Sub(now) > time.Minute
}

// add moves the moment at which the allowance is whole again by one try.
func add(full, now time.Time, limit int) time.Time {
	if limit <= 0 {
		return full
	}
	if full.Before(now) {
		full = now
	}
	return full.Add(time.Minute / time.Duration(limit))
}
