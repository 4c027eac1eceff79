package charter

import (
	"strings"
	"testing"
	"unicode"
)

// grade is the Flesch-Kincaid grade of an English text: about the school year in
// which it is easy to read. C03 asks for a reading age of 12, which is grade 7.
func grade(text string) float64 {
	var words, sentences, syllables int
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return unicode.IsSpace(r) || r == '–' || r == '—' }) {
		letters := strings.TrimFunc(word, func(r rune) bool { return !unicode.IsLetter(r) })
		if letters != "" {
			words++
			syllables += countSyllables(letters)
		}
		if strings.ContainsAny(word, ".!?") {
			sentences++
		}
	}
	sentences = max(sentences, 1)
	return 0.39*float64(words)/float64(sentences) + 11.8*float64(syllables)/float64(words) - 15.59
}

// countSyllables counts groups of vowels; a last e is silent, except after a
// consonant and l ("little").
func countSyllables(word string) int {
	word = strings.ToLower(word)
	count, inVowel := 0, false
	for _, r := range word {
		vowel := strings.ContainsRune("aeiouy", r)
		if vowel && !inVowel {
			count++
		}
		inVowel = vowel
	}
	silent := strings.HasSuffix(word, "e") && !strings.HasSuffix(word, "le") ||
		strings.HasSuffix(word, "ed") && !strings.HasSuffix(word, "ted") && !strings.HasSuffix(word, "ded")
	if silent && count > 1 {
		count--
	}
	return max(count, 1)
}

const readingGrade = 7.0

// C03: everything people are asked to agree to reads at about age 12. Sentences
// are counted too: a long one is hard to follow when it is read aloud.
func TestC03StarterTextsAndFloorReadAtAge12(t *testing.T) {
	texts := map[string]string{"floor": strings.Join(Floor(), " ")}
	for _, choice := range Templates() {
		texts["about "+string(choice.Template)] = choice.About
		for _, l := range Starter(choice.Template).Lines {
			texts[string(choice.Template)+" "+string(l.Principle)] = l.Text
		}
	}
	hardest := 0.0
	for name, text := range texts {
		g := grade(text)
		hardest = max(hardest, g)
		if g > readingGrade {
			t.Errorf("%s reads at grade %.1f, want at most %.0f: %q", name, g, readingGrade, text)
		}
		for _, sentence := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(".!?", r) }) {
			if n := len(strings.Fields(sentence)); n > 25 {
				t.Errorf("%s has a sentence of %d words: %q", name, n, sentence)
			}
		}
	}
	t.Logf("%d texts, the hardest at grade %.1f", len(texts), hardest)
}

// The measure itself: office language is over the line, a child's book far under it.
func TestReadingGradeTellsPlainFromOfficeLanguage(t *testing.T) {
	office := "Participants acknowledge responsibility for maintaining confidentiality regarding information communicated during facilitated sessions."
	if g := grade(office); g < 2*readingGrade {
		t.Errorf("office language reads at grade %.1f", g)
	}
	middling := "Members should remember that confidentiality is important, and that everybody participates voluntarily in our discussions."
	if g := grade(middling); g <= readingGrade {
		t.Errorf("stiff language reads at grade %.1f", g)
	}
	if g := grade("The cat sat on the mat. It was warm. She was glad."); g > 2 {
		t.Errorf("a child's book reads at grade %.1f", g)
	}
	for word, want := range map[string]int{"pass": 1, "leave": 1, "little": 2, "harmony": 3, "asked": 1, "wanted": 2, "recovery": 4, "the": 1} {
		if got := countSyllables(word); got != want {
			t.Errorf("%s has %d syllables, want %d", word, got, want)
		}
	}
}
