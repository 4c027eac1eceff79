package cluster

import (
	"log/slog"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"time"
)

// Proxy leads people to nodes. A real one keeps the people of a room on one node
// (docs/deploy); this one seats them in turn, so that the people of each room sit
// on all nodes. A node that cannot be reached is passed over. Safe for use by many
// goroutines.
type Proxy struct {
	mu    sync.Mutex
	nodes []*way
	seats map[string]int // a seat → where it was sent
	turn  int
}

// way leads to one node.
type way struct {
	name string
	to   http.Handler
	away time.Time // until when nobody is sent there
}

// NewProxy gives one that leads nowhere yet.
func NewProxy() *Proxy { return &Proxy{seats: map[string]int{}} }

// restOf is how long a node that could not be reached is passed over.
const restOf = time.Second

// Add leads to one more node.
func (p *Proxy) Add(name, at string) {
	target, err := url.Parse(at)
	if err != nil {
		panic(err) // made by drive from an address
	}
	w := &way{name: name}
	quiet := slog.NewLogLogger(slog.DiscardHandler, slog.LevelDebug)
	w.to = &httputil.ReverseProxy{
		ErrorLog: quiet,
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(target)
			r.Out.Host = r.In.Host // hearth answers to no other name
			r.SetXForwarded()
		},
		ErrorHandler: func(rw http.ResponseWriter, _ *http.Request, _ error) {
			p.mu.Lock()
			w.away = time.Now().Add(restOf)
			p.mu.Unlock()
			rw.Header().Set("Retry-After", "1") // browsers of people come back by themselves
			http.Error(rw, "This node is away. Please try again in a second.", http.StatusServiceUnavailable)
		},
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.nodes = append(p.nodes, w)
}

// ServeHTTP sends a request to a node.
func (p *Proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	to := p.choose(r.URL.Path)
	if to == nil {
		http.Error(w, "No node is up.", http.StatusServiceUnavailable)
		return
	}
	to.to.ServeHTTP(w, r)
}

const liveAt = "/api/live/"

func (p *Proxy) choose(path string) *way {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.nodes) == 0 {
		return nil
	}
	seat, socket := strings.CutPrefix(path, liveAt)
	if _, known := p.seats[seat]; socket && !known {
		p.seats[seat] = len(p.seats)
	}
	first := p.seats[seat]
	if !socket {
		p.turn++
		first = p.turn
	}
	now := time.Now()
	for i := range p.nodes {
		if w := p.nodes[(first+i)%len(p.nodes)]; !now.Before(w.away) {
			return w
		}
	}
	return p.nodes[first%len(p.nodes)]
}

// NodeOf says which node a seat's sockets are sent to; empty for none yet.
func (p *Proxy) NodeOf(seat string) string {
	p.mu.Lock()
	_, known := p.seats[seat]
	p.mu.Unlock()
	if !known {
		return ""
	}
	return p.choose(liveAt + seat).name
}
