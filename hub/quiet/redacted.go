package quiet

import (
	"fmt"
	"io"
	"log/slog"
)

// What belongs to a person carries its own silence: these types log, and print
// with every verb of fmt, as "[redacted]". string(v) gives the value.
type (
	Name  string // a chosen name
	Text  string // something said
	Token string // of a link, a device or a resume
	Addr  string // a network address
)

// LogValue is "[redacted]".
func (Name) LogValue() slog.Value { return slog.StringValue(redacted) }

// LogValue is "[redacted]".
func (Text) LogValue() slog.Value { return slog.StringValue(redacted) }

// LogValue is "[redacted]".
func (Token) LogValue() slog.Value { return slog.StringValue(redacted) }

// LogValue is "[redacted]".
func (Addr) LogValue() slog.Value { return slog.StringValue(redacted) }

// Format prints "[redacted]" whatever the verb.
func (Name) Format(to fmt.State, _ rune) { hide(to) }

// Format prints "[redacted]" whatever the verb.
func (Text) Format(to fmt.State, _ rune) { hide(to) }

// Format prints "[redacted]" whatever the verb.
func (Token) Format(to fmt.State, _ rune) { hide(to) }

// Format prints "[redacted]" whatever the verb.
func (Addr) Format(to fmt.State, _ rune) { hide(to) }

func hide(to io.Writer) { _, _ = io.WriteString(to, redacted) }
