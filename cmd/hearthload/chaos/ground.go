package chaos

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"math/big"
	mrand "math/rand/v2"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"hearth/cmd/hearthload/crash"
	"hearth/cmd/hearthload/drive"
	"hearth/hub/freeport"
	"hearth/hub/journal"
	"hearth/hub/journal/pgtest"
)

// Ground is what faults happen on: the servers, and rooms full of people.
type Ground struct {
	Nodes   []*Node
	PG      *pgtest.Server
	Redis   *Redis // nil with one node
	Commits *Commits
	Rooms   []*Room
	People  []*Person

	o       Options
	dir     string
	dbURL   string
	keyFile string
	store   *journal.Postgres
	rng     *mrand.Rand // the schedule; for the goroutine of the faults

	habits

	markMu sync.Mutex
	marks  map[string]Spoken

	check crash.Checker
	found []string
	stop  context.CancelFunc
	done  sync.WaitGroup
}

// habits are how people act, for every goroutine.
type habits struct {
	pace      atomic.Int64 // between two acts of a person, ns
	gathering atomic.Bool  // people go to the node that is theirs
	sending   atomic.Bool  // people are sent back to the lobby now and then
	quiet     sync.Map     // sessions in which nobody acts
	hushed    atomic.Bool  // nobody acts anywhere
}

// Room is one live session and the people in it.
type Room struct {
	Session string
	Split   bool // its people are on both nodes
	Lead    *Person
	Care    *Person
	All     []*Person
}

// Spoken is one text that somebody sent.
type Spoken struct {
	Session, Seat string
	N             int // the how-manieth of this person
	At            time.Time
	Node          int
	Person        *Person
}

// inRoom is how many people a room has beside its two facilitators.
const inRoom = 10

// Lay starts everything and fills the rooms: a third of them whole on the one
// node, a third whole on the other, a third with people on both.
func Lay(ctx context.Context, o Options, dir string) (_ *Ground, err error) {
	g := &Ground{o: o, dir: dir, marks: map[string]Spoken{}, Commits: &Commits{}, rng: mrand.New(mrand.NewPCG(o.Seed, 77))}
	g.pace.Store(int64(time.Second))
	defer func() {
		if err != nil {
			g.Clear()
		}
	}()
	if err := g.serve(ctx); err != nil {
		return nil, err
	}
	if err := g.fill(ctx); err != nil {
		return nil, fmt.Errorf("fill the rooms: %w", err)
	}
	return g, g.begin(ctx)
}

// serve starts PostgreSQL, Redis and the nodes.
func (g *Ground) serve(ctx context.Context) (err error) {
	if g.PG, err = pgtest.Run(); err != nil {
		return fmt.Errorf("start a PostgreSQL: %w", err)
	}
	if g.dbURL, err = g.PG.NewDatabase(); err != nil {
		return err
	}
	var key [32]byte
	_, _ = rand.Read(key[:])
	g.keyFile = filepath.Join(g.dir, "key")
	if err := os.WriteFile(g.keyFile, []byte(hex.EncodeToString(key[:])+"\n"), 0o600); err != nil {
		return fmt.Errorf("write a key file: %w", err)
	}
	at, err := url.Parse(g.dbURL)
	if err != nil {
		return fmt.Errorf("read the address of PostgreSQL: %w", err)
	}
	public, err := freeport.Address()
	if err != nil {
		return err
	}
	through := func(addr string) string { return strings.Replace(g.dbURL, at.Host, addr, 1) }
	names := []string{"a", "b"}
	if g.o.Single {
		names = names[:1]
	} else if g.Redis, err = StartRedis(ctx, filepath.Join(g.dir, "redis")); err != nil {
		return err
	}
	for _, name := range names {
		n, err := newNode(ctx, g.o.Program, g.dir, name, "http://"+public, through, g.keyFile, at.Host, g.Commits.Tap, g.Redis)
		if err != nil {
			return err
		}
		g.Nodes = append(g.Nodes, n)
	}
	if g.store, err = journal.OpenPostgres(ctx, g.dbURL, g.keyFile); err != nil {
		return fmt.Errorf("open the journal to check it: %w", err)
	}
	return nil
}

// fill brings everybody into their rooms.
func (g *Ground) fill(ctx context.Context) error {
	token, err := g.Nodes[0].srv.OrganiserToken(ctx)
	if err != nil {
		return err
	}
	group, err := g.Nodes[0].House.Organise(ctx, token, "Chaos group")
	if err != nil {
		return err
	}
	rooms := make([]*drive.Room, g.o.Rooms)
	width, inner := errgroup.WithContext(ctx)
	width.SetLimit(8)
	for i := range rooms {
		width.Go(func() error {
			links, err := g.Nodes[0].House.Schedule(inner, group, "Tuesday group", inRoom)
			if err != nil {
				return fmt.Errorf("room %d: %w", i, err)
			}
			at := g.Nodes[i%len(g.Nodes)].House
			if rooms[i], err = at.Fill(inner, links, drive.Plan{Participants: inRoom, Format: "queue", Book: true}); err != nil {
				return fmt.Errorf("room %d: %w", i, err)
			}
			return nil
		})
	}
	if err := width.Wait(); err != nil {
		return err
	}
	for i, r := range rooms {
		g.seat(i, r)
	}
	return nil
}

// seat makes persons of a room's members and says which node is theirs.
func (g *Ground) seat(i int, r *drive.Room) {
	nodes := len(g.Nodes)
	made := &Room{Session: r.Session, Split: i%3 == 2 && nodes > 1}
	for j, m := range r.All() {
		home := i % 3 % nodes
		if made.Split {
			home = j % nodes
		}
		p := newPerson(g, m, r.Session, home, uint64(i*100+j))
		made.All = append(made.All, p)
		g.People = append(g.People, p)
	}
	made.Lead, made.Care = made.All[0], made.All[1]
	g.Rooms = append(g.Rooms, made)
}

// begin lets the people loose. Each says hello anew on their own node, because
// nothing was heard of what came before.
func (g *Ground) begin(ctx context.Context) error {
	ctx, g.stop = context.WithCancel(ctx)
	var all errgroup.Group
	all.SetLimit(16)
	for _, p := range g.People {
		all.Go(func() error { return p.anew(ctx) })
	}
	if err := all.Wait(); err != nil {
		return fmt.Errorf("connect again: %w", err)
	}
	for _, p := range g.People {
		g.done.Go(func() { p.live(ctx) })
	}
	g.sending.Store(true)
	wait(ctx, 2*time.Second)
	return nil
}

// anew says hello as somebody who comes for the first time, and forgets what was
// seen before. A node that is still starting is asked again.
func (p *Person) anew(ctx context.Context) error {
	p.Drop()
	p.House = p.g.Nodes[p.homeAt()].House
	p.at.Store(p.home.Load())
	p.mu.Lock()
	p.now, p.log, p.begun = view{}, Log{}, false
	p.mu.Unlock()
	p.Hold()
	p.Book.Fresh()
	p.Free()
	return p.Connect(ctx, true)
}

// markBegins begins every text that anybody sends, so that one search finds
// them all; letters only, so that no encoding changes it.
const (
	markBegins = "zqxjkvwhearthmark"
	markLen    = len(markBegins) + 8
)

// mark makes a text that nobody has sent before.
func (g *Ground) mark(p *Person) string {
	p.words++
	g.markMu.Lock()
	defer g.markMu.Unlock()
	n := big.NewInt(int64(len(g.marks)))
	digits := fmt.Sprintf("%08s", n.Text(26))
	m := markBegins + strings.Map(letter, digits)
	g.marks[m] = Spoken{Session: p.Session, Seat: p.Seat, N: p.words, At: time.Now(), Node: int(p.at.Load()), Person: p}
	return m
}

// letter turns a digit of base 26 into one of 26 letters.
func letter(r rune) rune {
	if r >= '0' && r <= '9' {
		return 'a' + r - '0'
	}
	return r + 10
}

func (g *Ground) isQuiet(session string) bool {
	if g.hushed.Load() {
		return true
	}
	_, quiet := g.quiet.Load(session)
	return quiet
}

// anyone is somebody inside a person's room who is no facilitator.
func (g *Ground) anyone(of *Person) string {
	for _, r := range g.Rooms {
		if r.Care == of {
			return r.All[2+of.rng.IntN(len(r.All)-2)].Seat
		}
	}
	return ""
}

// sayf tells whoever watches.
func (g *Ground) sayf(format string, args ...any) { fmt.Fprintf(g.o.Say, format+"\n", args...) }

func (g *Ground) takeFound() []string {
	found := g.found
	g.found = nil
	return found
}

// Clear ends everything that was started.
func (g *Ground) Clear() {
	if g.stop != nil {
		g.stop()
	}
	for _, n := range g.Nodes {
		n.end()
	}
	for _, p := range g.People {
		p.Drop()
	}
	g.done.Wait()
	if g.store != nil {
		_ = g.store.Close()
	}
	if g.Redis != nil {
		g.Redis.Kill()
	}
	if g.PG != nil {
		if err := g.PG.Remove(); err != nil {
			g.sayf("end the PostgreSQL: %v", err)
		}
	}
}
