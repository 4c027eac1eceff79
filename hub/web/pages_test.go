package web_test

import (
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"hearth/hub/web"
	"hearth/room/group"
)

var linked = regexp.MustCompile(`(?:href|src)="(/a/[^"]+)"`)

// TestFirstLoadFitsTheBudget: everything the first page asks for, as it comes
// over the wire (design §7): 100 KiB in all, 60 KiB of it JavaScript.
func TestFirstLoadFitsTheBudget(t *testing.T) {
	w := newWorld(t, options{})
	page, bytes := w.packed("/")
	all, scripts := bytes, 0
	seen := map[string]bool{}
	for _, m := range linked.FindAllStringSubmatch(page, -1) {
		if seen[m[1]] {
			continue
		}
		seen[m[1]] = true
		_, bytes := w.packed(m[1])
		all += bytes
		if strings.HasSuffix(m[1], ".js") {
			scripts += bytes
		}
	}
	t.Logf("first load: %d files, %.1f KiB, of them %.1f KiB JavaScript", len(seen), float64(all)/1024, float64(scripts)/1024)
	if len(seen) < 10 {
		t.Fatalf("only %d files are linked: the test has lost its subject", len(seen))
	}
	if all > 100<<10 || scripts > 60<<10 {
		t.Errorf("the first load is over its budget")
	}
}

// packed fetches a path as a browser would and gives its text and the bytes
// that came over the wire.
func (w *world) packed(path string) (string, int) {
	w.Helper()
	req, err := http.NewRequestWithContext(w.Context(), "GET", w.url+path, nil)
	w.must(err)
	req.Header.Set("Accept-Encoding", "gzip") // set by hand, so nobody unpacks it
	resp, err := http.DefaultClient.Do(req)
	w.must(err)
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	w.must(err)
	if resp.StatusCode != http.StatusOK {
		w.Fatalf("%s got %d", path, resp.StatusCode)
	}
	if resp.Header.Get("Content-Encoding") != "gzip" {
		return string(raw), len(raw)
	}
	z, err := gzip.NewReader(strings.NewReader(string(raw)))
	w.must(err)
	text, err := io.ReadAll(z)
	w.must(err)
	return string(text), len(raw)
}

func TestAssets(t *testing.T) {
	w := newWorld(t, options{})
	page := w.do(ask{method: "GET", path: "/"}).body
	at := linked.FindStringSubmatch(page)[1]
	r := w.do(ask{method: "GET", path: at, header: map[string]string{"Accept-Encoding": "identity"}})
	w.want(r, http.StatusOK, "")
	if text, _ := w.packed(at); text != r.body {
		t.Error("packed and plain differ")
	}
	again := w.do(ask{method: "GET", path: at, header: map[string]string{"If-None-Match": `"x", ` + r.header.Get("ETag")}})
	if again.status != http.StatusNotModified || again.body != "" {
		t.Errorf("got %d with %d bytes, want 304", again.status, len(again.body))
	}
	old := strings.Replace(at, at[:len("/a/0000000000000000")], "/a/0000000000000000", 1)
	for _, path := range []string{old, at + "x", "/a/", "/a/x/../../etc/passwd", at[:len("/a/0000000000000000")] + "/app/types.d.ts", at[:len("/a/0000000000000000")] + "/index.html"} {
		r := w.do(ask{method: "GET", path: path})
		if r.status != http.StatusNotFound || r.header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s got %d, %q", path, r.status, r.header.Get("Cache-Control"))
		}
	}
	for header, packed := range map[string]bool{"gzip": true, "br, gzip;q=0.5": true, "gzip;q=0": false, "gzip; q=0.0": false, "br": false, "xgzip": false} {
		r := w.do(ask{method: "GET", path: "/", header: map[string]string{"Accept-Encoding": header}})
		if got := r.header.Get("Content-Encoding") == "gzip"; got != packed {
			t.Errorf("%q: packed is %v", header, got)
		}
	}
}

// TestErrorPages: calm, in the same style, and nothing of the request in them.
func TestErrorPages(t *testing.T) {
	w := newWorld(t, options{})
	for _, path := range []string{"/canary4711", "/o%2fcanary4711", "/a/canary4711", "/s/x/canary4711", "//evil.example/canary4711", "/?x=canary4711", "/j/../canary4711"} {
		r := w.do(ask{method: "GET", path: path, header: map[string]string{"Accept": "text/html,*/*"}})
		if strings.Contains(r.body, "canary4711") || r.header.Get("Location") != "" {
			t.Errorf("%s is repeated: %d %s", path, r.status, r.body)
		}
		if r.status != http.StatusOK && (!strings.Contains(r.body, "<title>hearth</title>") || !strings.Contains(r.body, "/helplines")) {
			t.Errorf("%s got %d %s", path, r.status, r.body)
		}
	}
	r := w.do(ask{method: "GET", path: "/api/canary4711", header: map[string]string{"Accept": "text/html"}})
	w.want(r, http.StatusNotFound, "not-found")
	if robots := w.do(ask{method: "GET", path: "/robots.txt"}); !strings.Contains(robots.body, "Disallow: /") {
		t.Errorf("robots are told %q", robots.body)
	}
}

// TestWorker: what keeps the helplines on a device is at the top, where it may see
// every page.
func TestWorker(t *testing.T) {
	w := newWorld(t, options{})
	r := w.do(ask{method: "GET", path: "/sw.js"})
	if r.status != http.StatusOK || !strings.HasPrefix(r.header.Get("Content-Type"), "text/javascript") || !strings.Contains(r.body, `"/api/helplines"`) {
		t.Errorf("got %d %v", r.status, r.header)
	}
}

// TestPreloads: every module a page leads to is named beforehand, in the order
// in which they are met; parts for later are not.
func TestPreloads(t *testing.T) {
	files := fstest.MapFS{
		"index.html":     {Data: []byte(`<head><script type="module" src="{{base}}/app/main.js"></script></head>`)},
		"helplines.json": {Data: []byte(`{"helplines":[]}`)},
		"app/main.js":    {Data: []byte("import {\n a,\n} from './b/b.js';\nimport \"./c.js\"\nexport * from \"./b/d.js\";\nconst x = import('./lazy.js');\nconst y = import(name);\n// import './not-there.js' is only a comment\n")},
		"app/b/b.js":     {Data: []byte(`import x from "../c.js"; /** @type {import("./gone.js").X} */`)},
		"app/c.js":       {Data: []byte(`export const from = "./nothing.js";`)},
		"app/b/d.js":     {}, "app/lazy.js": {}, "app/other.js": {}, "app/types.d.ts": {},
	}
	site, err := web.New(web.Config{Public: mustURL(t, "http://127.0.0.1:1"), Static: files})
	if err != nil {
		t.Fatal(err)
	}
	page := pageOf(t, site)
	var order []string
	for _, m := range regexp.MustCompile(`modulepreload" href="/a/[0-9a-f]+/app/([^"]+)"`).FindAllStringSubmatch(page, -1) {
		order = append(order, m[1])
	}
	if got, want := fmt.Sprint(order), "[main.js b/b.js c.js b/d.js lazy.js]"; got != want {
		t.Errorf("preloaded %s, want %s", got, want)
	}
	files["app/c.js"] = &fstest.MapFile{Data: []byte(`import "./not-there.js";`)}
	if _, err := web.New(web.Config{Public: mustURL(t, "http://127.0.0.1:1"), Static: files}); err == nil || !strings.Contains(err.Error(), "app/not-there.js") {
		t.Errorf("a client that is not whole gives %v", err)
	}
}

// TestDigestFollowsEveryFile: a changed file changes every address.
func TestDigestFollowsEveryFile(t *testing.T) {
	prefix := func(css string) string {
		files := fstest.MapFS{
			"index.html": {Data: []byte(`<head></head><link href="{{base}}/app/a.css">`)}, "helplines.json": {Data: []byte(`{}`)},
			"app/a.css": {Data: []byte("a{}")}, "app/b.css": {Data: []byte(css)},
		}
		site, err := web.New(web.Config{Public: mustURL(t, "http://127.0.0.1:1"), Static: files})
		if err != nil {
			t.Fatal(err)
		}
		return linked.FindStringSubmatch(pageOf(t, site))[1]
	}
	if one, same, two := prefix("b{}"), prefix("b{}"), prefix("c{}"); one != same || one == two {
		t.Errorf("addresses %s, %s, %s", one, same, two)
	}
}

func mustURL(t *testing.T, s string) *url.URL {
	t.Helper()
	u, err := url.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// TestA36HostileLog: whatever a request holds, the log is lines of JSON without
// any of it.
func TestA36HostileLog(t *testing.T) {
	w := newWorld(t, options{})
	_, links := w.session()
	lead := links[group.LeadLink][0]
	seat, cookie := w.seat(lead.Token, "")
	w.hello(seat, cookie)
	const canary = "canary4711"
	hostile := map[string]string{
		"User-Agent": canary + `"}{"level":"ERROR`, "Referer": "http://" + canary, "X-Forwarded-For": "203.0.113.77", "Origin": "http://" + canary + "\\\"\u00ff", "Cookie": canary + "=" + canary, "Accept": canary,
	}
	for _, path := range []string{"/" + canary, "/api/" + canary, "/api/live/" + canary, "/api/groups/" + canary, "/?" + canary, "/a/" + canary + "/" + canary} {
		for _, method := range []string{"GET", "POST", canary} {
			w.raw(method, path, hostile)
		}
	}
	for range 12 {
		w.open(canary+strings.Repeat("A", 33), "")
	}
	log := w.log.String()
	_, secret, _ := strings.Cut(cookie, "=")
	for what, text := range map[string]string{"what a stranger sent": canary, "an address": "127.0.0.1", "a forged address": "203.0.113.77", "a token": lead.Token, "a cookie": secret, "a seat": seat} {
		if strings.Contains(log, text) {
			t.Errorf("the log holds %s", what)
		}
	}
	lines := strings.Split(strings.TrimSpace(log), "\n")
	if len(lines) < 18 {
		t.Fatalf("only %d lines: the test has lost its subject", len(lines))
	}
	for _, line := range lines {
		if !json.Valid([]byte(line)) {
			t.Errorf("not JSON: %s", line)
		}
	}
	if !strings.Contains(log, `"route":"/api/open"`) || !strings.Contains(log, `"status":429`) {
		t.Errorf("the log does not say what happened:\n%s", log)
	}
}
