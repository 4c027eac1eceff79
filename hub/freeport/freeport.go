// Package freeport finds a port for a server that a test or a load run is about
// to start.
package freeport

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
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

// Pick gives a port of 127.0.0.1 on which nobody listens, and which Pick gives to
// nobody else, in this process or another, as long as this one lives and has not
// picked 2,000 more: a server may take its time. It may be called from any goroutine.
func Pick() (int, error) { return pick(first, count) }

func pick(first, count int) (int, error) {
	for range 200 {
		port := first + rand.IntN(count) //nolint:gosec // any will do
		mine, err := claim(port)
		if err != nil {
			return 0, fmt.Errorf("keep port %d for this process: %w", port, err)
		}
		if !mine {
			continue
		}
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

// claims are the ports of this process: bytes of one file that it holds locked. The
// locks go with the process, however it ends.
var claims struct {
	sync.Mutex
	file *os.File
	mine []int // the oldest first
}

// mostClaims is how many ports one process keeps: a long run starts many servers.
const mostClaims = 2000

// claim says whether a port is this process's from now on.
func claim(port int) (bool, error) {
	claims.Lock()
	defer claims.Unlock()
	if claims.file == nil {
		file, err := os.OpenFile(filepath.Join(os.TempDir(), fmt.Sprintf("hearth-ports-%d", os.Getuid())), os.O_CREATE|os.O_RDWR, 0o600)
		if err != nil {
			return false, err
		}
		claims.file = file
	}
	if slices.Contains(claims.mine, port) {
		return false, nil
	}
	err := lock(port, syscall.F_WRLCK)
	if errors.Is(err, syscall.EAGAIN) || errors.Is(err, syscall.EACCES) {
		return false, nil // another process has it
	}
	if err != nil {
		return false, err
	}
	claims.mine = append(claims.mine, port)
	if len(claims.mine) <= mostClaims {
		return true, nil
	}
	oldest := claims.mine[0]
	claims.mine = slices.Delete(claims.mine, 0, 1)
	return true, lock(oldest, syscall.F_UNLCK)
}

// lock locks the byte of a port in the file of claims, or lets it go.
func lock(port int, how int16) error {
	return syscall.FcntlFlock(claims.file.Fd(), syscall.F_SETLK, &syscall.Flock_t{Type: how, Whence: io.SeekStart, Start: int64(port), Len: 1})
}

// Address is [Pick] with the address, such as 127.0.0.1:11234.
func Address() (string, error) {
	port, err := Pick()
	return net.JoinHostPort("127.0.0.1", strconv.Itoa(port)), err
}
