package plain

import (
	"strings"
	"testing"
	"unicode"
)

// TestNothingHiddenInALine puts every sign that is drawn as nothing into a line,
// at its beginning, in the middle and at its end (S12).
func TestNothingHiddenInALine(t *testing.T) {
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if r >= 0xd800 && r <= 0xdfff || !ignorable(r) && r != '\u2800' {
			continue
		}
		for _, line := range []string{string(r) + "Tuesday", "Tues" + string(r) + "day", "Tuesday" + string(r)} {
			if got, err := Line(line, 60); err == nil {
				t.Fatalf("%U is hidden in %q", r, got)
			}
		}
	}
}

// TestLinesThatPeopleWrite: scripts that need joiners, and emoji, are lines.
func TestLinesThatPeopleWrite(t *testing.T) {
	for _, line := range []string{
		"Tuesday evening", "Tea & talk ☕", "Hearts ❤\ufe0f for all", "Parents \U0001f469\u200d\U0001f467", "Pride \U0001f3f3\ufe0f\u200d\U0001f308",
		"Care \U0001f468\U0001f3fd\u200d⚕\ufe0f", "می\u200cخواهم", "क्\u200dष", "Groupe d’entraide – mardi",
		"care@example.org, +44 20 7946 0000",
	} {
		if got, err := Line(line, 60); err != nil {
			t.Errorf("%q was refused: %v", line, err)
		} else if again, err := Line(got, 60); again != got || err != nil {
			t.Errorf("%q is not stable", got)
		}
	}
	for _, line := range []string{"", "two\nlines", strings.Repeat("a", 61), "a\u202eb"} {
		if _, err := Line(line, 60); err == nil {
			t.Errorf("%q was taken", line)
		}
	}
}
