package plain

import (
	"slices"
	"unicode"
)

// living are the scripts in everyday use: those that UAX 31 recommends for
// identifiers or lists as of limited use, and Mongolian. Scripts that nobody
// writes names in today serve only to imitate other letters.
var living = []string{
	"Latin", "Cyrillic", "Greek", "Arabic", "Hebrew", "Han", "Hiragana", "Katakana", "Hangul", "Bopomofo", "Devanagari",
	"Bengali", "Gurmukhi", "Gujarati", "Oriya", "Tamil", "Telugu", "Kannada", "Malayalam", "Sinhala", "Thai", "Lao", "Tibetan",
	"Myanmar", "Khmer", "Georgian", "Armenian", "Ethiopic", "Thaana", "Mongolian", "Cherokee", "Canadian_Aboriginal", "Syriac",
	"Tifinagh", "Nko", "Adlam", "Vai", "Yi", "Lisu", "Javanese", "Balinese", "Sundanese", "Batak", "Cham", "Chakma", "Bamum",
	"Hanifi_Rohingya", "Kayah_Li", "Lepcha", "Limbu", "Mandaic", "Meetei_Mayek", "Miao", "New_Tai_Lue", "Newa",
	"Nyiakeng_Puachue_Hmong", "Ol_Chiki", "Osage", "Saurashtra", "Syloti_Nagri", "Tai_Le", "Tai_Tham", "Tai_Viet", "Wancho", "Nag_Mundari",
}

// mixes are the scripts that may stand together in one name: those that UTS 39
// calls highly restrictive, because they are written together every day.
var mixes = [][]string{
	{"Latin", "Han", "Hiragana", "Katakana"},
	{"Latin", "Han", "Bopomofo"},
	{"Latin", "Han", "Hangul"},
}

// oneWriting says whether the letters of a name belong to one living script or
// one of the mixes, and its digits to one set of digits.
func oneWriting(name string) bool {
	var found []string
	zero := rune(-1)
	for _, r := range name {
		if unicode.Is(unicode.Nd, r) {
			if zero >= 0 && zeroOf(r) != zero {
				return false
			}
			zero = zeroOf(r)
		}
		if unicode.In(r, unicode.Common, unicode.Inherited) {
			continue
		}
		script := scriptOf(r)
		if script == "" {
			return false
		}
		if !slices.Contains(found, script) {
			found = append(found, script)
		}
	}
	if len(found) <= 1 {
		return true
	}
	for _, mix := range mixes {
		if within(found, mix) {
			return true
		}
	}
	return false
}

// scriptOf gives the living script of r; empty when it has none.
func scriptOf(r rune) string {
	for _, script := range living {
		if unicode.Is(unicode.Scripts[script], r) {
			return script
		}
	}
	return ""
}

// zeroOf gives the zero of the digits that r belongs to. Digits stand in runs of
// ten that begin with zero.
func zeroOf(r rune) rune {
	if r <= '9' {
		return '0'
	}
	first := r
	for first > 0 && unicode.Is(unicode.Nd, first-1) {
		first--
	}
	return r - (r-first)%10
}

func within(found, mix []string) bool {
	for _, script := range found {
		if !slices.Contains(mix, script) {
			return false
		}
	}
	return true
}
