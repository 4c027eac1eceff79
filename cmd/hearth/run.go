package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"hearth/hub"
	"hearth/hub/cluster"
	"hearth/hub/house"
	"hearth/hub/socket"
	"hearth/hub/web"
	"hearth/room"
	"hearth/static"
)

// Times of the way down (walls §5).
const (
	// notReadyFor is how long /readyz says 503 before anybody is asked to leave,
	// so that a proxy stops sending new people.
	notReadyFor = 2 * time.Second
	// downWithin is how long the whole way down may take.
	downWithin = 25 * time.Second
)

// hearth is a server that is running.
type hearth struct {
	cfg    config
	public *url.URL
	store  store
	hub    *hub.Hub
	house  *house.House
	web    *http.Server
	ops    *http.Server // nil: no metrics
	certs  *certifier   // nil: a proxy brings https
	watch  *watch
	nodes  *cluster.Membership
	wires  *wires
	log    *slog.Logger
	addr   net.Addr // of the public listener
	opsAt  net.Addr // of metrics and profiles; nil for none

	// failed gets the error for which hearth must stop by itself.
	failed   chan error
	draining atomic.Bool
	done     context.CancelFunc // ends what runs beside the servers
}

// start brings a server up; when it returns, requests are answered. Links that
// are shown once go to out, operators' lines to errs.
func start(ctx context.Context, c config, out, errs io.Writer) (_ *hearth, err error) {
	h := &hearth{cfg: c, failed: make(chan error, 2)}
	var undo []func() error
	defer func() {
		if err != nil {
			for i := len(undo) - 1; i >= 0; i-- {
				err = errors.Join(err, undo[i]())
			}
		}
	}()
	h.log = newLog(errs, c)
	// The address is taken first: people who come while rooms are read back wait
	// in its queue.
	listener, err := net.Listen("tcp", c.listen)
	if err != nil {
		return nil, fmt.Errorf("listen: %w", err)
	}
	undo = append(undo, listener.Close)
	h.addr = listener.Addr()
	if h.public, err = c.publicOr(h.addr.String()); err != nil {
		return nil, err
	}
	if h.store, err = openStore(ctx, c); err != nil {
		return nil, err
	}
	undo = append(undo, h.store.Close)
	// Whoever sees in the store that this node is up must find that it can hear.
	self := newNode(c)
	if h.wires, err = connect(ctx, c, self.ID, h.log); err != nil {
		return nil, err
	}
	undo = append(undo, h.wires.Close)
	ofHub := hub.NewMetrics()
	h.nodes = h.membership(self, ofHub)
	if err = h.nodes.Join(ctx, h.failed); err != nil {
		return nil, err
	}
	undo = append(undo, func() error { h.nodes.Leave(ctx); return nil })
	metrics := prometheus.NewRegistry()
	site, err := h.wire(metrics, ofHub)
	if err != nil {
		return nil, err
	}
	undo = append(undo, h.closeBeside)
	if err := h.openBeside(metrics); err != nil {
		return nil, err
	}
	if err := h.hub.Start(ctx); err != nil {
		return nil, err
	}
	undo = append(undo, func() error { h.hub.Drain(ended()); return nil })
	if err := h.openHelplines(ctx); err != nil {
		return nil, err
	}
	if err := h.greet(ctx, out); err != nil {
		return nil, err
	}
	h.serveOn(site, listener)
	return h, nil
}

// wire puts the parts together.
func (h *hearth) wire(metrics *prometheus.Registry, ofHub *hub.Metrics) (*web.Site, error) {
	h.watch = &watch{store: h.store, folder: h.cfg.folder()}
	metrics.MustRegister(ofHub.Collectors()...)
	metrics.MustRegister(h.watch.collectors()...)
	metrics.MustRegister(h.wires.collectors()...)
	metrics.MustRegister(newBackupAge(h.cfg), newCertificateEnd(h.public))
	hubLimits, webLimits := hub.Limits{}, web.Limits{}
	if h.cfg.lifted {
		hubLimits = hub.Limits{Commands: hub.Off, Words: hub.Off, Room: hub.Off, Socket: socket.Unlimited()}
		webLimits = web.Unlimited()
	}
	h.hub = hub.New(hub.Config{
		Journal: h.store, Store: h.store, Presence: h.wires.presence, Log: h.log, Limits: hubLimits, Metrics: ofHub,
		Relay: h.wires.relay, Members: h.nodes,
		OnRemoved: func(ctx context.Context, session string, seat room.SeatID) {
			if err := h.house.AfterRemoval(ctx, session, seat); err != nil {
				h.log.Error("void links after a removal", "err", err)
			}
		},
	})
	h.house = &house.House{Store: h.store, Rooms: h.hub, Public: h.public.String()}
	return web.New(web.Config{
		House: h.house, Live: h.hub, Public: h.public, Static: static.FS, Trusted: h.cfg.trusted, Limits: webLimits, Tries: h.wires.tries,
		Ready: h.whyNot, Log: h.log, Metrics: web.NewMetrics(metrics),
	})
}

// openBeside opens what is served beside the site: metrics, and plain http when
// hearth speaks https itself.
func (h *hearth) openBeside(metrics *prometheus.Registry) error {
	if err := h.openOps(metrics); err != nil {
		return err
	}
	return h.openPlain()
}

// closeBeside closes what is open of that.
func (h *hearth) closeBeside() error { return errors.Join(h.closePlain(), h.closeOps()) }

// serveOn answers requests from now on.
func (h *hearth) serveOn(site *web.Site, listener net.Listener) {
	ctx, cancel := context.WithCancel(context.Background())
	h.done = cancel
	h.web = site.Server()
	serve := h.web.Serve
	if h.certs != nil {
		serve = h.serveTLS(ctx)
	}
	go func() {
		if err := serve(listener); !errors.Is(err, http.ErrServerClosed) {
			h.failed <- err
		}
	}()
	for _, warning := range h.cfg.warnings(h.public) {
		h.log.Warn(warning)
	}
	if banners := h.cfg.banners(); len(banners) > 0 {
		go h.remind(ctx, banners)
	}
	go h.eraseOld(ctx)
	h.log.Info("hearth is up", "listen", h.addr.String(), "public", h.public.String(), "data", h.cfg.kept(), "version", versionOf())
}

// remind keeps an unsafe switch from being forgotten (A34).
func (h *hearth) remind(ctx context.Context, banners []string) {
	every := time.NewTicker(time.Minute)
	defer every.Stop()
	for {
		select {
		case <-every.C:
			for _, banner := range banners {
				h.log.Warn(banner)
			}
		case <-ctx.Done():
			return
		}
	}
}

// eraseEvery is how often what is kept for a time is erased when it is over.
const eraseEvery = time.Hour

// eraseOld keeps the promise that a reason for a removal is kept for 90 days at
// most, also in a house in which nobody meets any more.
func (h *hearth) eraseOld(ctx context.Context) {
	every := time.NewTicker(eraseEvery)
	defer every.Stop()
	for {
		if err := h.house.EraseOldReviews(ctx, eraseEvery); err != nil && ctx.Err() == nil {
			h.log.Warn("could not erase what is kept for 90 days; the next try is in an hour", "err", err)
		}
		select {
		case <-every.C:
		case <-ctx.Done():
			return
		}
	}
}

// whyNot says why no new people should be sent here; empty when they may.
func (h *hearth) whyNot(r *http.Request) string {
	switch unsafe := h.cfg.unsafe(); {
	case h.draining.Load():
		return "not ready: draining"
	case unsafe != "":
		return "not ready: " + unsafe + " is set"
	}
	return h.watch.whyNot(r.Context())
}

// greet prints the links that a start gives out.
func (h *hearth) greet(ctx context.Context, out io.Writer) error {
	if h.cfg.example {
		return h.example(ctx, out)
	}
	link, made, err := h.house.OrganiserLink(ctx)
	if err == nil && made {
		printOrganiser(out, link)
	}
	return err
}

// stop goes down in order: not ready, a moment, nobody new, everybody asked to
// come back, and only then the store. Closing skip shortens every wait.
func (h *hearth) stop(skip <-chan struct{}) error {
	h.log.Info("going down")
	h.draining.Store(true)
	ctx, cancel := context.WithTimeout(context.Background(), downWithin)
	defer cancel()
	go func() {
		select {
		case <-skip:
			cancel()
		case <-ctx.Done():
		}
	}()
	if !h.cfg.example {
		moment := time.NewTimer(notReadyFor)
		defer moment.Stop()
		select {
		case <-moment.C:
		case <-ctx.Done():
		}
	}
	h.hub.Drain(ctx)
	h.done()
	if err := h.web.Shutdown(ctx); err != nil {
		h.web.Close() // somebody is still sending; nothing was promised to them
	}
	h.nodes.Leave(context.Background())
	err := errors.Join(h.closeBeside(), h.wires.Close(), h.store.Close())
	h.log.Info("hearth is down")
	return err
}

// ended is a context that is over: what takes it does not wait.
func ended() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}
