package fanout

import (
	"fmt"
	"strconv"
)

// The views that go out with every hello and most frames are written field by field,
// as encoding/json would: a room that comes back at once makes thousands of them in
// a second. What writes them is made by cmd/hearthgen out of their types.

// appendView appends what a seat is shown of one kind of audience: null if it is
// in none. What two people in a room see, encoding/json may write.
func appendView(b []byte, view any) []byte {
	b, err := appendSection(b, view)
	if err != nil {
		panic(fmt.Errorf("show the room: %w", err)) // a view that cannot be written is a broken invariant
	}
	return b
}

func appendList[T any](b []byte, list []T, one func([]byte, *T) []byte) []byte {
	if list == nil {
		return append(b, "null"...)
	}
	b = append(b, '[')
	for i := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b = one(b, &list[i])
	}
	return append(b, ']')
}

// maybeText, maybeNumber and maybeTrue leave out what is empty.
func maybeText(b []byte, key, v string) []byte {
	if v == "" {
		return b
	}
	return appendQuoted(append(b, key...), v)
}

func maybeNumber(b []byte, key string, v int64) []byte {
	if v == 0 {
		return b
	}
	return strconv.AppendInt(append(b, key...), v, 10)
}

func maybeTrue(b []byte, key string, v bool) []byte {
	if !v {
		return b
	}
	return append(append(b, key...), "true"...)
}
