package fanout

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"
)

// The hand-written string encoder says what encoding/json says, in one line.
func FuzzAppendQuoted(f *testing.F) {
	for _, s := range []string{"", "plain", `"\`, "a\nb\tc\r\x00\x1f\x7f", "\u2028<&>", "äöü😀", "\xff\xfe", "a\xc3", "\ufffd"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := appendQuoted(nil, s)
		var back string
		if err := json.Unmarshal(got, &back); err != nil {
			t.Fatalf("%q is no JSON: %v", got, err)
		}
		if want := strings.ToValidUTF8(s, "\ufffd"); utf8.ValidString(s) && back != want {
			t.Errorf("%q came back as %q", s, back)
		}
		if strings.ContainsAny(string(got), "\n\r") || !utf8.Valid(got) {
			t.Errorf("%q breaks a line or is not UTF-8", got)
		}
	})
}
