// Package strict reads one JSON object the way two readers cannot disagree
// about (walls §2.5, A28; RFC 7493): valid UTF-8, exactly one object and nothing
// after it, names in exact case, no name twice at any depth, no name that is not
// asked for, nesting of at most [MaxDepth]. Whoever calls limits the size.
//
// encoding/json is too kind for the door: it takes {"role":"x","ROLE":"lead"}
// and lets the last one win, whatever its case, so that a check and the code
// behind it may see different values. And because only a whole object is ever
// accepted, a message that was cut off on its way is never taken for a whole one
// (walls finding 3): no strict prefix of an object is an object.
//
// Every function may be called from any goroutine.
package strict

import "math"

// MaxDepth is how deep objects and arrays may nest; the message itself is depth 1.
const MaxDepth = 8

// Error says why a message was not read. Code is stable and for programs; Say is
// one kind sentence for people; Field is the name of the asked-for field when it
// is about one. It holds nothing that the sender wrote, so it may be logged.
//
// Codes: "not-json", "not-utf8", "too-deep", "duplicate", "trailing",
// "unknown-field", "missing", "wrong-type".
type Error struct {
	Code  string
	Say   string
	Field string
}

// Error gives the code, and the field when there is one.
func (e *Error) Error() string {
	if e.Field == "" {
		return "strict: " + e.Code
	}
	return "strict: " + e.Code + " " + e.Field
}

const garbled = "That message did not reach us in one piece. Please try again, or reload the page."

var (
	errNotJSON   = &Error{Code: "not-json", Say: garbled}
	errNotUTF8   = &Error{Code: "not-utf8", Say: garbled}
	errTooDeep   = &Error{Code: "too-deep", Say: garbled}
	errDuplicate = &Error{Code: "duplicate", Say: garbled}
	errTrailing  = &Error{Code: "trailing", Say: garbled}
	errUnknown   = &Error{Code: "unknown-field", Say: "This page and the server do not understand each other. Please reload the page."}
)

func missing(field string) error {
	return &Error{Code: "missing", Say: "Something was left out of that message. Please try again, or reload the page.", Field: field}
}

func wrongType(field string) error {
	return &Error{Code: "wrong-type", Say: "Something in that message is not of the kind we expect. Please try again, or reload the page.", Field: field}
}

// Fields are the top-level members of one object. They point into the bytes
// given to [Object], which must not change while they are in use. The zero
// Fields has no members.
type Fields struct{ members []member }

// member is one name with the bytes of its value, both as they were written.
type member struct {
	name  []byte // between the quotes
	value []byte
}

// Object reads data as one object. The whole of it is checked, nested values
// too, before it returns. The error is an *[Error].
func Object(data []byte) (Fields, error) {
	s := scanner{data: data}
	if len(data) > math.MaxInt32 {
		return Fields{}, errNotJSON
	}
	if !s.utf8() {
		return Fields{}, errNotUTF8
	}
	s.space()
	if s.peek() != '{' {
		return Fields{}, errNotJSON
	}
	members := make([]member, 0, 8)
	if err := s.object(1, &members); err != nil {
		return Fields{}, err
	}
	s.space()
	if s.pos != len(data) {
		return Fields{}, errTrailing
	}
	return Fields{members}, nil
}

// String gives the member of this name as a string. The error is "missing" or
// "wrong-type".
func (f Fields) String(name string) (string, error) {
	raw := f.value(name)
	if raw == nil {
		return "", missing(name)
	}
	if raw[0] != '"' {
		return "", wrongType(name)
	}
	return unquote(raw), nil
}

// value gives the bytes of a member; nil when it is not there.
func (f Fields) value(name string) []byte {
	for i := range f.members {
		if f.members[i].is(name) {
			return f.members[i].value
		}
	}
	return nil
}

func (m member) is(name string) bool {
	return string(m.name) == name || escaped(m.name) && unescape(m.name) == name
}
