package web_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"hearth/hub/limit"
	"hearth/hub/web"
	"hearth/room/group"
)

// U18: a link whose "#" was rewritten, so that its token came in the path, leads
// back to the link; neither the answer's body nor the log holds the token.
func TestMangledLinkLeadsBack(t *testing.T) {
	w := newWorld(t, options{})
	alone := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	_, links := w.session()
	token := links[group.PersonalLink][0].Token
	for path, want := range map[string]string{
		"/j%23" + token: "/j#" + token, "/j%23" + token + ".": "/j#" + token, "/j%2523" + token: "/j#" + token,
		"/j/" + token: "/j#" + token, "/j/%23" + token + ")": "/j#" + token, "/j%20%23%20" + token: "/j#" + token,
		"/j%23" + token[:40]: "/j#damaged", "/j%23" + token + "aaa": "/j#damaged", "/j/": "/j#damaged", "/jx": "/j#damaged",
	} {
		r, err := alone.Get(w.url + path)
		w.must(err)
		body, err := io.ReadAll(r.Body)
		w.must(err)
		w.must(r.Body.Close())
		if r.StatusCode != http.StatusSeeOther || r.Header.Get("Location") != want || len(body) > 0 {
			t.Errorf("%s: %d to %q with %q, want %q", path, r.StatusCode, r.Header.Get("Location"), body, want)
		}
	}
	if strings.Contains(w.log.String(), token[:20]) {
		t.Error("the log holds a part of the token")
	}
	if seat, _ := w.seat(token, ""); seat != string(links[group.PersonalLink][0].Seat) {
		t.Error("looking at the mangled link has used it")
	}
}

// U18: what was damaged on its way is nobody's guess: it never counts as a try,
// and a good link opens after any number of them.
func TestDamagedTokensAreNoTries(t *testing.T) {
	w := newWorld(t, options{limits: web.Limits{FailedJoins: limit.Scopes{Narrow: 2, Middle: 2, Wide: 2}}})
	_, links := w.session()
	for _, token := range []string{"", "x", links[group.PersonalLink][0].Token + ".", links[group.PersonalLink][0].Token[:42], strings.Repeat("A", 64)} {
		w.want(w.open(token, ""), http.StatusNotFound, "link")
	}
	if seat, _ := w.seat(links[group.PersonalLink][0].Token, ""); seat == "" {
		t.Error("the good link did not open")
	}
}

// U20: a browser that keeps no cookie binds nothing: the link stays good for the
// browser that keeps one.
func TestNothingIsBoundWithoutACookie(t *testing.T) {
	w := newWorld(t, options{})
	_, links := w.session()
	link := links[group.PersonalLink][0]
	body := `{"token":"` + link.Token + `","kept":true}`
	for range 3 {
		r := w.do(ask{method: "POST", path: "/api/open", body: body})
		w.want(r, http.StatusPreconditionRequired, "cookie")
		if r.cookie == "" {
			t.Fatal("the browser was not asked to keep a cookie")
		}
	}
	first := w.do(ask{method: "POST", path: "/api/open", body: body})
	r := w.do(ask{method: "POST", path: "/api/open", body: body, cookie: first.cookie})
	w.want(r, http.StatusOK, "")
	if !strings.Contains(r.body, string(link.Seat)) {
		t.Errorf("the browser that keeps its cookie got %s, not its own seat", r.body)
	}
}
