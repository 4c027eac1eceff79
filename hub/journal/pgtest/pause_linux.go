package pgtest

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
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
	s.family = append(s.family[:0], pid)
	lists, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	if err != nil {
		return err
	}
	for _, path := range lists {
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, word := range strings.Fields(string(text)) {
			child, err := strconv.Atoi(word)
			if err != nil {
				return err
			}
			s.family = append(s.family, child)
			_ = syscall.Kill(child, sig) // it may just have ended
		}
	}
	return nil
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
