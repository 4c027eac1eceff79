package plain

import (
	"errors"
	"os"
	"strconv"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/rivo/uniseg"
	"golang.org/x/text/unicode/norm"
)

// rows gives the lines of a file in testdata, without comments.
func rows(t testing.TB, file string) []string {
	t.Helper()
	data, err := os.ReadFile("testdata/" + file)
	if err != nil {
		t.Fatal(err)
	}
	var kept []string
	for row := range strings.Lines(string(data)) {
		if row = strings.TrimRight(row, "\n"); row != "" && row[0] != '#' {
			kept = append(kept, row)
		}
	}
	return kept
}

func code(err error) string {
	var problem *Problem
	if errors.As(err, &problem) {
		return problem.Code
	}
	return ""
}

// The walls are for impostors: of real names, one in two hundred may be refused.
func TestRealNamesAreWelcome(t *testing.T) {
	names := strings.Fields(strings.Join(rows(t, "names.txt"), " "))
	if len(names) < 500 {
		t.Fatalf("only %d names", len(names))
	}
	var refused []string
	for _, name := range names {
		kept, skeleton, err := Name(name)
		if err != nil {
			refused = append(refused, name+" ("+code(err)+")")
			continue
		}
		if kept != norm.NFC.String(norm.NFKC.String(name)) {
			t.Errorf("%q is kept as %q", name, kept)
		}
		if skeleton == "" {
			t.Errorf("%q has no skeleton", name)
		}
	}
	t.Logf("%d names, refused %q", len(names), refused)
	if len(refused)*200 > len(names) {
		t.Errorf("%d of %d real names are refused: %q", len(refused), len(names), refused)
	}
}

// Names that differ to the eye are both welcome.
func TestDifferentNamesDoNotClash(t *testing.T) {
	for _, pair := range []string{
		"Ana Ava", "Ana Anna", "Max Mac", "Eva Ena", "Lea Leo", "Tim Tom", "Sam Pam", "Nina Mina", "Hanna Hannah", "Yusuf Uusuf", "Hugo Nugo",
		"Анна Алла", "Саша Маша", "Νίκος Νίκη", "علی ولی", "伟 芳", "さくら さくや", "김민준 김민지", "José José2", "Kim Tim", "Jo Joe", "Ana Ana2",
		"Hoa Hoà", "Öde Ode", "सीता गीता", "Ali Alma", "Nan Mam", "गीता गीत",
	} {
		one, other, _ := strings.Cut(pair, " ")
		_, a, errA := Name(one)
		_, b, errB := Name(other)
		if errA != nil || errB != nil || a == b {
			t.Errorf("%s: skeletons %q %q, errors %v %v", pair, a, b, errA, errB)
		}
	}
}

// A24: whoever looks like somebody who is here cannot come in under that name.
func TestA24LookalikesAreRefusedOrClash(t *testing.T) {
	for _, row := range rows(t, "lookalikes.txt") {
		one, escaped, _ := strings.Cut(row, " ")
		other, err := strconv.Unquote(`"` + escaped + `"`)
		if err != nil {
			t.Fatal(row, err)
		}
		_, taken, err := Name(one)
		if err != nil && code(err) != "name-reserved" {
			t.Errorf("%q is refused itself: %v", one, err)
		}
		if _, skeleton, err := Name(other); err == nil && skeleton != taken {
			t.Errorf("%q (%q) passes beside %q (%q)", other, skeleton, one, taken)
		}
	}
}

func TestNameRefuses(t *testing.T) {
	cases := map[string][]string{
		"not-text":   {"\xff", "Ana\xc3", "\xed\xa0\x80", "A\xc0\x80"},
		"name-empty": {"", " ", "\u3000", "7", "...", "-", " ' ", "ʻ", "ʼ-ʼ", "٣٤", "\u0e49"},
		"name-long":  {strings.Repeat("a", 33), strings.Repeat("é", 65), strings.Repeat("田", 43), strings.Repeat("x", 100000), strings.Repeat("한", 33)},
		"name-hidden": {"A\nna", "Ana\t", "A\x00na", "A\u0085na", "A\u202ena", "A\u2066na\u2069", "A\u200ena", "A\u200bna", "A\u2060na", "\ufeffAna", "A\u00adna",
			"A\u034fna", "Ana\ufe0f", "Ana\U000e0061", "A\U000e0100na", "Ana\ue000", "Ana\U000f0000", "Ana\ufffe", "Ana\U0001ffff", "Ana\u0378", "A\u115fna", "A\u3164na", "A\uffa0na",
			"A\u200dna", "An\u200c", "\u200cAna", "A\u200cna", "ع\u200dل", "علی\u200c", "क्\u200d", "क\u200dष"},
		"name-signs": {"Ana!", "@ana", "<b>Ana</b>", "Ana & Bo", "Ana/Bo", "Ana_B", "Ana 😀", "😀", "Ana❤", "A\u20ddna", "A\u0489na", "ʼ·ʼ", "½Ana", "Ana™?", "ᴀna", "ʟeo", "Ana\u2800", "Ana,", "(Ana)", "A=B", "Ⅷ$"},
		"name-marks": {"Z\u0300\u0301\u0302algo", "\u0301Ana", "A\u0336na", "A\u0332na", "Ana \u0301", "Ana-\u0301", "ก็็", "ก่้๊๋", "e\u0301\u0301", "aä̂\u0323", "ကာာ", "A\u1dc0na", "ậ\u0301", "A\u0363na"},
		"name-mixed": {"Аna", "Αna", "Anа", "田さ김", "Anaعلی", "सीताАна", "Ана田", "1٣a", "Ανa", "Ενα", "Ana१2", "𐌀𐌁", "𓀀"},
		"name-reserved": {"Facilitator", "facilitators", "HOST", "The Host", "Host Ana", "administrator", "admin", "Admin2", "h.o.s.t", "H o s t", "M0derator", "WellBeing", "well-being", "Lead",
			"lead 2", "Hearth", "hearth-lead hearth", "system", "ADMIN", "Organizer", "Adm1n", "Supervisor", "ＨＯＳＴ"},
	}
	for want, names := range cases {
		for _, name := range names {
			if kept, _, err := Name(name); code(err) != want {
				t.Errorf("%.40q: kept as %q, %v, want %s", name, kept, err, want)
			}
		}
	}
}

func TestNameLimits(t *testing.T) {
	for _, name := range []string{
		strings.Repeat("ab", 16), strings.Repeat("é", 32), strings.Repeat("田", 32), strings.Repeat("한", 32), strings.Repeat("नि", 21), strings.Repeat("क\u093f\u0902", 14),
	} {
		if _, _, err := Name(name); err != nil {
			t.Errorf("%q (%d graphemes, %d bytes): %v", name, uniseg.GraphemeClusterCount(name), len(name), err)
		}
		if _, _, err := Name(name + name); code(err) != "name-long" {
			t.Errorf("twice %q: %v", name, err)
		}
	}
}

func TestNameIsTidied(t *testing.T) {
	for raw, want := range map[string]string{
		"  Ana   B ": "Ana B", "Ana\u00a0B": "Ana B", "\u3000Ana": "Ana", "Jose\u0301": "José", "ﬁn": "fin", "Ａｎａ": "Ana", "ﾀｹｼ": "タケシ", "Ana\u2003\u2003B": "Ana B", "Ⅷa": "VIIIa", "O‑Ren": "O‐Ren",
	} {
		if name, _, err := Name(raw); name != want || err != nil {
			t.Errorf("%q became %q, %v, want %q", raw, name, err, want)
		}
	}
}

// Whatever was typed stays out of the error: it may be somebody's name.
func TestProblemsHoldNothingThatWasTyped(t *testing.T) {
	for _, raw := range []string{"canary!", "canary\u202e", strings.Repeat("canary", 20), "canaryд", "canary\xff", "canary host"} {
		_, _, err := Name(raw)
		var problem *Problem
		if !errors.As(err, &problem) {
			t.Errorf("%q was taken", raw)
		} else if strings.Contains(problem.Error()+problem.Say, "canary") || !strings.HasSuffix(problem.Say, ".") {
			t.Errorf("%q: %v, %q", raw, err, problem.Say)
		}
	}
}

// FuzzName: never panics; a name that is taken is safe to show, stays as it is
// when given again, and has a skeleton.
func FuzzName(f *testing.F) {
	for _, seed := range append(strings.Fields(strings.Join(rows(f, "names.txt"), " ")), "", " a  b ", "\xff", "A\u202ena", "ẖ\u0331", "ﷺ", "\u1e9b\u0323", "㏂", "K\u212a", "\u0344a", "a\u0345", "ⅱ", "ſ") {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		name, skeleton, err := Name(raw)
		if err != nil {
			if name != "" || skeleton != "" || code(err) == "" {
				t.Fatalf("%q: refused with %q %q %v", raw, name, skeleton, err)
			}
			return
		}
		again, same, err := Name(name)
		if err != nil || again != name || same != skeleton {
			t.Fatalf("%q became %q, then %q (%q, %q), %v", raw, name, again, skeleton, same, err)
		}
		if skeleton == "" || len(name) > MaxNameBytes || uniseg.GraphemeClusterCount(name) > MaxName || !utf8.ValidString(name) || !norm.NFC.IsNormalString(name) {
			t.Fatalf("%q became %q with skeleton %q", raw, name, skeleton)
		}
		for _, r := range name {
			if unicode.IsControl(r) || turnsDirection(r) || tag(r) || !unicode.IsGraphic(r) && r != '\u200c' && r != '\u200d' {
				t.Fatalf("%q holds %U", name, r)
			}
		}
		for _, shown := range []string{strings.ToUpper(name), strings.ToLower(name)} {
			if _, other, err := Name(shown); err == nil && other != skeleton && plainCase(name) {
				t.Fatalf("%q (%q) passes beside %q (%q)", shown, other, name, skeleton)
			}
		}
	})
}

// plainCase says whether every letter has one capital and one small form. A few,
// such as ŉ and ǰ, have capitals of several letters.
func plainCase(s string) bool {
	for _, r := range s {
		if unicode.ToLower(unicode.ToUpper(r)) != unicode.ToLower(r) || r > 0x250 || r == 'ŉ' || r == 'ǰ' {
			return false
		}
	}
	return true
}
