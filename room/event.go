package room

import (
	"encoding/json"
	"fmt"
	"reflect"
	"time"
)

// Event is something that has happened. Each event is its own struct; there are
// no others than those of this package. Events are values.
type Event interface {
	apply(s *State, now time.Time)
	durable() bool
}

// Durable says whether an event belongs in the journal. It follows from the
// event's type alone.
func Durable(e Event) bool { return e.durable() }

// Kind is a stable word for an event's type, the same in the journal, between
// nodes and in every version.
func Kind(e Event) string { return kindOf(e).name }

// kept marks events that the journal keeps; passing, those that only memory does.
type (
	kept    struct{}
	passing struct{}
)

func (kept) durable() bool    { return true }
func (passing) durable() bool { return false }

// kind is all there is to say of one type of event but for its fields and what it
// does to the state. It is declared once, in the list of its theme's file.
type kind struct {
	name    string
	event   reflect.Type
	durable bool
	read    func([]byte) (Event, error)
	alters  alteration
	tells   func(*casting, Event) // nil: what it changes is in the views
}

// declare declares the kind of E: the word for it, what it may change in what
// people are shown, and what the announcer is told; nil for nothing.
func declare[E Event](name string, alters alteration, tells func(*casting, E)) kind {
	var zero E
	if _, of := Event(zero).(about); alters.me == oneSeat && !of {
		panic("room: of which seat is " + name + "?")
	}
	k := kind{name: name, event: reflect.TypeFor[E](), durable: zero.durable(), alters: alters}
	k.read = func(b []byte) (Event, error) {
		var e E
		if err := json.Unmarshal(b, &e); err != nil {
			return nil, fmt.Errorf("read event %q: %w", name, err)
		}
		return e, nil
	}
	if tells != nil {
		k.tells = func(g *casting, e Event) { tells(g, e.(E)) }
	}
	return k
}

// eventKinds has every kind of event, by its type; eventsByName has them by their words. They
// are filled once, from the lists that each theme's file keeps.
var eventKinds, eventsByName = func() (map[reflect.Type]*kind, map[string]*kind) {
	types, words := map[reflect.Type]*kind{}, map[string]*kind{}
	for _, theme := range [][]kind{
		openingEvents, entryEvents, presenceEvents, phaseEvents, silenceEvents, turnEvents, againEvents, gapEvents, handEvents, openEvents,
		replyEvents, roleEvents, wordEvents, moderationEvents, removalEvents, closingEvents, wireEvents,
	} {
		for i := range theme {
			types[theme[i].event], words[theme[i].name] = &theme[i], &theme[i]
		}
	}
	return types, words
}()

// kindOf finds what is declared of an event. Each type has a declaration; a test
// says so.
func kindOf(e Event) *kind { return eventKinds[reflect.TypeOf(e)] }
