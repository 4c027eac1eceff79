// Package texttest makes texts that programs stumble over, for tests: what people paste, what keyboards of all
// languages write, and what nobody writes who means well.
package texttest

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf16"
)

var (
	count = flag.Int("texts", 300, "how many texts go into each field")
	given = flag.Uint64("seed", 0, "where chance begins; 0: anew each time")
)

// Text is a text as a browser has it: units of UTF-16, in which half a pair of
// surrogates can stand alone.
type Text []uint16

// Whole says whether no half of a pair stands alone.
func (t Text) Whole() bool { return !strings.ContainsRune(t.String(), '\ufffd') }

// String is the text; a half stands as U+FFFD, which no text of this package has
// otherwise.
func (t Text) String() string { return string(utf16.Decode(t)) }

// JSON is the text as JSON.stringify writes it: half a pair as an escape.
func (t Text) JSON() string {
	var b strings.Builder
	b.WriteByte('"')
	for i := 0; i < len(t); i++ {
		unit := rune(t[i])
		switch {
		case unit == '"' || unit == '\\':
			b.WriteByte('\\')
			b.WriteRune(unit)
		case unit < ' ':
			fmt.Fprintf(&b, `\u%04x`, unit)
		case !utf16.IsSurrogate(unit):
			b.WriteRune(unit)
		case i+1 < len(t) && utf16.DecodeRune(unit, rune(t[i+1])) != '\ufffd':
			b.WriteRune(utf16.DecodeRune(unit, rune(t[i+1])))
			i++
		default:
			fmt.Fprintf(&b, `\u%04x`, unit)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// Each makes the texts, no longer than so many bytes as JSON. The seed is logged.
func Each(t *testing.T, most int, try func(Text)) {
	t.Helper()
	seed := *given
	if seed == 0 {
		seed = rand.Uint64()
	}
	t.Logf("%d texts from seed %d", *count, seed)
	chance := rand.New(rand.NewPCG(seed, 0))
	for range *count {
		text := one(chance, most)
		for len(text.JSON()) > most {
			text = text[:len(text)/2]
		}
		try(text)
	}
}

// one is a few pieces of one kind or of several.
func one(chance *rand.Rand, most int) Text {
	var text Text
	kind := pieces[chance.IntN(len(pieces))]
	mixed := chance.IntN(3) == 0
	for range 1 + chance.IntN(6) {
		if mixed {
			kind = pieces[chance.IntN(len(pieces))]
		}
		text = append(text, kind(chance)...)
	}
	// Now and then it is a long paste.
	for chance.IntN(12) == 0 && len(text) > 0 && len(text) < most {
		text = append(text, text...)
	}
	return text
}

type piece = func(*rand.Rand) Text

var pieces = []piece{
	from("I slept badly. ", "It is better today, thank you. ", "O’Neill said: “tea?” ", "Zoë Ünal ", "Sam", "<b>bold</b> & \"quoted\" \\ ", "https://example.org/?a=1#b "),
	from("我今天好多了。", "ありがとうございます。", "می\u200cخواهم ", "क्\u200dष ", "สวัสดี ", "שלום ", "مرحبا ", "Ελληνικά ", "한국어 ", "ქართული "),
	from("👩‍👩‍👧‍👦", "🏳️‍🌈", "🇬🇧", "👍🏽", "❤️", "🧑🏿‍🚀", "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f", "1️⃣", "☕"),
	from("\u0000", "\u0007", "\u001b[31m", "\u007f", "\u0085", "\u009f", "\t", "\v", "\f", "\b"),
	from("\n", "\r\n", "\r", "\u2028", "\u2029", "- one\n", "\n\n", " \n ", "word\n"),
	from("\u202a", "\u202e", "\u2066", "\u2069", "\u200e", "\u200f", "\u061c", "abc\u202e", "שלום\u2067"),
	from("\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\u00ad", "\u034f", "\u180e", "\u3164", "\ufe0f", "a\u200bb", " ", "\u00a0", "\u2800"),
	from("\uf0b7 ", "\ue000", "\U000f0000", "\ufdd0", "\ufffe", "\uffff", "\u0378", "\U0001fffe", "\uf04a"),
	from("\U000e0001", "\U000e0041", "\U000e007f", "x\U000e0068\U000e0069", "🏴\U000e0067\U000e007f", "🏴\U000e0078\U000e0079\U000e007a"),
	zalgo, half, anySign, longWord,
}

func from(texts ...string) piece {
	return func(chance *rand.Rand) Text { return Text(utf16.Encode([]rune(texts[chance.IntN(len(texts))]))) }
}

// zalgo is a letter with many marks.
func zalgo(chance *rand.Rand) Text {
	text := Text{uint16('a' + chance.IntN(26))}
	for range chance.IntN(30) {
		text = append(text, uint16(0x300+chance.IntN(0x70)))
	}
	return text
}

// half is half a pair of surrogates, alone or in the wrong order.
func half(chance *rand.Rand) Text {
	high, low := uint16(0xd800+chance.IntN(0x400)), uint16(0xdc00+chance.IntN(0x400))
	return []Text{{high}, {low}, {low, high}, {'a', high, 'b'}, {high, ' '}}[chance.IntN(5)]
}

// anySign is any signs at all.
func anySign(chance *rand.Rand) Text {
	var text Text
	for range 1 + chance.IntN(8) {
		r := rune(chance.IntN(0x110000))
		if utf16.IsSurrogate(r) || r == '\ufffd' {
			r = 'x'
		}
		text = utf16.AppendRune(text, r)
	}
	return text
}

// longWord never ends.
func longWord(chance *rand.Rand) Text {
	return Text(utf16.Encode([]rune(strings.Repeat([]string{"a", "ß", "漢", "e\u0301", "👍"}[chance.IntN(5)], 1+chance.IntN(1500)))))
}
