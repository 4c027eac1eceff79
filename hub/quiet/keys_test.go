package quiet

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// A key that is not on the list is dropped without a word, so whoever logs one
// finds out here: put it on the list and say why it is about nobody, or do not
// log it. Printing past the log is found as well.
func TestEveryKeyThatIsLoggedIsOnTheList(t *testing.T) {
	for _, root := range []string{"../../hub", "../../cmd", "../../room", "../../charter"} {
		err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			files := token.NewFileSet()
			file, err := parser.ParseFile(files, path, nil, 0)
			if err != nil {
				return nil // being edited; the compiler says it better
			}
			ast.Inspect(file, func(n ast.Node) bool {
				call, is := n.(*ast.CallExpr)
				if !is {
					return true
				}
				for _, key := range loggedKeys(call) {
					if _, known := keys[key]; !known {
						t.Errorf("%s: key %q is not on the list in hub/quiet/keys.go", files.Position(call.Pos()), key)
					}
				}
				if what := printsPast(call); what != "" && !strings.HasPrefix(root, "../../cmd") {
					t.Errorf("%s: %s prints past the log", files.Position(call.Pos()), what)
				}
				return true
			})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// loggedKeys gives the constant keys of a call of slog's, or of a logger's.
func loggedKeys(call *ast.CallExpr) []string {
	from, name := called(call)
	var found []string
	if from == "slog" && slices.Contains([]string{"String", "Int", "Int64", "Uint64", "Float64", "Bool", "Time", "Duration", "Any", "Group"}, name) {
		return constant(found, call.Args[0])
	}
	if !strings.EqualFold(from, "log") && from != "logger" && from != "slog" {
		return nil
	}
	switch name {
	case "Debug", "Info", "Warn", "Error":
		for i := 1; i < len(call.Args); i += 2 {
			if _, nested := call.Args[i].(*ast.CallExpr); nested {
				i-- // an Attr takes one place; it is found by itself
				continue
			}
			found = constant(found, call.Args[i])
		}
	}
	return found
}

// called gives the last two names of what is called: slog and String, log and Info.
func called(call *ast.CallExpr) (from, name string) {
	selector, is := call.Fun.(*ast.SelectorExpr)
	if !is {
		return "", ""
	}
	switch x := selector.X.(type) {
	case *ast.Ident:
		from = x.Name
	case *ast.SelectorExpr:
		from = x.Sel.Name
	}
	return from, selector.Sel.Name
}

func constant(found []string, e ast.Expr) []string {
	if literal, is := e.(*ast.BasicLit); is && literal.Kind == token.STRING {
		if key, err := strconv.Unquote(literal.Value); err == nil {
			return append(found, key)
		}
	}
	return found
}

// printsPast names a call that writes to the process's own output.
func printsPast(call *ast.CallExpr) string {
	from, name := called(call)
	switch {
	case from == "fmt" && (name == "Print" || name == "Printf" || name == "Println"),
		from == "log" && (strings.HasPrefix(name, "Print") || strings.HasPrefix(name, "Fatal") || strings.HasPrefix(name, "Panic")):
		return from + "." + name
	}
	return ""
}

// The test above would be worth nothing if it found nothing.
func TestKeysAreFoundInCalls(t *testing.T) {
	for source, want := range map[string]string{
		`slog.String("a", x)`:                               "a",
		`h.log.Error("m", slog.Any("a", x))`:                "",
		`l.hub.log.Warn("m", "a", x, "b", y)`:               "a b",
		`log.Info("m", slog.Int("c", 1), "a", x, "b", f())`: "a b",
		`slog.Group("g", "a", x)`:                           "g",
		`s.Log.Debug("m", "a", 1)`:                          "a",
		`t.Error("m", "a", 1)`:                              "",
	} {
		e, err := parser.ParseExpr(source)
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(loggedKeys(e.(*ast.CallExpr)), " "); got != want {
			t.Errorf("%s: found %q, want %q", source, got, want)
		}
	}
	for source, want := range map[string]string{`fmt.Println("x")`: "fmt.Println", `log.Fatalf("x")`: "log.Fatalf", `fmt.Fprintln(w)`: "", `fmt.Sprintf("x")`: ""} {
		e, _ := parser.ParseExpr(source)
		if got := printsPast(e.(*ast.CallExpr)); got != want {
			t.Errorf("%s: %q, want %q", source, got, want)
		}
	}
}
