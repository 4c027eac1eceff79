package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"hearth/cmd/hearthload/crash"
	"hearth/cmd/hearthload/peers"
)

func runPeers(ctx context.Context, args []string) error {
	f := flag.NewFlagSet("peers", flag.ContinueOnError)
	only := f.String("only", "", "only this `part`, such as F17; with -bugs only this bug")
	whole := f.Bool("whole", false, "the whole form of each part")
	bugs := f.Bool("bugs", false, "look for the eight seeded bugs instead")
	o, err := peersOptions(ctx, f, args)
	if err != nil {
		return err
	}
	defer os.RemoveAll(o.Dir)
	o.Whole = *whole
	if *bugs {
		return peers.Bugs(ctx, o, *only, os.Stdout)
	}
	var errs []error
	for _, p := range peers.Parts() {
		if *only == "" || strings.EqualFold(*only, p.Name) {
			errs = append(errs, show(ctx, o, p, os.Stdout))
		}
	}
	return errors.Join(errs...)
}

// peersOptions reads what all commands about peers have in common.
func peersOptions(ctx context.Context, f *flag.FlagSet, args []string) (peers.Options, error) {
	seed := f.Uint64("seed", uint64(time.Now().UnixNano()), "the same `seed` gives the same moments")
	program := f.String("hearth", "", "a `program` built with -tags failpoint; built when empty")
	if err := f.Parse(args); err != nil {
		return peers.Options{}, err
	}
	dir, err := crash.Folder()
	if err != nil {
		return peers.Options{}, err
	}
	o := peers.Options{Program: *program, Dir: dir, Seed: *seed, Say: os.Stderr}
	if o.Program == "" {
		if o.Program, err = crash.Build(ctx, dir); err != nil {
			return o, errors.Join(err, os.RemoveAll(dir))
		}
	}
	fmt.Fprintf(os.Stderr, "seed %d\n", o.Seed)
	return o, nil
}

// show runs one part and prints its figures. When other work on the machine
// disturbed its times it is run again.
func show(ctx context.Context, o peers.Options, p peers.Part, w io.Writer) error {
	for n := 1; ; n++ {
		r, err := p.Run(ctx, o)
		if r != nil {
			fmt.Fprintf(w, "%s: %s, %s\n", p.Name, p.About, r.Took.Round(time.Second))
			if r.Still.Longest > 0 {
				fmt.Fprintf(w, "  other work took %.0f %% of a processor; a timer of this program was late by %s at p99, and the machine stood still for %s at most\n",
					r.Other*100, r.Still.Timer.Round(100*time.Microsecond), r.Still.Longest.Round(time.Millisecond))
			}
			for _, f := range r.Figures {
				fmt.Fprintln(w, " ", f)
			}
		}
		if err != nil {
			return fmt.Errorf("%s: %w", p.Name, err)
		}
		unmet := r.Unmet()
		if len(unmet) > 0 && r.Disturbed() && n < tries {
			fmt.Fprintln(w, "  the machine was busy with other work, or stood still; once more")
			continue
		}
		var errs []error
		for _, f := range unmet {
			errs = append(errs, fmt.Errorf("%s: %s: %s, wanted %s", p.Name, f.What, f.Got, f.Target))
		}
		return errors.Join(errs...)
	}
}
