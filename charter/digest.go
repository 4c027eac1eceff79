package charter

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
)

// Digest is the lower-case hex SHA-256 of the canonical form of t. People agree
// to a digest, so that nobody is bound to words they have not read.
//
// The canonical form is the ASCII line "hearth-charter/1", a line feed, and
// then three netstrings (decimal length in bytes, colon, bytes, comma) for each
// line in turn: principle, title, text. Lengths come first, so no text can
// imitate the seams between fields, and two different texts never have the same
// canonical form.
func Digest(t Text) string {
	sum := sha256.Sum256(canonical(t))
	return hex.EncodeToString(sum[:])
}

const canonicalHead = "hearth-charter/1\n"

func canonical(t Text) []byte {
	form := append(make([]byte, 0, 4096), canonicalHead...)
	for _, l := range t.Lines {
		form = netstring(form, string(l.Principle))
		form = netstring(form, l.Title)
		form = netstring(form, l.Text)
	}
	return form
}

func netstring(form []byte, s string) []byte {
	form = strconv.AppendInt(form, int64(len(s)), 10)
	form = append(form, ':')
	form = append(form, s...)
	return append(form, ',')
}
