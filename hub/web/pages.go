package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"html"
	"io/fs"
	"net/http"
	"path"
	"slices"
	"strings"

	"github.com/go-chi/chi/v5"

	"hearth/room"
)

// pages is the browser client, read once and kept in memory, compressed
// beforehand.
type pages struct {
	prefix string // "/a/<digest>": changes whenever a file does
	shell  file
	worker file            // keeps the helplines on a device
	assets map[string]file // by path below prefix, such as "app/main.js"
	robots []byte
}

// file is one file as it is sent.
type file struct {
	kind  string
	plain []byte
	gzip  []byte // nil when it would not be smaller
	etag  string
}

// kinds are the files that are served, by ending. Others stay in the binary.
var kinds = map[string]string{
	".js":    "text/javascript; charset=utf-8",
	".css":   "text/css; charset=utf-8",
	".svg":   "image/svg+xml",
	".png":   "image/png",
	".woff2": "font/woff2",
	".json":  "application/json",
}

// basePlaceholder stands in index.html for the prefix of the assets.
const basePlaceholder = "{{base}}"

// readPages reads the client. Modules name each other by relative paths, so the
// prefix carries over to all of them.
func readPages(static fs.FS) (*pages, error) {
	index, err := fs.ReadFile(static, "index.html")
	if err != nil {
		return nil, fmt.Errorf("read the browser client: %w", err)
	}
	p := &pages{assets: map[string]file{}, robots: []byte("User-agent: *\nDisallow: /\n")}
	digest := sha256.New()
	digest.Write(index)
	// WalkDir goes in lexical order, so the digest is the same everywhere.
	err = fs.WalkDir(static, "app", func(name string, d fs.DirEntry, err error) error {
		kind := kinds[path.Ext(name)]
		if err != nil || d.IsDir() || kind == "" || strings.HasSuffix(name, ".test.js") {
			return err
		}
		body, err := fs.ReadFile(static, name)
		if err != nil {
			return err
		}
		fmt.Fprintf(digest, "%s %d\n", name, len(body))
		digest.Write(body)
		p.assets[name] = newFile(kind, body)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the browser client: %w", err)
	}
	p.prefix = "/a/" + hex.EncodeToString(digest.Sum(nil)[:8])
	if err := p.makeShell(index); err != nil {
		return nil, err
	}
	if worker, err := fs.ReadFile(static, "sw.js"); err == nil { // tests of other files have none
		p.worker = newFile(kinds[".js"], worker)
	}
	return p, nil
}

// makeShell fills the prefix into index.html, and a preload for every module
// its scripts lead to, so that they come in one round trip and not in a chain.
func (p *pages) makeShell(index []byte) error {
	if !bytes.Contains(index, []byte(basePlaceholder)) || !bytes.Contains(index, []byte("</head>")) {
		return fmt.Errorf("index.html has no %s or no </head>", basePlaceholder)
	}
	modules, err := p.modules(index)
	if err != nil {
		return err
	}
	var preloads strings.Builder
	for _, m := range modules {
		fmt.Fprintf(&preloads, "<link rel=\"modulepreload\" href=\"%s/%s\">\n", p.prefix, html.EscapeString(m))
	}
	page := strings.Replace(string(index), "</head>", preloads.String()+"</head>", 1)
	page = strings.ReplaceAll(page, basePlaceholder, p.prefix)
	p.shell = newFile("text/html; charset=utf-8", []byte(page))
	return nil
}

func newFile(kind string, body []byte) file {
	sum := sha256.Sum256(body)
	f := file{kind: kind, plain: body, etag: `"` + hex.EncodeToString(sum[:8]) + `"`}
	var packed bytes.Buffer
	z, _ := gzip.NewWriterLevel(&packed, gzip.BestCompression) // the level is a valid one
	z.Write(body)
	z.Close()
	if packed.Len() < len(body) {
		f.gzip = packed.Bytes()
	}
	return f
}

// send sends a file, compressed for a browser that takes it.
func (f file) send(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Type", f.kind)
	h.Add("Vary", "Accept-Encoding")
	body := f.plain
	if f.gzip != nil && acceptsGzip(r) {
		h.Set("Content-Encoding", "gzip")
		body = f.gzip
	}
	h.Set("Content-Length", fmt.Sprint(len(body)))
	w.Write(body)
}

// acceptsGzip reads Accept-Encoding (RFC 9110 §12.5.3) as far as browsers use it.
func acceptsGzip(r *http.Request) bool {
	for part := range strings.SplitSeq(strings.Join(r.Header.Values("Accept-Encoding"), ","), ",") {
		coding, weight, _ := strings.Cut(strings.TrimSpace(part), ";")
		if strings.TrimSpace(coding) == "gzip" {
			weight = strings.ReplaceAll(weight, " ", "")
			return weight != "q=0" && strings.Trim(weight, "0.") != "q="
		}
	}
	return false
}

// shellPaths are the addresses of the client's own pages. Each gets the same
// shell: what it shows is up to the browser, so a link preview sees nothing of a
// group (walls §2.2, 6).
var shellPaths = []string{"/", "/j", "/s/{seat}", "/s/{seat}/record", "/o", "/o/*", "/rights", "/helplines", "/check"}

func (s *Site) shellRoutes(r chi.Router) {
	for _, at := range shellPaths {
		r.Get(at, s.shell)
	}
	r.Get("/j*", s.mangled)
	r.Get("/a/{digest}/*", s.asset)
	r.Get("/robots.txt", s.robots)
	// At the top: a worker sees only what is below its own address.
	r.Get("/sw.js", func(w http.ResponseWriter, r *http.Request) { s.pages.worker.send(w, r) })
}

func (s *Site) shell(w http.ResponseWriter, r *http.Request) { s.pages.shell.send(w, r) }

func (s *Site) robots(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Write(s.pages.robots)
}

// asset serves a file of the client. Its address holds the digest of all, so it
// never changes under its address.
func (s *Site) asset(w http.ResponseWriter, r *http.Request) {
	f, known := s.pages.assets[chi.URLParam(r, "*")]
	if !known || "/a/"+chi.URLParam(r, "digest") != s.pages.prefix {
		s.notFound(w, r)
		return
	}
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	w.Header().Set("ETag", f.etag)
	if slices.Contains(strings.Split(strings.ReplaceAll(r.Header.Get("If-None-Match"), " ", ""), ","), f.etag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	f.send(w, r)
}

// errorPage is a whole page for a person who followed an address that leads
// nowhere. It repeats nothing of the request.
const errorPage = `<!doctype html>
<html lang="en" dir="ltr">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>hearth</title>
%s</head>
<body>
<main class="page stack">
<h1>hearth</h1>
<p>%s</p>
<p><a href="/">Go to the start</a></p>
<p><a href="/helplines">Helplines</a></p>
</main>
</body>
</html>
`

// plainly answers a person with a calm page and a program with JSON.
func (s *Site) plainly(w http.ResponseWriter, r *http.Request, status int, refusal *room.Refusal) {
	if strings.HasPrefix(r.URL.Path, "/api/") || !strings.Contains(r.Header.Get("Accept"), "text/html") {
		s.answer(w, status, refusal)
		return
	}
	var styles strings.Builder
	for _, sheet := range []string{"app/tokens.css", "app/base.css"} {
		if _, there := s.pages.assets[sheet]; there {
			fmt.Fprintf(&styles, "<link rel=\"stylesheet\" href=\"%s/%s\">\n", s.pages.prefix, sheet)
		}
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	fmt.Fprintf(w, errorPage, styles.String(), html.EscapeString(refusal.Say))
}
