package strict

import (
	"encoding"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// Decode reads the members into the struct that into points at. Names are those
// of the json tags, in exact case; a member without a field is refused, except
// those named in ignore. A field must be there unless its tag says omitempty or
// omitzero; a field that is not there keeps its value.
//
// Strings, bools, integers, structs, slices and pointers of these are read, and
// strings into types that unmarshal text, such as time.Time. An integer must be
// written without fraction or exponent and fit. null is for pointers only.
// Anything else in the struct is a mistake of the program, and panics.
//
// The error is an *[Error]; into may then be half filled.
func (f Fields) Decode(into any, ignore ...string) error {
	target := reflect.ValueOf(into)
	if target.Kind() != reflect.Pointer || target.Elem().Kind() != reflect.Struct {
		panic("strict: Decode into " + target.Type().String() + ", which is no pointer to a struct")
	}
	return f.fill(target.Elem(), ignore)
}

func (f Fields) fill(target reflect.Value, ignore []string) error {
	shape := shapeOf(target.Type())
	known := 0
	for i := range shape {
		field := &shape[i]
		raw := f.value(field.name)
		if raw == nil {
			if field.required {
				return missing(field.name)
			}
			continue
		}
		known++
		if err := set(target.Field(field.index), raw, field.name); err != nil {
			return err
		}
	}
	if known == len(f.members) {
		return nil
	}
	for _, m := range f.members {
		if !shape.has(m) && !slices.ContainsFunc(ignore, m.is) {
			return errUnknown
		}
	}
	return nil
}

// set writes one checked JSON value into a field.
func set(target reflect.Value, raw []byte, name string) error {
	if target.Kind() == reflect.Pointer {
		if raw[0] == 'n' {
			target.SetZero()
			return nil
		}
		target.Set(reflect.New(target.Type().Elem()))
		return set(target.Elem(), raw, name)
	}
	if reflect.PointerTo(target.Type()).Implements(textUnmarshaler) {
		reader := target.Addr().Interface().(encoding.TextUnmarshaler)
		if raw[0] != '"' || reader.UnmarshalText([]byte(unquote(raw))) != nil {
			return wrongType(name)
		}
		return nil
	}
	switch target.Kind() {
	case reflect.String:
		if raw[0] != '"' {
			return wrongType(name)
		}
		target.SetString(unquote(raw))
	case reflect.Bool:
		if raw[0] != 't' && raw[0] != 'f' {
			return wrongType(name)
		}
		target.SetBool(raw[0] == 't')
	case reflect.Struct:
		if raw[0] != '{' {
			return wrongType(name)
		}
		inner, err := Object(raw)
		if err != nil {
			return err
		}
		return inner.fill(target, nil)
	case reflect.Slice:
		return setSlice(target, raw, name)
	default:
		return setInteger(target, raw, name)
	}
	return nil
}

func setInteger(target reflect.Value, raw []byte, name string) error {
	if target.CanUint() {
		n, err := strconv.ParseUint(string(raw), 10, target.Type().Bits())
		if err != nil {
			return wrongType(name)
		}
		target.SetUint(n)
		return nil
	}
	n, err := strconv.ParseInt(string(raw), 10, target.Type().Bits())
	if err != nil {
		return wrongType(name)
	}
	target.SetInt(n)
	return nil
}

func setSlice(target reflect.Value, raw []byte, name string) error {
	if raw[0] != '[' {
		return wrongType(name)
	}
	elements := [][]byte{}
	s := scanner{data: raw}
	if err := s.array(1, &elements); err != nil {
		return err
	}
	list := reflect.MakeSlice(target.Type(), len(elements), len(elements))
	for i, element := range elements {
		if err := set(list.Index(i), element, name); err != nil {
			return err
		}
	}
	target.Set(list)
	return nil
}

var textUnmarshaler = reflect.TypeFor[encoding.TextUnmarshaler]()

// shape is what a struct asks for on the wire.
type shape []field

type field struct {
	name     string
	index    int
	required bool
}

func (s shape) has(m member) bool {
	return slices.ContainsFunc(s, func(f field) bool { return m.is(f.name) })
}

var shapes sync.Map // reflect.Type → shape

func shapeOf(t reflect.Type) shape {
	if known, ok := shapes.Load(t); ok {
		return known.(shape)
	}
	built := shape{}
	for i := range t.NumField() {
		f := t.Field(i)
		tag, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if !f.IsExported() || tag == "-" && options == "" {
			continue
		}
		if tag == "" {
			tag = f.Name
		}
		if f.Anonymous || !readable(f.Type) {
			panic("strict: " + t.String() + "." + f.Name + " has no strict form")
		}
		optional := slices.ContainsFunc(strings.Split(options, ","), func(o string) bool { return o == "omitempty" || o == "omitzero" })
		built = append(built, field{tag, i, !optional})
	}
	shapes.Store(t, built)
	return built
}

// readable says whether a field of this type can be read. []byte is not: it is
// base64 to some readers and a list of numbers to others.
func readable(t reflect.Type) bool {
	if reflect.PointerTo(t).Implements(textUnmarshaler) {
		return true
	}
	switch t.Kind() {
	case reflect.String, reflect.Bool, reflect.Struct,
		reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return true
	case reflect.Slice:
		return t.Elem().Kind() != reflect.Uint8 && readable(t.Elem())
	case reflect.Pointer:
		return readable(t.Elem())
	}
	return false
}
