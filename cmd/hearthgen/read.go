package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// shape is one type of package room as it goes over the wire.
type shape struct {
	name   string
	no     int // counts declarations
	doc    string
	fields []field  // of a struct
	words  []string // the constants of a type of strings, in their order
	text   bool     // a type of strings
}

// field is one field of a struct that is written: those that are not have no place here.
type field struct {
	name, key string // in Go, on the wire
	doc       string
	omit      bool   // left out when it is empty
	many      bool   // a list
	may       bool   // a pointer: may be null
	of        string // the type, without list and pointer
}

// verb is one command that a browser may send. They stand in the order in which the
// commands are declared.
type verb struct {
	word  string
	shape string
	who   string // as package room calls it: knocked, insider, facilitator, leader, anySeat
	quiet bool   // a trainee may send it too
}

// declared is what package room declares.
type declared struct {
	shapes map[string]*shape
	verbs  []verb
	views  []string          // what streams show: structs that have a list of sections
	takes  map[string]string // the command that a function decides
	words  map[string]string // the verb of a command
}

// readRoom reads the declarations of the package in a folder.
func readRoom(dir string) (*declared, error) {
	d := &declared{shapes: map[string]*shape{}, takes: map[string]string{}, words: map[string]string{}}
	paths, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return nil, err
	}
	var files []*ast.File
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ParseComments)
		if err != nil {
			return nil, err
		}
		files = append(files, file)
		for _, decl := range file.Decls {
			switch decl := decl.(type) {
			case *ast.GenDecl:
				d.general(decl)
			case *ast.FuncDecl:
				d.function(decl)
			}
		}
	}
	for _, file := range files {
		ast.Inspect(file, d.handler)
	}
	slices.SortStableFunc(d.verbs, func(a, b verb) int { return d.shapes[a.shape].no - d.shapes[b.shape].no })
	slices.SortFunc(d.views, func(a, b string) int { return d.shapes[a].no - d.shapes[b].no })
	if len(d.verbs) == 0 || len(d.views) == 0 {
		return nil, fmt.Errorf("no command is decided in %s, or no view has sections", dir)
	}
	return d, nil
}

func (d *declared) general(decl *ast.GenDecl) {
	for _, spec := range decl.Specs {
		switch spec := spec.(type) {
		case *ast.TypeSpec:
			s := &shape{name: spec.Name.Name, no: len(d.shapes), doc: about(spec.Name.Name, tidy(spec.Doc, decl.Doc))}
			switch typ := spec.Type.(type) {
			case *ast.StructType:
				s.fields = fields(typ)
			case *ast.Ident:
				s.text = typ.Name == "string"
			}
			if old := d.shapes[s.name]; old != nil {
				s.words = old.words // its constants came first
			}
			d.shapes[s.name] = s
		case *ast.ValueSpec:
			d.constant(decl.Tok, spec)
			d.view(spec)
		}
	}
}

// constant notes a constant of a type of strings.
func (d *declared) constant(tok token.Token, spec *ast.ValueSpec) {
	typ, typed := spec.Type.(*ast.Ident)
	if tok != token.CONST || !typed || len(spec.Values) != 1 {
		return
	}
	value, ok := spec.Values[0].(*ast.BasicLit)
	if !ok || value.Kind != token.STRING {
		return
	}
	if d.shapes[typ.Name] == nil {
		d.shapes[typ.Name] = &shape{name: typ.Name}
	}
	word, _ := strconv.Unquote(value.Value)
	if word == "" {
		return
	}
	d.shapes[typ.Name].words = append(d.shapes[typ.Name].words, word)
}

// view notes a view by the list of its sections: var meSections = []section[MeView]{…}.
func (d *declared) view(spec *ast.ValueSpec) {
	if len(spec.Values) != 1 {
		return
	}
	list, ok := spec.Values[0].(*ast.CompositeLit)
	if !ok {
		return
	}
	if array, ok := list.Type.(*ast.ArrayType); ok {
		if of, ok := array.Elt.(*ast.IndexExpr); ok && of.X.(*ast.Ident).Name == "section" {
			d.views = append(d.views, of.Index.(*ast.Ident).Name)
		}
	}
}

func fields(typ *ast.StructType) (list []field) {
	for _, f := range typ.Fields.List {
		if f.Tag == nil || len(f.Names) == 0 {
			continue
		}
		tag, _ := strconv.Unquote(f.Tag.Value)
		key, options, _ := strings.Cut(reflect.StructTag(tag).Get("json"), ",")
		if key == "-" {
			continue
		}
		one := field{name: f.Names[0].Name, key: key, omit: options == "omitempty", doc: tidy(f.Doc, f.Comment)}
		at := f.Type
		if star, ok := at.(*ast.StarExpr); ok {
			one.may, at = true, star.X
		}
		if list, ok := at.(*ast.ArrayType); ok {
			one.many, at = true, list.Elt
		}
		if name, ok := at.(*ast.Ident); ok {
			one.of = name.Name
			list = append(list, one)
		}
	}
	return list
}

// function notes what a function decides, or how a command is called.
func (d *declared) function(f *ast.FuncDecl) {
	params := f.Type.Params.List
	if f.Recv == nil && len(params) == 2 {
		if command, ok := params[1].Type.(*ast.Ident); ok {
			d.takes[f.Name.Name] = command.Name
		}
	}
	if f.Recv == nil || f.Name.Name != "Verb" {
		return
	}
	back := f.Body.List[0].(*ast.ReturnStmt).Results[0].(*ast.BasicLit)
	d.words[f.Recv.List[0].Type.(*ast.Ident).Name], _ = strconv.Unquote(back.Value)
}

// handler notes who may send a command: on(who, decides), and .trainees() behind it.
func (d *declared) handler(n ast.Node) bool {
	call, ok := n.(*ast.CallExpr)
	if !ok {
		return true
	}
	quiet := false
	if after, ok := call.Fun.(*ast.SelectorExpr); ok && after.Sel.Name == "trainees" {
		if call, ok = after.X.(*ast.CallExpr); !ok {
			return true
		}
		quiet = true
	}
	if name, ok := call.Fun.(*ast.Ident); !ok || name.Name != "on" || len(call.Args) != 2 {
		return true
	}
	command := d.takes[call.Args[1].(*ast.Ident).Name]
	if word := d.words[command]; word != "" {
		d.verbs = append(d.verbs, verb{word, command, call.Args[0].(*ast.Ident).Name, quiet})
	}
	return false
}

// tidy is what a comment says, on one line.
func tidy(comments ...*ast.CommentGroup) string {
	for _, c := range comments {
		if c != nil {
			return strings.Join(strings.Fields(c.Text()), " ")
		}
	}
	return ""
}

// about is a comment on a type without its name in front.
func about(name, doc string) string {
	return strings.TrimPrefix(strings.TrimPrefix(doc, name+" "), "is ")
}

// reach lists a struct and every struct below it, each once, those below first.
func (d *declared) reach(names ...string) (list []*shape) {
	var visit func(name string)
	visit = func(name string) {
		s := d.shapes[name]
		if s == nil || s.text || s.fields == nil || slices.Contains(list, s) {
			return
		}
		for _, f := range s.fields {
			visit(f.of)
		}
		list = append(list, s)
	}
	for _, name := range names {
		visit(name)
	}
	return list
}
