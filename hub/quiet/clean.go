package quiet

import (
	"net/netip"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Longest values in a line, in bytes.
const (
	most      = 200
	mostTrace = 8 << 10
)

const (
	redacted = "[redacted]"
	address  = "[address]"
)

var (
	ipv4 = regexp.MustCompile(`[0-9]{1,3}(\.[0-9]{1,3}){3}(:[0-9]+)?`)
	// likeIPv6 finds runs that may hold an IPv6 address; see hideIPv6.
	likeIPv6 = regexp.MustCompile(`[0-9A-Fa-f:]*:[0-9A-Fa-f]*:[0-9A-Fa-f:]*`)
	// likeToken finds what may be a token: links and cookies are 43 letters of
	// base64url, a resume token and a UUID at least 22.
	likeToken = regexp.MustCompile(`[A-Za-z0-9_-]{22,}`)
)

// outside gives text that may hold something from outside this program in the
// form in which it may be logged: cleared, quoted and cut.
func outside(s string, most int) string {
	if len(s) > 4*most {
		s = s[:4*most] // what follows is cut anyway, and looking through it is not free
	}
	s = ipv4.ReplaceAllLiteralString(s, address)
	s = likeIPv6.ReplaceAllStringFunc(s, hideIPv6)
	s = likeToken.ReplaceAllStringFunc(s, hideToken)
	return quoted(s, most)
}

// hideIPv6 replaces the longest address in a run of hexadecimal digits and
// colons. A clock time holds none and stays; a run too long for an address and
// what may stand around it is hidden whole.
func hideIPv6(run string) string {
	switch {
	case len(run) > 64:
		return address
	case !strings.Contains(run, "::") && strings.Count(run, ":") < 7:
		return run
	}
	for n := len(run); n > 1; n-- {
		for i := 0; i+n <= len(run); i++ {
			if _, err := netip.ParseAddr(run[i : i+n]); err == nil {
				return run[:i] + address + run[i+n:]
			}
		}
	}
	return run
}

// hideToken replaces found unless it is plainly words: identifiers of a program
// are letters with few capitals, random letters are not.
func hideToken(found string) string {
	if strings.Trim(found, "-") == "" {
		return found
	}
	odd := 0
	for i := range len(found) {
		if c := found[i]; c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' {
			odd++
		}
	}
	if 5*odd < len(found) {
		return found
	}
	return redacted
}

// quoted writes everything that cannot be printed as an escape, so that a value
// stays within its line, and cuts it to most bytes.
func quoted(s string, most int) string {
	s = strconv.Quote(s)
	s = s[1 : len(s)-1]
	if len(s) <= most {
		return s
	}
	cut := most
	for cut > 0 && !utf8.RuneStart(s[cut]) {
		cut--
	}
	return s[:cut] + "…"
}
