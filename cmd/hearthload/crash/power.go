package crash

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"time"

	"hearth/cmd/hearthload/drive"
	"hearth/cmd/hearthload/power"
	"hearth/hub/journal"
	"hearth/hub/journal/kept"
)

// Power says what a run of [CutPower] found.
type Power struct {
	Found   []Finding
	Acked   int // durable commands that were acknowledged
	Ordered int // of these: those whose row was synced before the acknowledgement was sent
	Cuts    int
	Left    int // acknowledged commands looked for in what the cuts left, all cuts together
}

// told is one command whose row must outlive a cut of the power.
type told struct {
	who  Person
	id   string
	mark []byte        // what stands in its row, and nowhere else
	row  *power.Change // the first write of it
	sent bool
}

// CutPower runs a server until so many commands are acknowledged and cuts the
// power, as its trace shows it, at o.Kills moments (F3, R1): half of them when an
// acknowledgement is just going out. It needs strace, and the right to trace.
// env is put into the server's environment.
func CutPower(ctx context.Context, o Options, commands int, env ...string) (*Power, error) {
	dir := filepath.Join(o.Dir, "power")
	trace := filepath.Join(o.Dir, "trace")
	l, err := traced(ctx, o, dir, trace, commands, env...)
	if err != nil {
		return nil, err
	}
	in, err := os.Open(trace)
	if err != nil {
		return nil, fmt.Errorf("open the trace: %w", err)
	}
	defer in.Close()
	moments, err := power.Read(in)
	if err != nil {
		return nil, err
	}
	acked, err := l.told(ctx)
	if err != nil {
		return nil, err
	}
	c := &cutter{load: l, dir: filepath.Join(dir, "data"), moments: moments, acked: acked, rng: rand.New(rand.NewPCG(o.Seed, 10))}
	r := &Power{}
	if err := c.order(r); err != nil {
		return nil, err
	}
	for i := range o.Kills {
		if err := c.cut(ctx, r, filepath.Join(o.Dir, fmt.Sprintf("cut-%d", i)), i); err != nil {
			return nil, fmt.Errorf("cut %d: %w", i+1, err)
		}
	}
	return r, nil
}

// traced runs a server under a trace until its people were told of so many
// durable commands, and kills it.
func traced(ctx context.Context, o Options, dir, trace string, commands int, env ...string) (*load, error) {
	spec, err := hearth(o.Program, dir, env...)
	if err != nil {
		return nil, err
	}
	line := power.Command(trace, append([]string{spec.Program}, spec.Args...)...)
	spec.Program, spec.Args = line[0], line[1:]
	l, err := fill(ctx, spec, o.Rooms, o.Seed, 200*time.Millisecond, o.Say)
	if err != nil {
		return nil, err
	}
	defer l.end()
	for ctx.Err() == nil && l.durable() < commands {
		drive.Wait(ctx, 200*time.Millisecond)
	}
	l.srv.Kill()
	for _, a := range l.agents {
		a.m.AwaitStill(ctx)
	}
	return l, awaitStill(ctx, trace)
}

// durable counts the durable commands that people were told of.
func (l *load) durable() (n int) {
	defer l.lock()()
	for _, p := range l.people {
		for _, s := range p.Book.Sent {
			if s.Form > 0 {
				n++
			}
		}
	}
	return n
}

// awaitStill waits until nobody writes into a file any more.
func awaitStill(ctx context.Context, path string) error {
	for was := int64(-1); ; {
		info, err := os.Stat(path)
		if err != nil {
			return fmt.Errorf("look at the trace: %w", err)
		}
		if info.Size() == was {
			return ctx.Err()
		}
		was = info.Size()
		drive.Wait(ctx, time.Second)
	}
}

// told lists the durable commands that were acknowledged, by their ids.
func (l *load) told(ctx context.Context) (map[string]*told, error) {
	marks, err := readMarks(ctx, l.srv.Dir, l.rooms)
	if err != nil {
		return nil, err
	}
	acked := map[string]*told{}
	for _, p := range l.people {
		for _, s := range p.Book.Sent {
			if s.Form > 0 {
				acked[s.ID] = &told{who: p, id: s.ID, mark: marks[p.Session][Key{p.Seat, s.ID}]}
			}
		}
	}
	return acked, nil
}

// readMarks reads, for each command in the journals, the bytes in its rows that
// no other row has.
func readMarks(ctx context.Context, dir string, sessions []string) (map[string]map[Key][]byte, error) {
	marks := map[string]map[Key][]byte{}
	err := onCopy(ctx, dir, func(copied string, j *journal.SQLite) error {
		db, err := sql.Open("sqlite", filepath.Join(copied, "hearth.db"))
		if err != nil {
			return err
		}
		defer db.Close()
		for _, session := range sessions {
			marks[session] = map[Key][]byte{}
			err := j.Tail(ctx, session, 0, func(seq int64, key kept.CommandKey, _ []byte) error {
				var mark []byte
				err := db.QueryRowContext(ctx, "SELECT cmd FROM events WHERE session = ? AND seq = ?", session, seq).Scan(&mark)
				marks[session][Key{string(key.Seat), key.ID}] = mark
				return err
			})
			if err != nil {
				return fmt.Errorf("read the rows of a journal: %w", err)
			}
		}
		return nil
	})
	return marks, err
}

// cutter plays a trace to a disk, again and again.
type cutter struct {
	load    *load
	dir     string
	moments []power.Moment
	acked   map[string]*told
	sends   []int // the moments at which an acknowledgement goes out
	rng     *rand.Rand
}

// play follows the trace to a moment. It marks what was acknowledged by then.
func (c *cutter) play(until int, wrote func(*power.Change), sent func(moment int, t *told)) (*power.Disk, error) {
	for _, t := range c.acked {
		t.sent = false
	}
	disk := power.NewDisk(c.dir)
	disk.Wrote = wrote
	now, ends := 0, map[int][]byte{} // what a connection ended with: an answer may be cut in two
	ref := []byte(`"ref":"`)
	disk.Sent = func(fd int, text []byte) {
		all := append(ends[fd], text...)
		for rest := all; ; {
			_, after, is := bytes.Cut(rest, ref)
			if !is {
				break
			}
			id, _, whole := bytes.Cut(after, []byte{'"'})
			if t := c.acked[string(id)]; whole && t != nil && !t.sent {
				t.sent = true
				sent(now, t)
			}
			rest = after
		}
		ends[fd] = bytes.Clone(all[max(0, len(all)-128):])
	}
	for i, m := range c.moments[:until] {
		now = i
		if err := disk.Follow(m); err != nil {
			return nil, err
		}
	}
	return disk, nil
}

// order checks that the row of each command was synced before anybody began to
// send its acknowledgement.
func (c *cutter) order(r *Power) error {
	byMark := map[[8]byte]*told{}
	for _, t := range c.acked {
		if len(t.mark) >= 8 {
			byMark[[8]byte(t.mark)] = t
		}
	}
	_, err := c.play(len(c.moments), func(w *power.Change) {
		for i := 0; i+8 <= len(w.Text); i++ {
			if t := byMark[[8]byte(w.Text[i:])]; t != nil && t.row == nil && bytes.HasPrefix(w.Text[i:], t.mark) {
				t.row = w
			}
		}
	}, func(moment int, t *told) {
		c.sends = append(c.sends, moment)
		r.Acked++
		if t.row != nil && t.row.Kept {
			r.Ordered++
			return
		}
		if len(r.Found) < most {
			r.Found = append(r.Found, Finding{"lost", fmt.Sprintf("command %s of seat %s was acknowledged before its row was synced", t.id, t.who.Seat)})
		}
	})
	if err == nil && r.Acked == 0 {
		err = errors.New("the trace shows no acknowledgement")
	}
	return err
}

// cut cuts the power once and looks at what is left: a database without damage,
// in which every command stands that was acknowledged.
func (c *cutter) cut(ctx context.Context, r *Power, to string, i int) error {
	until := c.sends[0] + c.rng.IntN(len(c.moments)-c.sends[0])
	if i%2 == 0 {
		until = c.sends[c.rng.IntN(len(c.sends))] + 1
	}
	disk, err := c.play(until, nil, func(int, *told) {})
	if err != nil {
		return err
	}
	luck := []float64{0, 0.5, 0.9}[i/2%3]
	if err := errors.Join(os.MkdirAll(to, 0o700), disk.Cut(to, luck, c.rng)); err != nil {
		return err
	}
	defer os.RemoveAll(to)
	r.Cuts++
	find := func(format string, args ...any) {
		if len(r.Found) < most {
			r.Found = append(r.Found, Finding{"lost", fmt.Sprintf("a cut at %d of %d: ", until, len(c.moments)) + fmt.Sprintf(format, args...)})
		}
	}
	if err := healthy(ctx, to); err != nil {
		find("%v", err)
		return nil
	}
	now, err := ReadJournal(ctx, to, c.load.rooms)
	if err != nil {
		find("%v", err)
		return nil
	}
	for _, t := range c.acked {
		if !t.sent {
			continue
		}
		r.Left++
		key := Key{t.who.Seat, t.id}
		if !slices.ContainsFunc(now[t.who.Session], func(row Row) bool { return row.Key == key }) {
			find("command %s of seat %s was acknowledged and is gone", t.id, t.who.Seat)
		}
	}
	return nil
}

// healthy opens what a cut left and reads every page of it.
func healthy(ctx context.Context, dir string) error {
	return onCopy(ctx, dir, func(copied string, j *journal.SQLite) error {
		db, err := sql.Open("sqlite", filepath.Join(copied, "hearth.db"))
		if err != nil {
			return err
		}
		defer db.Close()
		var health string
		if err := db.QueryRowContext(ctx, "PRAGMA integrity_check").Scan(&health); err != nil {
			return fmt.Errorf("check the database: %w", err)
		}
		if health != "ok" {
			return fmt.Errorf("the database is damaged: %s", health)
		}
		return nil
	})
}
