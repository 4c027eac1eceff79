package main

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/coder/websocket"

	"hearth/hub/socket"
)

// Days that a certificate should still be good for. Proxies that renew by
// themselves do so at about 30.
const (
	daysLook = 14
	daysBad  = 3
)

// certificate looks at the TLS of the public address, as a browser does.
func (p *patient) certificate(ctx context.Context) []finding {
	const what = "certificate"
	if p.public.Scheme != "https" {
		if ip := net.ParseIP(p.public.Hostname()); p.public.Hostname() == "localhost" || ip != nil && ip.IsLoopback() {
			return []finding{found(fine, what, "none: %s stays on this machine.", p.public)}
		}
		return []finding{found(bad, what, "%s is plain http: what people write crosses the network in the clear. Put a proxy with https in front.", p.public)}
	}
	ends, err := endOf(ctx, p.public)
	if untrusted := (*tls.CertificateVerificationError)(nil); errors.As(err, &untrusted) {
		return []finding{found(bad, what, "browsers will refuse it (%s). Renew it, or see why %s could not.", oneLine(untrusted.Err), p.renewer())}
	}
	if err != nil {
		return []finding{found(bad, what, "nobody answers at %s (%s). Is %s running, does the name lead here, is its port open?", p.public, oneLine(err), p.renewer())}
	}
	switch days := int(time.Until(ends).Hours() / 24); {
	case days < daysBad:
		return []finding{found(bad, what, "it is good for %s only. Renew it now.", counted(days, "more day", "more days"))}
	case days < daysLook:
		return []finding{found(look, what, "it is good for %s. It should have been renewed by itself; see why %s did not.", counted(days, "more day", "more days"), p.renewer())}
	default:
		return []finding{found(fine, what, "browsers trust it, for %d more days.", days)}
	}
}

// client asks as a browser would, but follows nobody elsewhere.
func (p *patient) client() *http.Client {
	return &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// site asks the public address for a page, for what must not be there, and for a
// socket.
func (p *patient) site(ctx context.Context) []finding {
	const what = "public URL"
	resp, err := p.fetch(ctx, "/readyz")
	if err != nil {
		return []finding{found(bad, what, "nobody answers at %s (%s). Start hearth%s and call the doctor again.", p.public, oneLine(err), p.ifProxy(" and the proxy"))}
	}
	var all []finding
	switch said := resp.text; {
	case resp.status == http.StatusOK && said == "ready":
		all = append(all, found(fine, what, "hearth answers at %s and is ready.", p.public))
	case strings.HasPrefix(said, "not ready"):
		all = append(all, found(bad, what, "hearth answers at %s, but it is %s.", p.public, said))
	default:
		return []finding{found(bad, what, "%s answers with %d, and it does not seem to be hearth. Does the proxy lead to %s?", p.public, resp.status, p.listen)}
	}
	if theirs, err := http.ParseTime(resp.date); err == nil {
		// Date has whole seconds and was written a moment before it came.
		all = append(all, clock("that of "+p.public.Host, time.Since(theirs)-time.Second/2, 2*time.Second))
	}
	if resp, err := p.fetch(ctx, "/metrics"); err == nil && resp.status == http.StatusOK && strings.Contains(resp.text, "go_goroutines") {
		all = append(all, found(bad, "metrics", "everybody can read them at %s/metrics: even that a room is open tells something. Take that way out of the proxy.", p.public))
	}
	return append(all, p.origin(ctx), p.upgrade(ctx))
}

// answer is what the doctor keeps of one.
type answer struct {
	status     int
	date, text string
}

func (p *patient) fetch(ctx context.Context, path string) (answer, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, p.public.String()+path, nil)
	if err != nil {
		return answer{}, err
	}
	resp, err := p.client().Do(req)
	if err != nil {
		return answer{}, errors.Unwrap(err) // without the address
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(io.LimitReader(resp.Body, 1<<16))
	return answer{resp.StatusCode, resp.Header.Get("Date"), strings.TrimSpace(string(text))}, err
}

// dial asks for the socket of a seat that nobody has. hearth takes it up, says
// that it is not ours and closes with notOurs: a whole way there and back.
func (p *patient) dial(ctx context.Context, origin string) (code websocket.StatusCode, status int, err error) {
	conn, resp, err := websocket.Dial(ctx, p.public.JoinPath("/api/live/doctor").String()+"?room=doctor", &websocket.DialOptions{
		HTTPClient: p.client(), HTTPHeader: http.Header{"Origin": {origin}}, Subprotocols: []string{socket.Protocol},
	})
	if resp != nil {
		status = resp.StatusCode
	}
	if err != nil {
		return 0, status, err
	}
	defer conn.CloseNow()
	_, _, err = conn.Read(ctx)
	return websocket.CloseStatus(err), status, err
}

// notOurs is what hearth closes the socket of another's seat with
// (docs/protocol.md §5).
const notOurs = 4401

// origin says whether another site is kept out (A1).
func (p *patient) origin(ctx context.Context) finding {
	const what = "origin"
	_, status, err := p.dial(ctx, "https://elsewhere.invalid")
	switch {
	case status == http.StatusForbidden:
		return found(fine, what, "a page of another site gets no socket.")
	case err != nil && status == 0:
		return found(look, what, "could not be tried (%s).", oneLine(err))
	}
	return found(bad, what, "a page of another site was answered with %d in place of 403. The proxy must pass the header Origin as it is.", status)
}

// upgrade tries a socket through whatever is in front.
func (p *patient) upgrade(ctx context.Context) finding {
	const what = "sockets"
	code, status, err := p.dial(ctx, p.public.String())
	switch {
	case code == notOurs:
		return found(fine, what, "a WebSocket goes through.%s", p.ifProxy(" Not tried: it has to stay open when nothing is said for 75 seconds (nginx: proxy_read_timeout 90s; Caddy has no limit)."))
	case status == http.StatusForbidden:
		return found(bad, what, "hearth did not take the Origin %s. The proxy must pass the header as it is, and --public-url must be what people type.", p.public)
	case status == http.StatusMisdirectedRequest:
		return found(bad, what, "hearth did not take the Host %s. The proxy must pass the header as it is, with its port if it has one.", p.public.Host)
	case status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable:
		return found(look, what, "hearth took no more sockets just now (%d). Call the doctor again in a minute.", status)
	case status == http.StatusSwitchingProtocols:
		return found(bad, what, "a WebSocket opens, but what hearth says on it does not come through (%s). Look at the proxy's buffering and timeouts.", oneLine(err))
	}
	return found(bad, what, "no WebSocket goes through (answer %d). The proxy must pass the headers Upgrade and Connection.", status)
}

// metric asks a running hearth on this machine for one number of its own.
func (p *patient) metric(ctx context.Context, name string) (float64, bool) {
	if p.metrics == "" {
		return 0, false
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, (&url.URL{Scheme: "http", Host: p.metrics, Path: "/metrics"}).String(), nil)
	if err != nil {
		return 0, false
	}
	resp, err := p.client().Do(req)
	if err != nil {
		return 0, false
	}
	defer resp.Body.Close()
	for lines := bufio.NewScanner(resp.Body); lines.Scan(); {
		if value, is := strings.CutPrefix(lines.Text(), name+" "); is {
			n, err := strconv.ParseFloat(value, 64)
			return n, err == nil
		}
	}
	return 0, false
}

// oneLine shows an error of another program in one line, not too long.
func oneLine(err error) string {
	text := strings.Join(strings.Fields(fmt.Sprint(err)), " ")
	if len(text) > 160 {
		text = text[:160] + "…"
	}
	return text
}
