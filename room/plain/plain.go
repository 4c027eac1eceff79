// Package plain keeps names and words honest to the eye (walls §2.5, A16, A24):
// what people see is what was typed, nothing is hidden in it, and nobody can
// look like somebody else.
//
// A look-alike skeleton (UTS 39) tells which names look the same. Its table of
// confusable characters comes from go.mau.fi/util/confusable: the table is
// generated from Unicode's own file, it is kept up to date by the authors of a
// widely used Matrix bridge, and the package needs nothing but x/text. Graphemes,
// what people count as one letter, come from rivo/uniseg.
//
// The package is pure. Every function may be called from any goroutine.
package plain

import (
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rivo/uniseg"
	"golang.org/x/text/unicode/norm"
)

// Problem says why a name or words were not taken. Code is stable and for
// programs; Say is one kind sentence for people. It holds nothing of what was
// typed, so it may be logged.
//
// Codes: "not-text"; "name-empty", "name-long", "name-hidden", "name-signs",
// "name-marks", "name-mixed", "name-reserved"; "words-empty", "words-long",
// "words-lines", "words-hidden", "words-marks".
type Problem struct {
	Code string `json:"code"`
	Say  string `json:"say"`
}

// Error gives the code.
func (p *Problem) Error() string { return "plain: " + p.Code }

// Limits of words (walls §2.5).
const (
	MaxWords     = 2000 // graphemes in one message; the max that callers give to Words
	MaxLines     = 20   // lines in one message
	MaxWordMarks = 8    // combining marks on one base
)

var (
	errNotText     = &Problem{"not-text", "That did not arrive as text. Please type it again."}
	errWordsEmpty  = &Problem{"words-empty", "There are no words in that yet."}
	errWordsLines  = &Problem{"words-lines", "That has a lot of lines. Please keep it to " + strconv.Itoa(MaxLines) + " or fewer; you can go on in a next message."}
	errWordsHidden = &Problem{"words-hidden", "There are hidden signs in that, perhaps from where it was copied. Please type it yourself."}
	errWordsMarks  = &Problem{"words-marks", "Some letters in that carry too many marks to be read. Please type it more simply."}
)

// pasted mends what comes along when words are copied: line ends, tabs, and the
// marks of lists and arrows that word processors keep at private places, where
// their symbol fonts have them and nobody else has anything (U16). A form feed
// and a vertical tab are a word processor's own line ends.
var pasted = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\v", "\n", "\f", "\n", "\u0085", "\n", "\u2028", "\n", "\u2029", "\n", "\t", " ",
	"\uf0b7", "•", "\uf0a7", "▪", "\uf0d8", "➢", "\uf0fc", "✓", "\uf0fb", "✗", "\uf076", "❖", "\uf0a8", "◻", "\uf06f", "□", "\uf0fe", "☒",
	"\uf0e0", "→", "\uf0e8", "➔", "\uf0df", "←", "\uf0f0", "⇨", "\uf04a", "☺", "\uf04b", "😐", "\uf04c", "☹", "\uf02d", "-", "\uf020", " ")

// Words gives what somebody said in the form in which it is shown: NFC, line
// ends as \n, tabs as spaces, no space at either end. At most max graphemes are
// taken (0 means [MaxWords]). The error is a *[Problem]. Giving the result to
// Words again gives the same.
func Words(raw string, max int) (string, error) {
	if max == 0 {
		max = MaxWords
	}
	if oneASCIILine(raw) {
		words := strings.TrimSpace(raw)
		switch {
		case words == "":
			return "", errWordsEmpty
		case len(words) > max:
			return "", wordsLong(max)
		}
		return words, nil
	}
	if !utf8.ValidString(raw) {
		return "", errNotText
	}
	words := strings.TrimSpace(pasted.Replace(norm.NFC.String(raw)))
	switch {
	case !visible(words):
		return "", errWordsEmpty
	case strings.Count(words, "\n") >= MaxLines:
		return "", errWordsLines
	case strings.ContainsFunc(withoutFlags(words), hiddenInWords):
		return "", errWordsHidden
	case mostMarks(words) > MaxWordMarks:
		return "", errWordsMarks
	case len(words) > max && uniseg.GraphemeClusterCount(words) > max:
		return "", wordsLong(max)
	}
	return words, nil
}

func wordsLong(max int) *Problem {
	return &Problem{"words-long", "That is a little long for one message. Please keep it to " + strconv.Itoa(max) + " letters or fewer."}
}

// oneASCIILine says whether s is printable ASCII only, as most messages in
// English are. There, every byte is a grapheme and nothing can hide.
func oneASCIILine(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// visible says whether s holds anything to see.
func visible(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool {
		return r != ' ' && r != '\u2800' && !ignorable(r) && !unicode.IsSpace(r) && !unicode.IsMark(r)
	})
}

// hiddenInWords says whether r has no place in what people read: it is a
// control, turns the direction of writing, is a tag, or has no meaning that
// everybody shares.
func hiddenInWords(r rune) bool {
	return r != '\n' && (unicode.IsControl(r) || turnsDirection(r) || tag(r) || meaningless(r))
}

// turnsDirection says whether r is a bidi embedding, override or isolate. They
// can make a line read differently from what was typed.
func turnsDirection(r rune) bool {
	return r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069'
}

// withoutFlags leaves out emoji of which a part is spelled in tags: the flags of
// places inside a country, such as Scotland. Each is a black flag, three to six
// tag letters or digits, and the end tag (UTS 51 §C.1); what else is written in
// tags cannot be seen and stays to be found.
func withoutFlags(s string) string {
	if !strings.ContainsRune(s, blackFlag) {
		return s
	}
	return taggedFlag.ReplaceAllString(s, "")
}

const blackFlag = '\U0001f3f4'

var taggedFlag = regexp.MustCompile("\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{3,6}\U000e007f")

// tag says whether r is in the block of invisible tag characters.
func tag(r rune) bool { return r >= 0xe0000 && r <= 0xe007f }

// meaningless says whether r is private, a noncharacter or unassigned. Emoji
// that came after this program's Unicode tables count as assigned: their blocks
// are kept for emoji for good (UTS 51), and people do send new ones.
func meaningless(r rune) bool {
	if r >= 0x1f000 && r <= 0x1faff {
		return false
	}
	return !unicode.In(r, unicode.L, unicode.M, unicode.N, unicode.P, unicode.S, unicode.Z, unicode.Cc, unicode.Cf)
}

// ignorable says whether r has the property Default_Ignorable_Code_Point: it is
// drawn as nothing when a font does not know it.
func ignorable(r rune) bool {
	if r >= 0xfff9 && r <= 0xfffb || r >= 0x13430 && r <= 0x13440 || unicode.Is(unicode.Prepended_Concatenation_Mark, r) {
		return false
	}
	return unicode.In(r, unicode.Cf, unicode.Variation_Selector, unicode.Other_Default_Ignorable_Code_Point)
}

// mostMarks gives the highest number of combining marks on one base.
func mostMarks(s string) int {
	most, now := 0, 0
	for _, r := range s {
		if unicode.IsMark(r) && !unicode.Is(unicode.Variation_Selector, r) {
			now++
			most = max(most, now)
		} else {
			now = 0
		}
	}
	return most
}
