package fanout

import (
	"sync"
	"time"

	"hearth/hub/fail"
	"hearth/hub/socket"
	"hearth/room"
)

// Sender is the outgoing side of one room. Make it with [New].
type Sender struct {
	epoch  string // changes when what was numbered before is no more to be resumed
	veil   veil   // drawn anew with the epoch
	seq    int64  // how many frames there have been, for whomever; nobody is told
	ring   ring
	places []*Place // in the order of coming, which is the order of sending
	out    []piece  // lines gathered for the next flush
}

// New returns a sender without places, which keeps so many frames for those who
// come back.
func New(epoch string, ring int) *Sender {
	s := &Sender{}
	s.Reset(epoch, ring)
	return s
}

// Reset begins anew with another epoch: places stay, their numbers begin at 0, and
// nothing that was sent before can be resumed. What is gathered goes out still.
func (s *Sender) Reset(epoch string, most int) {
	s.epoch, s.veil, s.seq, s.ring = epoch, newVeil(), 0, ring{max: most}
	for _, p := range s.places {
		p.numbers = numbers{}
	}
}

// Numbering is what another node needs to number frames like this one.
type Numbering struct {
	Epoch   string
	Seq     int64                 // how many frames there have been, for whomever
	Veil    []byte                // the key under which the numbers of words are hidden
	Numbers map[room.SeatID]int64 // of each seat's last frame
}

// Numbering gives how frames are numbered here.
func (s *Sender) Numbering() Numbering {
	all := Numbering{Epoch: s.epoch, Seq: s.seq, Veil: s.veil.key, Numbers: map[room.SeatID]int64{}}
	for _, p := range s.places {
		all.Numbers[p.Seat] = p.n
	}
	return all
}

// Adopt goes on numbering as another node does. Nothing that was sent before can be
// resumed here, but by who has all of it: see [Place.Turn].
func (s *Sender) Adopt(all Numbering) {
	s.epoch, s.seq, s.ring = all.Epoch, all.Seq, ring{max: s.ring.max}
	s.veil = veilOf(all.Veil)
	for _, p := range s.places {
		p.numbers = numbers{n: all.Numbers[p.Seat]}
	}
}

// lowBits are drawn by chance when frames are numbered anew; the bits above them
// count how often that was done. Browsers know whole numbers up to 53 bits.
const lowBits = 32

// Renumber lets the numbers go on from higher ones that no other node uses; by is
// drawn by chance.
func (s *Sender) Renumber(by uint32) {
	s.seq = (s.seq>>lowBits+1)<<lowBits + int64(by)
	for _, p := range s.places {
		p.jump((p.n>>lowBits+1)<<lowBits + int64(by))
	}
}

// Add makes a place known, which is not connected yet. A seat has one.
func (s *Sender) Add(p *Place) { s.places = append(s.places, p) }

// Epoch is the present one.
func (s *Sender) Epoch() string { return s.epoch }

// Seq is how many frames there have been, for whomever. Nobody outside may learn it.
func (s *Sender) Seq() int64 { return s.seq }

// Shown gives the id of words as the room knows it, from the id that people were
// shown; empty for what was never shown to anybody.
func (s *Sender) Shown(id string) string { return s.veil.show(id) }

// Forget takes away words that were said before a moment, and says when the oldest
// that are left were said; ok is false when none are.
func (s *Sender) Forget(before time.Time) (oldest time.Time, ok bool) { return s.ring.forget(before) }

// Close forgets everything that could be resumed.
func (s *Sender) Close() { s.ring = ring{} }

// piece is one line on its way out, for one connection, or the body of a frame
// for an audience.
type piece struct {
	t    string // the kind of frame
	line []byte
	to   room.Audience
	only *Receiver // one connection; then to means nothing
	lent *[]byte   // what line lies in, to be given back when it is out; nil for a line of its own
}

// buffers are lent to what is long and soon gone: a whole snapshot, the lines of a frame.
var buffers = sync.Pool{New: func() any { b := make([]byte, 0, 16<<10); return &b }}

// loans are lent to frames, which are in the kernel as soon as they are pushed.
var loans = sync.Pool{New: func() any { return new(socket.Loan) }}

// mostLoan is the size of the largest buffer that is kept.
const mostLoan = 64 << 10

func giveBack(f *socket.Loan) {
	f.Clear()
	if f.Size() <= mostLoan {
		loans.Put(f)
	}
}

// mostPieces is how many lines are gathered at most before they go out. Lines
// are gathered only while there is work already waiting, never for time.
const mostPieces = 64

// Full says whether enough is gathered to be flushed.
func (s *Sender) Full() bool { return len(s.out) >= mostPieces }

// Idle says whether nothing is gathered.
func (s *Sender) Idle() bool { return len(s.out) == 0 }

func (s *Sender) queue(p piece) {
	s.out = append(s.out, p)
	p.only.extra = true
}

// Send gathers a line for one connection. One that is gone is sent nothing.
func (s *Sender) Send(r *Receiver, line []byte) {
	if !r.Gone {
		s.queue(piece{line: line, only: r})
	}
}

// Welcome lets a connection hear what is cast from now on.
func (s *Sender) Welcome(r *Receiver) {
	r.Greeted, r.from = true, int32(len(s.out)) //nolint:gosec // a flush is short
}

// Drop forgets what is gathered.
func (s *Sender) Drop() {
	clear(s.out)
	s.out = s.out[:0]
	for _, p := range s.places {
		p.heads = p.heads[:0]
	}
}

// Flush sends everything that is gathered. The sockets of a seat share one frame;
// whichever has lines of its own gets a frame of its own, in the same order.
func (s *Sender) Flush() {
	if len(s.out) == 0 {
		return
	}
	frame, text := loans.Get().(*socket.Loan), buffers.Get().(*[]byte)
	pushed := 0
	for _, p := range s.places {
		shared := false // the frame is the one that all sockets of the seat share
		for _, r := range p.receivers {
			own := r.extra
			some := own && s.ownFrame(frame, text, p, r) || !own && r.Greeted && (shared || s.seatFrame(frame, text, p))
			shared = some && !own
			r.extra, r.from = false, 0
			if !some || r.Gone {
				continue
			}
			if pushed++; pushed == 2 {
				fail.Point(fail.MidFanout)
			}
			r.Out.PushLoan(frame)
		}
		p.rest()
	}
	giveBack(frame)
	buffers.Put(text)
	for i := range s.out {
		if lent := s.out[i].lent; lent != nil {
			*lent = (*lent)[:0]
			buffers.Put(lent)
		}
	}
	clear(s.out)
	s.out = s.out[:0]
}

// seatFrame joins the lines that a seat is sent; false if there are none.
func (s *Sender) seatFrame(into *socket.Loan, text *[]byte, p *Place) bool {
	b := (*text)[:0]
	for i := range p.heads {
		b = s.appendLine(b, &p.heads[i])
	}
	return joined(into, text, b)
}

// ownFrame joins the lines that one connection is sent; false if there are none.
func (s *Sender) ownFrame(into *socket.Loan, text *[]byte, p *Place, r *Receiver) bool {
	return joined(into, text, s.appendOwn((*text)[:0], p, r))
}

// appendOwn appends the lines that one connection is sent, each with its end.
func (s *Sender) appendOwn(b []byte, p *Place, r *Receiver) []byte {
	heads := p.heads
	for i := range s.out {
		of := len(heads) > 0 && int(heads[0].at) == i
		switch line := &s.out[i]; {
		case line.only == r:
			b = append(append(b, line.line...), '\n')
		case of && r.Greeted && i >= int(r.from):
			b = s.appendLine(b, &heads[0])
		}
		if of {
			heads = heads[1:]
		}
	}
	return b
}

// appendLine appends a numbered line, and a line's end.
func (s *Sender) appendLine(b []byte, h *head) []byte {
	line := &s.out[h.at]
	return append(append(appendHead(b, line.t, line.to.Kind, h.n), line.line...), '\n')
}

// joined makes a frame of lines that all have ended, and wipes them.
func joined(into *socket.Loan, text *[]byte, b []byte) bool {
	if len(b) > 0 {
		into.Set(b[:len(b)-1])
	}
	clear(b) // hold on to no words
	if *text = b[:0]; cap(b) > mostLoan {
		*text = nil // what it was before it grew holds words still
	}
	return len(b) > 0
}
