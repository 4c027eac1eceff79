package main

import (
	"bytes"
	"fmt"
	"strings"
)

// Words for who may send a command, in the order of the page.
var whos = []struct{ who, says string }{
	{"anySeat", "Whoever has opened a link"},
	{"knocked", "Whoever has knocked, or is in the room, or has stepped out"},
	{"insider", "Anybody in the room"},
	{"facilitator", "Either facilitator, in the room"},
	{"leader", "Whoever leads"},
}

// open are types whose words hello brings: a client knows none of them by name.
var open = map[string]bool{"Role": true, "Format": true}

// types writes the types of the browser client.
func (d *declared) types() ([]byte, error) {
	var b bytes.Buffer
	b.WriteString("/** Shapes on the wire, made by cmd/hearthgen out of package room. Do not edit. Times are Unix milliseconds. */\n")
	roots := append([]string{"Happening", "Words", "FormatTraits", "Powers"}, d.views...)
	structs := d.reach(roots...)
	for _, v := range d.verbs {
		roots = append(roots, v.shape)
	}
	b.WriteByte('\n')
	for _, name := range d.texts(roots...) {
		words := "string"
		if t := d.shapes[name]; len(t.words) > 0 && !open[name] {
			words = `"` + strings.Join(t.words, `" | "`) + `"`
		}
		fmt.Fprintf(&b, "/** %s */\nexport type %s = %s;\n", d.shapes[name].doc, name, words)
	}
	for _, s := range structs {
		fmt.Fprintf(&b, "\n/** %s */\nexport interface %s {\n", s.doc, s.name)
		for _, f := range s.fields {
			fmt.Fprintf(&b, "  %s%s: %s;", f.key, map[bool]string{true: "?"}[f.omit], d.ts(f))
			if f.doc != "" {
				fmt.Fprintf(&b, " // %s", f.doc)
			}
			b.WriteByte('\n')
		}
		b.WriteString("}\n")
	}
	b.WriteString("\n/** What a browser may ask for; the connection adds the id. */\nexport type Asked =")
	for _, v := range d.verbs {
		fmt.Fprintf(&b, "\n  | { do: %q", v.word)
		for _, f := range d.shapes[v.shape].fields {
			fmt.Fprintf(&b, "; %s%s: %s", f.key, map[bool]string{true: "?"}[f.omit], d.ts(f))
		}
		b.WriteString(" }")
	}
	b.WriteString(";\n")
	return b.Bytes(), nil
}

// ts is a field's type in the browser client.
func (d *declared) ts(f field) string {
	of, known := map[string]string{"string": "string", "bool": "boolean", "int": "number", "Millis": "number"}[f.of]
	if !known {
		of = f.of
	}
	switch {
	case f.many:
		return of + "[]"
	case f.may && !f.omit:
		return of + " | null"
	}
	return of
}

// viewPage writes the sections of each view as they look on the wire.
func (d *declared) viewPage() []byte {
	var b bytes.Buffer
	for _, name := range d.views {
		s := d.shapes[name]
		fmt.Fprintf(&b, "`%s`: %s\n\n| Section | Shape | |\n|---|---|---|\n", strings.ToLower(strings.TrimSuffix(name, "View")), s.doc)
		for _, f := range s.fields {
			fmt.Fprintf(&b, "| `%s` | `%s` | %s |\n", f.key, d.literal(f), d.meaning(f))
		}
		b.WriteByte('\n')
	}
	b.WriteString("| Word | One of | |\n|---|---|---|\n")
	for _, name := range d.texts(d.views...) {
		if s := d.shapes[name]; len(s.words) > 0 && !open[name] {
			fmt.Fprintf(&b, "| %s | `%s` | %s |\n", name, strings.Join(s.words, "`, `"), s.doc)
		}
	}
	b.WriteByte('\n')
	return b.Bytes()
}

// meaning is what is said of a section: of its field, else of its type.
func (d *declared) meaning(f field) string {
	if s := d.shapes[f.of]; f.doc == "" && s != nil {
		return s.doc
	}
	return f.doc
}

// literal is what a value may be: the name of a list of words, or null, and ? behind what may be missing.
func (d *declared) literal(f field) string {
	text := map[string]string{"string": `"…"`, "bool": "true", "int": "0", "Millis": "time"}[f.of]
	switch s := d.shapes[f.of]; {
	case s == nil || text != "":
	case s.text && (len(s.words) == 0 || open[f.of]):
		text = `"…"`
	case s.text:
		text = s.name
	default:
		var parts []string
		for _, f := range s.fields {
			parts = append(parts, fmt.Sprintf(`"%s"%s:%s`, f.key, map[bool]string{true: "?"}[f.omit], d.literal(f)))
		}
		text = "{" + strings.Join(parts, ", ") + "}"
	}
	if f.many {
		text = "[" + text + "]"
	}
	if f.may && !f.omit {
		text += " or null"
	}
	return text
}

// verbPage writes one example of each command, by who may send it.
func (d *declared) verbPage() []byte {
	var b bytes.Buffer
	var quiet, free []string
	for _, w := range whos {
		fmt.Fprintf(&b, "%s:\n\n```json\n", w.says)
		for _, v := range d.verbs {
			if v.who != w.who {
				continue
			}
			fmt.Fprintln(&b, d.example(v))
			if v.quiet {
				quiet = append(quiet, v.word)
			}
			for _, f := range d.shapes[v.shape].fields {
				if f.omit {
					free = append(free, fmt.Sprintf("`%s` of `%s`", f.key, v.word))
				}
			}
		}
		b.WriteString("```\n\n")
	}
	fmt.Fprintf(&b, "These may be left out: %s.\n\n", strings.Join(free, ", "))
	fmt.Fprintf(&b, "A seat that may not speak (see `roles`) sends only `%s`.\n", strings.Join(quiet, "`, `"))
	return b.Bytes()
}

// example is one command as it is written, with every field.
func (d *declared) example(v verb) string {
	parts := []string{fmt.Sprintf(`"do":%q`, v.word)}
	for _, f := range d.shapes[v.shape].fields {
		text := map[string]string{"string": `"…"`, "bool": "true", "int": "5"}[f.of]
		if s := d.shapes[f.of]; text == "" && len(s.words) > 0 {
			text = `"` + s.words[0] + `"`
		} else if text == "" {
			text = `"…"`
		}
		if f.many {
			text = "[" + text + "]"
		}
		parts = append(parts, fmt.Sprintf(`"%s":%s`, f.key, text))
	}
	return "{" + strings.Join(parts, ",") + "}"
}
