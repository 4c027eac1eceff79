package charter

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// A14: twelve principles, each with its own line, in the order of the practice.
func TestA14TwelvePrinciplesInOrder(t *testing.T) {
	want := []Principle{"safety", "honesty", "positivity", "reciprocity", "loyalty", "equality",
		"stigma", "goals", "independence", "empowerment", "recovery", "choice"}
	if got := Principles(); !slices.Equal(got, want) {
		t.Fatalf("principles are %v, want %v", got, want)
	}
	titles := map[string]bool{}
	for _, p := range Principles() {
		if !p.Known() || p.Title() == "" || titles[p.Title()] {
			t.Errorf("%s has no title of its own", p)
		}
		titles[p.Title()] = true
	}
	if Principle("profit").Known() || Principle("").Known() {
		t.Error("a thirteenth principle is known")
	}
}

func TestA14EachPrincipleNeedsItsLine(t *testing.T) {
	for i, p := range Principles() {
		t.Run(string(p), func(t *testing.T) {
			text := Starter(Mixed)
			if text.Of(p) == "" {
				t.Fatal("the starter says nothing about it")
			}
			text.Lines = slices.Delete(text.Lines, i, i+1)
			expect(t, text, "lines", "")
			if text.Of(p) != "" {
				t.Error("a deleted line still has words")
			}
		})
	}
}

func TestValidateRefuses(t *testing.T) {
	cases := []struct {
		name, code string
		about      Principle
		change     func(*Text)
	}{
		{"nothing", "lines", "", func(x *Text) { *x = Text{} }},
		{"a thirteenth line", "lines", "", func(x *Text) { x.Lines = append(x.Lines, x.Lines[0]) }},
		{"two lines swapped", "lines", "", func(x *Text) { x.Lines[0], x.Lines[1] = x.Lines[1], x.Lines[0] }},
		{"one line twice", "lines", "", func(x *Text) { x.Lines[5] = x.Lines[4] }},
		{"a principle nobody knows", "lines", "", func(x *Text) { x.Lines[2].Principle = "Positivity" }},
		{"another title", "title", Honesty, func(x *Text) { x.Lines[1].Title = "Truth" }},
		{"no words", "empty", Choice, func(x *Text) { x.Lines[11].Text = "" }},
		{"only space", "empty", Loyalty, func(x *Text) { x.Lines[4].Text = " \n " }},
		{"one letter too many", "long", Safety, func(x *Text) { x.Lines[0].Text = strings.Repeat("é", MaxRunes+1) }},
		{"cut UTF-8", "not-plain", Goals, func(x *Text) { x.Lines[7].Text = "fine \xc3" }},
		{"turned writing direction", "not-plain", Stigma, func(x *Text) { x.Lines[6].Text = "we \u202elove\u202c you" }},
		{"isolates", "not-plain", Stigma, func(x *Text) { x.Lines[6].Text = "a\u2066b\u2069" }},
		{"a control sign", "not-plain", Equality, func(x *Text) { x.Lines[5].Text = "a\x1b[2Jb" }},
		{"a C1 control", "not-plain", Equality, func(x *Text) { x.Lines[5].Text = "a\u0085b" }},
		{"a hidden tag", "not-plain", Recovery, func(x *Text) { x.Lines[10].Text = "a\U000e0041" }},
		{"a soft hyphen", "not-plain", Recovery, func(x *Text) { x.Lines[10].Text = "a\u00adb" }},
		{"a hidden filler", "not-plain", Recovery, func(x *Text) { x.Lines[10].Text = "a\u3164b" }},
		{"private use", "not-plain", Independence, func(x *Text) { x.Lines[8].Text = "a\ue000" }},
		{"a noncharacter", "not-plain", Independence, func(x *Text) { x.Lines[8].Text = "a\ufffe" }},
		{"a line separator", "not-plain", Independence, func(x *Text) { x.Lines[8].Text = "a\u2028b" }},
		{"too many line breaks", "not-plain", Empowerment, func(x *Text) { x.Lines[9].Text = "a" + strings.Repeat("\n", MaxBreaks+1) + "b" }},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			text := Starter(Mixed)
			c.change(&text)
			expect(t, text, c.code, c.about)
		})
	}
}

// expect wants a problem with this code about this line, said kindly and
// without a word of the group's text in the error for operators.
func expect(t *testing.T, text Text, code string, about Principle) {
	t.Helper()
	var problem *Problem
	if err := text.Validate(); !errors.As(err, &problem) {
		t.Fatalf("got %v, want %q", err, code)
	}
	if problem.Code != code || problem.Principle != about {
		t.Errorf("got %q about %q, want %q about %q", problem.Code, problem.Principle, code, about)
	}
	if problem.Say == "" || !utf8.ValidString(problem.Say) || strings.Contains(problem.Say, "invalid") {
		t.Errorf("this is no kind sentence: %q", problem.Say)
	}
	if !strings.HasPrefix(problem.Error(), "charter: "+code) || !strings.HasSuffix(problem.Error(), string(about)) {
		t.Errorf("operators read %q", problem.Error())
	}
}

func TestValidateTakesManyLanguagesAndLimits(t *testing.T) {
	for _, words := range []string{
		"a", strings.Repeat("é", MaxRunes), "one\ntwo", strings.Repeat("a\n", MaxBreaks) + "b",
		"نحن نعتني ببعضنا", "می\u200cخواهم", "हम एक-दूसरे का ख़याल रखते हैं", "私たちはお互いを大切にします", "❤️ 👩\u200d👧", "ты и я — «вместе»", "e\u0301",
	} {
		text := Starter(Mixed)
		text.Lines[0].Text = words
		if err := text.Validate(); err != nil {
			t.Errorf("%q: %v", words, err)
		}
	}
}

func TestTidyFillsTitlesAndMendsPastedWords(t *testing.T) {
	text := Starter(Mixed)
	text.Lines[0].Title = ""
	text.Lines[0].Text = "  one\r\ntwo\rthree\tfour \n"
	tidy := text.Tidy()
	if err := tidy.Validate(); err != nil {
		t.Fatal(err)
	}
	if got := tidy.Lines[0]; got.Title != "Safety and trust" || got.Text != "one\ntwo\nthree four" {
		t.Errorf("tidied to %q", got)
	}
	if text.Lines[0].Title != "" || strings.HasPrefix(text.Lines[0].Text, "one") {
		t.Error("Tidy changed the text it was given")
	}
	if again := tidy.Tidy(); Digest(again) != Digest(tidy) {
		t.Error("tidying twice is not tidying once")
	}
}

// FuzzValidate: a line that is accepted can be read by everybody as it was
// written, and tidying an accepted text keeps it acceptable.
func FuzzValidate(f *testing.F) {
	for _, seed := range []string{"We listen.", "", "a\u202eb", "\xff", "می\u200cخواهم", "a\r\nb", "\U000e0041", strings.Repeat("x", MaxRunes)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, words string) {
		text := Starter(Mixed)
		text.Lines[3].Text = words
		if text.Validate() != nil {
			return
		}
		if !utf8.ValidString(words) || utf8.RuneCountInString(words) > MaxRunes {
			t.Fatalf("accepted %q", words)
		}
		for _, r := range words {
			if r < ' ' && r != '\n' || r == 0x7f || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 || r >= 0xe0000 && r <= 0xe007f {
				t.Fatalf("accepted %U", r)
			}
		}
		if err := text.Tidy().Validate(); err != nil {
			t.Fatalf("accepted %q, but not once tidied: %v", words, err)
		}
	})
}
