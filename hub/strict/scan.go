package strict

import (
	"bytes"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// scanner walks over JSON text once and checks it (RFC 8259 grammar with the
// restrictions of RFC 7493).
type scanner struct {
	data []byte
	pos  int
}

func (s *scanner) utf8() bool { return utf8.Valid(s.data) }

// peek gives the next byte; 0 at the end, which is no JSON either.
func (s *scanner) peek() byte {
	if s.pos < len(s.data) {
		return s.data[s.pos]
	}
	return 0
}

func (s *scanner) space() {
	for s.pos < len(s.data) {
		switch s.data[s.pos] {
		case ' ', '\t', '\n', '\r':
			s.pos++
		default:
			return
		}
	}
}

// take steps over c if it is next, and over space on both sides of it.
func (s *scanner) take(c byte) bool {
	s.space()
	if s.peek() != c {
		return false
	}
	s.pos++
	s.space()
	return true
}

func (s *scanner) value(depth int) error {
	switch c := s.peek(); {
	case c == '"':
		return s.text()
	case c == '{':
		return s.object(depth, nil)
	case c == '[':
		return s.array(depth, nil)
	case c == '-' || isDigit(c):
		return s.number()
	}
	for _, word := range [...]string{"true", "false", "null"} {
		if rest := s.data[s.pos:]; len(rest) >= len(word) && string(rest[:len(word)]) == word {
			s.pos += len(word)
			return nil
		}
	}
	return errNotJSON
}

// object reads an object whose brace is next. With into, its members are kept.
func (s *scanner) object(depth int, into *[]member) error {
	if depth > MaxDepth {
		return errTooDeep
	}
	s.pos++
	s.space()
	if s.peek() == '}' {
		s.pos++
		return nil
	}
	var few [8][]byte
	seen := names{few: few[:0]}
	for {
		if s.peek() != '"' {
			return errNotJSON
		}
		start := s.pos
		if err := s.text(); err != nil {
			return err
		}
		name := s.data[start+1 : s.pos-1]
		if !seen.add(name) {
			return errDuplicate
		}
		if !s.take(':') {
			return errNotJSON
		}
		start = s.pos
		if err := s.value(depth + 1); err != nil {
			return err
		}
		if into != nil {
			*into = append(*into, member{name, s.data[start:s.pos]})
		}
		if s.take(',') {
			continue
		}
		if s.peek() != '}' {
			return errNotJSON
		}
		s.pos++
		return nil
	}
}

// array reads an array whose bracket is next. With into, its elements are kept.
func (s *scanner) array(depth int, into *[][]byte) error {
	if depth > MaxDepth {
		return errTooDeep
	}
	s.pos++
	s.space()
	if s.peek() == ']' {
		s.pos++
		return nil
	}
	for {
		start := s.pos
		if err := s.value(depth + 1); err != nil {
			return err
		}
		if into != nil {
			*into = append(*into, s.data[start:s.pos])
		}
		if s.take(',') {
			continue
		}
		if s.peek() != ']' {
			return errNotJSON
		}
		s.pos++
		return nil
	}
}

// text reads a string whose quote is next.
func (s *scanner) text() error {
	for s.pos++; s.pos < len(s.data); {
		switch c := s.data[s.pos]; {
		case c == '"':
			s.pos++
			return nil
		case c < ' ':
			return errNotJSON
		case c != '\\':
			s.pos++
		default:
			n, err := escapeLen(s.data[s.pos:])
			if err != nil {
				return err
			}
			s.pos += n
		}
	}
	return errNotJSON
}

// escapeLen gives the length of the escape that b begins with. Half a surrogate
// pair stands for no character at all; readers differ about it, so it is refused.
func escapeLen(b []byte) (int, error) {
	if len(b) < 2 {
		return 0, errNotJSON
	}
	if b[1] != 'u' {
		if strings.IndexByte(`"\/bfnrt`, b[1]) < 0 {
			return 0, errNotJSON
		}
		return 2, nil
	}
	first, ok := hex4(b)
	if !ok {
		return 0, errNotJSON
	}
	if !utf16.IsSurrogate(first) {
		return 6, nil
	}
	second, ok := hex4(b[6:])
	if !ok || utf16.DecodeRune(first, second) == utf8.RuneError {
		return 0, errNotUTF8
	}
	return 12, nil
}

// hex4 reads \uXXXX at the start of b.
func hex4(b []byte) (rune, bool) {
	if len(b) < 6 || b[0] != '\\' || b[1] != 'u' {
		return 0, false
	}
	var r rune
	for _, c := range b[2:6] {
		switch {
		case isDigit(c):
			r = r<<4 | rune(c-'0')
		case c >= 'a' && c <= 'f':
			r = r<<4 | rune(c-'a'+10)
		case c >= 'A' && c <= 'F':
			r = r<<4 | rune(c-'A'+10)
		default:
			return 0, false
		}
	}
	return r, true
}

func (s *scanner) number() error {
	if s.peek() == '-' {
		s.pos++
	}
	if s.peek() == '0' {
		s.pos++
	} else if !s.digits() {
		return errNotJSON
	}
	if s.peek() == '.' {
		s.pos++
		if !s.digits() {
			return errNotJSON
		}
	}
	if c := s.peek(); c == 'e' || c == 'E' {
		s.pos++
		if c := s.peek(); c == '+' || c == '-' {
			s.pos++
		}
		if !s.digits() {
			return errNotJSON
		}
	}
	return nil
}

// digits steps over digits; false when there is none.
func (s *scanner) digits() bool {
	start := s.pos
	for isDigit(s.peek()) {
		s.pos++
	}
	return s.pos > start
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// names are the names of one object. A message has few, so looking through a
// list is quickest; a sender who writes thousands gets a map, so that the work
// stays in proportion to the length.
type names struct {
	few  [][]byte
	many map[string]struct{}
}

// add keeps a name, and says whether it is new.
func (n *names) add(name []byte) bool {
	if escaped(name) {
		name = []byte(unescape(name))
	}
	if n.many == nil && len(n.few) < cap(n.few) {
		for _, other := range n.few {
			if bytes.Equal(other, name) {
				return false
			}
		}
		n.few = append(n.few, name)
		return true
	}
	if n.many == nil {
		n.many = make(map[string]struct{}, 4*len(n.few))
		for _, other := range n.few {
			n.many[string(other)] = struct{}{}
		}
	}
	before := len(n.many)
	n.many[string(name)] = struct{}{}
	return len(n.many) > before
}

func escaped(raw []byte) bool { return bytes.IndexByte(raw, '\\') >= 0 }

// unquote gives the string that a checked, quoted string stands for.
func unquote(raw []byte) string {
	raw = raw[1 : len(raw)-1]
	if escaped(raw) {
		return unescape(raw)
	}
	return string(raw)
}

// unescape reads the escapes of a checked string, without its quotes.
func unescape(raw []byte) string {
	text := make([]byte, 0, len(raw))
	for i := 0; i < len(raw); {
		if raw[i] != '\\' {
			text = append(text, raw[i])
			i++
			continue
		}
		n, _ := escapeLen(raw[i:])
		text = utf8.AppendRune(text, escapeRune(raw[i:i+n]))
		i += n
	}
	return string(text)
}

func escapeRune(escape []byte) rune {
	switch escape[1] {
	case 'b':
		return '\b'
	case 'f':
		return '\f'
	case 'n':
		return '\n'
	case 'r':
		return '\r'
	case 't':
		return '\t'
	case 'u':
		first, _ := hex4(escape)
		if len(escape) == 12 {
			second, _ := hex4(escape[6:])
			return utf16.DecodeRune(first, second)
		}
		return first
	}
	return rune(escape[1])
}
