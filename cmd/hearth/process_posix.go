//go:build linux || darwin

package main

import (
	"fmt"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
)

// quieten switches core dumps off, since they would hold what people said, and
// keeps the heap within what a container was given.
func quieten() error {
	if err := syscall.Setrlimit(syscall.RLIMIT_CORE, &syscall.Rlimit{}); err != nil {
		return fmt.Errorf("switch core dumps off: %w", err)
	}
	if most, bounded := givenMemory(); bounded && os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(int64(float64(most) * memoryShare))
	}
	return nil
}

// signals gives two channels: the first closes at the first SIGTERM, SIGINT or
// SIGHUP, the second at the second.
func signals() (stop, skip <-chan struct{}) {
	asked := make(chan os.Signal, 2)
	signal.Notify(asked, syscall.SIGTERM, syscall.SIGINT)
	if !signal.Ignored(syscall.SIGHUP) { // nohup means: stay
		signal.Notify(asked, syscall.SIGHUP)
	}
	first, second := make(chan struct{}), make(chan struct{})
	go func() {
		<-asked
		close(first)
		<-asked
		close(second)
	}()
	return first, second
}

// freeShare is the share of a folder's disk that is free for this process; 1
// when it cannot be told, for that alone is no reason to turn people away.
func freeShare(folder string) float64 {
	var disk syscall.Statfs_t
	if err := syscall.Statfs(folder, &disk); err != nil || disk.Blocks == 0 {
		return 1
	}
	return float64(disk.Bavail) / float64(disk.Blocks)
}
