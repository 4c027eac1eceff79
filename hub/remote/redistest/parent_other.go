//go:build !linux

package redistest

import "os/exec"

func dieWithParent(*exec.Cmd) {
	// only Linux lets a child end with its parent
}
