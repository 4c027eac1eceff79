package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestHelplinesFile: a new house has the shipped rows; a file in the data folder
// is taken in at a start, once; a wrong one is refused with its row, and nothing has
// changed; later changes are not undone by it.
func TestHelplinesFile(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "data")
	server := serveIn(t, folder)
	_, shipped := server.get("/api/helplines", "")
	if !strings.Contains(shipped, "116123") {
		t.Fatalf("a new house shows %s", shipped)
	}
	server.stop()
	file := filepath.Join(folder, "helplines.json")
	put := func(text string) {
		t.Helper()
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	put(`{"helplines": [{"region": "DE", "name": "TelefonSeelsorge", "number": "0800 111 0 111", "source": "telefonseelsorge.de"}, {"region": "DE", "name": "a"}]}`)
	if got := hearthRun(t, nil, "serve", "--data", folder, "--listen", freePort(t), "--metrics-listen", "off"); got.code != exitFailed || !strings.Contains(got.errs, `helplines.json: "source" is missing`) {
		t.Errorf("a row without a source ends with %d %s", got.code, got.errs)
	}
	put(`{"about": "ours", "helplines": [{"region": "DE", "name": "TelefonSeelsorge", "number": "0800 111 0 111", "source": "telefonseelsorge.de", "checked": "2099-01-01", "by": "Kit"}]}`)
	if got := hearthRun(t, nil, "serve", "--data", folder, "--listen", freePort(t), "--metrics-listen", "off"); got.code != exitFailed || !strings.Contains(got.errs, "row 1: A row is checked on a day that has come") {
		t.Errorf("a row of the future ends with %d %s", got.code, got.errs)
	}
	if err := os.Rename(file, file+".wrong"); err != nil {
		t.Fatal(err)
	}
	server = serveIn(t, folder)
	if _, now := server.get("/api/helplines", ""); now != shipped {
		t.Errorf("a refused file changed the list to %s", now)
	}
	server.stop()
	put(`{"helplines": [{"region": "DE", "name": "TelefonSeelsorge", "number": "0800 111 0 111", "source": "telefonseelsorge.de"}]}`)
	server = serveIn(t, folder)
	_, taken := server.get("/api/helplines", "")
	if !strings.Contains(taken, `"call":"08001110111"`) || strings.Contains(taken, "Samaritans") {
		t.Errorf("a file gives %s", taken)
	}
	server.stop()
	if _, err := os.Stat(file); err == nil {
		t.Error("the file would be taken in again")
	}
	server = serveIn(t, folder)
	if _, now := server.get("/api/helplines", ""); now != taken {
		t.Errorf("the next start shows %s", now)
	}
}
