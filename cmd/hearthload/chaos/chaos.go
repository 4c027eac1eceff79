// Package chaos puts two hearths, a PostgreSQL and a Redis under load, breaks
// them in every way of the fault matrix, and checks what hearth promised
// (R1 to R8): nothing acknowledged is lost or done twice, everybody sees the
// same in the same order, one person at a time has the floor, nobody sees what
// is not for them.
//
// All servers are real processes. What lies between the nodes and their stores
// is a proxy of this package's own ([Wire]), which can cut, hold, delay and
// flap; no rights beyond starting processes are needed.
package chaos

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Options say how a run is made.
type Options struct {
	Program string // hearth; built with -tags failpoint where a fault needs that
	Dir     string // for everything that is written; each ground takes a folder of its own
	Seed    uint64 // the same seed gives the same schedule
	Whole   bool   // the long form of each fault; false is the short one, for CI
	Rooms   int    // rooms of twelve; zero means 20
	Single  bool   // one node without Redis
	Frames  bool   // keep whole frames, to show two that differ
	Say     io.Writer
}

// Fault is one row of the fault matrix.
type Fault struct {
	ID, Title string
	// Alone says that the fault brings its own servers; its ground is nil.
	Alone bool
	Run   func(ctx context.Context, g *Ground, o Options) (Figures, error)
}

// Figure is one measured value beside its target.
type Figure struct {
	What string `json:"what"`
	Got  string `json:"got"`
	Most string `json:"target"` // empty: measured only
	OK   bool   `json:"ok"`
}

// Figures are what a fault measured.
type Figures []Figure

// Count is a number that may be at most most.
func Count(what string, got, most int) Figure {
	return Figure{what, fmt.Sprint(got), fmt.Sprint(most), got <= most}
}

// AtLeast is a number that proves something only from least on.
func AtLeast(what string, got, least int) Figure {
	return Figure{what, fmt.Sprint(got), fmt.Sprintf("≥ %d", least), got >= least}
}

// Within is a time that may be at most most.
func Within(what string, got, most time.Duration) Figure {
	return Figure{what, brief(got), brief(most), got <= most}
}

// Told is a value without a target.
func Told(what, got string) Figure { return Figure{what, got, "", true} }

func brief(d time.Duration) string {
	if d < time.Second {
		return fmt.Sprintf("%d ms", d.Milliseconds())
	}
	return fmt.Sprintf("%.1f s", d.Seconds())
}

// OK says whether every figure is within its target.
func (f Figures) OK() bool {
	return !slices.ContainsFunc(f, func(f Figure) bool { return !f.OK })
}

func (f Figures) String() string {
	parts := make([]string, len(f))
	for i, g := range f {
		parts[i] = g.What + " " + g.Got
		if g.Most != "" {
			parts[i] += " (" + g.Most + ")"
		}
	}
	return strings.Join(parts, ", ")
}

// Outcome is one fault's line of the table.
type Outcome struct {
	ID      string   `json:"id"`
	Title   string   `json:"title"`
	Figures Figures  `json:"figures"`
	Found   []string `json:"found,omitempty"` // broken promises, some of each
	Failed  string   `json:"failed,omitempty"`
	Took    float64  `json:"seconds"`
}

// OK says whether the fault did no harm.
func (o Outcome) OK() bool { return o.Failed == "" && len(o.Found) == 0 && o.Figures.OK() }

// Broken says what was not as it must be, on one line.
func (o Outcome) Broken() string {
	var parts []string
	for _, f := range o.Figures {
		if !f.OK {
			parts = append(parts, fmt.Sprintf("%s %s (%s)", f.What, f.Got, f.Most))
		}
	}
	parts = append(parts, o.Found...)
	if o.Failed != "" {
		parts = append(parts, "could not be finished: "+o.Failed)
	}
	return strings.Join(parts, "; ")
}

func (o Outcome) String() string {
	verdict := "ok"
	if !o.OK() {
		verdict = "BROKEN"
	}
	line := fmt.Sprintf("%-4s %s: %s  %s  (%.0f s)", o.ID, o.Title, o.Figures, verdict, o.Took)
	for _, f := range o.Found {
		line += "\n       " + f
	}
	if o.Failed != "" {
		line += "\n       could not be finished: " + o.Failed
	}
	return line
}

// Run injects faults, one after the other, and calls each with the outcome of
// every one. Faults share a ground as long as nothing was found on it.
func Run(ctx context.Context, o Options, faults []Fault, each func(Outcome)) (bool, error) {
	if o.Rooms == 0 {
		o.Rooms = 20
	}
	s := stage{o: o, each: each, well: true}
	defer s.clear()
	for _, f := range faults {
		if err := s.play(ctx, f); err != nil {
			return false, err
		}
	}
	s.close(ctx)
	return s.well, nil
}

// stage carries the ground from one fault to the next.
type stage struct {
	o       Options
	each    func(Outcome)
	ground  *Ground
	grounds int
	well    bool
}

func (s *stage) play(ctx context.Context, f Fault) error {
	if s.ground == nil && !f.Alone {
		var err error
		s.grounds++
		dir := filepath.Join(s.o.Dir, fmt.Sprintf("ground%d", s.grounds))
		if err = os.MkdirAll(dir, 0o755); err != nil {
			return fmt.Errorf("make a folder: %w", err)
		}
		if s.ground, err = Lay(ctx, s.o, dir); err != nil {
			return fmt.Errorf("lay the ground: %w", err)
		}
	}
	began := time.Now()
	out := Outcome{ID: f.ID, Title: f.Title}
	g := s.ground
	if f.Alone {
		g = nil
	}
	fmt.Fprintf(s.o.Say, "%s %s\n", f.ID, f.Title)
	figures, err := f.Run(ctx, g, s.o)
	out.Figures, out.Took = figures, time.Since(began).Seconds()
	if err != nil {
		out.Failed = err.Error()
	}
	if g != nil {
		out.Found = g.takeFound()
	}
	s.tell(out)
	if g != nil && !out.OK() {
		s.close(ctx)
	}
	return ctx.Err()
}

func (s *stage) tell(out Outcome) {
	s.well = s.well && out.OK()
	s.each(out)
}

// close ends the ground and looks for words in what it leaves (A02).
func (s *stage) close(ctx context.Context) {
	if s.ground == nil {
		return
	}
	out := Outcome{ID: "A02", Title: "words on any disk"}
	began := time.Now()
	figures, err := s.ground.Scan(ctx)
	if err != nil {
		out.Failed = err.Error()
	}
	out.Figures, out.Took = figures, time.Since(began).Seconds()
	s.tell(out)
	s.clear()
}

func (s *stage) clear() {
	if s.ground != nil {
		s.ground.Clear()
		s.ground = nil
	}
}

// Choose gives the faults of the named ids, in their own order; all for none.
func Choose(faults []Fault, only string) ([]Fault, error) {
	if only == "" {
		return faults, nil
	}
	var chosen []Fault
	ids := strings.Split(only, ",")
	for _, f := range faults {
		if i := slices.Index(ids, f.ID); i >= 0 {
			chosen = append(chosen, f)
		}
	}
	for _, id := range ids {
		if !slices.ContainsFunc(chosen, func(f Fault) bool { return f.ID == id }) {
			return nil, errors.New("there is no fault " + id)
		}
	}
	return chosen, nil
}
