package web_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"hearth/hub/web"
)

// TestToHTTPS: plain http leads on to the same page, for this host only, and takes
// nothing in.
func TestToHTTPS(t *testing.T) {
	handler := web.ToHTTPS(&url.URL{Scheme: "https", Host: "groups.example.org"})
	for _, c := range []struct {
		method, host, path string
		status             int
		location           string
	}{
		{"GET", "groups.example.org", "/s/x?room=y", http.StatusPermanentRedirect, "https://groups.example.org/s/x?room=y"},
		{"HEAD", "groups.example.org:80", "/", http.StatusPermanentRedirect, "https://groups.example.org/"},
		{"GET", "groups.example.org", "//elsewhere.example.org/", http.StatusPermanentRedirect, "https://groups.example.org//elsewhere.example.org/"},
		{"GET", "elsewhere.example.org", "/", http.StatusMisdirectedRequest, ""},
		{"GET", "192.0.2.1", "/", http.StatusMisdirectedRequest, ""},
		{"POST", "groups.example.org", "/api/open", http.StatusBadRequest, ""},
	} {
		r := httptest.NewRequest(c.method, "http://"+c.host+"/", strings.NewReader(""))
		r.URL = &url.URL{Path: c.path}
		if path, query, is := strings.Cut(c.path, "?"); is {
			r.URL = &url.URL{Path: path, RawQuery: query}
		}
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		if w.Code != c.status || w.Header().Get("Location") != c.location {
			t.Errorf("%s %s%s gives %d %q", c.method, c.host, c.path, w.Code, w.Header().Get("Location"))
		}
		if w.Header().Get("Referrer-Policy") != "no-referrer" || w.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("%s %s%s has the headers %v", c.method, c.host, c.path, w.Header())
		}
	}
}
