package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"

	"hearth/cmd/hearthload/bare"
	"hearth/cmd/hearthload/bench"
	"hearth/cmd/hearthload/drive"
)

func runBench(ctx context.Context, args []string) error {
	f := flag.NewFlagSet("bench", flag.ContinueOnError)
	short := f.Bool("short", false, "about a minute, coarser figures")
	file := f.String("json", "", "also write the report as JSON to this `file`")
	program := f.String("hearth", "", "measure this built `program` instead of building one")
	only := f.String("only", "", "`letters` of parts to run, such as cd; all when empty")
	if err := f.Parse(args); err != nil {
		return err
	}
	if err := drive.StayOnCPU(1, "HEARTHLOAD_BOUND"); err != nil {
		return err
	}
	rep, err := bench.Run(ctx, bench.Options{Short: *short, Hear: *program, Only: *only, Say: os.Stderr})
	if rep != nil {
		rep.Print(os.Stdout)
		if *file != "" {
			err = errors.Join(err, rep.Save(*file))
		}
	}
	if err != nil {
		return fmt.Errorf("bench: %w", err)
	}
	return nil
}

func runBare(ctx context.Context, args []string) error {
	f := flag.NewFlagSet("bare", flag.ContinueOnError)
	listen := f.String("listen", "127.0.0.1:0", "listen `address`")
	if err := f.Parse(args); err != nil {
		return err
	}
	return bare.Serve(ctx, *listen)
}
