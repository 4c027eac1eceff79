package drive

import (
	"os"
	"os/exec"
	"testing"
	"time"
)

// TestWorkOfWhatWeStarted: what a process that we started has started works for us
// as well: a second node, a database (T07). It is ours while it runs and afterwards.
func TestWorkOfWhatWeStarted(t *testing.T) {
	before := Spent()
	cmd := exec.Command("sh", "-c", "sh -c 'while :; do :; done' & echo $!; wait")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var pid [16]byte
	n, err := out.Read(pid[:])
	if err != nil {
		t.Fatal(err)
	}
	grandchild := string(pid[:n-1])
	ours := func() time.Duration { return Spent().own - before.own }
	for until := time.Now().Add(20 * time.Second); ours() < 300*time.Millisecond; <-time.After(20 * time.Millisecond) {
		if time.Now().After(until) {
			t.Errorf("of the work of what we started %v are ours", ours())
			break
		}
	}
	running := ours()
	if err := exec.Command("kill", grandchild).Run(); err != nil {
		t.Error(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Log(err)
	}
	if after := ours(); after < running {
		t.Errorf("when it had ended %v of %v were ours", after, running)
	}
	if one := family(os.Getpid()); one <= 0 || Spent().all < one {
		t.Errorf("%v of the machine's %v are ours", one, Spent().all)
	}
}
