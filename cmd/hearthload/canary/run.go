package canary

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"time"

	"hearth/cmd/hearthload/drive"
)

// Options say what to run.
type Options struct {
	Program string
	Dir     string
	Seed    uint64
	Say     io.Writer
}

// Result is what was found where.
type Result struct {
	Sent   map[Sort]int
	Hits   []string // canaries where none may be
	Looked []string // what was looked through, with sizes
}

func (r *Result) hit(where string, birds []Bird) {
	for _, b := range birds {
		r.Hits = append(r.Hits, fmt.Sprintf("%s (%s, by %s) in %s", b.Song, b.Sort, b.Way, where))
	}
}

// Run puts canaries through every input and looks for them.
func Run(ctx context.Context, o Options) (*Result, error) {
	c := &Cage{rng: rand.New(rand.NewPCG(o.Seed, 3))}
	data := filepath.Join(o.Dir, "data")
	if err := os.MkdirAll(data, 0o700); err != nil {
		return nil, fmt.Errorf("make a data folder: %w", err)
	}
	spec := drive.HearthSpec(o.Program, data, true)
	spec.Args = append(spec.Args, "--log-level=debug")
	srv, err := spec.Start(ctx)
	if err != nil {
		return nil, err
	}
	defer srv.Kill()
	r := &Result{Sent: map[Sort]int{}}
	if err := coreOff(srv.PID()); err != nil {
		r.Hits = append(r.Hits, err.Error())
	}
	room, house, err := c.live(ctx, srv)
	if err != nil {
		return r, err
	}
	defer room.Close()
	if err := r.during(ctx, c, srv); err != nil {
		return r, err
	}
	if err := finish(ctx, house, room); err != nil {
		return r, err
	}
	err = r.after(ctx, c, srv)
	for _, b := range c.Birds {
		r.Sent[b.Sort]++
	}
	return r, err
}

// live plays a session in which everything is a canary.
func (c *Cage) live(ctx context.Context, srv *drive.Server) (*drive.Room, *drive.House, error) {
	c.Keep(Address, "socket", from)
	house := drive.NewHouse(srv.URL)
	token, err := srv.OrganiserToken(ctx) // printed once, on purpose; so it is no canary
	if err != nil {
		return nil, nil, err
	}
	group, err := house.Organise(ctx, token, "Canary group")
	if err != nil {
		return nil, nil, err
	}
	links, err := house.Schedule(ctx, group, "Tuesday group", 6)
	if err != nil {
		return nil, nil, err
	}
	for _, t := range append([]string{links.Lead, links.Wellbeing, links.Trainee}, links.Personal...) {
		c.Keep(Token, "link", t)
	}
	room, err := house.Fill(ctx, links, drive.Plan{Participants: 6, Names: c.names(8)})
	if err != nil {
		return nil, nil, fmt.Errorf("fill the room: %w", err)
	}
	for _, m := range room.All() {
		c.Keep(Token, "device cookie", m.Cookie[strings.Index(m.Cookie, "=")+1:])
	}
	if err := room.Lead.Must(ctx, "begin", map[string]string{"format": "queue"}); err != nil {
		return room, nil, err
	}
	err = c.everyWord(ctx, room)
	if err == nil {
		err = c.brokenMessages(ctx, room.People[5])
	}
	if err == nil {
		_, err = c.everyRequest(ctx, house, room.People[4].Seat, room.People[4].Cookie)
	}
	return room, house, err
}

// during looks while the session is still live: names may be in the journal
// then, nothing else.
func (r *Result) during(ctx context.Context, c *Cage, srv *drive.Server) error {
	hits, size, err := c.FindInFolder(srv.Dir, Word, Token, Address)
	r.Hits = append(r.Hits, hits...)
	r.Looked = append(r.Looked, fmt.Sprintf("data folder during the session, %d bytes", size))
	return errors.Join(err, r.outside(ctx, c, srv))
}

// outside looks at what operators see.
func (r *Result) outside(_ context.Context, c *Cage, srv *drive.Server) error {
	log, err := os.ReadFile(srv.Log)
	if err != nil {
		return fmt.Errorf("read the log: %w", err)
	}
	page, err := srv.MetricsPage()
	if err != nil {
		return err
	}
	r.hit("the log", c.Find(log, Word, Name, Token, Address))
	r.hit("the metrics", c.Find(page, Word, Name, Token, Address))
	r.Looked = append(r.Looked, fmt.Sprintf("log at debug level, %d bytes", len(log)), fmt.Sprintf("metrics, %d bytes", len(page)))
	if len(log) == 0 || len(page) == 0 {
		return errors.New("there is no log or there are no metrics: nothing was proved")
	}
	return nil
}

// finish has the organiser end the session and waits for its record.
func finish(ctx context.Context, house *drive.House, room *drive.Room) error {
	a, err := house.Ask(ctx, "POST", "/api/sessions/"+room.Session+"/end", house.Cookie, struct{}{})
	if err != nil || a.Status >= 300 {
		return fmt.Errorf("end the session: status %d: %w", a.Status, err)
	}
	_, err = record(ctx, house, room.Session)
	return err
}

// record waits for a session's record, at most 10 s.
func record(ctx context.Context, house *drive.House, session string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		a, err := house.Ask(ctx, "GET", "/api/sessions/"+session+"/record", house.Cookie, nil)
		if err != nil {
			return nil, err
		}
		if a.Status == 200 {
			return a.Body, nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return nil, fmt.Errorf("wait for the record: status %d: %w", a.Status, ctx.Err())
		}
	}
}

// after looks when the session is over, and again when the server has ended:
// names too have gone.
func (r *Result) after(ctx context.Context, c *Cage, srv *drive.Server) error {
	all := []Sort{Word, Name, Token, Address}
	hits, size, err := c.FindInFolder(srv.Dir, all...)
	if err != nil {
		return err
	}
	r.Hits = append(r.Hits, hits...)
	r.Looked = append(r.Looked, fmt.Sprintf("data folder after the close, %d bytes", size))
	if err := r.outside(ctx, c, srv); err != nil {
		return err
	}
	srv.Term()
	select {
	case <-srv.Gone():
	case <-time.After(15 * time.Second):
		return errors.New("the server did not end within 15 s")
	}
	hits, _, err = c.FindInFolder(srv.Dir, all...)
	r.Hits = append(r.Hits, hits...)
	log, lerr := os.ReadFile(srv.Log)
	r.hit("the log after the end", c.Find(log, all...))
	return errors.Join(err, lerr)
}

// coreOff says whether a crash of the process would leave a core file.
func coreOff(pid int) error {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/limits", pid))
	if err != nil {
		return fmt.Errorf("read the limits of the server: %w", err)
	}
	for line := range strings.Lines(string(b)) {
		if rest, ok := strings.CutPrefix(line, "Max core file size"); ok {
			if f := strings.Fields(rest); len(f) >= 2 && f[0] == "0" && f[1] == "0" {
				return nil
			}
			return fmt.Errorf("core files are allowed: %s", strings.Join(strings.Fields(rest), " "))
		}
	}
	return errors.New("the limits of the server do not name core files")
}
