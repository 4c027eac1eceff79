package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"time"

	"hearth/cmd/hearthload/cluster"
	"hearth/cmd/hearthload/drive"
)

// stopWithin is how long the way down may take before nodes are killed.
const stopWithin = 30 * time.Second

// runCluster starts a house of two nodes for looking at, prints links into its
// example session, and stops everything at Ctrl+C.
func runCluster(ctx context.Context, args []string) error {
	f := flag.NewFlagSet("cluster", flag.ContinueOnError)
	listen := f.String("listen", "127.0.0.1:8080", "`address` of the proxy, which links lead to")
	program := f.String("hearth", "", "a hearth; built when empty")
	if err := f.Parse(args); err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "hearth-cluster")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if *program == "" {
		if *program, err = drive.Build(ctx, dir, ""); err != nil {
			return err
		}
	}
	say := func(format string, args ...any) { fmt.Printf("  "+format+"\n", args...) }
	c, err := cluster.Start(ctx, cluster.Options{Program: *program, Listen: *listen, Dir: dir, Say: say})
	if err != nil {
		return fmt.Errorf("start a cluster: %w", err)
	}
	fmt.Printf("\n%s\n", c.Page)
	fmt.Println("  The people of this room sit on two nodes in turn; PostgreSQL holds its form, Redis carries its words.")
	for i, name := range []string{"one", "two"} {
		fmt.Printf("  Node %s is process %d: kill %d, and its people go on at the other.\n", name, c.Nodes[i].PID(), c.Nodes[i].PID())
	}
	fmt.Print("  Ctrl+C stops everything; nothing of it is kept.\n\n")
	<-ctx.Done()
	fmt.Println("  stopping …")
	down, cancel := context.WithTimeout(context.Background(), stopWithin)
	defer cancel()
	if err := c.Stop(down); err != nil {
		return errors.Join(errors.New("not everything stopped as it should"), err)
	}
	return nil
}
