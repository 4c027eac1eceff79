package freeport_test

import (
	"net"
	"os"
	"strconv"
	"strings"
	"testing"

	"hearth/hub/freeport"
)

// TestNobodyElseIsGivenIt: a port lies below those that the kernel gives away,
// and can be listened on.
func TestNobodyElseIsGivenIt(t *testing.T) {
	lowest := 32768
	if text, err := os.ReadFile("/proc/sys/net/ipv4/ip_local_port_range"); err == nil {
		lowest, _ = strconv.Atoi(strings.Fields(string(text))[0])
	}
	for range 20 {
		address, err := freeport.Address()
		if err != nil {
			t.Fatal(err)
		}
		_, port, _ := net.SplitHostPort(address)
		if n, _ := strconv.Atoi(port); n >= lowest || n < 1024 {
			t.Errorf("port %d; the kernel gives those from %d on", n, lowest)
		}
		l, err := net.Listen("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
	}
}
