package room

// A second device that opens somebody's link gets a seat of its own, which
// claims the first (walls §2.2, 3). Let in, it takes the place of that seat and
// of every other that was let in for it: one person is never inside twice.

// replaces: id would have to go if a seat that claims another were let in.
func (s *State) replaces(id, claimed SeatID) bool {
	if claimed == House {
		return false
	}
	return id == claimed || s.Form.Seats[id].Claims == claimed && s.placed(id)
}

// placed: let in, and not gone since.
func (s *State) placed(id SeatID) bool { return s.Status(id).placed() }

// takePlace closes the seats whose place a seat that was just let in takes.
func (d *decision) takePlace(by SeatID) {
	claimed := d.s.Form.Seats[by].Claims
	for _, id := range d.s.Form.Arrived {
		f := d.s.Form.Seats[id]
		if id != by && d.s.replaces(id, claimed) && f.Status != Removed && f.Why != "moved" {
			d.emit(SeatLeft{Seat: id, Why: "moved", At: millis(d.now)})
		}
	}
}

// inherit gives a seat that is let in what belongs to the person: quiet time does
// not end, and a turn that was had does not come again, by changing the device
// (M1, T11).
func (s *State) inherit(by SeatID) {
	claimed := s.Form.Seats[by].Claims
	if claimed == House || s.Form.Seats[by].Entered {
		return // let in again: it has what is its own
	}
	s.seat(by, func(f *SeatForm) {
		for _, id := range s.Form.Arrived {
			was := s.Form.Seats[id]
			if id == by || id != claimed && was.Claims != claimed || !was.Entered {
				continue
			}
			f.HadTurn = f.HadTurn || was.HadTurn
			if was.Quiet != nil && (f.Quiet == nil || was.Quiet.Until > f.Quiet.Until) {
				f.Quiet = was.Quiet
			}
		}
	})
}
