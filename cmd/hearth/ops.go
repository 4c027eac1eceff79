package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/pprof"
	"net/netip"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// openOps serves metrics and profiles on a loopback listener of their own.
func (h *hearth) openOps(metrics *prometheus.Registry) error {
	if h.cfg.metrics == "" {
		return nil
	}
	listener, err := net.Listen("tcp", h.cfg.metrics)
	if err != nil {
		if h.cfg.metricsGiven {
			return fmt.Errorf("listen for metrics: %w", err)
		}
		h.log.Warn("the usual address for metrics is taken; going on without metrics")
		return nil
	}
	metrics.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), buildInfo())
	pages := http.NewServeMux()
	pages.Handle("GET /metrics", promhttp.HandlerFor(metrics, promhttp.HandlerOpts{}))
	pages.HandleFunc("GET /debug/pprof/", pprof.Index)
	pages.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
	pages.HandleFunc("GET /debug/pprof/trace", pprof.Trace)
	h.opsAt = listener.Addr()
	h.ops = &http.Server{Handler: onlyLoopback(pages), ReadHeaderTimeout: 5 * time.Second}
	go h.ops.Serve(listener)
	return nil
}

func (h *hearth) closeOps() error {
	if h.ops == nil {
		return nil
	}
	return h.ops.Close()
}

// onlyLoopback refuses a browser that was talked into asking this machine by
// another name (A2).
func onlyLoopback(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host, _, err := net.SplitHostPort(r.Host)
		if err != nil {
			host = r.Host
		}
		ip, err := netip.ParseAddr(strings.Trim(host, "[]"))
		if host != "localhost" && (err != nil || !ip.Unmap().IsLoopback()) {
			http.Error(w, "ask by address", http.StatusMisdirectedRequest)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func buildInfo() prometheus.Collector {
	info := prometheus.NewGauge(prometheus.GaugeOpts{
		Namespace: "hearth", Name: "build_info", Help: "Which hearth this is.", ConstLabels: prometheus.Labels{"version": versionOf()},
	})
	info.Set(1)
	return info
}

// Bounds of readiness (walls §5).
const (
	leastDisk    = 0.05
	writesFailed = 5 * time.Second
	lookAgain    = time.Second
)

// watch looks after disk and store, at most once a second however often it is
// asked. Safe for use by many goroutines.
type watch struct {
	store  checks
	folder string

	mu      sync.Mutex
	looked  time.Time
	failing time.Time // since when writes fail; zero while they succeed
	free    float64   // share of the disk
}

// whyNot says in one line why people should not be sent here.
func (w *watch) whyNot(ctx context.Context) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.look(ctx)
	switch {
	case w.free < leastDisk:
		return "not ready: disk"
	case !w.failing.IsZero() && time.Since(w.failing) > writesFailed:
		return "not ready: store"
	}
	return ""
}

func (w *watch) look(ctx context.Context) {
	if time.Since(w.looked) < lookAgain {
		return
	}
	w.free = freeShare(w.folder)
	began := time.Now()
	// The one who asks may go away; the store is not to blame for that.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), writesFailed)
	defer cancel()
	switch err := w.store.Check(ctx); {
	case err == nil:
		w.failing = time.Time{}
	case w.failing.IsZero():
		w.failing = began
	}
	w.looked = time.Now()
}

func (w *watch) collectors() []prometheus.Collector {
	return []prometheus.Collector{
		gauge("disk_free_ratio", "Share of the data folder's disk that is free.", func() float64 { return freeShare(w.folder) }),
		gauge("sql_up", "1 when a write succeeded at the last look.", func() float64 {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.look(context.Background())
			if w.failing.IsZero() {
				return 1
			}
			return 0
		}),
	}
}

// memoryShare is the part of the memory a container is given that the heap may
// grow to; the rest is for sockets' buffers and SQLite.
const memoryShare = 0.8

// givenMemory is how many bytes a container may use; false when it is not
// bounded or this is no container.
func givenMemory() (int64, bool) {
	data, err := os.ReadFile("/sys/fs/cgroup/memory.max")
	if err != nil {
		return 0, false
	}
	n, err := strconv.ParseInt(strings.TrimSpace(string(data)), 10, 64)
	return n, err == nil && n > 0
}
