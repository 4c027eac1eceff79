package plain

import (
	"strings"
	"unicode"

	"go.mau.fi/util/confusable"
	"golang.org/x/text/unicode/norm"
)

// Skeleton gives what a name comes down to when only its looks count. Two names
// with the same skeleton must not be in one room. It is never shown.
//
// It is the skeleton of UTS 39 with three additions, because people neither see
// nor remember the difference: case does not count, nor do spaces, dots, hyphens
// and apostrophes; and a letter counts as the plain Latin letter that its
// capital looks like, or else the one that it looks like itself. (One skeleton
// cannot hold both: the Greek ν looks like v, its capital Ν like N. Ν wins, or
// else Ana and Ava would be one name.)
func Skeleton(name string) string {
	var looks strings.Builder
	before := ""
	for _, r := range norm.NFD.String(name) {
		if strings.ContainsRune(between, r) || ignorable(r) || r == dotAbove && before == "l" {
			continue
		}
		before = look(r)
		looks.WriteString(before)
	}
	return norm.NFD.String(looks.String())
}

// dotAbove is the dot that İ keeps when it becomes a small letter; i has one
// anyway.
const dotAbove = '\u0307'

// masked says whether a name looks just like plain Latin letters, other than
// those of its skeleton: Greek letters that read "Eva" although their capitals
// read "ENA" would slip past the Eva who is already here.
func masked(name, skeleton string) bool {
	var seen strings.Builder
	for _, r := range norm.NFD.String(name) {
		if !strings.ContainsRune(between, r) && !ignorable(r) {
			seen.WriteString(lowered(replaced(r)))
		}
	}
	return seen.String() != skeleton && isASCII(seen.String())
}

// look gives what one character looks like, in any case of it.
func look(r rune) string {
	if r == 'ß' || r == 'ẞ' {
		return "ss"
	}
	upper := unicode.ToUpper(unicode.ToLower(r))
	if capital := replaced(upper); isASCII(capital) {
		return lowered(capital)
	}
	return lowered(replaced(unicode.ToLower(upper)))
}

// lowered gives the look of a small letter or several. Capital I and small l are
// one stroke, so that i, l and 1 are one look; m is r and n.
func lowered(s string) string {
	var out strings.Builder
	for _, r := range strings.ToLower(s) {
		if r == 'i' {
			r = 'l'
		}
		out.WriteString(replaced(r))
	}
	return strings.ToLower(out.String())
}

func replaced(r rune) string {
	if prototype := confusable.GetReplacement(r); prototype != "" {
		return prototype
	}
	return string(r)
}

func isASCII(s string) bool {
	for _, r := range s {
		if r >= 0x80 {
			return false
		}
	}
	return s != ""
}

// jobs are names that would make somebody look like the house or its people.
var jobs = jobSkeletons(
	"facilitator", "facilitators", "cofacilitator", "host", "cohost", "hosts", "admin", "admins", "administrator",
	"system", "server", "hearth", "moderator", "moderators", "mod", "mods", "wellbeing", "wellbeingfacilitator",
	"lead", "leader", "leadfacilitator", "organiser", "organizer", "supervisor", "trainee", "staff", "support",
	"supportteam", "helpline", "everyone", "everybody", "nobody", "participant",
)

func jobSkeletons(names ...string) map[string]bool {
	skeletons := make(map[string]bool, len(names))
	for _, name := range names {
		skeletons[Skeleton(name)] = true
	}
	return skeletons
}

// reserved says whether a name, or a word of it, looks like a job of this house,
// numbers after it put aside.
func reserved(name string) bool {
	for _, part := range append(strings.Fields(name), name) {
		if jobs[Skeleton(part)] || jobs[Skeleton(strings.TrimRightFunc(part, unicode.IsDigit))] {
			return true
		}
	}
	return false
}
