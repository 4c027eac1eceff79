//go:build unix

package socket

import (
	"net"
	"syscall"
)

// rawOf gives access to a plain socket's descriptor, which is always in
// non-blocking mode. TLS and in-memory connections have none that would help.
func rawOf(nc net.Conn) syscall.RawConn {
	switch s := nc.(type) {
	case *net.TCPConn:
		raw, err := s.SyscallConn()
		if err == nil {
			return raw
		}
	case *net.UnixConn:
		raw, err := s.SyscallConn()
		if err == nil {
			return raw
		}
	}
	return nil
}

// fill reads once. false makes the caller wait until the descriptor is readable.
func (c *Conn) fill(fd uintptr) bool {
	buf := chunks.Get().(*[]byte)
	n, err := syscall.Read(int(fd), *buf)
	for err == syscall.EINTR {
		n, err = syscall.Read(int(fd), *buf)
	}
	if err != nil || n <= 0 {
		chunks.Put(buf)
		if err == syscall.EAGAIN {
			return false
		}
		c.in.err = err
		return true
	}
	c.in.chunk, c.in.ahead, c.in.filled = buf, (*buf)[:n], n
	return true
}

// writeOnce writes once and never waits: it always returns true.
func (c *Conn) writeOnce(fd uintptr) bool {
	o := &c.out
	n, err := syscall.Write(int(fd), o.offer)
	for err == syscall.EINTR {
		n, err = syscall.Write(int(fd), o.offer)
	}
	if err == nil {
		o.took = n
	} else if err != syscall.EAGAIN {
		o.err = err
	}
	return true
}
