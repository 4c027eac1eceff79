package room

import "encoding/json"

// AudienceKind is a kind of audience. The set is open: casts, frames, what is sent
// again and snapshots go over the kinds of the table below. Others ask by name only
// where a rule is about the room, the facilitators or one seat.
type AudienceKind uint8

// The kinds of audiences, in the order in which a snapshot shows them.
const (
	ToMe   AudienceKind = iota // one seat, in whatever status
	ToRoom                     // every seat that is Here
	ToCare                     // Lead and Wellbeing seats that are Here

	// AudienceKinds is how many there are.
	AudienceKinds
)

// Audience is who receives a cast. A seat is in one of each kind at most.
type Audience struct {
	Kind AudienceKind
	Seat SeatID // whose, of a kind of which there are several; else zero
}

// audience is what there is to say of one kind.
type audience struct {
	stream string // its name on the wire
	// of says in which audience of the kind a seat is now, if in any.
	of func(s *State, seat SeatID) (whose SeatID, in bool)
	// alive lists whose audiences of the kind there are now.
	alive func(s *State) []SeatID
	// view gives a pointer to all that an audience is shown.
	view func(s *State, whose SeatID) any
	// changes are the sections that differ from what was shown, by their JSON
	// names. It brings shown, a pointer that view gave, up to date. Sections that
	// are not in the set have not changed.
	changes func(s *State, whose SeatID, shown any, in sections) map[string]any
}

var audiences = [AudienceKinds]audience{
	ToMe: sees("me", meSections, func(s *State, seat SeatID) (SeatID, bool) {
		_, known := s.Form.Seats[seat]
		return seat, known
	}, func(s *State) []SeatID { return s.Form.Arrived }),
	ToRoom: sees("room", roomSections, func(s *State, seat SeatID) (SeatID, bool) { return House, s.here(seat) }, one),
	ToCare: sees("care", careSections, func(s *State, seat SeatID) (SeatID, bool) { return House, s.here(seat) && s.facilitates(seat) }, one),
}

// one: there is always one of the kind, which is nobody's own.
func one(*State) []SeatID { return justOne[:] }

var justOne = [1]SeatID{House}

// Stream is the name of a kind on the wire.
func (k AudienceKind) Stream() string { return audiences[k].stream }

// Streams are the names of all kinds, in their order.
func Streams() []string {
	names := make([]string, AudienceKinds)
	for k := range AudienceKinds {
		names[k] = k.Stream()
	}
	return names
}

// Membership says in which audience of one kind a seat is.
type Membership struct {
	Of SeatID // see [Audience]
	In bool   // false: in none of the kind
}

// Memberships are the audiences of one seat, by kind. They are comparable.
type Memberships [AudienceKinds]Membership

// Has says whether an audience is among them.
func (m *Memberships) Has(a Audience) bool {
	x := &m[a.Kind]
	return x.In && x.Of == a.Seat
}

// Memberships are the audiences that a seat is in now: the only gate between what
// is cast and who receives it. Everybody who is known is in ToMe; the hub closes
// the sockets of those who have left.
func (s *State) Memberships(seat SeatID) (m Memberships) {
	for k := range audiences {
		if of, in := audiences[k].of(s, seat); in {
			m[k] = Membership{of, true}
		}
	}
	return m
}

// Receives says whether a seat is in an audience of a kind now.
func (s *State) Receives(seat SeatID, k AudienceKind) bool {
	return k < AudienceKinds && s.Memberships(seat)[k].In
}

// Snapshot is everything one seat may see now, by kind of audience: a pointer to
// the view, nil where the seat is in no audience of the kind. It shares nothing
// that Apply writes to.
type Snapshot [AudienceKinds]any

// Snapshot shows the state to one seat. The views follow from the state alone.
func (s *State) Snapshot(seat SeatID) (snap Snapshot) {
	snap[ToMe] = audiences[ToMe].view(s, seat)
	for k, m := range s.Memberships(seat) {
		if m.In && AudienceKind(k) != ToMe {
			snap[k] = audiences[k].view(s, m.Of)
		}
	}
	return snap
}

// Room is what everybody inside is shown; nil for a seat that is not.
func (s Snapshot) Room() *RoomView {
	v, _ := s[ToRoom].(*RoomView)
	return v
}

// MarshalJSON writes the views by the names of their streams.
func (s Snapshot) MarshalJSON() ([]byte, error) {
	b := []byte{'{'}
	for k, view := range s {
		if k > 0 {
			b = append(b, ',')
		}
		text, err := json.Marshal(view)
		if err != nil {
			return nil, err
		}
		b = append(append(append(append(b, '"'), audiences[k].stream...), `":`...), text...)
	}
	return append(b, '}'), nil
}
