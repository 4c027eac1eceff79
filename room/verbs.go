package room

import (
	"errors"
	"slices"
)

// ErrUnknownVerb means that no browser may send such a command.
var ErrUnknownVerb = errors.New("room: unknown verb")

// verbs has each command that may come from a browser, by its verb.
var verbs = func() map[string]handler {
	table := map[string]handler{}
	for _, h := range handlers {
		if h.verb != "" {
			table[h.verb] = h
		}
	}
	return table
}()

func read[T Command](decode func(any) error) (Command, error) {
	var c T
	if err := decode(&c); err != nil {
		return nil, err
	}
	return c, nil
}

// ReadCommand reads the command of a verb. decode gets a pointer to the
// command's struct and fills it in; its error is returned as it is. The command
// comes back as a value (Share, not *Share). A verb that no browser may send
// gives [ErrUnknownVerb] and decode is not called.
func ReadCommand(verb string, decode func(into any) error) (Command, error) {
	h, ok := verbs[verb]
	if !ok {
		return nil, ErrUnknownVerb
	}
	return h.read(decode)
}

// Verbs lists the verbs that a browser may send, sorted.
func Verbs() []string {
	list := make([]string, 0, len(verbs))
	for v := range verbs {
		list = append(list, v)
	}
	slices.Sort(list)
	return list
}
