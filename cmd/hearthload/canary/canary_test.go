package canary

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The search itself must find what is there.
func TestCageFindsItsBirds(t *testing.T) {
	c := &Cage{rng: rand.New(rand.NewPCG(1, 2))}
	word, name, token := c.New(Word, "share"), c.New(Name, "knock"), c.New(Token, "link")
	dir := t.TempDir()
	for file, content := range map[string]string{
		"page":          strings.Repeat("\x00", 5000) + word + "\x00",
		"log":           `{"msg":"hello ` + strings.ToUpper(name) + `"}`,
		"keys/" + token: "x",
		"clean":         "nothing here",
	} {
		path := filepath.Join(dir, file)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for sorts, want := range map[Sort]int{Word: 1, Name: 1, Token: 1, Address: 0} {
		hits, size, err := c.FindInFolder(dir, sorts)
		if err != nil || len(hits) != want || size < 5000 {
			t.Errorf("%s: %d hits in %d bytes (%v), want %d", sorts, len(hits), size, err, want)
		}
	}
}

func TestCompareTellsSessionsApart(t *testing.T) {
	rows := func(last string) [][]byte {
		var all [][]byte
		for range 9 {
			all = append(all, []byte("row"))
		}
		return append(all, []byte(last))
	}
	record := func(id, real, turns string) map[string]string {
		return map[string]string{".id": id, ".real": real, ".turns": turns, ".seats": "2", ".v": "1"}
	}
	same := []trace{{"share", rows("closed"), record("1", "5", "1")}, {"share", rows("closed"), record("2", "5", "1")},
		{"pass", rows("closed"), record("3", "5", "1")}, {"pass", rows("closed"), record("4", "5", "1")}}
	if err := compare(same); err != nil {
		t.Errorf("sessions that look alike are told apart: %v", err)
	}
	same[2].record[".turns"], same[3].record[".turns"] = "0", "0"
	if err := compare(same); err == nil || !strings.Contains(err.Error(), ".turns") {
		t.Errorf("records that differ are not told apart: %v", err)
	}
	same[2].record[".turns"], same[3].record[".turns"] = "1", "1"
	same[3].rows = rows("passed")
	if err := compare(same); err == nil || !strings.Contains(err.Error(), "passed") {
		t.Errorf("rows that differ are not told apart: %v", err)
	}
}
