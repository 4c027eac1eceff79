package fanout

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"hearth/room"
)

// What goes out is built by appending: the path of words makes one slice for
// each cast, whatever the number of its receivers (docs/protocol.md §2).

// A numbered frame is a head, in which each seat has its own number, and a body
// that is the same bytes for everybody who is sent it.

// The kinds of numbered frames.
const (
	frameSet   = "set"
	frameWords = "words"
)

// emptyBody is the body of a frame of which only the number goes out.
var emptyBody = []byte("}")

// appendHead appends the head of a numbered frame.
func appendHead(b []byte, t string, to room.AudienceKind, n number) []byte {
	b = append(append(b, `{"t":"`...), t...)
	b = append(append(b, `","to":"`...), to.Stream()...)
	b = strconv.AppendInt(append(b, `","seq":`...), n.seq, 10)
	if n.prev != n.seq-1 {
		b = strconv.AppendInt(append(b, `,"prev":`...), n.prev, 10)
	}
	return b
}

// appendWords appends the body of a words frame.
func appendWords(b []byte, id string, w *room.Words) []byte {
	b = appendQuoted(append(b, `,"id":`...), id)
	b = appendQuoted(append(b, `,"kind":`...), string(w.Kind))
	b = appendQuoted(append(b, `,"seat":`...), string(w.Seat))
	if w.With != "" {
		b = appendQuoted(append(b, `,"with":`...), string(w.With))
	}
	b = appendQuoted(append(b, `,"text":`...), w.Text)
	b = strconv.AppendInt(append(b, `,"at":`...), int64(w.At), 10)
	return append(b, '}')
}

// appendSet appends the body of a set frame: happenings, words to unsay by the ids
// under which people know them, and the sections
// last, so that a frame without them is its beginning (see ring). cut is where
// they begin in it; -1 when there are none.
func appendSet(b []byte, c *room.Cast, unsay []string) (body []byte, cut int, err error) {
	if len(c.On) > 0 {
		b = appendList(append(b, `,"on":`...), c.On, appendHappening)
	}
	for i, id := range unsay {
		b = append(b, [2]string{`,"unsay":[`, `,`}[min(i, 1)]...)
		b = appendQuoted(b, id)
	}
	if len(unsay) > 0 {
		b = append(b, ']')
	}
	if len(c.Set) == 0 {
		return append(b, '}'), -1, nil
	}
	cut = len(b)
	b = append(b, `,"set":{`...)
	names := make([]string, 0, 16)
	for name := range c.Set {
		names = append(names, name)
	}
	slices.Sort(names)
	for i, name := range names {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(appendQuoted(b, name), ':')
		if b, err = appendSection(b, c.Set[name]); err != nil {
			return nil, -1, fmt.Errorf("encode section %s: %w", name, err)
		}
	}
	return append(b, '}', '}'), cut, nil
}

// Ack answers a command that has taken effect. form is its number among the
// commands of its seat that left rows in the journal, or 0 if it left none.
func Ack(ref string, form int64) []byte {
	b := make([]byte, 0, 64)
	b = appendQuoted(append(b, `{"t":"ack","ref":`...), ref)
	if form > 0 {
		b = strconv.AppendInt(append(b, `,"form":`...), form, 10)
	}
	return append(b, '}')
}

// No answers a command that changed nothing. ref is empty when the command
// had no id that could be read.
func No(ref string, r *room.Refusal) []byte {
	b := make([]byte, 0, 96+len(r.Say))
	b = append(b, `{"t":"no"`...)
	if ref != "" {
		b = appendQuoted(append(b, `,"ref":`...), ref)
	}
	b = appendQuoted(append(b, `,"code":`...), r.Code)
	b = appendQuoted(append(b, `,"say":`...), r.Say)
	return append(b, '}')
}

// appendOpening appends what hello and resumed have in common, without the
// closing brace.
func appendOpening(b []byte, t, epoch string, seq int64, now time.Time, token string) []byte {
	b = append(append(append(b, `{"t":"`...), t...), `","v":1,"epoch":"`...)
	b = strconv.AppendInt(append(append(b, epoch...), `","seq":`...), seq, 10)
	b = strconv.AppendInt(append(b, `,"now":`...), now.UnixMilli(), 10)
	b = append(append(b, `,"resume":"`...), token...)
	return append(b, '"')
}

// Apart says whether some people in the room cannot be reached just now.
func Apart(on bool) []byte {
	if on {
		return []byte(`{"t":"apart","on":true}`)
	}
	return []byte(`{"t":"apart","on":false}`)
}
