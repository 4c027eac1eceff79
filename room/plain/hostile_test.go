package plain

import (
	"strings"
	"testing"
	"unicode"

	"go.mau.fi/util/confusable"
)

var victims = []string{
	"Ana", "Sam", "Eva", "Ian", "Bob", "Lily", "Tom", "Rose", "Kate", "Oscar", "Mia", "Zoe", "Nina", "Peter", "Max", "Caro", "Yusuf", "Hugo", "Lin", "Paco",
}

// twins gives, for each plain letter, the characters that Unicode lists as
// looking like it in either case.
func twins() map[rune][]rune {
	found := map[rune][]rune{}
	for r := rune(0x21); r <= 0x1ffff; r++ {
		if target := confusable.GetReplacement(r); len(target) == 1 && unicode.IsLetter(rune(target[0])) {
			found[rune(target[0])] = append(found[rune(target[0])], r)
		}
	}
	found['i'] = append(found['i'], 'l', '1', 'I', '|')
	found['I'] = append(found['I'], found['l']...)
	return found
}

// hidden are signs that cannot be seen, or only as damage to their neighbours.
var hidden = []string{
	"\u200b", "\u200c", "\u200d", "\u200e", "\u200f", "\u061c", "\u2060", "\u2061", "\u2064", "\ufeff", "\u00ad", "\u034f", "\u115f", "\u1160", "\u17b4", "\u180b", "\u180e", "\u3164", "\uffa0",
	"\u202a", "\u202b", "\u202c", "\u202d", "\u202e", "\u2066", "\u2067", "\u2068", "\u2069", "\ufe00", "\ufe0f", "\U000e0001", "\U000e0041", "\U000e0100", "\u2028", "\u2029",
	"\x00", "\x07", "\x1b[31m", "\x7f", "\u0080", "\u009f", "\t", "\r\n", "\ue000", "\U000f0000", "\ufdd0", "\uffff", "\u0378", "\u2800", "\xff", "\xc3",
	"\u0336", "\u0332", "\u0305", "\u20dd", "\u0489", "\u0300\u0301\u0302", "\u0323\u0323", "\u1ab0", " ", "\u00a0", ".", "-", "'", "’", "\u00b7", "‐", "‑",
}

// styles are the letters A to Z again, as mathematics and lists write them.
var styles = []rune{0x1d400, 0x1d434, 0x1d468, 0x1d4d0, 0x1d56c, 0x1d5a0, 0x1d5d4, 0x1d608, 0x1d63c, 0x1d670, 0xff21, 0x24b6, 0x1f130, 0x1f150, 0x1f170, 0x1f1e6}

// disguises gives ways to look like the victim.
func disguises(victim string, twins map[rune][]rune) []string {
	var all []string
	letters := []rune(victim)
	for i, r := range letters {
		for _, twin := range twins[r] {
			one := string(letters[:i]) + string(twin) + string(letters[i+1:])
			all = append(all, one, strings.ReplaceAll(victim, string(r), string(twin)))
		}
	}
	for _, h := range hidden {
		all = append(all, victim+h, string(letters[0])+h+string(letters[1:]), h+victim, strings.Join(strings.Split(victim, ""), h))
	}
	for _, a := range styles {
		all = append(all, strings.Map(func(r rune) rune { return a + unicode.ToUpper(r) - 'A' }, victim))
	}
	return append(all, strings.ToUpper(victim), strings.ToLower(victim), wholly(victim, unicode.Cyrillic, twins), wholly(victim, unicode.Greek, twins), wholly(victim, unicode.Lisu, twins),
		wholly(victim, unicode.Cherokee, twins), wholly(victim, unicode.Armenian, twins), victim+" (host)", "✓"+victim, victim+"⭐", "<"+victim+">")
}

// wholly writes the victim in one other script, as far as its letters go.
func wholly(victim string, script *unicode.RangeTable, twins map[rune][]rune) string {
	return strings.Map(func(r rune) rune {
		for _, same := range []rune{r, unicode.ToUpper(r), unicode.ToLower(r)} {
			for _, twin := range twins[same] {
				if unicode.Is(script, twin) {
					return twin
				}
			}
		}
		return r
	}, victim)
}

// A24: of thousands of disguises of people who are here, each is refused or
// clashes with the person it imitates. So is each disguise of a job.
func TestA24HostileNames(t *testing.T) {
	known := twins()
	tried, refused, clashed, bared := map[string]bool{}, 0, 0, 0
	for _, victim := range victims {
		_, skeleton, err := Name(victim)
		if err != nil {
			t.Fatal(victim, err)
		}
		for _, name := range disguises(victim, known) {
			if tried[name] {
				continue
			}
			tried[name] = true
			switch kept, other, err := Name(name); {
			case err != nil:
				refused++
			case other == skeleton:
				clashed++
			case !strings.EqualFold(confusable.Skeleton(kept), confusable.Skeleton(victim)):
				bared++ // normalising has taken the disguise off: ſ is shown as s, ϲ as ς
			default:
				t.Errorf("%q (%+q, skeleton %q) passes beside %s (%q)", kept, name, other, victim, skeleton)
			}
		}
	}
	t.Logf("%d disguises: %d refused, %d clash, %d bared", len(tried), refused, clashed, bared)
	if len(tried) < 2000 || refused < 1000 || clashed < 1000 || bared > 10 {
		t.Errorf("of %d disguises %d were refused, %d clash, %d are bared", len(tried), refused, clashed, bared)
	}
	for _, job := range []string{"Host", "Admin", "Lead", "Facilitator", "System"} {
		for _, name := range disguises(job, known) {
			if kept, _, err := Name(name); err == nil {
				t.Errorf("%q (%+q) passes for %s", kept, name, job)
			}
		}
	}
}
