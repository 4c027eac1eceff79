// Hearthgen writes what follows from the declarations of package room: the encoder of
// views (hub/fanout), when two values look alike (room), the types of the browser
// client (static/app) and the shapes in docs/protocol.md. Run it after a change of a
// view, a command or a word on the wire:
//
//	go generate ./room
//
// A test says when what it wrote is no longer what it would write.
package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	root := "."
	if len(os.Args) > 1 {
		root = os.Args[1]
	}
	files, err := generate(root)
	for path, text := range files {
		if err == nil {
			err = os.WriteFile(path, text, 0o600)
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "hearthgen:", err)
		os.Exit(1)
	}
}

// generate gives every file as it should be, by its path.
func generate(root string) (map[string][]byte, error) {
	d, err := readRoom(filepath.Join(root, "room"))
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{}
	for path, make := range map[string]func() ([]byte, error){
		"hub/fanout/views_gen.go": d.encoder,
		"room/same_gen.go":        d.comparer,
		"static/app/wire.d.ts":    d.types,
	} {
		if files[filepath.Join(root, path)], err = make(); err != nil {
			return nil, fmt.Errorf("make %s: %w", path, err)
		}
	}
	page := filepath.Join(root, "docs/protocol.md")
	text, err := os.ReadFile(page)
	if err != nil {
		return nil, err
	}
	for name, part := range map[string][]byte{"views": d.viewPage(), "verbs": d.verbPage()} {
		if text, err = replace(text, name, part); err != nil {
			return nil, err
		}
	}
	files[page] = text
	return files, nil
}

// replace puts a part between its marks in a page.
func replace(page []byte, name string, part []byte) ([]byte, error) {
	begin, end := []byte("<!-- made by hearthgen: "+name+" -->\n"), []byte("<!-- end -->\n")
	before, rest, found := bytes.Cut(page, begin)
	_, after, closed := bytes.Cut(rest, end)
	if !found || !closed {
		return nil, fmt.Errorf("docs/protocol.md has no place for the %s", name)
	}
	return bytes.Join([][]byte{before, begin, part, end, after}, nil), nil
}
