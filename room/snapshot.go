package room

import "time"

// Snapshot is everything one seat may see now. Room is nil unless the seat is
// Here; Care is nil unless it holds a facilitator's tools there.
type Snapshot struct {
	Me   MeView    `json:"me"`
	Room *RoomView `json:"room"`
	Care *CareView `json:"care"`
}

// Snapshot shows the state to one seat. The views follow from the state alone;
// now is there so that a view may come to depend on it without a new signature.
// The result shares nothing that Apply writes to.
func (s *State) Snapshot(_ time.Time, seat SeatID) Snapshot {
	snap := Snapshot{Me: s.meView(seat)}
	if s.Receives(seat, ToRoom) {
		v := s.roomView()
		snap.Room = &v
	}
	if s.Receives(seat, ToCare) {
		v := s.careView()
		snap.Care = &v
	}
	return snap
}
