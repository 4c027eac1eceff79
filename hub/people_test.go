package hub_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing/synctest"
	"time"

	"github.com/coder/websocket"

	"hearth/hub/socket"
	"hearth/room"
)

// person is one browser window.
type person struct {
	h       *house
	seat    room.SeatID
	ws      *websocket.Conn
	tr      *http.Transport
	done    chan struct{}
	asked   int
	silent  bool // never answers a ping
	mu      sync.Mutex
	frames  []frame
	bytes   int
	ended   int // close code
	reason  string
	endedAt time.Time
	lastAt  time.Time
}

// frame is any line of the server.
type frame struct {
	Now, At                                               int64
	T, To, Ref, Code, Epoch, Resume, ID, Kind, Seat, Text string
	Seq, Form                                             int64
	Prev                                                  *int64
	Set                                                   map[string]json.RawMessage
	On                                                    happenings
	Unsay                                                 []string
	Me                                                    *room.MeView
	Room                                                  *room.RoomView
	Care                                                  *room.CareView
	Charter                                               struct{ Digest string }
	Session                                               struct{ Title string }
	raw                                                   string
	came                                                  time.Time
}

// happenings are what the announcer is told; frames of another type have a yes or
// a no in their place.
type happenings []room.Happening

func (h *happenings) UnmarshalJSON(data []byte) error {
	if data[0] != '[' {
		return nil
	}
	return json.Unmarshal(data, (*[]room.Happening)(h))
}

// prev is the number of the frame before it.
func (f frame) prev() int64 {
	if f.Prev != nil {
		return *f.Prev
	}
	return f.Seq - 1
}

// dial opens a window for a seat, without saying hello.
func (h *house) dial(seat room.SeatID) *person {
	h.t.Helper()
	p := &person{h: h, seat: seat, done: make(chan struct{})}
	p.tr = &http.Transport{DialContext: h.pipes.dial}
	var err error
	p.ws, _, err = websocket.Dial(context.Background(), "ws://hearth.test/live/"+string(seat), &websocket.DialOptions{
		HTTPClient: &http.Client{Transport: p.tr}, Subprotocols: []string{socket.Protocol}})
	h.must(err)
	p.ws.SetReadLimit(-1)
	go p.read()
	h.people = append(h.people, p)
	return p
}

func (p *person) read() {
	defer close(p.done)
	for {
		_, data, err := p.ws.Read(context.Background())
		if err != nil {
			p.mu.Lock()
			defer p.mu.Unlock()
			p.ended, p.endedAt = socket.Abnormal, time.Now()
			if bye, ok := errors.AsType[websocket.CloseError](err); ok {
				p.ended, p.reason = int(bye.Code), bye.Reason
			}
			return
		}
		p.mu.Lock()
		p.bytes += len(data)
		p.lastAt = time.Now()
		for line := range strings.SplitSeq(string(data), "\n") {
			f := frame{raw: line, came: time.Now()}
			if err := json.Unmarshal([]byte(line), &f); err != nil {
				p.h.t.Errorf("a line that is no JSON: %v", err)
			}
			if f.T == "ping" {
				if !p.silent {
					go p.write(`{"do":"pong"}`)
				}
				continue
			}
			p.frames = append(p.frames, f)
		}
		p.mu.Unlock()
	}
}

func (p *person) write(text string) {
	_ = p.ws.Write(context.Background(), websocket.MessageText, []byte(text)) // a closed window is seen by its reader
}

// close cuts the window's connection.
func (p *person) close() {
	_ = p.ws.CloseNow()
	<-p.done
	p.tr.CloseIdleConnections()
}

// hello says hello and gives the answer.
func (p *person) hello() frame { return p.say(`{"do":"hello","v":1}`) }

func (p *person) resume(token string, seq int64) frame {
	return p.say(`{"do":"hello","v":1,"resume":"` + token + `","seq":` + strconv.FormatInt(seq, 10) + `}`)
}

// say sends a message and gives the first frame that comes then.
func (p *person) say(text string) frame {
	p.h.t.Helper()
	before := p.count()
	p.write(text)
	synctest.Wait()
	got := p.since(before)
	if len(got) == 0 {
		p.h.t.Fatalf("%s: no answer to %.60s (ended %d)", p.seat, text, p.ended)
	}
	return got[0]
}

// do gives a command and its answer. fields is what follows the verb, such as
// `"text":"hi"`.
func (p *person) do(verb string, fields ...string) frame {
	p.h.t.Helper()
	p.asked++
	id := fmt.Sprintf("%s-%06d-%p", p.seat, p.asked, p)
	return p.doAs(id, verb, fields...)
}

func (p *person) doAs(id, verb string, fields ...string) frame {
	p.h.t.Helper()
	before := p.count()
	p.write(`{` + strings.Join(append([]string{`"do":"` + verb + `"`, `"id":"` + id + `"`}, fields...), ",") + `}`)
	synctest.Wait()
	for range 2 {
		for _, f := range p.since(before) {
			if f.Ref == id {
				return f
			}
		}
		p.h.pass(10 * time.Millisecond) // two hubs were at the same row, and one gave way
	}
	p.h.t.Fatalf("%s: no answer to %s (ended %d)", p.seat, verb, p.ended)
	return frame{}
}

// ok gives a command that must take effect.
func (p *person) ok(verb string, fields ...string) frame {
	p.h.t.Helper()
	f := p.do(verb, fields...)
	if f.T != "ack" {
		p.h.t.Fatalf("%s: %s was refused: %s", p.seat, verb, f.Code)
	}
	return f
}

// no gives a command that must be refused.
func (p *person) no(code, verb string, fields ...string) {
	p.h.t.Helper()
	if f := p.do(verb, fields...); f.T != "no" || f.Code != code {
		p.h.t.Fatalf("%s: %s gave %s %q, want no %q", p.seat, verb, f.T, f.Code, code)
	}
}

func (p *person) count() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.frames)
}

func (p *person) since(n int) []frame {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.frames[n:])
}

func (p *person) size() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.bytes
}

// last is the newest frame with a type.
func (p *person) last(t string) frame {
	p.h.t.Helper()
	all := p.since(0)
	for i := len(all) - 1; i >= 0; i-- {
		if all[i].T == t {
			return all[i]
		}
	}
	p.h.t.Fatalf("%s: never got %s", p.seat, t)
	return frame{}
}

// seq is the highest number this window has seen.
func (p *person) seq() int64 {
	var top int64
	for _, f := range p.since(0) {
		top = max(top, f.Seq)
	}
	return top
}

// heard lists the words this window was shown.
func (p *person) heard() []string {
	var all []string
	for _, f := range p.since(0) {
		if f.T == "words" {
			all = append(all, f.Text)
		}
	}
	return all
}

// wantEnd waits a while of fake time and checks the close code.
func (p *person) wantEnd(code int, within time.Duration) {
	p.h.t.Helper()
	start := time.Now()
	select {
	case <-p.done:
	case <-time.After(within):
		p.h.t.Fatalf("%s: still open after %v, want %d", p.seat, within, code)
	}
	if p.ended != code {
		p.h.t.Fatalf("%s: ended with %d %q after %v, want %d", p.seat, p.ended, p.reason, time.Since(start), code)
	}
}
