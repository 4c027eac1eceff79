package web_test

import (
	"bufio"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"hearth/room/group"
)

// origins are the twelve of A1, for a site at scheme://host. Only the last is
// the site's own.
func origins(host string) map[string]string {
	name, port, _ := net.SplitHostPort(host)
	return map[string]string{
		"none at all":          "",
		"null":                 "null",
		"https for http":       "https://" + host,
		"another port":         "http://" + name + ":1",
		"no port":              "http://" + name,
		"a subdomain":          "http://a." + host,
		"the domain above":     "http://0.0.1:" + port,
		"the name as a prefix": "http://" + name + ".evil.example:" + port,
		"the name as a suffix": "http://evil" + host,
		"punycode":             "http://xn--127-0-0-1-.example:" + port,
		"a user before it":     "http://" + host + "@evil.example",
		"the exact one":        "http://" + host,
	}
}

// TestA1CrossSiteOrigins: with the facilitator's cookie and from any other page,
// no socket is upgraded and no request is served.
func TestA1CrossSiteOrigins(t *testing.T) {
	w := newWorld(t, options{})
	_, links := w.session()
	seat, cookie := w.seat(links[group.LeadLink][0].Token, "")
	host := strings.TrimPrefix(w.url, "http://")
	upgrades := 0
	for name, origin := range origins(host) {
		for _, asked := range []string{host, "evil.example", "localhost" + host[strings.LastIndex(host, ":"):]} {
			t.Run(name+" at "+asked, func(t *testing.T) {
				want := http.StatusForbidden
				if asked != host {
					want = http.StatusMisdirectedRequest
				}
				good := origin == w.url && asked == host
				status := w.upgrade(seat, cookie, origin, asked)
				if status == http.StatusSwitchingProtocols {
					upgrades++
				}
				if good && status != http.StatusSwitchingProtocols || !good && status != want {
					t.Errorf("the socket got %d", status)
				}
				r := w.do(ask{method: "POST", path: "/api/forget", body: "{}", cookie: cookie, host: asked, header: map[string]string{"Origin": origin}})
				if good && r.status != http.StatusOK || !good && r.status != want {
					t.Errorf("POST got %d", r.status)
				}
			})
		}
	}
	if upgrades != 1 {
		t.Errorf("%d upgrades, want the exact one only", upgrades)
	}
}

// upgrade asks for a seat's socket by hand and gives the status of the answer.
func (w *world) upgrade(seat, cookie, origin, host string) int {
	w.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(w.url, "http://"))
	w.must(err)
	defer conn.Close()
	w.must(conn.SetDeadline(time.Now().Add(5 * time.Second)))
	line := ""
	if origin != "" {
		line = "Origin: " + origin + "\r\n"
	}
	fmt.Fprintf(conn, "GET /api/live/%s HTTP/1.1\r\nHost: %s\r\n%sCookie: %s\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"+
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: hearth.v1\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"+
		"Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n\r\n", seat, host, line, cookie)
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	w.must(err)
	defer resp.Body.Close()
	if extension := resp.Header.Get("Sec-WebSocket-Extensions"); extension != "" {
		w.Errorf("the extension %q was agreed to (A20)", extension)
	}
	return resp.StatusCode
}

func TestA1DoubledOrigin(t *testing.T) {
	w := newWorld(t, options{})
	req, err := http.NewRequest("POST", w.url+"/api/forget", strings.NewReader("{}"))
	w.must(err)
	req.Header["Origin"] = []string{w.url, "https://evil.example"}
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	w.must(err)
	resp.Body.Close()
	if resp.StatusCode != http.StatusForbidden {
		t.Errorf("two Origins got %d", resp.StatusCode)
	}
}

// TestA2OtherHosts: another Host is refused before any handler, whatever is
// asked for; only the health of the process may be asked by address.
func TestA2OtherHosts(t *testing.T) {
	w := newWorld(t, options{})
	for _, path := range []string{"/", "/j", "/o", "/rights", "/api/house", "/api/helplines", "/robots.txt", "/nowhere", "/api/live/x"} {
		for _, host := range []string{"evil.example", "127.0.0.1", "localhost", strings.TrimPrefix(w.url, "http://") + "."} {
			w.want(w.do(ask{method: "GET", path: path, host: host}), http.StatusMisdirectedRequest, "host")
		}
	}
	for _, path := range []string{"/healthz", "/readyz"} {
		w.want(w.do(ask{method: "GET", path: path, host: "10.0.0.7:8080"}), http.StatusOK, "")
	}
}

// TestHeaders: what every kind of answer tells the browser.
func TestHeaders(t *testing.T) {
	w := newWorld(t, options{})
	page := w.do(ask{method: "GET", path: "/"})
	_, rest, _ := strings.Cut(page.body, `modulepreload" href="`)
	module, _, _ := strings.Cut(rest, `"`)
	var out strings.Builder
	for _, path := range []string{"/", "/j", "/o/groups", module, "/api/helplines", "/api/house", "/nowhere", "/healthz"} {
		r := w.do(ask{method: "GET", path: path, header: map[string]string{"Accept": "text/html"}})
		shown := path
		if path == module {
			shown = "a module"
		}
		fmt.Fprintf(&out, "GET %s → %d\n", shown, r.status)
		names := make([]string, 0, len(r.header))
		for name := range r.header {
			names = append(names, name)
		}
		slices.Sort(names)
		for _, name := range names {
			switch name {
			case "Date", "Content-Length", "Etag":
			default:
				fmt.Fprintf(&out, "  %s: %s\n", name, strings.ReplaceAll(r.header.Get(name), strings.TrimPrefix(w.url, "http://"), "HOST"))
			}
		}
	}
	golden(t, "headers.txt", out.String())
}

// clientUses are the powers of a browser that the client uses, by what its scripts say, and that a
// page may be forbidden.
var clientUses = map[string]string{
	"screen-wake-lock": "wakeLock.request(", "camera": "getUserMedia(", "microphone": "getUserMedia(", "clipboard-read": "clipboard.read",
	"fullscreen": "requestFullscreen(", "geolocation": "geolocation.", "display-capture": "getDisplayMedia(", "publickey-credentials-get": "credentials.get(",
	"clipboard-write": "clipboard.writeText(", "web-share": "navigator.share(", "idle-detection": "IdleDetector", "payment": "PaymentRequest", "autoplay": "new Audio(",
}

// TestThePolicyAllowsWhatTheClientUses, and forbids all else that it names: what a person can
// switch on must work in the house as it is served (U09), and nothing else is open.
func TestThePolicyAllowsWhatTheClientUses(t *testing.T) {
	w := newWorld(t, options{})
	policy := strings.Split(w.do(ask{method: "GET", path: "/j"}).header.Get("Permissions-Policy"), ", ")
	var scripts strings.Builder
	w.must(fs.WalkDir(os.DirFS("../../static/app"), ".", func(path string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".js") {
			return err
		}
		text, err := os.ReadFile("../../static/app/" + path)
		scripts.Write(text)
		return err
	}))
	used := 0
	for power, call := range clientUses {
		uses := strings.Contains(scripts.String(), call)
		if uses {
			used++
		}
		if forbidden := slices.Contains(policy, power+"=()"); uses && forbidden {
			t.Errorf("the client uses %s, and the house forbids it", power)
		}
		if open := slices.Contains(policy, power+"=(self)"); open && !uses {
			t.Errorf("the house allows %s, which nothing uses", power)
		}
	}
	if used < 3 {
		t.Errorf("the client uses %d powers: the test has lost its subject", used)
	}
	for _, one := range policy {
		power, allowed, _ := strings.Cut(one, "=")
		if _, known := clientUses[power]; allowed != "()" && !known {
			t.Errorf("the house allows %s, and this test does not know what uses it", power)
		}
	}
}

func TestHTTPSSites(t *testing.T) {
	w := newWorld(t, options{public: "https://groups.example.org"})
	_, links := w.session()
	r := w.do(ask{method: "GET", path: "/", host: "groups.example.org"})
	if got := r.header.Get("Strict-Transport-Security"); !strings.HasPrefix(got, "max-age=63072000") {
		t.Errorf("HSTS is %q", got)
	}
	if csp := r.header.Get("Content-Security-Policy"); !strings.Contains(csp, "connect-src 'self' wss://groups.example.org;") {
		t.Errorf("the socket's host is not named exactly: %s", csp)
	}
	r = w.do(ask{
		method: "POST", path: "/api/open", body: map[string]string{"token": links[group.LeadLink][0].Token},
		host: "groups.example.org", header: map[string]string{"Origin": "https://groups.example.org"},
	})
	cookies := r.header.Values("Set-Cookie")
	if len(cookies) != 1 {
		t.Fatalf("cookies: %q", cookies)
	}
	for _, part := range []string{"__Host-s=", "; Path=/", "; HttpOnly", "; Secure", "; SameSite=Strict"} {
		if !strings.Contains(cookies[0], part) {
			t.Errorf("%q is not in %q", part, cookies[0])
		}
	}
	if strings.Contains(cookies[0], "Domain") {
		t.Errorf("a domain in %q", cookies[0])
	}
	w.want(w.do(ask{method: "POST", path: "/api/forget", body: "{}", host: "groups.example.org", header: map[string]string{"Origin": "http://groups.example.org"}}), http.StatusForbidden, "origin")
}
