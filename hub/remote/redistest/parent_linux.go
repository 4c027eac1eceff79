package redistest

import (
	"os/exec"
	"syscall"
)

// dieWithParent keeps a command out of reach of a Ctrl+C and lets it end with
// the thread that started it.
func dieWithParent(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
