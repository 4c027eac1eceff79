package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"time"

	"hearth/cmd/hearthload/crash"
	"hearth/hub/fail"
)

func runCrash(ctx context.Context, args []string) error {
	f := flag.NewFlagSet("crash", flag.ContinueOnError)
	kills := f.Int("kills", 30, "how often the server is killed at a random moment")
	rooms := f.Int("rooms", 20, "rooms of twelve")
	seed := f.Uint64("seed", uint64(time.Now().UnixNano()), "the same `seed` gives the same moments")
	program := f.String("hearth", "", "a `program` built with -tags failpoint; built when empty")
	if err := f.Parse(args); err != nil {
		return err
	}
	dir, err := crash.Folder()
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	o := crash.Options{Program: *program, Dir: dir, Kills: *kills, Rooms: *rooms, Seed: *seed, Say: os.Stderr}
	if o.Program == "" {
		if o.Program, err = crash.Build(ctx, dir); err != nil {
			return err
		}
	}
	fmt.Fprintf(os.Stderr, "seed %d\n", o.Seed)
	return errors.Join(crashKills(ctx, o, os.Stdout), crashPoints(ctx, o, os.Stdout), crashPower(ctx, o, os.Stdout), crashBugs(ctx, o, os.Stdout))
}

func crashKills(ctx context.Context, o crash.Options, w io.Writer) error {
	r, err := crash.Kill(ctx, o)
	if err != nil {
		return fmt.Errorf("kill at random moments: %w", err)
	}
	return told(w, "random moments", r)
}

func crashPoints(ctx context.Context, o crash.Options, w io.Writer) error {
	r, err := crash.Points(ctx, o)
	if err != nil {
		return fmt.Errorf("kill at every place: %w", err)
	}
	return told(w, "places on a command's path", r)
}

func crashPower(ctx context.Context, o crash.Options, w io.Writer) error {
	o.Kills, o.Rooms = 50, 4
	r, err := crash.CutPower(ctx, o, 1000)
	if err != nil {
		return fmt.Errorf("cut the power: %w", err)
	}
	return toldOfPower(w, r)
}

func toldOfPower(w io.Writer, r *crash.Power) error {
	fmt.Fprintf(w, "cuts of the power: %d; %d of %d acknowledgements after the sync of their row; %d acknowledged commands looked for\n", r.Cuts, r.Ordered, r.Acked, r.Left)
	var errs []error
	for _, f := range r.Found {
		errs = append(errs, errors.New(f.String()))
	}
	return errors.Join(errs...)
}

func told(w io.Writer, what string, r *crash.Result) error {
	fmt.Fprintf(w, "%s: %d kills; %+v\n", what, r.Kills, r.Counts)
	fmt.Fprintf(w, "  everybody back after p50 %s, at most %s\n", crash.Quantile(r.Back, .5).Round(time.Millisecond), crash.Quantile(r.Back, 1).Round(time.Millisecond))
	fmt.Fprintf(w, "  broken promises: %d\n", len(r.Found))
	var errs []error
	for _, f := range r.Found {
		errs = append(errs, errors.New(f.String()))
	}
	return errors.Join(errs...)
}

// crashBugs proves the checker: each seeded bug has to be found (walls §3.2).
func crashBugs(ctx context.Context, o crash.Options, w io.Writer) error {
	var errs []error
	for _, bug := range fail.CrashBugs() {
		found, took, err := crash.Hunt(ctx, o, bug, time.Minute)
		switch {
		case err != nil:
			errs = append(errs, fmt.Errorf("look for %s: %w", bug, err))
		case len(found) == 0:
			errs = append(errs, fmt.Errorf("the seeded bug %s was not found within %s", bug, took.Round(time.Second)))
		default:
			fmt.Fprintf(w, "seeded bug %s found after %s: %s\n", bug, took.Round(100*time.Millisecond), found[0])
		}
	}
	return errors.Join(errs...)
}
