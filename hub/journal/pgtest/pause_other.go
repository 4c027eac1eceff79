//go:build !linux

package pgtest

import "testing"

// Pause skips the test: the processes of a server are looked up as Linux shows
// them.
func (s *Server) Pause(t testing.TB) { t.Skip("a server is paused on Linux only") }

// Resume has nothing to do.
func (s *Server) Resume() {}

func (s *Server) wake() {}

func (s *Server) others() []int { return nil }

func awaitEnd([]int) {}
