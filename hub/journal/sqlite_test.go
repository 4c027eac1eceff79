package journal

import (
	"context"
	"errors"
	"testing"

	"go.uber.org/goleak"

	"hearth/charter"
	"hearth/hub/journal/conform"
	"hearth/hub/journal/kept"
	"hearth/hub/journal/pgtest"
	"hearth/room/group"
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

// aStore is either store, with its insides.
type aStore interface {
	ground
	conform.Kept
}

func begin(t testing.TB, s aStore, session string) {
	t.Helper()
	if err := beginSession(t.Context(), s, session); err != nil {
		t.Fatal(err)
	}
}

// beginSession makes a live session of one group.
func beginSession(ctx context.Context, s aStore, session string) error {
	if err := s.CreateGroup(ctx, group.Group{ID: "g"}, charter.Text{}); err != nil && !errors.Is(err, kept.ErrTaken) {
		return err
	}
	if err := s.CreateSession(ctx, group.Session{ID: session, Group: "g"}, nil, nil); err != nil {
		return err
	}
	return s.SetLive(ctx, session)
}

// count is how many rows a session shows.
func count(t testing.TB, s aStore, session string) int {
	t.Helper()
	n := 0
	if err := s.Tail(t.Context(), session, 0, func(int64, kept.CommandKey, []byte) error { n++; return nil }); err != nil {
		t.Errorf("tail: %v", err)
	}
	return n
}
