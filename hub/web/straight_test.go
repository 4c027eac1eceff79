package web

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"hearth/static"
)

// patient is a recorder that takes deadlines, as a connection does.
type patient struct{ *httptest.ResponseRecorder }

func (patient) SetReadDeadline(time.Time) error  { return nil }
func (patient) SetWriteDeadline(time.Time) error { return nil }

// The straight way to a socket refuses what the router's way refuses, in the
// same words, and nothing else takes it.
func TestTheStraightWayToASocketHasTheSameGuards(t *testing.T) {
	public, err := url.Parse("https://hearth.test")
	if err != nil {
		t.Fatal(err)
	}
	s, err := New(Config{Public: public, Static: static.FS, Limits: Unlimited()})
	if err != nil {
		t.Fatal(err)
	}
	const good = "https://hearth.test"
	for name, c := range map[string]struct {
		method, path, host string
		origins            []string
		straight           bool
		status             int
	}{
		"no cookie":        {"GET", "/api/live/abc", "hearth.test", []string{good}, true, 400}, // opened to be closed, which a recorder cannot
		"no origin":        {"GET", "/api/live/abc", "hearth.test", nil, true, 403},
		"two origins":      {"GET", "/api/live/abc", "hearth.test", []string{good, good}, true, 403},
		"foreign origin":   {"GET", "/api/live/abc", "hearth.test", []string{"https://evil.test"}, true, 403},
		"foreign host":     {"GET", "/api/live/abc", "evil.test", []string{good}, true, 421},
		"a hint for proxy": {"GET", "/api/live/abc?room=1", "hearth.test", nil, true, 403},
		"no seat":          {"GET", "/api/live/", "hearth.test", []string{good}, false, 404},
		"too deep":         {"GET", "/api/live/abc/d", "hearth.test", []string{good}, false, 404},
		"escaped":          {"GET", "/api/live/%61bc", "hearth.test", nil, false, 403},
		"escaped slash":    {"GET", "/api/live/a%2fb", "hearth.test", nil, false, 403},
		"head":             {"HEAD", "/api/live/abc", "hearth.test", nil, false, 403},
		"post":             {"POST", "/api/live/abc", "hearth.test", []string{good}, false, 405},
		"twice":            {"GET", "//api/live/abc", "hearth.test", []string{good}, false, 404},
	} {
		t.Run(name, func(t *testing.T) {
			ask := func(h http.Handler) *httptest.ResponseRecorder {
				r := httptest.NewRequest(c.method, good+"/", nil)
				at, err := url.ParseRequestURI(c.path)
				if err != nil {
					t.Fatal(err)
				}
				r.URL, r.Host = at, c.host
				for _, o := range c.origins {
					r.Header.Add("Origin", o)
				}
				if got := asksForSocket(r); got != c.straight {
					t.Fatalf("goes straight: %v", got)
				}
				w := httptest.NewRecorder()
				h.ServeHTTP(patient{w}, r)
				return w
			}
			a, b := ask(s), ask(s.routes)
			if a.Code != b.Code || a.Code != c.status || a.Body.String() != b.Body.String() {
				t.Fatalf("straight %d %s, by the router %d %s", a.Code, a.Body, b.Code, b.Body)
			}
			for name := range b.Header() {
				if a.Header().Get(name) != b.Header().Get(name) {
					t.Errorf("%s is %q, by the router %q", name, a.Header().Get(name), b.Header().Get(name))
				}
			}
		})
	}
}
