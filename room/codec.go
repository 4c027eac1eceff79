package room

import (
	"encoding/json"
	"errors"
	"fmt"
)

// Errors of the event codec.
var (
	// ErrNotDurable means that an event may never be written down.
	ErrNotDurable = errors.New("room: a passing event is never written down")
	// ErrUnknownEvent means that a journal row is of no kind this version knows.
	ErrUnknownEvent = errors.New("room: unknown kind of event")
)

// EncodeEvent writes a durable event as one compact JSON object whose first
// field is its kind: {"k":"hand","seat":"a1","up":true}. The same event always
// gives the same bytes. A passing event gives [ErrNotDurable].
func EncodeEvent(e Event) ([]byte, error) {
	if !Durable(e) {
		return nil, ErrNotDurable
	}
	name := Kind(e)
	fields, err := json.Marshal(e)
	if err != nil {
		return nil, fmt.Errorf("write event %q: %w", name, err)
	}
	b := append([]byte(`{"k":"`), name...)
	if len(fields) == len("{}") {
		return append(b, `"}`...), nil
	}
	b = append(b, `",`...)
	return append(b, fields[1:]...), nil
}

// DecodeEvent reads what [EncodeEvent] wrote. A row of a kind that this version
// does not know gives [ErrUnknownEvent]: the room must not be guessed at.
func DecodeEvent(b []byte) (Event, error) {
	var head struct {
		K string `json:"k"`
	}
	if err := json.Unmarshal(b, &head); err != nil {
		return nil, fmt.Errorf("read event: %w", err)
	}
	k := eventsByName[head.K]
	if k == nil || !k.durable {
		return nil, fmt.Errorf("read event %q: %w", head.K, ErrUnknownEvent)
	}
	return k.read(b)
}
