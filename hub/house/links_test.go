package house

import (
	"crypto/sha256"
	"encoding/base64"
	"testing"
)

// FuzzLink: whatever is behind the # of a link, only the one way of writing 32
// bytes opens anything (A11). Everything else comes to the one hash that no
// link has.
func FuzzLink(f *testing.F) {
	token, _ := newToken()
	for _, seed := range []string{"", token, token + "=", token[:42], token + "A", "\xff" + token[1:], token[:42] + "B", " " + token} {
		f.Add(seed)
	}
	nothing := hashOf("")
	f.Fuzz(func(t *testing.T, text string) {
		hash := hashOf(text)
		raw, err := base64.RawURLEncoding.DecodeString(text)
		written := err == nil && len(raw) == 32 && base64.RawURLEncoding.EncodeToString(raw) == text
		switch {
		case written && hash != sha256.Sum256(raw):
			t.Errorf("a token does not lead to its own hash")
		case !written && hash != nothing:
			t.Errorf("%q is no token and does not come to nothing", text)
		}
	})
}

// TestNewTokens: what is given out is read back, and nothing is given twice.
func TestNewTokens(t *testing.T) {
	seen := map[[32]byte]bool{}
	for range 1000 {
		token, hash := newToken()
		if hashOf(token) != hash || seen[hash] || len(token) != 43 {
			t.Fatal("a token that is not its own")
		}
		seen[hash] = true
	}
}
