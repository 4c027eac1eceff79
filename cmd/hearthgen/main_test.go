package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hearth/room"
)

// What was generated is what would be: whoever changes a view, a command or a word
// on the wire is told to run it.
func TestWhatIsGeneratedIsFresh(t *testing.T) {
	files, err := generate("../..")
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range files {
		got, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s is not what package room says; run: go generate ./room", filepath.Base(path))
		}
	}
	if len(files) < 4 {
		t.Errorf("only %d files are generated", len(files))
	}
}

// Every command that a browser may send is found, and no other.
func TestEveryVerbIsFound(t *testing.T) {
	d, err := readRoom("../../room")
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	for _, v := range d.verbs {
		found[v.word] = true
	}
	for _, verb := range room.Verbs() {
		if !found[verb] {
			t.Errorf("the command %s is in no list", verb)
		}
		delete(found, verb)
	}
	if len(found) > 0 {
		t.Errorf("nobody may send %v", found)
	}
}

// A folder without commands, and a page without a place for them, say what is wrong.
func TestWhatCannotBeRead(t *testing.T) {
	if _, err := generate(t.TempDir()); err == nil || !strings.Contains(err.Error(), "no command") {
		t.Errorf("an empty folder: %v", err)
	}
	if _, err := replace([]byte("# A page\n"), "verbs", nil); err == nil || !strings.Contains(err.Error(), "verbs") {
		t.Errorf("a page without marks: %v", err)
	}
}
