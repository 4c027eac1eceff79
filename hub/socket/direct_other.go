//go:build !unix

package socket

import (
	"net"
	"syscall"
)

// rawOf has nothing to offer here: every write goes through the queue.
func rawOf(net.Conn) syscall.RawConn { return nil }

func (c *Conn) fill(uintptr) bool      { return true }
func (c *Conn) writeOnce(uintptr) bool { return true }
