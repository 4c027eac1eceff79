// Package bench measures hearth beside a bare fan-out on the same machine, in
// one run: server on one processor, generator on another, rounds interleaved,
// medians.
package bench

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strings"
	"time"

	"hearth/cmd/hearthload/drive"
)

// Figure is one line of the report.
type Figure struct {
	Part   string  `json:"part"`
	Name   string  `json:"name"`
	Value  float64 `json:"value"`
	Unit   string  `json:"unit,omitempty"`
	Target string  `json:"target,omitempty"` // as it is read by people: "<= 12"
	Met    *bool   `json:"met,omitempty"`    // absent: a figure without a target
}

// Report is what one run found.
type Report struct {
	At      time.Time `json:"at"`
	Machine []string  `json:"machine"`
	Short   bool      `json:"short_run,omitempty"`
	Figures []Figure  `json:"figures"`
	Notes   []string  `json:"notes"`
	Took    string    `json:"took"`
}

func (r *Report) plain(part, name string, v float64, unit string) {
	r.Figures = append(r.Figures, Figure{Part: part, Name: name, Value: v, Unit: unit})
}

func (r *Report) atMost(part, name string, v, target float64, unit string) {
	met := v <= target
	r.Figures = append(r.Figures, Figure{part, name, v, unit, fmt.Sprintf("<= %s", number(target)), &met})
}

func (r *Report) atLeast(part, name string, v, target float64, unit string) {
	met := v >= target
	r.Figures = append(r.Figures, Figure{part, name, v, unit, fmt.Sprintf(">= %s", number(target)), &met})
}

func (r *Report) note(format string, args ...any) {
	r.Notes = append(r.Notes, fmt.Sprintf(format, args...))
}

// Missed lists the figures that miss their target.
func (r *Report) Missed() []Figure {
	var out []Figure
	for _, f := range r.Figures {
		if f.Met != nil && !*f.Met {
			out = append(out, f)
		}
	}
	return out
}

// Print writes the report for people.
func (r *Report) Print(w io.Writer) {
	fmt.Fprintf(w, "\nhearth bench, %s\n", r.At.Format("2 January 2006, 15:04"))
	for _, m := range r.Machine {
		fmt.Fprintln(w, " ", m)
	}
	part := ""
	for _, f := range r.Figures {
		if f.Part != part {
			part = f.Part
			fmt.Fprintf(w, "\n%s\n", part)
		}
		verdict := ""
		if f.Met != nil {
			verdict = "SHORT"
			if *f.Met {
				verdict = "pass"
			}
		}
		fmt.Fprintf(w, "  %-52s %10s %-8s %-10s %s\n", f.Name, number(f.Value), f.Unit, f.Target, verdict)
	}
	if len(r.Notes) > 0 {
		fmt.Fprintln(w, "\nhow it was measured")
		for _, n := range r.Notes {
			fmt.Fprintln(w, "  -", n)
		}
	}
	fmt.Fprintf(w, "\n%d figures short of their target; took %s\n", len(r.Missed()), r.Took)
}

// Save writes the report as JSON.
func (r *Report) Save(file string) error {
	b, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return fmt.Errorf("encode the report: %w", err)
	}
	if err := os.WriteFile(file, append(b, '\n'), 0o644); err != nil {
		return fmt.Errorf("write the report: %w", err)
	}
	return nil
}

func number(v float64) string {
	switch {
	case v == float64(int64(v)):
		return fmt.Sprintf("%d", int64(v))
	case v < 10 && v > -10:
		return fmt.Sprintf("%.2f", v)
	case v < 100:
		return fmt.Sprintf("%.1f", v)
	}
	return fmt.Sprintf("%.0f", v)
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

func median(v []float64) float64 {
	if len(v) == 0 {
		return 0
	}
	s := slices.Clone(v)
	slices.Sort(s)
	if n := len(s); n%2 == 0 {
		return (s[n/2-1] + s[n/2]) / 2
	}
	return s[len(s)/2]
}

func machine() []string {
	model := "unknown processor"
	if b, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		for line := range strings.Lines(string(b)) {
			if name, ok := strings.CutPrefix(line, "model name"); ok {
				model = strings.TrimSpace(strings.TrimLeft(strings.TrimSpace(name), ":"))
				break
			}
		}
	}
	kernel, _ := os.ReadFile("/proc/sys/kernel/osrelease")
	memory := ""
	if b, err := os.ReadFile("/proc/meminfo"); err == nil {
		if line, _, ok := strings.Cut(string(b), "\n"); ok {
			memory = strings.Join(strings.Fields(line)[1:], " ")
		}
	}
	return []string{
		fmt.Sprintf("%s, %d processors, %s memory", model, hostProcessors(), memory),
		fmt.Sprintf("Linux %s, %s, %s", strings.TrimSpace(string(kernel)), runtime.Version(), runtime.GOARCH),
		fmt.Sprintf("this process runs on %d processor(s); each server is bound to processor 0", drive.Processors()),
	}
}

func hostProcessors() int {
	b, _ := os.ReadFile("/proc/cpuinfo")
	return strings.Count(string(b), "processor\t")
}
