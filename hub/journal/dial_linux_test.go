package journal

import (
	"net"
	"syscall"
	"testing"
)

// TestConnectionsGiveUp asks the system what it was told about a connection to
// the server.
func TestConnectionsGiveUp(t *testing.T) {
	p, _ := node(t)
	conn, err := p.logs.Acquire(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Release()
	tcp, ok := conn.Conn().PgConn().Conn().(*net.TCPConn)
	if !ok {
		t.Fatal("the connection is not TCP")
	}
	raw, err := tcp.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	var told, alive int
	var errTold, errAlive error
	err = raw.Control(func(fd uintptr) {
		told, errTold = syscall.GetsockoptInt(int(fd), syscall.IPPROTO_TCP, tcpUserTimeout)
		alive, errAlive = syscall.GetsockoptInt(int(fd), syscall.IPPROTO_TCP, syscall.TCP_KEEPIDLE)
	})
	if err != nil || errTold != nil || errAlive != nil || told != int(silentFor.Milliseconds()) || alive == 0 || alive > 10 {
		t.Errorf("gives up after %d ms, asks after %d s; %v %v %v", told, alive, err, errTold, errAlive)
	}
}
