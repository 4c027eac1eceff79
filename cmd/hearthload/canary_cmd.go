package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"time"

	"hearth/cmd/hearthload/canary"
	"hearth/cmd/hearthload/crash"
	"hearth/cmd/hearthload/drive"
)

func runCanary(ctx context.Context, args []string) error {
	f := flag.NewFlagSet("canary", flag.ContinueOnError)
	seed := f.Uint64("seed", uint64(time.Now().UnixNano()), "the same `seed` makes the same canaries")
	program := f.String("hearth", "", "a built `program`; built when empty")
	if err := f.Parse(args); err != nil {
		return err
	}
	dir, err := crash.Folder()
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	o := canary.Options{Program: *program, Dir: dir, Seed: *seed, Say: os.Stderr}
	if o.Program == "" {
		if o.Program, err = drive.Build(ctx, dir, ""); err != nil {
			return err
		}
	}
	err = fly(ctx, o, os.Stdout)
	o.Dir = dir + "/alike"
	return errors.Join(err, canary.Alike(ctx, o))
}

// fly sends canaries through every input and turns what was found into errors.
func fly(ctx context.Context, o canary.Options, w io.Writer) error {
	r, err := canary.Run(ctx, o)
	if r == nil {
		return err
	}
	total := 0
	for _, n := range r.Sent {
		total += n
	}
	fmt.Fprintf(w, "%d canaries sent: %v\n", total, r.Sent)
	for _, l := range r.Looked {
		fmt.Fprintln(w, "  looked through:", l)
	}
	fmt.Fprintf(w, "  found where they must not be: %d\n", len(r.Hits))
	for i, h := range r.Hits {
		if i == 20 {
			break
		}
		err = errors.Join(err, errors.New(h))
	}
	if err == nil && total < 200 {
		err = fmt.Errorf("only %d canaries were sent", total)
	}
	return err
}
