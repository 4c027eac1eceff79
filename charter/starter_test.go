package charter

import (
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
)

// A08: a template changes wording and nothing else. Principles, titles and the
// safety floor are the same in every one.
func TestA08TemplatesChangeWordingOnly(t *testing.T) {
	texts := map[string]Template{}
	for _, choice := range Templates() {
		template := choice.Template
		text := Starter(template)
		if err := text.Validate(); err != nil {
			t.Errorf("%s: %v", template, err)
		}
		if choice.Title == "" || choice.About == "" || !template.Known() {
			t.Errorf("%s has no title or says nothing about itself", template)
		}
		for i, l := range text.Lines {
			if l.Principle != Principles()[i] || l.Title != l.Principle.Title() {
				t.Errorf("%s: line %d is %q, %q", template, i, l.Principle, l.Title)
			}
		}
		if other, known := texts[Digest(text)]; known {
			t.Errorf("%s says the same as %s", template, other)
		}
		texts[Digest(text)] = template
		if tidy := text.Tidy(); Digest(tidy) != Digest(text) {
			t.Errorf("%s is untidy", template)
		}
	}
	if len(texts) != 5 {
		t.Errorf("there are %d templates, want 5", len(texts))
	}
}

func TestA08UnknownTemplateIsMixed(t *testing.T) {
	for _, template := range []Template{"", "drill", "../charter", "Mixed"} {
		if template.Known() || Digest(Starter(template)) != Digest(Starter(Mixed)) {
			t.Errorf("%q is known or does not start as mixed", template)
		}
	}
}

// A file nobody offers, or a line worded twice, would be words nobody reads.
func TestStarterFilesAreAllUsed(t *testing.T) {
	files, err := os.ReadDir("starters")
	if err != nil {
		t.Fatal(err)
	}
	base := starterWords(Mixed)
	if got := slices.Collect(maps.Keys(base)); len(got) != 12 {
		t.Errorf("mixed words %d principles", len(got))
	}
	for _, file := range files {
		template := Template(strings.TrimSuffix(file.Name(), ".txt"))
		if !template.Known() {
			t.Errorf("%s belongs to no template", file.Name())
			continue
		}
		data, _ := os.ReadFile("starters/" + file.Name())
		words := starterWords(template)
		if rows := strings.Count(string(data), "\n"); rows != len(words) {
			t.Errorf("%s has %d lines for %d principles", template, rows, len(words))
		}
		for p, text := range words {
			if template != Mixed && text == base[p] {
				t.Errorf("%s repeats the words of mixed for %s", template, p)
			}
		}
	}
}

func TestBrokenStarterFileStopsTheBuild(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("a template without a file went unnoticed")
		}
	}()
	starterWords("nowhere")
}

// The safety floor holds the five points that no group decides on (practice §6).
func TestFloorHoldsWhatIsNotUpForDecision(t *testing.T) {
	floor := strings.Join(Floor(), "\n")
	for point, word := range map[string]string{
		"pass": "pass", "leave": "leave", "no harassment": "harass", "no recording": "records",
		"crisis policy": "life may be in danger", "privacy": "kept about you", "help": "Help lines",
	} {
		if !strings.Contains(floor, word) {
			t.Errorf("the floor says nothing about %s", point)
		}
	}
	Floor()[0] = "changed"
	if Floor()[0] == "changed" {
		t.Error("the floor can be edited")
	}
}
