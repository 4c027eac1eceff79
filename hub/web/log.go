package web

import (
	"bufio"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"
)

// logged writes one line for operators per request: the route's pattern, never
// its values; no address, no agent, no header (walls §2.6).
func (s *Site) logged(next http.Handler) http.Handler {
	return s.loggedAs(next, func(r *http.Request) string {
		if at := chi.RouteContext(r.Context()); at != nil && at.RoutePattern() != "" {
			return at.RoutePattern()
		}
		return "none"
	})
}

// loggedAs asks which route was taken when the request has been answered.
func (s *Site) loggedAs(next http.Handler, taken func(*http.Request) string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := time.Now()
		noted := &noted{ResponseWriter: w, fixed: s.fixed}
		next.ServeHTTP(noted, r)
		if noted.status == 0 {
			noted.WriteHeader(http.StatusOK)
		}
		route := taken(r)
		level := slog.LevelInfo
		if strings.HasPrefix(route, "/a/") || route == "/healthz" || route == "/readyz" || noted.status == http.StatusSwitchingProtocols {
			level = slog.LevelDebug
		}
		s.log.LogAttrs(r.Context(), level, "request",
			slog.String("method", knownMethod(r.Method)), slog.String("route", route),
			slog.Int("status", noted.status), slog.Int64("ms", time.Since(began).Milliseconds()))
	})
}

// knownMethod keeps a made-up method out of the log.
func knownMethod(m string) string {
	switch m {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodDelete, http.MethodOptions, http.MethodPatch:
		return m
	}
	return "other"
}

// calmly answers when a handler breaks: the process and everybody else go on.
func (s *Site) calmly(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			broken := recover()
			if broken == nil {
				return
			}
			if broken == http.ErrAbortHandler {
				panic(broken)
			}
			// The value of a panic may hold what somebody typed; where it came
			// from does not.
			s.log.Error("a request broke", "stack", string(debug.Stack()))
			s.plainly(w, r, http.StatusInternalServerError, refuseBroken)
		}()
		next.ServeHTTP(w, r)
	})
}

// noted remembers the status of an answer, and puts the page headers on it.
type noted struct {
	http.ResponseWriter
	fixed  map[string][]string // headers of every answer; what the handler has said itself stands
	status int
}

// WriteHeader notes the status, puts the headers on and passes it on. A socket
// has no use for what speaks of pages: more than a kilobyte for everybody who
// comes back.
func (w *noted) WriteHeader(status int) {
	if w.status == 0 && status != http.StatusSwitchingProtocols {
		h := w.Header()
		for name, value := range w.fixed {
			if _, said := h[name]; !said {
				h[name] = value
			}
		}
	}
	if w.status == 0 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

// Write notes that the answer was good if nothing else was said.
func (w *noted) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.WriteHeader(http.StatusOK)
	}
	return w.ResponseWriter.Write(b)
}

// Hijack takes the connection over.
func (w *noted) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, buffers, err := http.NewResponseController(w.ResponseWriter).Hijack()
	if err == nil && w.status == 0 {
		w.status = http.StatusSwitchingProtocols
	}
	return conn, buffers, err
}

// Unwrap lets http.ResponseController reach the writer below.
func (w *noted) Unwrap() http.ResponseWriter { return w.ResponseWriter }
