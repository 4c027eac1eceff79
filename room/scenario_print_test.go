package room

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
)

// plainly prints a view for people: what is false or empty goes without saying,
// and moments count from the start.
func plainly(v any) string {
	switch v := v.(type) {
	case nil:
		return "nothing"
	case bool:
		return map[bool]string{true: "yes", false: "no"}[v]
	case float64:
		if v > 1e12 {
			return Millis(v).Time().Sub(start).String()
		}
		return strconv.Itoa(int(v))
	case []any:
		return plainList(v)
	case map[string]any:
		var words []string
		for _, name := range slices.Sorted(maps.Keys(v)) {
			switch x := v[name]; x {
			case false, "", nil:
			case true:
				words = append(words, name)
			default:
				words = append(words, name+"="+plainly(x))
			}
		}
		return strings.Join(words, " ")
	}
	return fmt.Sprint(v)
}

func plainList(list []any) string {
	var b strings.Builder
	for _, x := range list {
		if _, short := x.(string); short {
			b.WriteString(" " + plainly(x))
		} else {
			b.WriteString("\n  - " + plainly(x))
		}
	}
	if b.Len() == 0 {
		return "nobody"
	}
	return strings.TrimPrefix(b.String(), " ")
}

// described is one event on one line.
func described(e Event) string {
	line := Kind(e)
	if !Durable(e) {
		line = "~" + line
	}
	if _, ok := e.(Opened); ok {
		return line
	}
	return line + fields(reflect.ValueOf(e))
}

func fields(v reflect.Value) (line string) {
	for i := range v.NumField() {
		f, t := v.Field(i), v.Type().Field(i)
		switch {
		case t.Anonymous:
			line += fields(f)
		case f.IsZero():
		default:
			line += " " + strings.ToLower(t.Name) + "=" + value(f.Interface())
		}
	}
	return line
}

func value(v any) string {
	switch v := v.(type) {
	case Millis:
		return v.Time().Sub(start).String()
	case time.Time:
		return v.Sub(start).String()
	case string:
		if strings.ContainsAny(v, " ") {
			return strconv.Quote(v)
		}
		return v
	}
	return strings.ReplaceAll(fmt.Sprint(v), " ", ",")
}
