package fanout

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"encoding/binary"
	"strconv"
	"strings"
)

// A veil hides the numbers of words. Inside, all words of a room are counted,
// those on private lines too; what people see must not tell how many there were
// (S06). The key is drawn anew with each epoch and equal on all nodes that share
// the room. The zero veil hides nothing: a node of an older version has the room too.
type veil struct {
	key   []byte
	block cipher.Block
}

func newVeil() veil {
	key := make([]byte, 16)
	_, _ = rand.Read(key) // never fails (Go 1.24)
	return veilOf(key)
}

func veilOf(key []byte) veil {
	block, err := aes.NewCipher(key)
	if err != nil {
		return veil{}
	}
	return veil{key, block}
}

// hide gives the id of words as people see it. Ids of another form, those of
// notices, are each seat's own already.
func (v veil) hide(id string) string {
	n, ok := wordsNumber(id)
	if !ok || v.block == nil {
		return id
	}
	var b [aes.BlockSize]byte
	binary.BigEndian.PutUint64(b[8:], n)
	v.block.Encrypt(b[:], b[:]) // one block: a permutation of the numbers
	return "w" + base64.RawURLEncoding.EncodeToString(b[:])
}

func (v veil) hideAll(ids []string) []string {
	all := make([]string, len(ids))
	for i, id := range ids {
		all[i] = v.hide(id)
	}
	return all
}

// show gives the id of words as the room knows it. What was never shown to anybody
// stands for no words.
func (v veil) show(shown string) string {
	if v.block == nil {
		return shown
	}
	digits, ok := strings.CutPrefix(shown, "w")
	raw, err := base64.RawURLEncoding.Strict().DecodeString(digits)
	if !ok || err != nil || len(raw) != aes.BlockSize {
		return ""
	}
	v.block.Decrypt(raw, raw)
	if binary.BigEndian.Uint64(raw) != 0 {
		return ""
	}
	return "w" + strconv.FormatUint(binary.BigEndian.Uint64(raw[8:]), 10)
}

func wordsNumber(id string) (uint64, bool) {
	digits, ok := strings.CutPrefix(id, "w")
	n, err := strconv.ParseUint(digits, 10, 64)
	return n, ok && err == nil
}
