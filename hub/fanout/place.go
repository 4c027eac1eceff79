package fanout

import (
	"slices"

	"hearth/hub/socket"
	"hearth/room"
)

// Outlet takes the frames of one connection. [socket.Conn] is one.
type Outlet interface {
	// PushLoan takes a frame that is good until it returns. It never waits.
	PushLoan(*socket.Loan)
}

// Receiver is one connection of a seat, as far as frames go to it.
type Receiver struct {
	// Out is where its frames go. Set before [Place.Attach]; never changes.
	Out Outlet
	// Greeted: it has been sent a snapshot, or all that it missed, and is sent what
	// is cast from now on. Never false again. Set by [Sender.Welcome].
	Greeted bool
	// Gone: it is closed, and nothing more is sent to it. Never false again.
	Gone  bool
	extra bool  // this flush has lines for it alone
	from  int32 // the first line of this flush that it may see
}

// Place is a seat as far as frames go to it, connected or not. A room keeps one of
// each seat that was ever connected here, and of all seats once another node has
// the room too: both must number their frames alike.
type Place struct {
	Seat      room.SeatID      // set before [Sender.Add]; never changes
	in        room.Memberships // the audiences it is in
	receivers []*Receiver      // oldest first, those too that are not greeted yet
	heads     []head           // the lines of this flush that it is sent, in order
	numbers
}

// In gives the audiences that the seat is in, as last told by [Place.Enter].
func (p *Place) In() *room.Memberships { return &p.in }

// Enter says which audiences the seat is in from now on. What was gathered before
// must have been flushed, or it goes to those who are in its audience now.
func (p *Place) Enter(in room.Memberships) {
	if in != p.in {
		p.in = in
		p.turn()
	}
}

// Last is the number of the last frame that the seat was sent; 0: none.
func (p *Place) Last() int64 { return p.n }

// Turn says that resuming goes back to this frame at most.
func (p *Place) Turn() { p.turn() }

// Anew says that the seat is shown the whole anew, which takes a number.
func (p *Place) Anew() { p.whole() }

// Attach adds a connection, which is sent nothing before it is greeted but lines
// of its own; Detach takes it away.
func (p *Place) Attach(r *Receiver) { p.receivers = append(p.receivers, r) }

// Detach takes a connection away that was attached.
func (p *Place) Detach(r *Receiver) {
	p.receivers = slices.DeleteFunc(p.receivers, func(o *Receiver) bool { return o == r })
}

// sees says whether a frame is meant for this seat. What is for one seat alone is,
// also before the room knows the seat.
func (p *Place) sees(to room.Audience) bool {
	return p.in.Has(to) || to.Kind == room.ToMe && p.Seat == to.Seat
}

// mostHeads is how many lines of a flush a seat keeps room for between flushes. More
// come in bursts only, and there are many seats.
const mostHeads = 4

// rest ends a flush for a seat.
func (p *Place) rest() {
	if p.heads = p.heads[:0]; cap(p.heads) > mostHeads {
		p.heads = nil
	}
}
