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

// keepable is an event that the journal keeps.
type keepable interface {
	Event
	keeps()
}

// stored reads each durable event, by its kind.
var stored = func() map[string]func([]byte) (Event, error) {
	table := map[string]func([]byte) (Event, error){}
	store[Opened](table)
	store[CharterSet](table)
	store[PlanSet](table)
	store[Arrived](table)
	store[Knocked](table)
	store[SeatGreeted](table)
	store[SeatAdmitted](table)
	store[Entered](table)
	store[SentBack](table)
	store[DoorSet](table)
	store[Renamed](table)
	store[SteppedOut](table)
	store[SeatLeft](table)
	store[RolesSet](table)
	store[PhaseMoved](table)
	store[FormatBegan](table)
	store[FormatEnded](table)
	store[HandSet](table)
	store[TurnOpened](table)
	store[TurnClosed](table)
	store[TurnAgain](table)
	store[HeldBegan](table)
	store[HeldEnded](table)
	store[SessionClosed](table)
	store[Acted](table)
	store[QuietEnded](table)
	store[SeatRemoved](table)
	return table
}()

// store adds one kind. It does not compile for events that are not kept.
func store[E keepable](table map[string]func([]byte) (Event, error)) {
	var zero E
	table[zero.Kind()] = event[E]
}

// event reads an event of one kind.
func event[E Event](b []byte) (Event, error) {
	var e E
	if err := json.Unmarshal(b, &e); err != nil {
		return nil, fmt.Errorf("read event %q: %w", e.Kind(), err)
	}
	return e, nil
}

// EncodeEvent writes a durable event as one compact JSON object whose first
// field is its kind: {"k":"hand","seat":"a1","up":true}. The same event always
// gives the same bytes. A passing event gives [ErrNotDurable].
func EncodeEvent(e Event) ([]byte, error) {
	if !Durable(e) {
		return nil, ErrNotDurable
	}
	fields, err := json.Marshal(e)
	if err != nil {
		return nil, fmt.Errorf("write event %q: %w", e.Kind(), err)
	}
	b := append([]byte(`{"k":"`), e.Kind()...)
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
	read, ok := stored[head.K]
	if !ok {
		return nil, fmt.Errorf("read event %q: %w", head.K, ErrUnknownEvent)
	}
	return read(b)
}
