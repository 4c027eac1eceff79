package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"hearth/hub/strict"
	"hearth/room"
)

var jsonBlock = regexp.MustCompile("(?s)```json\n(.*?)```")

// protocolExamples returns every JSON object of docs/protocol.md. An object
// may run over several lines; each begins at the start of a line with a brace.
func protocolExamples(t *testing.T) (text string, objects []string) {
	t.Helper()
	page, err := os.ReadFile("../../docs/protocol.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, block := range jsonBlock.FindAllStringSubmatch(string(page), -1) {
		dec := json.NewDecoder(strings.NewReader(block[1]))
		for dec.More() {
			var raw json.RawMessage
			if err := dec.Decode(&raw); err != nil {
				t.Fatalf("an example in docs/protocol.md is not JSON: %v\n%s", err, block[1])
			}
			objects = append(objects, string(raw))
		}
	}
	return string(page), objects
}

// TestProtocolExamplesDecode: what the page shows is what the server takes.
func TestProtocolExamplesDecode(t *testing.T) {
	_, objects := protocolExamples(t)
	seen := map[string]bool{}
	for _, o := range objects {
		fields, err := strict.Object([]byte(o))
		if err != nil {
			t.Errorf("%s: %v", o, err)
			continue
		}
		verb, err := fields.String("do")
		if err != nil || verb == "hello" || verb == "pong" || verb == "ping" {
			continue // a frame of the server, or not a command
		}
		seen[verb] = true
		if _, err := room.ReadCommand(verb, func(into any) error { return fields.Decode(into, "do", "id") }); err != nil {
			t.Errorf("%s: %v", o, err)
		}
	}
	for _, verb := range room.Verbs() {
		if !seen[verb] {
			t.Errorf("the verb %q has no example in docs/protocol.md", verb)
		}
	}
}

// TestProtocolNamesEveryFrame: the frames a client must know are on the page.
func TestProtocolNamesEveryFrame(t *testing.T) {
	_, objects := protocolExamples(t)
	var kinds []string
	for _, o := range objects {
		var f struct {
			T string `json:"t"`
		}
		if json.Unmarshal([]byte(o), &f) == nil && f.T != "" {
			kinds = append(kinds, f.T)
		}
	}
	page, _ := protocolExamples(t)
	for _, kind := range []string{"hello", "resumed", "set", "words", "ack", "no", "apart", "pong"} {
		if !slices.Contains(kinds, kind) {
			t.Errorf("the frame %q has no example in docs/protocol.md", kind)
		}
	}
	if !strings.Contains(page, `{"t":"ping"}`) || !strings.Contains(page, `{"do":"pong"}`) {
		t.Error("ping and pong are not on the page")
	}
}

// pathInCode is a path of this repository in a page.
var pathInCode = regexp.MustCompile("`((?:charter|room|hub|static|cmd|[.]ci)/[a-z0-9_./-]+)`")

// TestPathsOnPages: where a page says that something is, there is something.
func TestPathsOnPages(t *testing.T) {
	for name, least := range map[string]int{"architecture.md": 20, "glossary.md": 50} {
		page, err := os.ReadFile(filepath.Join("../../docs", name))
		if err != nil {
			t.Fatal(err)
		}
		found := pathInCode.FindAllStringSubmatch(string(page), -1)
		for _, path := range found {
			if _, err := os.Stat(filepath.Join("../..", path[1])); err != nil {
				t.Errorf("docs/%s names %s: %v", name, path[1], err)
			}
		}
		if len(found) < least {
			t.Errorf("only %d paths in docs/%s: the test has lost its subject", len(found), name)
		}
	}
}

// TestGlossaryStaysShort: a reader learns sixty words, and no more.
func TestGlossaryStaysShort(t *testing.T) {
	page, err := os.ReadFile("../../docs/glossary.md")
	if err != nil {
		t.Fatal(err)
	}
	if terms := strings.Count(string(page), "\n| ") - 1; terms < 40 || terms > 60 {
		t.Errorf("the glossary has %d terms", terms)
	}
}

var (
	longTarget = regexp.MustCompile(`(?m)^([a-z-]+):.*## `)
	proofRow   = regexp.MustCompile("(?m)^\\| `make ([a-z-]+)` \\| [^|]+ \\| (?:(\\d{4}-\\d\\d-\\d\\d) \\| `([0-9a-f]{7,40})` \\| [^|]+|not since then \\| \\| )\\|$")
)

// TestEveryLongProofHasItsRow: whoever wants to know when a proof was last played
// whole finds it in one table.
func TestEveryLongProofHasItsRow(t *testing.T) {
	makefile, err := os.ReadFile("../../Makefile")
	if err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile("../../docs/proofs.md")
	if err != nil {
		t.Fatal(err)
	}
	// What make test runs, and what proves nothing.
	others := []string{"help", "build", "run", "cluster", "test", "setup", "lint", "findings", "unit", "model", "rest", "sim", "fuzz", "proof", "browser", "release", "vuln", "clean"}
	var targets, rows []string
	for _, m := range longTarget.FindAllStringSubmatch(string(makefile), -1) {
		if !slices.Contains(others, m[1]) {
			targets = append(targets, m[1])
		}
	}
	for _, m := range proofRow.FindAllStringSubmatch(string(page), -1) {
		rows = append(rows, m[1])
	}
	slices.Sort(targets)
	slices.Sort(rows)
	if !slices.Equal(targets, rows) {
		t.Errorf("docs/proofs.md has rows for %v, and the Makefile long proofs %v", rows, targets)
	}
}
