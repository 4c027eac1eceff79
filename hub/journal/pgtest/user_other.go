//go:build !linux

package pgtest

import "os/exec"

// giveToServer has nothing to do: on other systems the tests do not run as root.
func giveToServer(string) error { return nil }

func asServer(*exec.Cmd) {
	// nor to become another user
}
