package main

import (
	"bufio"
	"context"
	"encoding/binary"
	"encoding/hex"
	"net"
	"net/netip"
	"os"
	"slices"
	"strconv"
	"strings"
)

// proxy looks from where requests reach hearth on this machine (Linux): unless
// those are trusted proxies, X-Forwarded-For does not count.
func (p *patient) proxy(ctx context.Context) []finding {
	const what = "proxy"
	if p.public.Scheme != "https" || p.tls == tlsAuto {
		return nil // there is none
	}
	_, port, err := net.SplitHostPort(p.listen)
	if err != nil {
		return nil
	}
	if _, err := p.fetch(ctx, "/healthz"); err != nil {
		return nil // said above
	}
	var unknown []netip.Addr
	callers := callersOf(port)
	for _, a := range callers {
		if !p.trusted.Holds(a) && !slices.Contains(unknown, a) {
			unknown = append(unknown, a)
		}
	}
	switch {
	case len(callers) == 0:
		return []finding{found(look, what, "no connection from it to port %s was seen here. Call the doctor where hearth runs, to see whether --trusted-proxies names the proxy. The proxy must set X-Forwarded-For.", port)}
	case len(unknown) == 0:
		return []finding{found(fine, what, "requests come from an address that --trusted-proxies names. The proxy must set X-Forwarded-For; the samples do.")}
	case !slices.ContainsFunc(unknown, func(a netip.Addr) bool { return !a.IsPrivate() && !a.IsLoopback() }):
		return []finding{found(look, what, "requests come from %s, which --trusted-proxies does not name. If that is the proxy, name it; limits count everybody behind it as one.", unknown[0])}
	}
	// Somebody's address is nobody's business, not even here.
	return []finding{found(bad, what, "port %s is reached from outside without the proxy. Let hearth listen on 127.0.0.1, or where only the proxy can reach it.", port)}
}

// callersOf lists where connections to a port of this machine come from, as the
// kernel knows them: open ones, and those that were closed a moment ago.
func callersOf(port string) (all []netip.Addr) {
	for _, path := range []string{"/proc/net/tcp", "/proc/net/tcp6"} {
		table, err := os.Open(path)
		if err != nil {
			continue
		}
		for lines := bufio.NewScanner(table); lines.Scan(); {
			fields := strings.Fields(lines.Text())
			if len(fields) < 4 || !slices.Contains([]string{"01", "04", "05", "06", "08"}, fields[3]) {
				continue
			}
			local, ok := kernelAddress(fields[1])
			if !ok || strconv.Itoa(int(local.Port())) != port {
				continue
			}
			if remote, ok := kernelAddress(fields[2]); ok {
				all = append(all, remote.Addr().Unmap())
			}
		}
		table.Close()
	}
	return all
}

// kernelAddress reads an address of /proc/net/tcp: words of the machine's own
// byte order, in hexadecimal.
func kernelAddress(text string) (netip.AddrPort, bool) {
	words, port, _ := strings.Cut(text, ":")
	raw, err := hex.DecodeString(words)
	number, err2 := strconv.ParseUint(port, 16, 16)
	if err != nil || err2 != nil || len(raw)%4 != 0 {
		return netip.AddrPort{}, false
	}
	for i := 0; i < len(raw); i += 4 {
		binary.NativeEndian.PutUint32(raw[i:], binary.BigEndian.Uint32(raw[i:]))
	}
	addr, ok := netip.AddrFromSlice(raw)
	return netip.AddrPortFrom(addr, uint16(number)), ok
}
