package plain

import (
	"strings"
	"unicode"
)

// Line gives one line that names something (a group, a session, an address to
// write to, a note on a link) in the form in which it is shown. It is as [Words],
// and as strict as [Name] about what cannot be seen: two lines that look alike
// must not differ by signs that are drawn as nothing (S12). Joiners may stay where
// a script or an emoji needs them, and so may the sign that makes an emoji
// colourful. The error is a *[Problem].
func Line(raw string, max int) (string, error) {
	line, err := Words(raw, max)
	switch {
	case err != nil:
		return "", err
	case strings.Contains(line, "\n"):
		return "", errWordsLines
	case hiddenInLine(line):
		return "", errWordsHidden
	}
	return line, nil
}

func hiddenInLine(s string) bool {
	runes := []rune(s)
	for i, r := range runes {
		switch {
		case r == '\u200d' && i > 0 && i+1 < len(runes) && pictured(runes[:i]) && unicode.Is(unicode.So, runes[i+1]):
		case r == '\u200c' || r == '\u200d':
			if !joinerNeeded(runes, i) {
				return true
			}
		case r == '\ufe0f':
			if i == 0 || !(unicode.In(runes[i-1], unicode.S, unicode.Po) || runes[i-1] >= '0' && runes[i-1] <= '9') {
				return true
			}
		case r == '\u2800', hiddenInWords(r), ignorable(r):
			return true
		}
	}
	return false
}

// pictured says whether runes end in an emoji, with or without its colours.
func pictured(runes []rune) bool {
	for i := len(runes) - 1; i >= 0; i-- {
		if r := runes[i]; r != '\ufe0f' && (r < 0x1f3fb || r > 0x1f3ff) {
			return unicode.Is(unicode.So, r)
		}
	}
	return false
}
