package pgtest

import (
	"os/exec"
	"path/filepath"
	"testing"
)

// Tool runs a program that comes with the server, such as pg_dump, as the user
// of the test.
func (s *Server) Tool(t testing.TB, name string, args ...string) {
	t.Helper()
	said, err := exec.CommandContext(t.Context(), filepath.Join(s.bin, name), args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", name, err, said)
	}
}
