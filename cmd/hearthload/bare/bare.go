// Package bare is the yardstick: rooms that fan out what is said and nothing
// else. One reader and one writer goroutine and a channel per connection, one
// Write per message, no batching, no storage, no rules. Its frames have the
// shapes and lengths of hearth's, so that hearth's cost can be read as a ratio.
package bare

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/coder/websocket"
)

// queue is how many messages a connection may be behind.
const queue = 1024

type server struct {
	mu    sync.Mutex
	rooms map[string]*room
}

type room struct {
	mu  sync.Mutex
	seq int64
	in  map[*member]struct{}
}

type member struct {
	seat string
	out  chan []byte
}

// Serve answers on addr until ctx ends.
func Serve(ctx context.Context, addr string) error {
	s := &server{rooms: map[string]*room{}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) })
	mux.HandleFunc("GET /api/live/{seat}", s.live)
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	srv := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	stop := context.AfterFunc(ctx, func() { _ = srv.Close() })
	defer stop()
	if err := srv.Serve(l); ctx.Err() == nil {
		return fmt.Errorf("serve: %w", err)
	}
	return nil
}

func (s *server) room(id string) *room {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.rooms[id]
	if r == nil {
		r = &room{in: map[*member]struct{}{}}
		s.rooms[id] = r
	}
	return r
}

// live serves one connection. A seat is called "<room>.<number>".
func (s *server) live(w http.ResponseWriter, req *http.Request) {
	seat := req.PathValue("seat")
	id, _, _ := strings.Cut(seat, ".")
	ws, err := websocket.Accept(w, req, &websocket.AcceptOptions{Subprotocols: []string{"hearth.v1"}, InsecureSkipVerify: true})
	if err != nil {
		return
	}
	m := &member{seat: seat, out: make(chan []byte, queue)}
	go serve(ws, s.room(id), m)
}

func serve(ws *websocket.Conn, r *room, m *member) {
	defer func() { _ = ws.CloseNow() }()
	if _, _, err := ws.Read(context.Background()); err != nil {
		return
	}
	r.join(m)
	defer r.leave(m)
	go write(ws, m.out)
	for {
		_, b, err := ws.Read(context.Background())
		if err != nil {
			return
		}
		var c struct{ Do, ID, Text string }
		if json.Unmarshal(b, &c) != nil {
			return
		}
		if c.Do == "share" {
			r.say(m.seat, c.Text)
		}
	}
}

func write(ws *websocket.Conn, out <-chan []byte) {
	for b := range out {
		if ws.Write(context.Background(), websocket.MessageText, b) != nil {
			_ = ws.CloseNow()
			return
		}
	}
}

// join gives the joiner the roster and the others one line.
func (r *room) join(m *member) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.seq++
	r.send(fmt.Appendf(nil, `{"t":"set","to":"room","seq":%d,"on":[{"kind":"entered","seat":%q}]}`, r.seq, m.seat))
	r.in[m] = struct{}{}
	type line struct {
		Seat, Name, Role, State string
	}
	roster := make([]line, 0, len(r.in))
	for o := range r.in {
		roster = append(roster, line{o.seat, "Somebody", "participant", "here"})
	}
	b, _ := json.Marshal(roster)
	m.out <- fmt.Appendf(nil, `{"t":"hello","v":1,"epoch":"bare","seq":%d,"room":{"seats":%s}}`, r.seq, b)
}

func (r *room) leave(m *member) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, ok := r.in[m]; ok {
		delete(r.in, m)
		close(m.out)
	}
}

func (r *room) say(seat, text string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.seq++
	t, _ := json.Marshal(text)
	r.send(fmt.Appendf(nil, `{"t":"words","to":"room","seq":%d,"id":"w%s","kind":"share","seat":%q,"text":%s,"at":%d}`,
		r.seq, strconv.FormatInt(r.seq, 10), seat, t, time.Now().UnixMilli()))
}

// send queues b for everybody inside; r.mu is held. Who is too far behind is
// let go.
func (r *room) send(b []byte) {
	for m := range r.in {
		select {
		case m.out <- b:
		default:
			delete(r.in, m)
			close(m.out)
		}
	}
}
