package room

import (
	"encoding/json"
	"fmt"
	"maps"
	"time"
)

// What nodes tell each other of a room that has people on several of them. All
// of it passes through memory only: events that the journal may never see are
// among it, words too. Nothing here may be written down; [EncodeEvent] is for
// that, and refuses them.

// packed is an event on its way between nodes.
type packed struct {
	K string          `json:"k"`
	E json.RawMessage `json:"e"`
}

// Pack writes events for another node. Any goroutine may call it.
func Pack(events []Event) ([]byte, error) {
	all := make([]packed, len(events))
	for i, e := range events {
		text, err := json.Marshal(e)
		if err != nil {
			return nil, fmt.Errorf("pack event %q: %w", Kind(e), err)
		}
		all[i] = packed{Kind(e), text}
	}
	return json.Marshal(all)
}

// Unpack reads what [Pack] wrote. A kind that this version does not know gives
// [ErrUnknownEvent]: the other node is newer, and must be asked for the whole.
func Unpack(b []byte) ([]Event, error) {
	var all []packed
	if err := json.Unmarshal(b, &all); err != nil {
		return nil, fmt.Errorf("unpack events: %w", err)
	}
	events := make([]Event, len(all))
	for i, p := range all {
		k := eventsByName[p.K]
		if k == nil {
			return nil, fmt.Errorf("unpack event %q: %w", p.K, ErrUnknownEvent)
		}
		var err error
		if events[i], err = k.read(p.E); err != nil {
			return nil, err
		}
	}
	return events, nil
}

// PackLive writes what only memory knows, for a node that joins in.
func (s *State) PackLive() ([]byte, error) { return json.Marshal(s.Live) }

// Adopt puts another node's Live in the place of this one. The caller sees to it
// that both stand at the same form. b is left as it is.
func (s *State) Adopt(b []byte) error {
	live := Live{Seats: map[SeatID]SeatLive{}}
	if err := json.Unmarshal(b, &live); err != nil {
		return fmt.Errorf("read the other node's live facts: %w", err)
	}
	s.Live = live
	return nil
}

// Presume takes everybody to be connected: this node has read the room from the
// journal while another one, which cannot be asked just now, looks after it. So
// nobody is taken for lost whom the other node has (practice: nobody is put out
// by our troubles).
type Presume struct{}

// Verb: from the house only.
func (Presume) Verb() string { return "" }

// Presumed says that everybody is taken to be connected.
type Presumed struct{ passing }

var wireEvents = []kind{
	declare[Presumed]("presumed", alteration{everything, allSeats, true}, nil),
}

var wireHandlers = []handler{on(house, presume).quietlyLate()}

func presume(d *decision, _ Presume) *Refusal {
	d.emit(Presumed{})
	return nil
}

func (Presumed) apply(s *State, now time.Time) {
	s.Live = Live{Seats: map[SeatID]SeatLive{}}
	for _, id := range s.Form.Arrived {
		s.Live.Seats[id] = SeatLive{Online: true}
	}
	if t := s.Form.Turn; t != nil {
		s.Live.Turn = &LiveTurn{Turn: t.Turn, Seat: t.Seat, Stage: Offered, Since: now}
	}
}

// Knows says whether words have been said here.
func (s *State) Knows(id string) bool { return s.wordAt(id) >= 0 }

// TakenBack says whether words were said here and taken back.
func (s *State) TakenBack(id string) bool {
	w, known := s.word(id)
	return known && w.Gone
}

// Sparing is the state as it looks to a node that cannot reach another one: who
// seems lost for long may be connected over there. So nobody's seat is given up,
// and no facilitator missed. It is for deciding only; the room's own state is
// left as it is.
func (s *State) Sparing(now time.Time) *State {
	c := *s
	c.Live.Seats = maps.Clone(s.Live.Seats)
	kept := now.Add(time.Millisecond - s.Form.Rules.SeatKept)
	for id, l := range c.Live.Seats {
		if !l.Online && l.LostAt.Before(kept) {
			l.LostAt = kept
			c.Live.Seats[id] = l
		}
	}
	if !c.Live.NoFacilitator.IsZero() {
		c.Live.NoFacilitator = now
	}
	return &c
}
