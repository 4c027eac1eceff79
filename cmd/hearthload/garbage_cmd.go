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
	"hearth/cmd/hearthload/drive"
	"hearth/cmd/hearthload/garbage"
)

func runGarbage(ctx context.Context, args []string) error {
	f := flag.NewFlagSet("garbage", flag.ContinueOnError)
	each := f.Int("each", 1000, "pieces of each kind")
	cuts := f.Int("cuts", 200, "commands that are cut at every byte")
	seed := f.Uint64("seed", uint64(time.Now().UnixNano()), "the same `seed` makes the same garbage")
	program := f.String("hearth", "", "a built `program`; built when empty")
	if err := f.Parse(args); err != nil {
		return err
	}
	dir, err := crash.Folder()
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	o := garbage.Options{Program: *program, Dir: dir, Each: *each, Cuts: *cuts, Seed: *seed, Say: os.Stderr}
	if o.Program == "" {
		if o.Program, err = drive.Build(ctx, dir, ""); err != nil {
			return err
		}
	}
	fmt.Fprintf(os.Stderr, "seed %d\n", o.Seed)
	var errs []error
	for _, part := range garbageParts {
		errs = append(errs, throw(ctx, o, part.run, os.Stdout))
	}
	return errors.Join(errs...)
}

type thrower func(context.Context, garbage.Options) (*garbage.Result, error)

var garbageParts = []struct {
	name string
	run  thrower
}{{"kinds", garbage.Kinds}, {"cuts", garbage.Cuts}, {"floods", garbage.Floods}}

// tries is how often a part is run when the machine disturbed its times. Everything
// else it finds counts at once.
const tries = 2

func throw(ctx context.Context, o garbage.Options, run thrower, w io.Writer) (err error) {
	for n := range tries {
		o.Dir, err = os.MkdirTemp(o.Dir, "try-")
		if err != nil {
			return fmt.Errorf("make a folder: %w", err)
		}
		var r *garbage.Result
		if r, err = run(ctx, o); r == nil {
			return err
		}
		fmt.Fprintf(w, "%s, %s\n", r.Part, r.Took.Round(time.Second))
		for _, l := range r.Lines {
			fmt.Fprintln(w, " ", l)
		}
		for _, b := range r.Broken {
			err = errors.Join(err, errors.New(b))
		}
		if len(r.Broken) != 1 || !r.Disturbed() || n == tries-1 {
			return err
		}
		fmt.Fprintln(w, "  the machine was busy with other work, or stood still; once more")
	}
	return err
}
