package room

import "slices"

// Round is a go-round: everybody in circle order once, then whoever said
// "later" once more.
type Round struct {
	// Seats has each seat once. Who comes in late stands at the end, and so is still in
	// the first lap when others may be in the second.
	Seats []RoundSeat
	// At is where the first lap goes on: the index of who is next, len(Seats) when it
	// is over for everybody.
	At int
	// Lap is the same for the second lap; zero before it has begun.
	Lap int
}

// RoundSeat is one seat's part in a go-round. Done is the same for a turn that
// was spoken and one that was passed (A02).
type RoundSeat struct {
	Seat   SeatID
	Offers int
	Done   bool
}

func newRound(order []SeatID) *Round {
	r := &Round{Seats: make([]RoundSeat, len(order))}
	for i, id := range order {
		r.Seats[i].Seat = id
	}
	return r
}

func (r *Round) index(id SeatID) int {
	return slices.IndexFunc(r.Seats, func(x RoundSeat) bool { return x.Seat == id })
}

// join puts a late arrival at the end. r belongs to the state being changed.
func (r *Round) join(id SeatID) {
	if r.index(id) < 0 {
		r.Seats = with(r.Seats, RoundSeat{Seat: id})
	}
}

// offered moves the laps on. A seat behind the first lap's place is in the
// second, and then the first is over for everybody.
func (r *Round) offered(id SeatID) {
	i := r.index(id)
	if i < 0 {
		return
	}
	r.Seats[i].Offers++
	switch {
	case i >= r.At:
		r.At = i + 1
	case i >= r.Lap:
		r.At, r.Lap = len(r.Seats), i+1
	}
}

// unoffered moves the laps back to a seat whose offer was withdrawn.
func (r *Round) unoffered(id SeatID) {
	i := r.index(id)
	if i < 0 {
		return
	}
	r.Seats[i].Offers--
	switch i + 1 {
	case r.Lap:
		r.Lap = i
	case r.At:
		r.At = i
	}
}

// laps visits the seats that are not done, in the order in which they come up.
func (r *Round) laps(visit func(RoundSeat) bool) {
	for _, part := range [][]RoundSeat{r.Seats[r.At:], r.Seats[r.Lap:r.At], r.Seats[:r.Lap]} {
		for _, x := range part {
			if !x.Done && visit(x) {
				return
			}
		}
	}
}

func (r *Round) done(id SeatID, done bool) {
	if i := r.index(id); i >= 0 {
		r.Seats[i].Done = done
	}
}
