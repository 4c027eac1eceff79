package room

import "slices"

// section is one top-level field of a view V: what it is called, what alters it and
// what it shows. A view is its sections, each declared once.
type section[V any] struct {
	name string
	in   sections // an event that alters none of these leaves it as it is
	// fill puts what it shows now into a view.
	fill func(s *State, whose SeatID, view *V)
	// change does so where that differs, and gives what it shows; nil where it does not.
	change func(s *State, whose SeatID, shown *V) any
}

// part declares a section: the field of the view, what it shows now, and when two
// values of it look alike.
func part[V, T any](name string, in sections, field func(*V) *T, now func(*State, SeatID) T, same func(a, b T) bool) section[V] {
	return section[V]{
		name: name, in: in,
		fill: func(s *State, whose SeatID, view *V) { *field(view) = now(s, whose) },
		change: func(s *State, whose SeatID, shown *V) any {
			was, is := field(shown), now(s, whose)
			if same(*was, is) {
				return nil
			}
			*was = is
			return is
		},
	}
}

// forAll is for sections that are the same for everybody in the audience.
func forAll[T any](now func(*State) T) func(*State, SeatID) T {
	return func(s *State, _ SeatID) T { return now(s) }
}

// show gives a view whole.
func show[V any](list []section[V], s *State, whose SeatID) *V {
	view := new(V)
	for i := range list {
		list[i].fill(s, whose, view)
	}
	return view
}

// changes brings a view up to date, and gives the sections that changed.
func changes[V any](list []section[V], s *State, whose SeatID, shown *V, in sections) (set map[string]any) {
	for i := range list {
		if list[i].in&in == 0 {
			continue
		}
		if is := list[i].change(s, whose, shown); is != nil {
			if set == nil {
				set = map[string]any{}
			}
			set[list[i].name] = is
		}
	}
	return set
}

// sees makes an audience of a kind out of the sections of its view.
func sees[V any](stream string, list []section[V], of func(*State, SeatID) (SeatID, bool), alive func(*State) []SeatID) audience {
	return audience{
		stream: stream, of: of, alive: alive,
		view: func(s *State, whose SeatID) any { return show(list, s, whose) },
		changes: func(s *State, whose SeatID, shown any, in sections) map[string]any {
			return changes(list, s, whose, shown.(*V), in)
		},
	}
}

func equal[T comparable](a, b T) bool { return a == b }

func samePtr[T comparable](a, b *T) bool {
	return a == b || a != nil && b != nil && *a == *b
}

// sameList is when two lists look alike, of values that look alike as same says.
func sameList[T any](same func(a, b T) bool) func(a, b []T) bool {
	return func(a, b []T) bool { return slices.EqualFunc(a, b, same) }
}
