package charter

import (
	"embed"
	"strings"
)

// Template names the starter wording that a group begins from. It changes
// wording and prompts only, never rights (A08). The zero Template is not one;
// [Starter] treats it, and any other unknown one, as [Mixed].
type Template string

// Templates.
const (
	MentalHealth    Template = "mental-health"
	RecoveryGroup   Template = "recovery"
	LongTermIllness Template = "long-term-illness"
	Carers          Template = "carers"
	Mixed           Template = "mixed"
)

// TemplateChoice is a template with its title and a line about it, as the
// organiser reads them.
type TemplateChoice struct {
	Template Template `json:"template"`
	Title    string   `json:"title"`
	About    string   `json:"about"`
}

// Templates gives every template, in the order in which they are offered. The
// slice is the caller's.
func Templates() []TemplateChoice {
	return []TemplateChoice{
		{MentalHealth, "Mental health", "For people who live with low mood, worry, hearing voices or anything like it."},
		{RecoveryGroup, "Recovery", "For people who are changing how they drink or use, at any stage."},
		{LongTermIllness, "Long-term illness", "For people whose illness or pain stays with them."},
		{Carers, "Carers", "For people who look after someone they love or live with."},
		{Mixed, "Mixed", "For people who each come with something of their own."},
	}
}

// Known says whether t is one of [Templates].
func (t Template) Known() bool {
	for _, choice := range Templates() {
		if choice.Template == t {
			return true
		}
	}
	return false
}

// Each file holds "principle: words", one line for each principle. mixed.txt
// has all twelve; the others hold only the lines they word differently.
//
//go:embed starters/*.txt
var starters embed.FS

// Starter gives the text that a group with template t starts from. It is valid
// and can be adopted as it is, though groups do well to make it theirs.
func Starter(t Template) Text {
	if !t.Known() {
		t = Mixed
	}
	words := starterWords(Mixed)
	for p, text := range starterWords(t) {
		words[p] = text
	}
	var text Text
	for _, p := range inOrder {
		text.Lines = append(text.Lines, Line{Principle: p.principle, Title: p.title, Text: words[p.principle]})
	}
	return text
}

// starterWords reads one embedded file. A file that is not as it should be is a
// broken build, not something to answer for at run time.
func starterWords(t Template) map[Principle]string {
	data, err := starters.ReadFile("starters/" + string(t) + ".txt")
	if err != nil {
		panic("charter: no starter words for template " + string(t))
	}
	words := map[Principle]string{}
	for row := range strings.Lines(string(data)) {
		name, text, found := strings.Cut(strings.TrimSpace(row), ": ")
		if !found || !Principle(name).Known() {
			panic("charter: starter words for template " + string(t) + " name no principle: " + name)
		}
		words[Principle(name)] = text
	}
	return words
}
