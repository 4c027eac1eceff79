//go:build ignore

// Shape prints how large the parts of the code are, and fails where one has
// outgrown its bounds: then the design wants a new room (docs/contributing.md).
package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"log"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// explained are the packages whose invariants a reader needs beside the code.
var explained = []string{"room", "hub", "hub/cluster", "hub/fanout", "hub/replica", "hub/runtime"}

// helpers are folders of what only tests use.
var helpers = []string{"conform", "pgtest", "redistest", "texttest", "latetest", "freeport", "test", "e2e", "browsers"}

type shape struct {
	files, funcs    []int // lines of each
	fields          int   // of the largest structure,
	largest         string
	code, tests     int             // lines of Go and JavaScript, without the load driver
	comments, lines map[string]int  // lines of comments, and all that are not empty, by package
	exported        []name          // what other packages may use
	promised        map[string]bool // methods that are explained at an interface
}

// name is an exported name.
type name struct {
	at, name     string
	told, method bool // it has a comment; it is a method
}

func main() {
	s := shape{comments: map[string]int{}, lines: map[string]int{}, promised: map[string]bool{"String": true, "Error": true}}
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		switch ext := filepath.Ext(path); {
		case err != nil:
			return err
		case d.IsDir() && path != "." && (strings.HasPrefix(d.Name(), ".") || d.Name() == "node_modules"):
			return filepath.SkipDir
		case d.IsDir() || ext != ".go" && ext != ".js" && ext != ".mjs":
			return nil
		}
		return s.file(path)
	})
	if err != nil {
		log.Fatal(err)
	}
	if !s.print() {
		os.Exit(1)
	}
}

func (s *shape) file(path string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	lines := strings.Count(string(text), "\n")
	if strings.HasPrefix(string(text), "// Code generated ") {
		return nil // nobody reads or writes it
	}
	test := strings.HasSuffix(path, "_test.go") || slices.Contains(helpers, filepath.Base(filepath.Dir(path)))
	switch {
	case strings.HasPrefix(path, "cmd/hearthload/"):
	case test:
		s.tests += lines
	default:
		s.code += lines
	}
	if test || filepath.Ext(path) != ".go" {
		return nil
	}
	s.files = append(s.files, lines)
	set := token.NewFileSet()
	f, err := parser.ParseFile(set, path, text, parser.ParseComments)
	if err != nil {
		return err
	}
	length := func(n ast.Node) int { return set.Position(n.End()).Line - set.Position(n.Pos()).Line + 1 }
	pkg := filepath.ToSlash(filepath.Dir(path))
	s.lines[pkg] += lines - strings.Count(string(text), "\n\n")
	for _, c := range f.Comments {
		s.comments[pkg] += length(c)
	}
	for _, d := range f.Decls {
		if fn, ok := d.(*ast.FuncDecl); ok {
			s.funcs = append(s.funcs, length(fn))
		}
		if f.Name.Name != "main" {
			s.declares(path, d)
		}
	}
	ast.Inspect(f, func(n ast.Node) bool {
		switch t := n.(type) {
		case *ast.TypeSpec:
			s.structure(path, t)
		case *ast.InterfaceType:
			for _, m := range t.Methods.List {
				for _, n := range m.Names {
					s.promised[n.Name] = s.promised[n.Name] || m.Doc != nil || m.Comment != nil
				}
			}
		}
		return true
	})
	return nil
}

// structure counts the fields of a structure.
func (s *shape) structure(path string, t *ast.TypeSpec) {
	st, ok := t.Type.(*ast.StructType)
	if !ok {
		return
	}
	n := 0
	for _, f := range st.Fields.List {
		n += max(1, len(f.Names))
	}
	if n > s.fields {
		s.fields, s.largest = n, path+" "+t.Name.Name
	}
}

// declares notes the exported names of a declaration.
func (s *shape) declares(path string, d ast.Decl) {
	add := func(n *ast.Ident, method bool, docs ...*ast.CommentGroup) {
		if n.IsExported() {
			told := slices.ContainsFunc(docs, func(c *ast.CommentGroup) bool { return c != nil })
			s.exported = append(s.exported, name{path, n.Name, told, method})
		}
	}
	switch d := d.(type) {
	case *ast.FuncDecl:
		if d.Recv == nil {
			add(d.Name, false, d.Doc)
		} else if ast.IsExported(receiver(d.Recv.List[0].Type)) {
			add(d.Name, true, d.Doc)
		}
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			switch spec := spec.(type) {
			case *ast.TypeSpec:
				add(spec.Name, false, spec.Doc, spec.Comment, d.Doc)
			case *ast.ValueSpec:
				for _, n := range spec.Names {
					add(n, false, spec.Doc, spec.Comment, d.Doc)
				}
			}
		}
	}
}

func receiver(t ast.Expr) string {
	switch t := t.(type) {
	case *ast.StarExpr:
		return receiver(t.X)
	case *ast.Ident:
		return t.Name
	}
	return ""
}

// of is the size that so many of a hundred do not exceed.
func of(all []int, percent int) int {
	slices.Sort(all)
	return all[len(all)*percent/100]
}

func (s *shape) print() bool {
	good := true
	line := func(what string, is, least, most float64) {
		mark := ""
		if is < least || most > 0 && is > most {
			mark, good = "  ← outside", false
		}
		bounds := fmt.Sprintf("%g to %g", least, most)
		switch {
		case most == 0:
			bounds = fmt.Sprintf("at least %g", least)
		case least == 0:
			bounds = fmt.Sprintf("at most %g", most)
		}
		fmt.Printf("  %-56s %7.4g   (%s)%s\n", what, is, bounds, mark)
	}
	var untold []string
	for _, n := range s.exported {
		if !n.told && !(n.method && s.promised[n.name]) {
			untold = append(untold, n.at+" "+n.name)
		}
	}
	line("fields of the largest structure", float64(s.fields), 0, 20)
	line("lines of a file, 90 of 100", float64(of(s.files, 90)), 0, 300)
	line("lines of a function, 95 of 100", float64(of(s.funcs, 95)), 0, 32) // the aim is 30
	for _, pkg := range explained {
		line("comments in "+pkg+", %", 100*float64(s.comments[pkg])/float64(s.lines[pkg]), 18, 30)
	}
	line("exported names that are explained, %", 100-100*float64(len(untold))/float64(len(s.exported)), 95, 0)
	line("lines of tests for each line, without the load driver", float64(s.tests)/float64(s.code), 0.9, 0) // the aim is 1
	if !good {
		fmt.Println("  the largest structure:", s.largest)
		fmt.Println("  not explained:", strings.Join(untold, ", "))
	}
	return good
}
