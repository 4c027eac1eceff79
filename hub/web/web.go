// Package web is hearth's HTTP side: it checks where a request comes from,
// opens links, hands sockets to the hub, takes the organiser's requests, and
// serves the browser client from memory.
package web

import (
	"io/fs"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"

	"hearth/hub/house"
	"hearth/hub/limit"
	"hearth/room"
	"hearth/room/group"
)

// Live is what the site needs of the live side; *[hub.Hub] is one.
type Live interface {
	// Serve upgrades the request to a WebSocket for a seat whose cookie, Origin
	// and Host were checked. It returns at once; the connection lives on.
	Serve(w http.ResponseWriter, r *http.Request, seat group.Seat)
	// Ready says whether new people can come.
	Ready() bool
}

// Limits are the walls of the HTTP side (walls §2.4). A zero field means its
// default.
type Limits struct {
	FailedJoins     limit.Scopes // a minute, per network; 10, 40, 100
	FailedEverybody int          // a minute, over everybody; 100
	// Strangers are sockets asked for by who does not hold the seat (S12): 30, 120,
	// 300 a minute. Beyond it a network's known people still come back, and nobody
	// else is looked up.
	Strangers        limit.Scopes
	OpenSeats        limit.Scopes // new seats of open links a minute, per network; 12, 24, 48
	Sockets          limit.Scopes // open at once, per network; 64, 256, 1024
	SocketsEverybody int          // open at once, over everybody; 10,000
	// Connections are those that are not sockets, or not yet (A21): 128, 512,
	// 2048 at once. A trusted proxy's are not counted.
	Connections limit.Scopes
	// BodyWithin is how long a request may take to send its body; 10 s.
	BodyWithin time.Duration
}

func (l Limits) withDefaults() Limits {
	if l.FailedJoins == (limit.Scopes{}) {
		l.FailedJoins = limit.Scopes{Narrow: 10, Middle: 40, Wide: 100}
	}
	if l.FailedEverybody == 0 {
		l.FailedEverybody = 100
	}
	if l.Strangers == (limit.Scopes{}) {
		l.Strangers = limit.Scopes{Narrow: 30, Middle: 120, Wide: 300}
	}
	if l.OpenSeats == (limit.Scopes{}) {
		l.OpenSeats = limit.Scopes{Narrow: 12, Middle: 24, Wide: 48}
	}
	if l.Sockets == (limit.Scopes{}) {
		l.Sockets = limit.Scopes{Narrow: 64, Middle: 256, Wide: 1024}
	}
	if l.SocketsEverybody == 0 {
		l.SocketsEverybody = 10_000
	}
	if l.Connections == (limit.Scopes{}) {
		l.Connections = limit.Scopes{Narrow: 128, Middle: 512, Wide: 2048}
	}
	if l.BodyWithin == 0 {
		l.BodyWithin = 10 * time.Second
	}
	return l
}

// Unlimited lifts the limits of the HTTP side, for load runs only (A34).
func Unlimited() Limits {
	const many = 1 << 30
	wide := limit.Scopes{Narrow: many, Middle: many, Wide: many}
	return Limits{FailedJoins: wide, FailedEverybody: many, Strangers: wide, OpenSeats: wide, Sockets: wide, SocketsEverybody: many, Connections: wide}
}

// Config is what a Site is made of. House, Live, Public and Static are needed.
type Config struct {
	House *house.House
	Live  Live
	// Public is the address people reach hearth at: scheme and host, nothing
	// more. Origin and Host of every request are compared with it exactly.
	Public *url.URL
	// Static holds the browser client: index.html and app/.
	Static fs.FS
	// Trusted are the proxies whose X-Forwarded-For is read; nil for none.
	Trusted limit.Trusted
	Limits  Limits
	// Tries counts failed joins over all nodes; nil: there is one node.
	Tries limit.Shared
	// Ready says why the process should get no traffic just now, in one line for
	// operators; empty when it should. It is asked at each /readyz. nil: always ready.
	Ready func(r *http.Request) string
	// Log takes operators' lines; default: nothing is logged.
	Log *slog.Logger
	// Metrics are counted into; default: counted, but registered nowhere.
	Metrics *Metrics
}

// Site answers every request of the public listener. It is safe for use by many
// goroutines.
type Site struct {
	cfg     Config
	host    string
	origin  string
	fixed   map[string][]string // headers of every answer
	cookies []cookieStyle
	log     *slog.Logger
	metrics *Metrics
	tries   *limit.Tries
	sockets *limit.Sockets
	pages   *pages
	cross   *http.CrossOriginProtection
	keepers keepers
	strange *limit.Tries
	taking  *limit.Tries // seats of open links
	seen    seen
	slow    chan struct{} // places for answers that are held back
	routes  http.Handler
	toLive  http.Handler // for [asksForSocket]
}

// New reads the browser client into memory and makes the site. An error means
// that the client is not whole.
func New(cfg Config) (*Site, error) {
	cfg.Limits = cfg.Limits.withDefaults()
	limits := cfg.Limits
	s := &Site{
		cfg:     cfg,
		host:    cfg.Public.Host,
		origin:  cfg.Public.Scheme + "://" + cfg.Public.Host,
		fixed:   pageHeaders(cfg.Public, room.AllMedia()),
		cookies: cookiesFor(cfg.Public),
		log:     cfg.Log,
		metrics: cfg.Metrics,
		tries:   &limit.Tries{PerMinute: limits.FailedJoins, Everybody: limits.FailedEverybody, Shared: cfg.Tries},
		taking:  &limit.Tries{PerMinute: limits.OpenSeats},
		strange: &limit.Tries{PerMinute: limits.Strangers},
		sockets: &limit.Sockets{Open: limits.Sockets, Everybody: limits.SocketsEverybody},
		cross:   http.NewCrossOriginProtection(),
		slow:    make(chan struct{}, slowPlaces),
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	if s.metrics == nil {
		s.metrics = NewMetrics(nil)
	}
	if err := s.cross.AddTrustedOrigin(s.origin); err != nil {
		return nil, err
	}
	var err error
	if s.pages, err = readPages(cfg.Static); err != nil {
		return nil, err
	}
	s.routes, s.toLive = s.router(), s.straight()
	return s, nil
}

// ServeHTTP answers one request.
func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if asksForSocket(r) {
		stretch(len(r.URL.Path))
		s.toLive.ServeHTTP(w, r)
		return
	}
	s.routes.ServeHTTP(w, r)
}

// stretch makes the stack as deep as the way to a socket goes. Left to itself
// it grows three times on that way, and each time more of it has to be moved:
// 7 % of what a join costs.
//
//go:noinline
func stretch(i int) byte {
	var b [8 << 10]byte
	b[i%len(b)] = 1
	return b[(i+1)%len(b)]
}

// Server wraps the site with the time and size limits of a public listener:
// 16 KiB and 5 s for the header of a request (walls §2.4).
func (s *Site) Server() *http.Server {
	server := &http.Server{
		Handler:           s,
		ReadHeaderTimeout: 5 * time.Second,
		IdleTimeout:       60 * time.Second,
		// net/http reads 4 KiB more than it is told to before it answers 431.
		MaxHeaderBytes: headerBytes - 4<<10,
		// What net/http has to say holds addresses and header text.
		ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelDebug),
	}
	(&waiting{trusted: s.cfg.Trusted, count: &limit.Sockets{Open: s.cfg.Limits.Connections}}).watch(server)
	return server
}

const headerBytes = 16 << 10

func (s *Site) router() http.Handler {
	r := chi.NewRouter()
	// Host and Origin come before any route, so that nothing can be reached
	// around them (A1, A2).
	r.Use(s.logged, s.calmly, s.bounded, s.rightHost, s.sameOrigin, middleware.GetHead)
	r.NotFound(s.notFound)
	r.MethodNotAllowed(s.wrongMethod)
	r.Get("/healthz", s.healthz)
	r.Get("/readyz", s.readyz)
	s.shellRoutes(r)
	r.Post("/api/open", s.open)
	r.Post("/api/forget", s.forget)
	r.Get("/api/helplines", s.helplines)
	r.With(s.exactOrigin).Get(liveRoute, func(w http.ResponseWriter, r *http.Request) {
		s.live(w, r, room.SeatID(chi.URLParam(r, "seat")))
	})
	r.Get("/api/record/{seat}", s.seatRecord)
	r.Get("/api/calendar/{seat}", s.seatCalendar)
	r.Get("/api/sessions/{session}/record", s.sessionRecord)
	r.Group(s.organiserRoutes)
	return r
}

func (s *Site) organiserRoutes(r chi.Router) {
	r.Use(s.organiserOnly)
	r.Get("/api/house", s.house)
	r.Post("/api/groups", s.createGroup)
	r.Get("/api/groups/{group}", s.groupPage)
	r.Put("/api/groups/{group}", s.updateGroup)
	r.Post("/api/groups/{group}/delete", s.deleteGroup)
	r.Put("/api/groups/{group}/draft", s.saveDraft)
	r.Post("/api/groups/{group}/adopt", s.adopt)
	r.Post("/api/groups/{group}/sessions", s.schedule)
	r.Get("/api/sessions/{session}", s.sessionPage)
	r.Put("/api/sessions/{session}", s.changePlan)
	r.Get("/api/sessions/{session}/calendar", s.sessionCalendar)
	r.Post("/api/sessions/{session}/reviewed", s.reviewed)
	r.Post("/api/sessions/{session}/links", s.addLink)
	r.Post("/api/sessions/{session}/end", s.endSession)
	r.Post("/api/links/{link}/rotate", s.rotateLink)
	r.Post("/api/links/{link}/revoke", s.revokeLink)
	r.Put("/api/links/{link}/label", s.labelLink)
	r.Post("/api/qr", s.qr)
	r.Get("/api/house/helplines", s.ownHelplines)
	r.Post("/api/house/helplines", s.changeHelplines)
	r.Post("/api/organiser/rotate", s.rotateOrganiser)
	r.Get("/api/organiser/devices", s.devices)
	r.Post("/api/organiser/devices/{device}/void", s.voidDevice)
}
