package plain

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/rivo/uniseg"
	"golang.org/x/text/unicode/norm"
)

func TestWordsAreKeptAsTheyWereTyped(t *testing.T) {
	for raw, want := range map[string]string{
		"I had a hard week.":         "I had a hard week.",
		"  one\r\ntwo\rthree\tx  \n": "one\ntwo\nthree x",
		"a\u2028b\u2029c\u0085d":     "a\nb\nc\nd",
		"Jose\u0301":                 "José",
		"می\u200cخواهم بگویم":        "می\u200cخواهم بگویم",
		"👩‍👩‍👧 ❤️ 🫂 \U0001faea":      "👩‍👩‍👧 ❤️ 🫂 \U0001faea",
		"שלום \u200fabc":             "שלום \u200fabc",
		"<b>not bold</b> & 5 > 3":    "<b>not bold</b> & 5 > 3",
		"soft\u00adhyphen":           "soft\u00adhyphen",
		"ก็็็ fine":                  "ก็็็ fine",
		"\u3164 .":                   "\u3164 .",
		"ﬁ ① Ａ":                      "ﬁ ① Ａ",
	} {
		if words, err := Words(raw, 0); words != want || err != nil {
			t.Errorf("%q became %q, %v, want %q", raw, words, err, want)
		}
	}
}

const scotland = "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f"

// U16: what people send and paste without meaning any harm is taken: flags that
// are spelled in tags, and the marks of a word processor's lists. What is spelled
// in tags without being a flag stays hidden text, and is refused.
func TestWordsTakeFlagsAndPastedMarks(t *testing.T) {
	for raw, want := range map[string]string{
		"From " + scotland + " with love": "From " + scotland + " with love",
		"\uf0b7 sleep\n\uf0b7 a walk":     "• sleep\n• a walk",
		"\uf0a7\ttea \uf0e0 bed":          "▪ tea → bed",
		"one\vtwo\fthree":                 "one\ntwo\nthree",
		"fine \uf04a":                     "fine ☺",
	} {
		if words, err := Words(raw, 0); words != want || err != nil {
			t.Errorf("%q became %q, %v, want %q", raw, words, err, want)
		}
	}
	for _, raw := range []string{
		strings.TrimSuffix(scotland, "\U000e007f"), "a\U000e0067\U000e0062\U000e0073\U000e007f", "\U0001f3f4\U000e0067\U000e007f", scotland + "\U000e0067",
		"\U0001f3f4" + strings.Repeat("\U000e0067", 40) + "\U000e007f", "x\uf0b8", "\U0001f3f4\U000e0067 \U000e007f",
	} {
		if words, err := Words(raw, 0); code(err) != "words-hidden" {
			t.Errorf("%q became %q, %v", raw, words, err)
		}
	}
}

func TestWordsRefuses(t *testing.T) {
	cases := map[string][]string{
		"not-text":     {"\xff", "hello \xc3", "\xed\xa0\x80"},
		"words-empty":  {"", " ", "\n\t\r\n", "\u00a0\u3000", "\u200b", "\u200d\ufeff", "\u2800", "\u3164", "\ufe0f", "\u0301", "\u2060 \u00ad"},
		"words-hidden": {"a\x00", "a\x07b", "\x1b[2Jx", "a\x7f", "a\u0080b", "a\u202eb", "\u2066a", "a\U000e0041", "a\ue000", "a\ufffe", "a\U0010ffff", "a\u0378", "a\U000f0000"},
		"words-lines":  {"a" + strings.Repeat("\n", MaxLines) + "b", "a" + strings.Repeat("\r\n", MaxLines) + "b", strings.Repeat("a\u2028", MaxLines) + "b"},
		"words-long":   {strings.Repeat("é", MaxWords+1), strings.Repeat("a ", MaxWords), strings.Repeat("👩‍👩‍👧", MaxWords+1)},
		"words-marks":  {"a" + strings.Repeat("\u0336", MaxWordMarks+1), "ก" + strings.Repeat("็", MaxWordMarks+1)},
	}
	for want, all := range cases {
		for _, raw := range all {
			if words, err := Words(raw, 0); code(err) != want || words != "" {
				t.Errorf("%.40q: %v, want %s", raw, err, want)
			}
		}
	}
}

func TestWordsLimits(t *testing.T) {
	for _, raw := range []string{
		strings.Repeat("a", MaxWords), strings.Repeat("é", MaxWords), strings.Repeat("👩‍👩‍👧", MaxWords), "a" + strings.Repeat("\n", MaxLines-1) + "b", "a" + strings.Repeat("\u0336", MaxWordMarks),
	} {
		if _, err := Words(raw, MaxWords); err != nil {
			t.Errorf("%.40q: %v", raw, err)
		}
	}
	if _, err := Words("héé", 3); err != nil {
		t.Error(err)
	}
	if _, err := Words("héé!", 3); code(err) != "words-long" || !strings.Contains(err.(*Problem).Say, " 3 ") {
		t.Errorf("four letters of three: %v", err)
	}
}

// FuzzWords: never panics; what is taken is safe to show and stays as it is when
// given again.
func FuzzWords(f *testing.F) {
	for _, seed := range []string{"I am here.", "a\r\nb", "\xff", "a\u202eb", "\u200b", "क्\u200dष", "\u0344", "é\u0301\u0301", " \n x", "\u2028", "👩\u200d👩\u200d👧", "\u1100\u1161", "a\u0085", "\U0001f9ff\U0001faff"} {
		f.Add(seed, 50)
	}
	f.Fuzz(func(t *testing.T, raw string, limit int) {
		if limit <= 0 || limit > MaxWords {
			limit = MaxWords
		}
		words, err := Words(raw, limit)
		if err != nil {
			if words != "" || code(err) == "" {
				t.Fatalf("%q: refused with %q, %v", raw, words, err)
			}
			return
		}
		if again, err := Words(words, limit); again != words || err != nil {
			t.Fatalf("%q became %q, then %q, %v", raw, words, again, err)
		}
		if !utf8.ValidString(words) || !norm.NFC.IsNormalString(words) || uniseg.GraphemeClusterCount(words) > limit || strings.Count(words, "\n") >= MaxLines {
			t.Fatalf("%q became %q", raw, words)
		}
		for _, r := range words {
			if r < ' ' && r != '\n' || r >= 0x7f && r <= 0x9f || turnsDirection(r) || tag(r) {
				t.Fatalf("%q holds %U", words, r)
			}
		}
	})
}

func BenchmarkWords(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Words("I had a hard week, and then my neighbour came by with soup.", 0); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkName(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := Name("Siobhán"); err != nil {
			b.Fatal(err)
		}
	}
}
