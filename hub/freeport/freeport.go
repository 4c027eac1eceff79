// Package freeport finds a port for a server that a test or a load run is about
// to start.
package freeport

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"strconv"
	"syscall"
)

// The kernel gives ports of its own choice to whoever dials or asks for any; on
// Linux they begin at 32768. A port that it has just given could be somebody's
// again before the server is there, so these lie below. A Redis of a cluster
// takes the port 10,000 higher too.
const (
	first = 11_000
	count = 10_000
)

// Pick gives a port of 127.0.0.1 on which nobody listens. It may be called from
// any goroutine.
func Pick() (int, error) {
	for range 200 {
		port := first + rand.IntN(count) //nolint:gosec // any will do
		l, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
		if errors.Is(err, syscall.EADDRINUSE) {
			continue
		}
		if err != nil {
			return 0, fmt.Errorf("look at port %d: %w", port, err)
		}
		return port, l.Close()
	}
	return 0, fmt.Errorf("no port from %d to %d is free", first, first+count-1)
}

// Address is [Pick] with the address, such as 127.0.0.1:11234.
func Address() (string, error) {
	port, err := Pick()
	return net.JoinHostPort("127.0.0.1", strconv.Itoa(port)), err
}
