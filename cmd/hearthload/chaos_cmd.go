package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"time"

	"hearth/cmd/hearthload/chaos"
	"hearth/cmd/hearthload/crash"
	"hearth/cmd/hearthload/drive"
	"hearth/cmd/hearthload/peers"
)

func runChaos(ctx context.Context, args []string) error {
	f := flag.NewFlagSet("chaos", flag.ContinueOnError)
	only := f.String("only", "", "the `faults` to inject, such as F7,F13; all when empty")
	whole := f.Bool("whole", false, "the whole of each fault, hours; else the short form")
	single := f.Bool("single", false, "one node on PostgreSQL, without Redis (F5 and F6 only)")
	rooms := f.Int("rooms", 20, "rooms of twelve")
	frames := f.Bool("frames", false, "show frames that differ (memory for all of them)")
	seed := f.Uint64("seed", uint64(time.Now().UnixNano()), "the same `seed` gives the same schedule")
	file := f.String("json", "", "write the figures to this `file` too")
	program := f.String("hearth", "", "a `program` built with -tags failpoint; built when empty")
	dir := f.String("dir", "", "a `folder` for data and logs that is kept; a passing one when empty")
	if err := f.Parse(args); err != nil {
		return err
	}
	o := chaos.Options{Program: *program, Dir: *dir, Seed: *seed, Whole: *whole, Single: *single, Frames: *frames, Rooms: *rooms, Say: os.Stderr}
	list := chaosFaults()
	if o.Single {
		list = chaos.OnOne()
	}
	chosen, err := chaos.Choose(list, *only)
	if err != nil {
		return err
	}
	if o.Dir == "" {
		if o.Dir, err = chaosFolder(); err != nil {
			return err
		}
		defer os.RemoveAll(o.Dir)
	}
	if o.Program == "" {
		if o.Program, err = drive.Build(ctx, o.Dir, "failpoint"); err != nil {
			return err
		}
	}
	fmt.Printf("seed %d\n", o.Seed)
	outcomes, err := injectAll(ctx, o, chosen, os.Stdout)
	if *file != "" {
		b, jerr := json.MarshalIndent(map[string]any{"seed": o.Seed, "whole": o.Whole, "faults": outcomes}, "", "  ")
		err = errors.Join(err, jerr, os.WriteFile(*file, append(b, '\n'), 0o600))
	}
	return err
}

// chaosFolder makes a folder that PostgreSQL's own user may look into.
func chaosFolder() (string, error) { return crash.Folder() }

// chaosFaults are all rows of the matrix that hearthload can show.
func chaosFaults() []chaos.Fault {
	return append(append(crashFaults(), chaos.Faults()...), peerFaults()...)
}

// peerFaults are the rows about people of one node (F17, F18, F22, F24, F25).
func peerFaults() []chaos.Fault {
	var all []chaos.Fault
	for _, p := range peers.Parts() {
		all = append(all, chaos.Fault{ID: p.Name, Title: p.About, Alone: true, Run: func(ctx context.Context, _ *chaos.Ground, o chaos.Options) (chaos.Figures, error) {
			r, err := p.Run(ctx, peers.Options{Program: o.Program, Dir: o.Dir, Whole: o.Whole, Seed: o.Seed, Say: io.Discard})
			if r == nil {
				return nil, err
			}
			var figures chaos.Figures
			for _, f := range r.Figures {
				figures = append(figures, chaos.Figure{What: f.What, Got: f.Got, Most: f.Target, OK: f.OK})
			}
			return figures, err
		}})
	}
	return all
}

// crashFaults are the rows that kill one node on a data folder (F1, F2).
func crashFaults() []chaos.Fault {
	fault := func(id, title string, kills, long int, run func(context.Context, crash.Options) (*crash.Result, error)) chaos.Fault {
		return chaos.Fault{ID: id, Title: title, Alone: true, Run: func(ctx context.Context, _ *chaos.Ground, o chaos.Options) (chaos.Figures, error) {
			if o.Whole {
				kills = long
			}
			r, err := run(ctx, crash.Options{Program: o.Program, Dir: o.Dir, Kills: kills, Each: kills, Rooms: 20, Seed: o.Seed, Say: io.Discard})
			if err != nil {
				return nil, err
			}
			return crashFigures(r), nil
		}}
	}
	return []chaos.Fault{
		fault("F1", "kill -9 one node on SQLite", 10, 100, crash.Kill),
		fault("F2", "kill at each place of a command's path", 1, 25, crash.Points),
	}
}

func crashFigures(r *crash.Result) chaos.Figures {
	n := map[string]int{}
	for _, f := range r.Found {
		n[f.Promise]++
	}
	return chaos.Figures{
		chaos.Told("kills", fmt.Sprint(r.Kills)), chaos.AtLeast("kept commands", r.Counts.Durable, 500),
		chaos.Count("lost", n["lost"], 0), chaos.Count("doubled", n["doubled"], 0), chaos.Count("out of order", n["order"]+n["gap"]+n["frames"], 0),
		chaos.Count("other", n["answer"]+n["too early"], 0),
		chaos.Within("back p95", crash.Quantile(r.Back, .95), crash.BackIn), chaos.Within("back max", crash.Quantile(r.Back, 1), crash.BackIn),
	}
}

// injectAll prints one line for each fault; the error names those that did harm.
func injectAll(ctx context.Context, o chaos.Options, faults []chaos.Fault, w io.Writer) ([]chaos.Outcome, error) {
	var all []chaos.Outcome
	var errs []error
	_, err := chaos.Run(ctx, o, faults, func(out chaos.Outcome) {
		all = append(all, out)
		fmt.Fprintln(w, out)
		if !out.OK() {
			errs = append(errs, fmt.Errorf("%s (%s) broke a promise: %s", out.ID, out.Title, out.Broken()))
		}
	})
	return all, errors.Join(append(errs, err)...)
}
