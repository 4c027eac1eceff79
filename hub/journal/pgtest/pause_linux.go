package pgtest

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Pause stops every process of the server as SIGSTOP does: its port still takes
// connections, and nobody answers. A server that is paused may be killed.
func (s *Server) Pause(t testing.TB) {
	t.Helper()
	s.paused = true
	// The first process first: then it makes no new ones.
	if err := s.signal(syscall.SIGSTOP); err != nil {
		s.Resume()
		t.Fatalf("pause the PostgreSQL: %v", err)
	}
}

// Resume lets a paused server go on.
func (s *Server) Resume() {
	if !s.paused {
		return
	}
	s.paused = false
	_ = s.signal(syscall.SIGCONT) // what has ended needs none
}

func (s *Server) signal(sig syscall.Signal) error {
	pid := s.cmd.Process.Pid
	if err := syscall.Kill(pid, sig); err != nil {
		return err
	}
	s.family = append([]int{pid}, childrenOf(pid)...)
	for _, child := range s.family[1:] {
		_ = syscall.Kill(child, sig) // it may just have ended
	}
	return nil
}

// childrenOf lists the processes that a process has started.
func childrenOf(pid int) (all []int) {
	lists, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid)) // the pattern is good
	for _, path := range lists {
		text, _ := os.ReadFile(path) // the thread may just have ended
		for _, word := range strings.Fields(string(text)) {
			if child, err := strconv.Atoi(word); err == nil {
				all = append(all, child)
			}
		}
	}
	return all
}

// others stops the first process, so that it starts no more, and lists the rest.
func (s *Server) others() []int {
	if s.cmd.Process.Signal(syscall.SIGSTOP) != nil {
		return nil // it has ended by itself
	}
	return childrenOf(s.cmd.Process.Pid)
}

// endWithin is how long processes may take to notice that the first one is gone.
const endWithin = 10 * time.Second

// awaitEnd waits until none of some processes runs any more, and kills those that
// do not end by themselves.
func awaitEnd(pids []int) {
	end := time.Now().Add(endWithin)
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for _, pid := range pids {
		for runs(pid) {
			if time.Now().After(end) {
				_ = syscall.Kill(pid, syscall.SIGKILL)
			}
			<-tick.C
		}
	}
}

// runs says whether a process runs: one that has ended has no command line, also
// while nobody has taken note of it.
func runs(pid int) bool {
	line, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
	return err == nil && len(line) > 0
}

// wake lets the processes of a server go on whose first process was killed while
// all were paused, so that they notice and end.
func (s *Server) wake() {
	if !s.paused {
		return
	}
	s.paused = false
	for _, pid := range s.family[1:] {
		_ = syscall.Kill(pid, syscall.SIGCONT)
	}
}
