package room

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// receivers lists the types of this package that have a method of a name.
func receivers(t *testing.T, method string) []string {
	t.Helper()
	paths, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var types []string
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv != nil && f.Name.Name == method {
				types = append(types, f.Recv.List[0].Type.(*ast.Ident).Name)
			}
		}
	}
	slices.Sort(types)
	return types
}

// An event that is applied is declared, and a command that has a verb is decided:
// each once, under a word of its own.
func TestWhatIsAppliedIsDeclared(t *testing.T) {
	var events, commands []string
	for typ := range eventKinds {
		events = append(events, typ.Name())
	}
	for typ := range handlers {
		commands = append(commands, typ.Name())
	}
	slices.Sort(events)
	slices.Sort(commands)
	if want := receivers(t, "apply"); !slices.Equal(events, want) {
		t.Errorf("declared are the events\n%v, applied\n%v", events, want)
	}
	if want := receivers(t, "Verb"); !slices.Equal(commands, want) {
		t.Errorf("decided are the commands\n%v, named\n%v", commands, want)
	}
	if len(eventsByName) != len(eventKinds) {
		t.Errorf("%d kinds have %d words: %v", len(eventKinds), len(eventsByName), slices.Sorted(maps.Keys(eventsByName)))
	}
}

// A command with a text is [Worded]: no words pass by what the hub does with them.
func TestWordsOfACommandAreFound(t *testing.T) {
	found := 0
	for typ := range handlers {
		f, has := typ.FieldByName("Text")
		if !has {
			continue
		}
		found++
		c := reflect.New(typ).Elem()
		c.FieldByIndex(f.Index).SetString("as it was typed")
		w, ok := c.Interface().(Worded)
		if !ok {
			t.Errorf("%s has words that nobody finds", typ.Name())
			continue
		}
		text, some := w.Own()
		if shown, _ := w.WithOwn("as it is shown").(Worded).Own(); text != "as it was typed" || !some || shown != "as it is shown" {
			t.Errorf("%s: %q, %v, then %q", typ.Name(), text, some, shown)
		}
	}
	if found < 4 {
		t.Errorf("only %d commands have a text: the test has lost its subject", found)
	}
}

// Each field of a view is a section, under the name that it has on the wire, and a
// section fills its own field and no other.
func TestViewsAreTheirSections(t *testing.T) {
	fieldsAre(t, meSections)
	fieldsAre(t, roomSections)
	fieldsAre(t, careSections)
}

func fieldsAre[V any](t *testing.T, list []section[V]) {
	t.Helper()
	typ := reflect.TypeFor[V]()
	var names []string
	for _, s := range list {
		names = append(names, s.name)
		if s.in == 0 {
			t.Errorf("%s.%s: no event alters it", typ.Name(), s.name)
		}
		for i := range typ.NumField() {
			filled := false
			for _, prepare := range []func(reflect.Value){odd, func(reflect.Value) {}} {
				view := new(V)
				field := reflect.ValueOf(view).Elem().Field(i)
				prepare(field)
				before := reflect.New(field.Type()).Elem()
				before.Set(field)
				s.fill(New(), House, view)
				filled = filled || !reflect.DeepEqual(before.Interface(), field.Interface())
			}
			if own := typ.Field(i).Tag.Get("json") == s.name; filled != own {
				t.Errorf("%s: section %s filled field %s: %v", typ.Name(), s.name, typ.Field(i).Name, filled)
			}
		}
	}
	var tags []string
	for i := range typ.NumField() {
		tags = append(tags, typ.Field(i).Tag.Get("json"))
	}
	if !slices.Equal(names, tags) {
		t.Errorf("%s has the sections\n%v, and the fields\n%v", typ.Name(), names, tags)
	}
}

// odd sets a field to a value that no empty room shows; of a boolean there is none, which is why an empty one is tried as well.
func odd(v reflect.Value) {
	switch v.Kind() {
	case reflect.Bool:
		v.SetBool(true)
	case reflect.String:
		v.SetString("odd")
	case reflect.Int, reflect.Int32, reflect.Int64:
		v.SetInt(77)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 3, 3))
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
	case reflect.Struct:
		for i := range v.NumField() {
			odd(v.Field(i))
		}
	}
}
