// Package limit keeps one network from spending what belongs to everybody: it
// finds the address a request really came from, counts failed joins, and caps
// open sockets. It holds addresses in memory only and never prints them.
package limit

import (
	"fmt"
	"net/http"
	"net/netip"
	"strings"
)

// Trusted are the networks of the proxies in front of hearth. The zero value
// trusts nobody: the address of the connection is the client's (A22).
type Trusted []netip.Prefix

// ParseTrusted reads a comma-separated list of addresses and networks, such as
// "127.0.0.1,10.0.0.0/8". Empty gives nil.
func ParseTrusted(list string) (Trusted, error) {
	var out Trusted
	for part := range strings.SplitSeq(list, ",") {
		part = strings.TrimSpace(part)
		if part == "" {
			continue
		}
		if addr, err := netip.ParseAddr(part); err == nil {
			addr = addr.Unmap()
			out = append(out, netip.PrefixFrom(addr, addr.BitLen()))
			continue
		}
		prefix, err := netip.ParsePrefix(part)
		if err != nil {
			return nil, fmt.Errorf("%q is not an address or a network", part)
		}
		out = append(out, prefix.Masked())
	}
	return out, nil
}

// Holds says whether an address is a trusted proxy's.
func (t Trusted) Holds(a netip.Addr) bool {
	for _, p := range t {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

// Client is the address to count a request against: the connection's own, or,
// when that is a trusted proxy, the rightmost hop of X-Forwarded-For that is
// not one. Everything to the left of that hop was written by a stranger and is
// not looked at; other headers never are (A22). A hop that cannot be read ends
// the walk at the last proxy that could.
func (t Trusted) Client(r *http.Request) netip.Addr {
	at := Address(r.RemoteAddr)
	if !t.Holds(at) {
		return at
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0; i-- {
		hop := Address(strings.TrimSpace(hops[i]))
		if !hop.IsValid() {
			return at
		}
		at = hop
		if !t.Holds(at) {
			return at
		}
	}
	return at
}

// Address reads an address with or without a port; the zero Addr when it cannot
// be read.
func Address(s string) netip.Addr {
	if ap, err := netip.ParseAddrPort(s); err == nil {
		return ap.Addr().Unmap().WithZone("")
	}
	a, err := netip.ParseAddr(s)
	if err != nil {
		return netip.Addr{}
	}
	return a.Unmap().WithZone("")
}

// widths are the prefix lengths an IPv6 customer may rotate within (A23).
var widths = [...]int{64, 56, 48}

// Scopes is a count for each width of network: one IPv4 address or /64, a /56,
// a /48. Zero means no limit.
type Scopes struct{ Narrow, Middle, Wide int }

func (s Scopes) at(i int) int { return [...]int{s.Narrow, s.Middle, s.Wide}[i] }

// networks are the prefixes an address counts in, narrow to wide; n is how many
// there are. An address that could not be read shares one prefix with all such.
func networks(a netip.Addr) (nets [len(widths)]netip.Prefix, n int) {
	if !a.Is6() {
		nets[0] = netip.PrefixFrom(a, a.BitLen())
		return nets, 1
	}
	for i, bits := range widths {
		nets[i], _ = a.Prefix(bits)
	}
	return nets, len(widths)
}
