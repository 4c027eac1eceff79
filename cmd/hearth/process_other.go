//go:build !linux && !darwin

package main

import (
	"os"
	"os/signal"
)

// quieten does nothing where there are no core dumps to switch off.
func quieten() error { return nil }

// signals gives two channels: the first closes at the first interrupt, the
// second at the second.
func signals() (stop, skip <-chan struct{}) {
	asked := make(chan os.Signal, 2)
	signal.Notify(asked, os.Interrupt)
	first, second := make(chan struct{}), make(chan struct{})
	go func() {
		<-asked
		close(first)
		<-asked
		close(second)
	}()
	return first, second
}

// freeShare cannot be told here; that alone is no reason to turn people away.
func freeShare(string) float64 { return 1 }
