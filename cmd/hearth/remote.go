package main

import (
	"fmt"
	"net"
	"os"
	"strings"

	"hearth/hub/remote"
)

// checkRedis wants an address that can be read. The error shows nothing of it.
func checkRedis(v string) error {
	if v == "" {
		return nil
	}
	return remote.Check(v)
}

// maskedRedis is the address without passwords.
func maskedRedis(v string) string {
	if v == "" {
		return orNone("")
	}
	return remote.Mask(v)
}

// nodeName checks what a node is called, or makes it from the machine's name and
// the port: two on one machine listen on two ports.
func nodeName(v, listen string) (string, error) {
	if v == "" {
		host, err := os.Hostname()
		if err != nil || host == "" {
			host = "hearth"
		}
		_, port, _ := net.SplitHostPort(listen)
		v = strings.Map(inNodeName, host) + "-" + port
	}
	if len(v) > 64 || strings.Map(inNodeName, v) != v {
		return "", fmt.Errorf("%q: up to 64 letters, digits, and . - _", v)
	}
	return v, nil
}

func inNodeName(r rune) rune {
	switch {
	case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '.', r == '-', r == '_':
		return r
	}
	return '-'
}
