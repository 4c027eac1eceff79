// Package quiet is how hearth logs without telling on anybody (walls §2.6, A36).
//
// Attendance alone can reveal an illness, so a log must not hold a name, a word,
// a token or an address, whoever calls it and whatever an error carries. The
// handler lets attributes through by an allow-list of keys; everything else is
// dropped. Errors are the one way in for text from outside: they are quoted, cut
// short, and cleared of what looks like an address or a token.
//
// Every function may be called from any goroutine.
package quiet

import (
	"context"
	"io"
	"log/slog"
)

// Options say how lines are written. The zero Options are text lines from
// level info up.
type Options struct {
	JSON  bool         // one JSON object per line; default: key=value text
	Level slog.Leveler // least level that is written; default: slog.LevelInfo
}

// NewHandler writes log lines to w. Each line is one write.
func NewHandler(w io.Writer, o Options) slog.Handler {
	inner := &slog.HandlerOptions{Level: o.Level}
	if o.JSON {
		return handler{to: slog.NewJSONHandler(w, inner)}
	}
	return handler{to: slog.NewTextHandler(w, inner)}
}

type handler struct {
	to   slog.Handler
	mute bool // within a group that is not allowed: nothing of it is written
}

// Enabled says whether a line of this level is written.
func (h handler) Enabled(ctx context.Context, level slog.Level) bool {
	return h.to.Enabled(ctx, level)
}

// Handle writes one line. Where the line was logged from is not written.
func (h handler) Handle(ctx context.Context, r slog.Record) error {
	clean := slog.NewRecord(r.Time, r.Level, outside(r.Message, most), 0)
	if !h.mute {
		r.Attrs(func(a slog.Attr) bool {
			clean.AddAttrs(allowedOf(a)...)
			return true
		})
	}
	return h.to.Handle(ctx, clean)
}

// WithAttrs keeps the attributes that are allowed.
func (h handler) WithAttrs(attrs []slog.Attr) slog.Handler {
	if h.mute {
		return h
	}
	var kept []slog.Attr
	for _, a := range attrs {
		kept = append(kept, allowedOf(a)...)
	}
	return handler{to: h.to.WithAttrs(kept)}
}

// WithGroup opens a group; one that is not allowed swallows what is put in it.
func (h handler) WithGroup(name string) slog.Handler {
	if h.mute || name == "" {
		return h
	}
	if keys[name] != group {
		return handler{to: h.to, mute: true}
	}
	return handler{to: h.to.WithGroup(name)}
}

// allowedOf gives what may be written of an attribute: itself, less, or nothing.
func allowedOf(a slog.Attr) []slog.Attr {
	value := a.Value.Resolve()
	if value.Kind() == slog.KindGroup {
		return groupOf(a.Key, value.Group())
	}
	kind, known := keys[a.Key]
	if !known || kind == group {
		return nil
	}
	return []slog.Attr{{Key: a.Key, Value: shown(kind, value)}}
}

// groupOf filters a group; one without a key is inlined, as slog has it.
func groupOf(name string, members []slog.Attr) []slog.Attr {
	if name != "" && keys[name] != group {
		return nil
	}
	var kept []slog.Attr
	for _, a := range members {
		kept = append(kept, allowedOf(a)...)
	}
	if name == "" || len(kept) == 0 {
		return kept
	}
	return []slog.Attr{{Key: name, Value: slog.GroupValue(kept...)}}
}

// shown gives the form in which an allowed value is written.
func shown(kind kind, value slog.Value) slog.Value {
	switch value.Kind() {
	case slog.KindBool, slog.KindInt64, slog.KindUint64, slog.KindFloat64, slog.KindDuration, slog.KindTime:
		return value
	case slog.KindString:
		switch kind {
		case own:
			return slog.StringValue(quoted(value.String(), most))
		case trace:
			return slog.StringValue(outside(value.String(), mostTrace))
		}
		return slog.StringValue(outside(value.String(), most))
	}
	switch v := value.Any().(type) {
	case nil:
		return slog.StringValue("none")
	case error:
		return slog.StringValue(outside(errorText(v), most))
	}
	// Any other value would be printed field by field, whoever's fields they are.
	return slog.StringValue(redacted)
}

// errorText asks an error for its text. An error that breaks while it is asked
// must not take the log down with it.
func errorText(err error) (text string) {
	defer func() {
		if recover() != nil {
			text = "an error that cannot be read"
		}
	}()
	return err.Error()
}
