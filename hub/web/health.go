package web

import (
	"io"
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
)

// healthz says that this process answers; it looks at nothing else, so that a
// slow disk never gets it restarted in the middle of a session.
func (s *Site) healthz(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	io.WriteString(w, "ok\n")
}

// readyz says whether new people should be sent here.
func (s *Site) readyz(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	why := ""
	if s.cfg.Ready != nil {
		why = s.cfg.Ready(r)
	}
	if why == "" && !s.cfg.Live.Ready() {
		why = "not ready: rooms"
	}
	if why != "" {
		w.WriteHeader(http.StatusServiceUnavailable)
		io.WriteString(w, why+"\n")
		return
	}
	io.WriteString(w, "ready\n")
}

// Metrics are the collectors of the HTTP side. Every label comes from a fixed
// set (walls §2.6).
type Metrics struct {
	opened   *prometheus.CounterVec // hearth_links_opened_total{result}: seat, organiser, refused
	rejected *prometheus.CounterVec // hearth_origin_rejected_total{what}: origin, host
	turned   *prometheus.CounterVec // hearth_requests_limited_total{scope}: join, socket
}

// NewMetrics makes the collectors and registers them, unless with is nil.
func NewMetrics(with prometheus.Registerer) *Metrics {
	counter := func(name, help, label string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: "hearth", Name: name, Help: help}, []string{label})
	}
	m := &Metrics{
		opened:   counter("links_opened_total", "Links that were opened, by what came of it.", "result"),
		rejected: counter("origin_rejected_total", "Requests refused for their Origin or Host.", "what"),
		turned:   counter("requests_limited_total", "Requests refused by a limit per network.", "scope"),
	}
	if with != nil {
		with.MustRegister(m.opened, m.rejected, m.turned)
	}
	return m
}

func (m *Metrics) join(result string)   { m.opened.WithLabelValues(result).Inc() }
func (m *Metrics) refused(what string)  { m.rejected.WithLabelValues(what).Inc() }
func (m *Metrics) limited(scope string) { m.turned.WithLabelValues(scope).Inc() }
