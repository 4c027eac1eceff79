package main

import (
	"context"
	"net"
	"net/http"
	"net/url"
	"strings"
)

// renewer is who brings and renews the certificate of the public address.
func (p *patient) renewer() string {
	if p.tls == tlsAuto {
		return "hearth"
	}
	return "the proxy"
}

// ifProxy gives words that are about a proxy, when there may be one.
func (p *patient) ifProxy(words string) string {
	if p.tls == tlsAuto {
		return ""
	}
	return words
}

// plainHTTP looks, with --tls auto, at what an authority looks at: does the name
// lead somewhere, and does hearth answer there on plain http?
func (p *patient) plainHTTP(ctx context.Context) []finding {
	const what = "plain http"
	if p.tls != tlsAuto {
		return nil
	}
	host := p.public.Hostname()
	if _, err := net.DefaultResolver.LookupHost(ctx, host); err != nil {
		return []finding{found(bad, what, "%s leads nowhere. Enter this machine's public address for it where the name was bought, and wait some minutes.", host)}
	}
	_, port, err := net.SplitHostPort(p.httpListen)
	if err != nil {
		return []finding{found(bad, what, "--http-listen is not an address (%v).", err)}
	}
	at := &url.URL{Scheme: "http", Host: host, Path: "/"}
	if port != "80" {
		at.Host = net.JoinHostPort(host, port)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, at.String(), nil)
	if err != nil {
		return []finding{found(bad, what, "%s cannot be asked (%v).", at, err)}
	}
	resp, err := p.client().Do(req)
	if err != nil {
		return []finding{found(bad, what, "nobody answers at %s (%s). Is hearth running, does the firewall let port %s in, does the router at home pass it on?", at, oneLine(err), port)}
	}
	resp.Body.Close()
	if !strings.HasPrefix(resp.Header.Get("Location"), p.public.String()) {
		return []finding{found(bad, what, "another program answers at %s. Stop it, or let hearth have port %s: without it there is no certificate.", at, port)}
	}
	return []finding{found(fine, what, "%s leads on to %s. Whether it can be reached from outside too shows when somebody tries from elsewhere.", at, p.public)}
}
