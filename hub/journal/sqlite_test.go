package journal

import (
	"testing"

	"go.uber.org/goleak"

	"hearth/hub/journal/conform"
	"hearth/hub/journal/pgtest"
)

func TestMain(m *testing.M) {
	if child() {
		return
	}
	goleak.VerifyTestMain(withServer{m})
}

// withServer ends the PostgreSQL that tests share before leaks are looked for.
type withServer struct{ *testing.M }

func (m withServer) Run() int {
	defer pgtest.StopShared()
	return m.M.Run()
}

func open(t testing.TB, dir string) *SQLite {
	t.Helper()
	s, err := OpenSQLite(t.Context(), dir)
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func TestSQLiteConforms(t *testing.T) {
	conform.Run(t, func(t *testing.T) conform.Opener {
		dir := t.TempDir()
		return func(t *testing.T) conform.Kept { return open(t, dir) }
	})
}
