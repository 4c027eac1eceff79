package chaos

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/coder/websocket"

	"hearth/cmd/hearthload/drive"
)

// How a browser comes back (static/app/connection.js).
const (
	silence     = 25 * time.Second // nothing heard for this long: come back
	firstWait   = 500 * time.Millisecond
	longestWait = 15 * time.Second
	dialWithin  = 4 * time.Second // then a proxy tries the next node
)

// Person is one member's browser behind a proxy that knows all nodes.
type Person struct {
	*drive.Member
	Session string

	g     *Ground
	home  atomic.Int64 // the node that the proxy sends this person to first
	rng   *rand.Rand   // of its own goroutine
	at    atomic.Int64
	heard atomic.Int64 // when anything was last heard, Unix ns
	up    atomic.Bool
	again chan string // ids that are to be sent again
	words int         // how often it has spoken
	names int         // how many names it has asked for

	fresh chan chan error      // asks for a new hello and a new log
	leave chan (chan struct{}) // asks to be away until that is closed

	mu sync.Mutex // guards tidings
	tidings
}

// tidings are what a person has been told so far.
type tidings struct {
	now     view
	log     Log
	over    int  // the close code that ended it for good
	resumed bool // the connection began with resumed
	begun   bool // hello or resumed has come on this connection
	epoch   string
	page    int
}

// Log is what a person saw and did beside what stands in the [drive.Book].
type Log struct {
	Heard []Heard // words
	Reach []Reach // apart or whole
	Lefts []Left
	Downs []Down
	Turns []TurnAct
}

// Heard is one words frame that carries a mark.
type Heard struct {
	Mark string
	Seat string
	At   time.Time
	Node int
	Page int // words are cleared from the screen when a new one begins
}

// Reach is what the server said about the reach of the room.
type Reach struct {
	Apart bool
	At    time.Time
}

// Left is a frame that said that a seat has left, or the person's own standing.
type Left struct {
	Seat string
	At   time.Time
	Own  string // why, when it is the person's own
}

// Down is one time without a connection. Code is that of the close, -1 for none.
type Down struct {
	From, To time.Time
	Code     int
	Cause    cause
	Resumed  bool
}

// cause says who ended a connection.
type cause int

const (
	byServer cause = iota
	byGap          // a frame was missing
	bySilence
	byDriver
)

// TurnAct says of which turn a command was meant to be.
type TurnAct struct {
	ID, Verb string
	Turn     int
}

func newPerson(g *Ground, m *drive.Member, session string, home int, seed uint64) *Person {
	p := &Person{Member: m, Session: session, g: g, rng: rand.New(rand.NewPCG(g.o.Seed, seed)), again: make(chan string, 256), fresh: make(chan chan error), leave: make(chan chan struct{})}
	p.at.Store(int64(home))
	p.home.Store(int64(home))
	m.Book.Whole = g.o.Frames
	m.Listen(p.hear)
	return p
}

var (
	keyLeft  = []byte(`"kind":"left","seat":"`)
	keyMark  = []byte(markBegins)
	keySeat  = []byte(`"seat":"`)
	keyRef   = []byte(`"ref":"`)
	keyCode  = []byte(`"code":"`)
	keyEpoch = []byte(`"epoch":"`)
	keyOn    = []byte(`"on":true`)
)

// hear keeps view and log. It runs on the reader's goroutine.
func (p *Person) hear(_ *drive.Member, h drive.Head, line []byte) {
	now := time.Now()
	p.heard.Store(now.UnixNano())
	p.mu.Lock()
	defer p.mu.Unlock()
	switch h.Kind {
	case drive.Resumed:
		p.resumed, p.begun = true, true
		p.reach(false, now) // it is said again while it is so
	case drive.Hello:
		if !p.begun {
			p.reach(false, now) // a new socket: it is said again while it is so
		}
		if epoch := string(drive.Text(line, keyEpoch)); !p.begun || epoch != p.epoch {
			p.epoch = epoch
			p.page++
		}
		p.begun = true
		var f struct{ Me, Room, Care json.RawMessage }
		if json.Unmarshal(line, &f) == nil {
			p.now = view{}
			p.now.take(f.Me, drive.MeStream)
			p.now.take(f.Room, drive.RoomStream)
			p.now.take(f.Care, drive.CareStream)
			p.ownStanding(now)
		}
	case drive.Set:
		if seat := drive.Text(line, keyLeft); h.To == drive.RoomStream && seat != nil {
			p.log.Lefts = append(p.log.Lefts, Left{Seat: string(seat), At: now})
		}
		if h.To == drive.MeStream || p.facilitates() {
			var f struct{ Set json.RawMessage }
			if json.Unmarshal(line, &f) == nil {
				p.now.take(f.Set, h.To)
				p.ownStanding(now)
			}
		}
	case drive.Words:
		if i := bytes.Index(line, keyMark); i >= 0 && len(line) >= i+markLen {
			p.log.Heard = append(p.log.Heard, Heard{string(line[i : i+markLen]), string(drive.Text(line, keySeat)), now, int(p.at.Load()), p.page})
		}
	case drive.Apart:
		p.reach(bytes.Contains(line, keyOn), now)
	case drive.No:
		if drive.Later(string(drive.Text(line, keyCode))) {
			id := string(drive.Text(line, keyRef))
			time.AfterFunc(500*time.Millisecond+rand.N(time.Second), func() {
				select {
				case p.again <- id:
				default:
				}
			})
		}
	}
}

// reach notes a change of what the person is told.
func (p *Person) reach(apart bool, now time.Time) {
	n := len(p.log.Reach)
	if was := n > 0 && p.log.Reach[n-1].Apart; was != apart {
		p.log.Reach = append(p.log.Reach, Reach{apart, now})
	}
}

// facilitates says whether the person's link makes them a facilitator; which of
// the two leads just now is in the view.
func (p *Person) facilitates() bool { return p.Role == "lead" || p.Role == "wellbeing" }

func (p *Person) ownStanding(now time.Time) {
	if y := p.now.You; y.Status == "left" {
		p.log.Lefts = append(p.log.Lefts, Left{string(y.Seat), now, y.Why})
	}
}

// look is a copy of the view.
func (p *Person) look() view {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.now
}

// live keeps the person going until ctx ends.
func (p *Person) live(ctx context.Context) {
	p.up.Store(true)
	p.heard.Store(time.Now().UnixNano())
	for ctx.Err() == nil {
		gaps := p.Missing.Load()
		select {
		case <-ctx.Done():
		case <-p.Gone():
			p.up.Store(false)
			if !p.comeBack(ctx, byServer) {
				return
			}
		case id := <-p.again:
			_ = p.Repeat(id)
		case stay := <-p.leave:
			p.up.Store(false)
			p.Drop()
			select {
			case <-stay:
			case <-ctx.Done():
				return
			}
			p.comeBack(ctx, byDriver)
		case done := <-p.fresh:
			done <- p.anew(ctx)
		case <-time.After(p.pause()):
			p.act()
		}
		switch {
		case p.Missing.Load() > gaps: // the browser resumes at once
			p.restart(ctx, byGap)
		case time.Since(time.Unix(0, p.heard.Load())) > silence:
			p.restart(ctx, bySilence)
		case p.at.Load() != p.home.Load() && p.g.gathering.Load():
			p.at.Store(p.home.Load())
			p.restart(ctx, byDriver)
		}
	}
}

// node is where the person is, or was last.
func (p *Person) node() *Node { return p.g.Nodes[p.at.Load()] }

func (p *Person) homeAt() int { return int(p.home.Load()) }

func (p *Person) restart(ctx context.Context, why cause) {
	p.up.Store(false)
	p.Drop()
	p.comeBack(ctx, why)
}

// comeBack connects again as a browser does, and sends again what has no
// answer. It is false when the server said not to come back.
func (p *Person) comeBack(ctx context.Context, why cause) bool {
	down := Down{From: time.Now(), Cause: why, Code: -1}
	var closed websocket.CloseError
	least := time.Duration(0)
	if errors.As(p.Why(), &closed) && why == byServer {
		down.Code = int(closed.Code)
		if !mayComeBack(down.Code) {
			p.mu.Lock()
			p.over = down.Code
			p.log.Downs = append(p.log.Downs, down)
			p.mu.Unlock()
			return false
		}
		if down.Code == 1012 {
			least = retryIn(closed.Reason)
		}
	}
	for tries := 0; ctx.Err() == nil; tries++ {
		most := min(longestWait, firstWait<<min(tries, 10))
		if why == byServer || tries > 0 {
			wait(ctx, least+time.Duration(p.rng.Int64N(int64(most))))
		}
		least = 0
		if p.dial(ctx) {
			break
		}
	}
	if ctx.Err() != nil {
		return false
	}
	down.To = time.Now()
	p.mu.Lock()
	down.Resumed = p.resumed
	p.log.Downs = append(p.log.Downs, down)
	p.mu.Unlock()
	p.up.Store(true)
	for _, msg := range p.Unanswered() {
		if p.Write(msg) != nil {
			break
		}
	}
	return true
}

// dial tries one node after the other, the one it was on first.
func (p *Person) dial(ctx context.Context) bool {
	first := int(p.at.Load())
	for i := range p.g.Nodes {
		at := (first + i) % len(p.g.Nodes)
		p.House = p.g.Nodes[at].House
		within, cancel := context.WithTimeout(ctx, dialWithin)
		p.at.Store(int64(at))
		p.mu.Lock()
		p.resumed, p.begun = false, false
		p.mu.Unlock()
		err := p.Connect(within, false)
		cancel()
		if err == nil {
			return true
		}
	}
	return false
}

// mayComeBack is what the client makes of a close code (protocol §4).
func mayComeBack(code int) bool {
	switch {
	case code >= 4000 && code < 4400:
		return code != 4009
	case code >= 4400 && code < 5000:
		return false
	}
	return code != 1002 && code != 1003 && code != 1007 && code != 1008 && code != 1009
}

// retryIn reads the milliseconds that a restart names in its reason.
func retryIn(reason string) time.Duration {
	i := strings.IndexFunc(reason, func(r rune) bool { return r >= '0' && r <= '9' })
	if i < 0 {
		return 0
	}
	digits := reason[i:]
	if j := strings.IndexFunc(digits, func(r rune) bool { return r < '0' || r > '9' }); j >= 0 {
		digits = digits[:j]
	}
	ms, err := strconv.Atoi(digits)
	if err != nil {
		return 0
	}
	return min(time.Duration(ms)*time.Millisecond, time.Minute)
}

func wait(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}
