package main

import (
	"bytes"
	"debug/buildinfo"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestSBOM: every module that the linker put into hearth is in the bill, with
// its sum, and nothing depends on when or where the bill is written.
func TestSBOM(t *testing.T) {
	program := filepath.Join(t.TempDir(), "hearth")
	if out, err := exec.Command("go", "build", "-o", program, "hearth/cmd/hearth").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	var first, second bytes.Buffer
	for _, to := range []*bytes.Buffer{&first, &second} {
		if err := writeSBOM(to, "1.2.3", []string{program, program}, "1700000000"); err != nil {
			t.Fatal(err)
		}
	}
	if first.String() != second.String() {
		t.Error("two bills of the same program differ")
	}
	var doc bom
	if err := json.Unmarshal(first.Bytes(), &doc); err != nil {
		t.Fatal(err)
	}
	if doc.Format != "CycloneDX" || doc.Metadata.Component.Version != "1.2.3" || doc.Metadata.Timestamp != "2023-11-14T22:13:20Z" || len(doc.Metadata.Component.Components) != 2 {
		t.Errorf("the head is %+v", doc.Metadata)
	}
	info, err := buildinfo.ReadFile(program)
	if err != nil {
		t.Fatal(err)
	}
	if len(info.Deps) < 10 || len(doc.Components) != len(info.Deps)+1 {
		t.Fatalf("%d modules, %d on the bill", len(info.Deps), len(doc.Components))
	}
	for _, m := range info.Deps {
		if !strings.Contains(first.String(), `"pkg:golang/`+m.Path+"@"+m.Version+`"`) || !strings.Contains(first.String(), m.Sum) {
			t.Errorf("%s is not on the bill", m.Path)
		}
	}
	if err := writeSBOM(&first, "1", nil, ""); err == nil {
		t.Error("a bill of nothing")
	}
	text := filepath.Join(t.TempDir(), "text")
	if err := os.WriteFile(text, []byte("no program"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := writeSBOM(&first, "1", []string{text}, ""); err == nil || !strings.Contains(err.Error(), text) {
		t.Errorf("a text is no program: %v", err)
	}
}
