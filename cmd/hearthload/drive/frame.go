package drive

import (
	"bytes"
	"hash/maphash"
)

// Kind is what a frame is, by its "t".
type Kind byte

// Kinds of frames (docs/protocol.md §2).
const (
	Unknown Kind = iota
	Hello
	Resumed
	Set
	Words
	Ack
	No
	Ping
	Apart // some people of the room are on a server that cannot be reached
)

// Stream is one of the three streams a frame can be numbered on.
type Stream byte

// Streams.
const (
	NoStream Stream = iota
	RoomStream
	CareStream
	MeStream
	streams
)

// Head is the part of a frame that every reader needs. It is found by looking
// for the keys, not by decoding: a quote inside a JSON string is always
// escaped, so `"seq":` cannot stand in anybody's words, and the header comes
// before any nested object.
type Head struct {
	Kind Kind
	To   Stream
	Seq  int64
	Prev int64
}

var (
	keyT        = []byte(`"t":"`)
	keyTo       = []byte(`"to":"`)
	keySeq      = []byte(`"seq":`)
	keyPrev     = []byte(`"prev":`)
	keyRef      = []byte(`"ref":"`)
	keyForm     = []byte(`"form":`)
	keyText     = []byte(`"text":"`)
	keyNext     = []byte(`"next":[`) // the phase has a "next" of its own, a string
	keySeats    = []byte(`"seats":[`)
	keySet      = []byte(`"set":{`)
	keyOn       = []byte(`"on":[`)
	keyUnsay    = []byte(`"unsay":[`)
	keyNextNone = []byte(`"next":null`)
	keyCode     = []byte(`"code":"`)
)

var kinds = map[string]Kind{
	"hello": Hello, "resumed": Resumed, "set": Set, "words": Words, "ack": Ack, "no": No, "ping": Ping, "apart": Apart,
}

// ParseHead reads the head of one frame.
func ParseHead(line []byte) Head {
	var h Head
	h.Kind = kinds[string(Text(line, keyT))]
	switch h.Kind {
	case Set, Words:
		switch to := Text(line, keyTo); {
		case string(to) == "room":
			h.To = RoomStream
		case string(to) == "care":
			h.To = CareStream
		case string(to) == "me":
			h.To = MeStream
		}
		if h.Seq, h.Prev = Number(line, keySeq), Number(line, keyPrev); h.Prev < 0 {
			h.Prev = h.Seq - 1
		}
	case Hello, Resumed:
		h.Seq = Number(line, keySeq)
	}
	return h
}

// Text gives the bytes of a string that follows key, up to its closing quote.
// It is for values without escapes: ids, codes, times.
func Text(line, key []byte) []byte {
	i := bytes.Index(line, key)
	if i < 0 {
		return nil
	}
	rest := line[i+len(key):]
	if j := bytes.IndexByte(rest, '"'); j >= 0 {
		return rest[:j]
	}
	return nil
}

// Number gives the number that follows key; -1 when it is absent.
func Number(line, key []byte) int64 {
	i := bytes.Index(line, key)
	if i < 0 {
		return -1
	}
	return Digits(line[i+len(key):])
}

// Digits reads the decimal digits b begins with; -1 when there are none.
func Digits(b []byte) int64 {
	var n int64
	for i, c := range b {
		if c < '0' || c > '9' {
			if i == 0 {
				return -1
			}
			return n
		}
		n = n*10 + int64(c-'0')
	}
	if len(b) == 0 {
		return -1
	}
	return n
}

// Said gives the beginning of the text of a words frame.
func Said(line []byte) []byte {
	i := bytes.Index(line, keyText)
	if i < 0 {
		return nil
	}
	return line[i+len(keyText):]
}

// HasNext says whether a frame carries the names up next.
func HasNext(line []byte) bool {
	return bytes.Contains(line, keyNext) || bytes.Contains(line, keyNextNone)
}

var seed = maphash.MakeSeed()

// Sum is a fingerprint of one frame without its numbers, which are each seat's
// own; equal within this process.
func Sum(line []byte) uint64 {
	var h maphash.Hash
	h.SetSeed(seed)
	for _, key := range [][]byte{keySeq, keyPrev} {
		before, rest, found := bytes.Cut(line, key)
		if !found || key[1] == 'p' && len(before) > 1 {
			continue
		}
		_, _ = h.Write(before)
		line = bytes.TrimLeft(rest, "0123456789,")
	}
	_, _ = h.Write(line)
	return h.Sum64()
}

// Form is the journal number an ack carries; 0 when it is not durable.
func Form(line []byte) int64 { return max(Number(line, keyForm), 0) }
