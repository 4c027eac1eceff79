package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"hearth/room"
)

// namesFormats are the places outside room/format_*.go that name a format, and
// why. None of them may decide anything by it.
var namesFormats = map[string]string{
	"hub/web/house/plan.go":          "the standard plan of a session",
	"hub/journal/conform/conform.go": "a plan that every store must keep",
}

// TestOnlyItsFileKnowsAFormat: what a format does is in its own file. Nowhere
// else is anything decided by its name, and the client has no list of its own.
func TestOnlyItsFileKnowsAFormat(t *testing.T) {
	consts := formatConstants(t)
	if len(consts) != len(room.FormatNames()) {
		t.Fatalf("%d constants %v for %d formats", len(consts), consts, len(room.FormatNames()))
	}
	named := map[string]bool{}
	everyGoFile(t, func(path string, f *ast.File, at func(ast.Node) token.Position) {
		inRoom := filepath.Dir(path) == "room"
		if inRoom && strings.HasPrefix(filepath.Base(path), "format") {
			return
		}
		isFormat := func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.SelectorExpr:
				x, ok := n.X.(*ast.Ident)
				return ok && x.Name == "room" && slices.Contains(consts, n.Sel.Name)
			case *ast.Ident:
				return inRoom && slices.Contains(consts, n.Name)
			}
			return false
		}
		ast.Inspect(f, func(n ast.Node) bool {
			if n != nil && isFormat(n) {
				if namesFormats[path] == "" {
					t.Errorf("%s: names a format; ask the table (room/format.go)", at(n))
				}
				named[path] = true
			}
			for _, x := range decidedBy(n) {
				if isFormat(x) || isFormatName(x) && strings.Contains(strings.ToLower(source(t, path, at, n)), "format") {
					t.Errorf("%s: decides something by the name of a format", at(x))
				}
			}
			return true
		})
	})
	for path := range namesFormats {
		if !named[path] {
			t.Errorf("%s names no format any more", path)
		}
	}
}

// formatConstants are the constants of type Format in room/format_*.go.
func formatConstants(t *testing.T) (names []string) {
	t.Helper()
	files, _ := filepath.Glob("../../room/format_*.go")
	for _, path := range files {
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range f.Decls {
			g, ok := d.(*ast.GenDecl)
			if !ok || g.Tok != token.CONST {
				continue
			}
			for _, s := range g.Specs {
				v := s.(*ast.ValueSpec)
				if kind, ok := v.Type.(*ast.Ident); ok && kind.Name == "Format" {
					names = append(names, v.Names[0].Name)
				}
			}
		}
	}
	return names
}

// everyGoFile visits the files that are built, with their paths in the repository.
func everyGoFile(t *testing.T, visit func(path string, f *ast.File, at func(ast.Node) token.Position)) {
	t.Helper()
	for _, dir := range []string{"cmd", "hub", "room", "charter"} {
		err := filepath.WalkDir(filepath.Join("../..", dir), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			fset := token.NewFileSet()
			f, err := parser.ParseFile(fset, path, nil, 0)
			if err != nil {
				return err
			}
			in, _ := filepath.Rel("../..", path)
			visit(in, f, func(n ast.Node) token.Position { return fset.Position(n.Pos()) })
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// decidedBy are the values that a comparison or a case looks for.
func decidedBy(n ast.Node) []ast.Expr {
	switch n := n.(type) {
	case *ast.BinaryExpr:
		if n.Op == token.EQL || n.Op == token.NEQ {
			return []ast.Expr{n.X, n.Y}
		}
	case *ast.CaseClause:
		return n.List
	}
	return nil
}

func isFormatName(x ast.Expr) bool {
	lit, ok := x.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return false
	}
	name, err := strconv.Unquote(lit.Value)
	return err == nil && slices.Contains(room.FormatNames(), room.Format(name))
}

// source is the line on which a node begins.
func source(t *testing.T, path string, at func(ast.Node) token.Position, n ast.Node) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("../..", path))
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(string(text), "\n")[at(n).Line-1]
}

// TestClientKnowsNoFormat: the client gets the formats with hello, and their
// texts by their names.
func TestClientKnowsNoFormat(t *testing.T) {
	var names []string
	for _, name := range room.FormatNames() {
		names = append(names, regexp.QuoteMeta(string(name)))
	}
	wrong := regexp.MustCompile(`(?i)format.*["'` + "`" + `](` + strings.Join(names, "|") + `)["'` + "`" + `]`)
	files := 0
	err := filepath.WalkDir("../../static/app", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Base(filepath.Dir(path)) == "words" || filepath.Ext(path) != ".js" && filepath.Ext(path) != ".ts" {
			return err
		}
		files++
		text, err := os.ReadFile(path)
		for i, line := range strings.Split(string(text), "\n") {
			if wrong.MatchString(line) {
				t.Errorf("%s:%d: names a format: %s", path, i+1, strings.TrimSpace(line))
			}
		}
		return err
	})
	if err != nil || files < 40 {
		t.Fatalf("%d files looked at, %v", files, err)
	}
}
