//go:build failpoint

package fail

import (
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
)

// The process dies by SIGKILL at exactly the n-th passing.
func TestPointKillsAtTheNthPassing(t *testing.T) {
	if os.Getenv("HEARTH_FAILPOINT") != "" {
		for range 5 {
			os.Stdout.WriteString("passing\n")
			Point(AfterCommit)
		}
		return
	}
	run := exec.Command(os.Args[0], "-test.run=^TestPointKillsAtTheNthPassing$")
	run.Env = append(os.Environ(), "HEARTH_FAILPOINT="+AfterCommit+":3")
	out, err := run.Output()
	status, ok := run.ProcessState.Sys().(syscall.WaitStatus)
	if err == nil || !ok || status.Signal() != syscall.SIGKILL {
		t.Fatalf("ended with %v, want SIGKILL", err)
	}
	if n := strings.Count(string(out), "passing"); n != 3 {
		t.Fatalf("died at passing %d, want 3", n)
	}
}
