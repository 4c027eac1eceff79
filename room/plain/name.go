package plain

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rivo/uniseg"
	"golang.org/x/text/secure/precis"
	"golang.org/x/text/unicode/norm"
)

// Limits of names (walls §2.5).
const (
	MaxName      = 32  // graphemes
	MaxNameBytes = 128 // bytes of UTF-8
	MaxNameMarks = 2   // combining marks on one base, see tooManyMarks
)

var (
	errNameEmpty    = &Problem{"name-empty", "Please choose a name with at least one letter. Any name you like is fine."}
	errNameLong     = &Problem{"name-long", "That name is a little long. Please keep it to " + strconv.Itoa(MaxName) + " letters or fewer."}
	errNameHidden   = &Problem{"name-hidden", "There are hidden signs in that name, perhaps from where it was copied. Please type it yourself."}
	errNameSigns    = &Problem{"name-signs", "A name here is made of letters and numbers, with spaces, dots, hyphens or apostrophes if you like."}
	errNameMarks    = &Problem{"name-marks", "Some letters in that name carry too many marks to be read. Please write it more simply."}
	errNameMixed    = &Problem{"name-mixed", "That name mixes letters of different writing systems. Please keep to one, so that everybody can read it."}
	errNameMasked   = &Problem{"name-mixed", "The letters of that name look like those of another writing system, so people could misread it. Please write it a little differently."}
	errNameReserved = &Problem{"name-reserved", "That name belongs to a job here, so it could confuse people. Please choose another one."}
)

// Name gives a chosen name in the form in which it is shown, and its look-alike
// skeleton ([Skeleton]), which is compared and never shown. The error is a
// *[Problem]. Giving the result to Name again gives the same.
//
// A name is NFC, then the Nickname profile (RFC 8266) applied until it is
// stable, since once is not always enough. It is 1 to [MaxName] graphemes and at
// most [MaxNameBytes] bytes; letters, marks and digits with single spaces, dots,
// hyphens and apostrophes; of one living writing system or a mix that UTS 39
// calls highly restrictive; and no job of this house.
func Name(raw string) (name, skeleton string, err error) {
	if !utf8.ValidString(raw) {
		return "", "", errNotText
	}
	if len(raw) > 4*MaxNameBytes {
		return "", "", errNameLong
	}
	name = norm.NFC.String(raw)
	if hiddenInName(name) {
		return "", "", errNameHidden
	}
	if name, err = nickname(name); err != nil {
		return "", "", err
	}
	if problem := nameProblem(name); problem != nil {
		return "", "", problem
	}
	skeleton = Skeleton(name)
	switch {
	case skeleton == "":
		return "", "", errNameEmpty
	case reserved(name):
		return "", "", errNameReserved
	case masked(name, skeleton):
		return "", "", errNameMasked
	}
	return name, skeleton, nil
}

// nickname applies NFC and the Nickname profile until nothing changes any more.
func nickname(name string) (string, error) {
	for range 8 {
		next, err := precis.Nickname.String(name)
		switch {
		case err != nil && strings.TrimSpace(name) == "":
			return "", errNameEmpty
		case err != nil:
			return "", errNameSigns
		case norm.NFC.String(next) == name:
			return name, nil
		}
		name = norm.NFC.String(next)
	}
	return "", errNameSigns
}

// nameProblem says what is wrong with a name in its final form.
func nameProblem(name string) *Problem {
	switch {
	case strings.ContainsFunc(name, notInNames):
		return errNameSigns
	case hiddenInName(name):
		return errNameHidden
	case !strings.ContainsFunc(name, unicode.IsLetter):
		return errNameEmpty
	case len(name) > MaxNameBytes || uniseg.GraphemeClusterCount(name) > MaxName:
		return errNameLong
	case tooManyMarks(name):
		return errNameMarks
	case !oneWriting(name):
		return errNameMixed
	}
	return nil
}

// hiddenInName says whether s holds what hiddenInWords refuses, a line break, or
// anything that is drawn as nothing; joiners may stay where a script needs them.
func hiddenInName(s string) bool {
	runes := []rune(s)
	for i, r := range runes {
		switch {
		case r == '\u200c' || r == '\u200d':
			if !joinerNeeded(runes, i) {
				return true
			}
		case r == '\n', hiddenInWords(r), ignorable(r):
			return true
		}
	}
	return false
}

// joinerNeeded says whether the joiner at i stands where it changes how letters
// of its script are joined (RFC 5892 A.1 and A.2): after a virama, or, for the
// non-joiner, between two letters that would join; and before a letter always.
func joinerNeeded(runes []rune, i int) bool {
	if i == 0 || i+1 == len(runes) || !unicode.IsLetter(runes[i+1]) {
		return false
	}
	if norm.NFC.PropertiesString(string(runes[i-1])).CCC() == virama {
		return true
	}
	before := i - 1
	for before > 0 && unicode.IsMark(runes[before]) {
		before--
	}
	return runes[i] == '\u200c' && joins(runes[before]) && joins(runes[i+1])
}

// virama is the canonical combining class of signs that bind two letters.
const virama = 9

// joins says whether r is a letter of a script that is written joined up.
func joins(r rune) bool {
	return unicode.IsLetter(r) && unicode.In(r, unicode.Arabic, unicode.Syriac, unicode.Mongolian, unicode.Nko, unicode.Adlam, unicode.Hanifi_Rohingya)
}

// between are the signs that stand between letters of names: space, dots,
// hyphens, apostrophes and their kin in other scripts.
const between = " .-'’ʼʻ‐·・־׳״་՛"

// notInNames says whether r is no part of a name. Letters that only phoneticians
// use are among them: they are drawn like small capitals and other letters, and
// no tables of look-alikes hold them all.
func notInNames(r rune) bool {
	switch {
	case r == '\u200c' || r == '\u200d' || strings.ContainsRune(between, r):
		return false
	case unicode.IsMark(r):
		return unicode.Is(unicode.Me, r)
	case unicode.Is(unicode.Nd, r):
		return false
	}
	return !unicode.IsLetter(r) || phonetic(r)
}

// phonetic says whether r is a letter for phonetics, or a Latin letter beyond the
// everyday blocks that has no capital, and so is in nobody's alphabet.
func phonetic(r rune) bool {
	return r >= 0x1d00 && r <= 0x1dbf || r >= 0x250 && unicode.Is(unicode.Latin, r) && unicode.IsLower(r) &&
		unicode.ToUpper(r) == r && norm.NFD.PropertiesString(string(r)).Decomposition() == nil
}

// tooManyMarks says whether a name piles up marks, those within precomposed
// letters included. A base takes two. Greek and the scripts that write their
// vowels and tones as marks may need a third. Vowels that stand beside their
// letter do not pile up, and Tibetan stacks whole letters; neither counts. No
// mark is needed twice.
func tooManyMarks(name string) bool {
	var on []rune // the marks on the present letter
	piled := 0    // those of them that pile up
	onLetter, greek := false, false
	for _, r := range norm.NFD.String(name) {
		switch {
		case unicode.IsLetter(r) || unicode.Is(unicode.Nd, r):
			on, piled, onLetter, greek = on[:0], 0, true, unicode.Is(unicode.Greek, r)
			continue
		case !unicode.IsMark(r):
			onLetter = onLetter && (r == '\u200c' || r == '\u200d')
			continue
		case !onLetter || markRefused(r) || slices.Contains(on, r):
			return true
		case r >= 0x0f90 && r <= 0x0fbc:
			on, piled = on[:0], 0
			continue
		}
		on = append(on, r)
		if !unicode.Is(unicode.Mc, r) {
			piled++
		}
		if piled > MaxNameMarks+1 || piled > MaxNameMarks && !greek && unicode.Is(unicode.Inherited, r) {
			return true
		}
	}
	return false
}

// markRefused says whether r is a mark of no particular script that no alphabet
// needs: strokes through and lines around a letter, marks for phonetics, music
// and editing.
func markRefused(r rune) bool {
	switch {
	case r >= 0x0300 && r <= 0x036f:
		return !strings.ContainsRune(everydayMarks, r)
	case r >= 0x064b && r <= 0x0655, r == 0x0670: // Arabic vowels
		return false
	case r == 0x3099 || r == 0x309a: // kana voicing
		return false
	}
	return unicode.Is(unicode.Inherited, r)
}

// everydayMarks are the general combining marks that some alphabet needs beyond
// its precomposed letters.
const everydayMarks = "\u0300\u0301\u0302\u0303\u0304\u0306\u0307\u0308\u0309\u030a\u030b\u030c\u030d\u030f\u0311" +
	"\u0313\u0314\u031b\u0323\u0324\u0325\u0326\u0327\u0328\u0329\u032d\u032e\u0330\u0331\u0342\u0345\u0358"
