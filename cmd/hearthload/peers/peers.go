// Package peers tries hearth with everything that peers of one node can do to
// it short of breaking the protocol: they read slowly or not at all (F17), fall
// silent behind a network that says nothing (F18), come all at once (F22), make
// their own room panic (F24), end their connections in every abnormal way (F25),
// and go on for hours (soak). It holds the seeded bugs against the checkers too
// (walls §3.2).
package peers

import (
	"context"
	"fmt"
	"io"
	"os"
	"time"

	"hearth/cmd/hearthload/drive"
)

// Options say what is tried, and how much of it.
type Options struct {
	Program string // hearth, built with -tags failpoint
	Dir     string // for data folders; a new one each run
	Whole   bool   // the whole form; the short one is for every change
	Seed    uint64
	Say     io.Writer
}

// folder makes a new folder below Dir.
func (o *Options) folder() (string, error) {
	if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		return "", fmt.Errorf("make a folder: %w", err)
	}
	return os.MkdirTemp(o.Dir, "run-")
}

// pick gives the whole form's number or the short one's.
func (o *Options) pick(whole, short int) int {
	if o.Whole {
		return whole
	}
	return short
}

// Part is one row of the fault matrix (walls §3.3).
type Part struct {
	Name, About string
	Run         func(context.Context, Options) (*Report, error)
}

// Parts are all of them.
func Parts() []Part {
	return []Part{
		{"F17", "people who read slowly or not at all", Slow},
		{"F18", "connections that die without a word", HalfOpen},
		{"F22", "everybody comes at once", Storm},
		{"F24", "one room panics", Panic},
		{"F25", "connections that end abnormally", Leaks},
		{"R6", "who sees what, and in which order", Sees},
		{"R3", "the same on two nodes, though messages between them get lost", Nodes},
		{"apart", "people change nodes while these cannot reach each other", Moves},
	}
}

// Report is what one part measured.
type Report struct {
	Part    string
	Figures []Figure
	Other   float64 // processors that work of others on this machine took meanwhile
	Took    time.Duration
	Still   drive.Still // what the machine itself added to times meanwhile
}

// Figure is one measurement beside its target.
type Figure struct {
	What, Got, Target string
	OK                bool
	Timed             bool // may be late only because the machine is busy with other work
}

func (f Figure) String() string {
	mark := ""
	if !f.OK {
		mark = "   <-- NOT MET"
	}
	return fmt.Sprintf("%-58s %12s  (%s)%s", f.What, f.Got, f.Target, mark)
}

// Unmet lists the figures that are not as they should be.
func (r *Report) Unmet() []Figure {
	var list []Figure
	for _, f := range r.Figures {
		if !f.OK {
			list = append(list, f)
		}
	}
	return list
}

// mostStill is how long the machine may let a timer or a write wait: what others may
// notice (R5) is no more.
const mostStill = 100 * time.Millisecond

// Disturbed says that what is not met may be the fault of the machine: nothing but
// times, while others took a good part of a processor or it stood still.
func (r *Report) Disturbed() bool {
	for _, f := range r.Unmet() {
		if !f.Timed {
			return false
		}
	}
	return r.Other > 0.1 || r.Still.Longest > mostStill
}

// within notes a time and the longest it may be.
func (r *Report) within(what string, got, most time.Duration) {
	r.Figures = append(r.Figures, Figure{what, short(got), "at most " + short(most), got <= most, true})
}

// none notes a count that must be zero.
func (r *Report) none(what string, got int64) {
	r.Figures = append(r.Figures, Figure{What: what, Got: fmt.Sprint(got), Target: "0", OK: got == 0})
}

// all notes a count that must be exactly so many.
func (r *Report) all(what string, got, want int) {
	r.Figures = append(r.Figures, Figure{What: what, Got: fmt.Sprint(got), Target: fmt.Sprint(want), OK: got == want})
}

// least notes a count below which nothing was measured.
func (r *Report) least(what string, got, want int64) {
	r.Figures = append(r.Figures, Figure{What: what, Got: fmt.Sprint(got), Target: fmt.Sprintf("at least %d", want), OK: got >= want})
}

// near notes a difference and the largest it may be to the upper side.
func (r *Report) near(what string, got, most float64, unit string) {
	r.Figures = append(r.Figures, Figure{What: what, Got: fmt.Sprintf("%+.1f%s", got, unit),
		Target: fmt.Sprintf("at most %+.0f%s", most, unit), OK: got <= most})
}

func short(d time.Duration) string {
	switch {
	case d >= time.Minute:
		return d.Round(time.Second).String()
	case d >= time.Second:
		return d.Round(10 * time.Millisecond).String()
	}
	return d.Round(100 * time.Microsecond).String()
}

// begin starts the clock of a part; the function it gives stops it.
func (r *Report) begin() (end func()) {
	at, was, still := time.Now(), drive.Spent(), drive.WatchStill()
	return func() {
		r.Still = still()
		r.Took = time.Since(at)
		r.Other = was.Others(r.Took)
	}
}

// until asks again and again whether something is so, and says after how long it
// was; ok is false when it was not so in time.
func until(ctx context.Context, most time.Duration, so func() bool) (took time.Duration, ok bool) {
	began := time.Now()
	for !so() {
		if took = time.Since(began); took > most || ctx.Err() != nil {
			return took, false
		}
		drive.Wait(ctx, 5*time.Millisecond)
	}
	return time.Since(began), true
}
