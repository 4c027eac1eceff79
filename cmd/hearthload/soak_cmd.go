package main

import (
	"context"
	"flag"
	"os"
	"time"

	"hearth/cmd/hearthload/peers"
)

func runSoak(ctx context.Context, args []string) error {
	f := flag.NewFlagSet("soak", flag.ContinueOnError)
	plan := peers.Soaking{}
	f.DurationVar(&plan.For, "for", 8*time.Hour, "how `long`")
	f.DurationVar(&plan.Kill, "kill", 10*time.Minute, "the server is killed each so `often`, twice at least; as long as -for: never")
	f.DurationVar(&plan.Room, "room", 40*time.Minute, "how `long` a session lasts")
	o, err := peersOptions(ctx, f, args)
	if err != nil {
		return err
	}
	defer os.RemoveAll(o.Dir)
	if plan.Kill < plan.For {
		plan.Kill = min(plan.Kill, plan.For/3)
	}
	plan.Room = min(plan.Room, plan.For/2)
	soak := peers.Part{Name: "soak", About: "600 sockets for " + plan.For.String(), Run: func(ctx context.Context, o peers.Options) (*peers.Report, error) {
		return peers.Soak(ctx, o, plan)
	}}
	return show(ctx, o, soak, os.Stdout)
}
