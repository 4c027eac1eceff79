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

// kind is a set of names that package room keeps in a table. One place knows what
// each name means; nothing is decided by it anywhere else.
type kind struct {
	of      string            // the type of its constants, and the word for it
	owner   string            // how the file names of its own place in package room begin
	names   []string          // all that there are
	because map[string]string // other files and folders that name one, and why
	decides []string          // those of them that may decide something by it
	links   []string          // package group's constants that are such a name, too
}

func kinds() []kind {
	formats := kind{of: "Format", owner: "format_", because: map[string]string{
		"hub/house/plan.go":              "the standard plan of a session",
		"hub/journal/conform/conform.go": "a plan that every store must keep",
	}}
	for _, f := range room.FormatNames() {
		formats.names = append(formats.names, string(f))
	}
	roles := kind{of: "Role", owner: "role", because: map[string]string{
		"cmd/hearthload/":       "it plays people of each role",
		"room/group/group.go":   "members' links have names of their own",
		"room/record/record.go": "a record names those of the team whom it counts",
		"hub/journal/conform/":  "seats and links that every store must keep",
	}, decides: []string{"cmd/hearthload/", "room/record/record.go"}, links: []string{"LeadLink", "WellbeingLink", "TraineeLink"}}
	for _, r := range room.Roles() {
		roles.names = append(roles.names, string(r.Name))
	}
	return []kind{formats, roles}
}

// TestOnlyItsPlaceKnowsAName: what a format or a role means is said in one place.
// Nowhere else is anything decided by its name, so that a new one is complete with
// its own lines, and one that is unknown may do nothing (S14).
func TestOnlyItsPlaceKnowsAName(t *testing.T) {
	for _, k := range kinds() {
		t.Run(k.of, func(t *testing.T) {
			consts := k.constants(t)
			if len(consts) != len(k.names) {
				t.Fatalf("%d constants %v for %v", len(consts), consts, k.names)
			}
			named := map[string]bool{}
			everyGoFile(t, func(path string, f *ast.File, at func(ast.Node) token.Position) {
				if filepath.Dir(path) == "room" && strings.HasPrefix(filepath.Base(path), k.owner) {
					return
				}
				why := k.why(path)
				for _, n := range constantsIn(f, path, consts, k.links) {
					if named[why] = true; why == "" {
						t.Errorf("%s: names a %s; ask the table", at(n), k.of)
					}
				}
				if slices.Contains(k.decides, why) {
					return
				}
				ast.Inspect(f, func(n ast.Node) bool {
					looked, among := decidedBy(n)
					for _, x := range among {
						by := constantsIn(x, path, consts, k.links) != nil || k.spells(x) && strings.Contains(strings.ToLower(source(t, path, at, looked)), strings.ToLower(k.of))
						if by {
							t.Errorf("%s: decides something by the name of a %s", at(x), k.of)
						}
					}
					return true
				})
			})
			for path := range k.because {
				if !named[path] {
					t.Errorf("%s names no %s any more", path, k.of)
				}
			}
		})
	}
}

// constants are those of the kind's type, in the files of its own place.
func (k kind) constants(t *testing.T) (names []string) {
	t.Helper()
	files, _ := filepath.Glob("../../room/" + k.owner + "*.go")
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
				if of, ok := v.Type.(*ast.Ident); ok && of.Name == k.of {
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

// decidedBy are the values that a comparison, a switch or the keys of a map look
// for, and the node on whose line it says among what.
func decidedBy(n ast.Node) (looked ast.Node, among []ast.Expr) {
	switch n := n.(type) {
	case *ast.BinaryExpr:
		if n.Op == token.EQL || n.Op == token.NEQ {
			return n, []ast.Expr{n.X, n.Y}
		}
	case *ast.SwitchStmt:
		for _, c := range n.Body.List {
			among = append(among, c.(*ast.CaseClause).List...)
		}
		return n, among
	case *ast.CompositeLit:
		if _, isMap := n.Type.(*ast.MapType); !isMap {
			return nil, nil
		}
		for _, e := range n.Elts {
			if kv, ok := e.(*ast.KeyValueExpr); ok {
				among = append(among, kv.Key)
			}
		}
		return n, among
	}
	return nil, nil
}

// why gives the entry of because under which a file is; empty if there is none.
func (k kind) why(path string) string {
	for at := range k.because {
		if path == at || strings.HasSuffix(at, "/") && strings.HasPrefix(path, at) {
			return at
		}
	}
	return ""
}

// constantsIn are the places where one of package room's constants, or of package
// group's links, is used. A field of the same name is not one.
func constantsIn(in ast.Node, path string, consts, links []string) (found []ast.Node) {
	inRoom := filepath.Dir(path) == "room"
	var visit func(ast.Node) bool
	visit = func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			x, ok := n.X.(*ast.Ident)
			if ok && (x.Name == "room" && slices.Contains(consts, n.Sel.Name) || x.Name == "group" && slices.Contains(links, n.Sel.Name)) {
				found = append(found, n)
			}
			ast.Inspect(n.X, visit)
			return false
		case *ast.CompositeLit:
			if _, isMap := n.Type.(*ast.MapType); isMap {
				return true
			}
			for _, e := range n.Elts {
				if kv, ok := e.(*ast.KeyValueExpr); ok {
					e = kv.Value
				}
				ast.Inspect(e, visit)
			}
			return false
		case *ast.Field:
			ast.Inspect(n.Type, visit)
			return false
		case *ast.Ident:
			if inRoom && slices.Contains(consts, n.Name) {
				found = append(found, n)
			}
		}
		return true
	}
	ast.Inspect(in, visit)
	return found
}

// spells says whether a value is one of the names in letters.
func (k kind) spells(x ast.Expr) bool {
	if call, ok := x.(*ast.CallExpr); ok && len(call.Args) == 1 { // a conversion
		return k.spells(call.Args[0])
	}
	lit, ok := x.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return false
	}
	name, err := strconv.Unquote(lit.Value)
	return err == nil && slices.Contains(k.names, name)
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

// TestClientKnowsNoName: the client gets formats and roles with hello, and their
// texts by their names.
func TestClientKnowsNoName(t *testing.T) {
	for _, k := range kinds() {
		t.Run(k.of, func(t *testing.T) {
			var names []string
			for _, name := range k.names {
				names = append(names, regexp.QuoteMeta(name))
			}
			wrong := regexp.MustCompile(`(?i)` + k.of + `.*["'` + "`" + `](` + strings.Join(names, "|") + `)["'` + "`" + `]`)
			files := 0
			err := filepath.WalkDir("../../static/app", func(path string, d fs.DirEntry, err error) error {
				if err != nil || d.IsDir() || filepath.Base(filepath.Dir(path)) == "words" || filepath.Ext(path) != ".js" && filepath.Ext(path) != ".ts" {
					return err
				}
				files++
				text, err := os.ReadFile(path)
				for i, line := range strings.Split(string(text), "\n") {
					if wrong.MatchString(line) {
						t.Errorf("%s:%d: names a %s: %s", path, i+1, k.of, strings.TrimSpace(line))
					}
				}
				return err
			})
			if err != nil || files < 40 {
				t.Fatalf("%d files looked at, %v", files, err)
			}
		})
	}
}
