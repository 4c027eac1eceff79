package web

import (
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"hearth/hub/limit"
)

// ToHTTPS answers plain http for a hearth that speaks https itself: it leads on
// to the same page there, and answers to no other host (A2). What is secret in a
// link comes after its #, which browsers do not send.
func ToHTTPS(public *url.URL) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Referrer-Policy", "no-referrer")
		w.Header().Set("Cache-Control", "no-store")
		host := (&url.URL{Host: r.Host}).Hostname()
		switch {
		case host != public.Hostname():
			http.Error(w, refuseHost.Say, http.StatusMisdirectedRequest)
		case r.Method != http.MethodGet && r.Method != http.MethodHead:
			http.Error(w, "Please use https.", http.StatusBadRequest)
		default:
			to := *public
			to.Path, to.RawPath, to.RawQuery = r.URL.Path, r.URL.RawPath, r.URL.RawQuery
			http.Redirect(w, r, to.String(), http.StatusPermanentRedirect)
		}
	})
}

// PlainServer wraps what answers on plain http with the bounds of a public
// listener.
func PlainServer(handler http.Handler, trusted limit.Trusted) *http.Server {
	server := &http.Server{
		Handler:           http.MaxBytesHandler(handler, 1<<10),
		ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second, WriteTimeout: 10 * time.Second, IdleTimeout: 10 * time.Second,
		MaxHeaderBytes: headerBytes - 4<<10,
		ErrorLog:       slog.NewLogLogger(slog.DiscardHandler, slog.LevelDebug),
	}
	(&waiting{trusted: trusted, count: &limit.Sockets{Open: Limits{}.withDefaults().Connections}}).watch(server)
	return server
}
