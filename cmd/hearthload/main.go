// Command hearthload drives hearth through its public protocol: it measures
// (bench, soak), breaks (crash, chaos, garbage, peers) and searches for what must not be found
// (canary). See docs/operating.md for when to run what.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

// act is one subcommand.
type act struct {
	name, about string
	run         func(ctx context.Context, args []string) error
}

func acts() []act {
	return []act{
		{"bench", "measure hearth beside a bare fan-out; one report", runBench},
		{"crash", "kill hearth under load and check what it promised", runCrash},
		{"chaos", "break stores and nodes under load; one line of figures for each fault", runChaos},
		{"garbage", "send hearth what no browser sends", runGarbage},
		{"peers", "try hearth with slow, silent, hasty and broken peers", runPeers},
		{"soak", "go on for hours through kills and churn; does memory grow?", runSoak},
		{"canary", "look for words, names and tokens where none may be", runCanary},
		{"cluster", "start PostgreSQL, Redis, two nodes and a proxy, for looking at", runCluster},
		{"meet", "hold one meeting through a restart of a house that runs", runMeet},
		{"bare", "serve the bare fan-out that bench compares with", runBare},
	}
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := choose(ctx, os.Args[1:])
	stop()
	switch {
	case err == nil || errors.Is(err, flag.ErrHelp):
	default:
		fmt.Fprintln(os.Stderr, "hearthload:", err)
		os.Exit(1)
	}
}

func choose(ctx context.Context, args []string) error {
	if len(args) > 0 {
		for _, a := range acts() {
			if a.name == args[0] {
				return a.run(ctx, args[1:])
			}
		}
	}
	fmt.Fprintln(os.Stderr, "usage: hearthload <what> [flags]")
	for _, a := range acts() {
		fmt.Fprintf(os.Stderr, "  %-8s %s\n", a.name, a.about)
	}
	return flag.ErrHelp
}
