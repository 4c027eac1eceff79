package journal

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hearth/hub/journal/conform"
	"hearth/hub/journal/pgtest"
)

// newKeyFile makes a key file with so many keys, each of another digit.
func newKeyFile(t testing.TB, digits string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "key")
	var text strings.Builder
	for _, d := range digits {
		text.WriteString(strings.Repeat(string(d), 2*keySize) + "\n")
	}
	if err := os.WriteFile(path, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func openAt(t testing.TB, url, keyFile string) *Postgres {
	t.Helper()
	p, err := OpenPostgres(t.Context(), url, keyFile)
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	t.Cleanup(func() { _ = p.Close() })
	return p
}

func TestPostgresConforms(t *testing.T) {
	server := pgtest.Shared(t)
	conform.Run(t, func(t *testing.T) conform.Opener {
		url, keyFile := server.Database(t), newKeyFile(t, "1")
		return func(t *testing.T) conform.Kept { return openAt(t, url, keyFile) }
	})
}
