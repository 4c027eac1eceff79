package hub

import (
	"sync"

	"hearth/hub/fail"
	"hearth/hub/socket"
	"hearth/room"
)

// piece is one line on its way out, for an audience or for one connection.
type piece struct {
	line []byte
	to   room.AudienceKind
	seat room.SeatID // ToMe
	only *member     // one connection; then to and seat mean nothing
	lent *[]byte     // what line lies in, to be given back when it is out; nil for a line of its own
}

// buffers are lent to lines that are long and soon gone: a whole snapshot.
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

// queue adds a line for an audience.
func (l *live) queue(p piece) {
	l.out = append(l.out, p)
	switch {
	case p.only != nil:
		p.only.extra = true
	case p.to == room.ToCare:
		l.outCare = true
	case p.to == room.ToMe:
		if at := l.places[p.seat]; at != nil {
			at.extra = true
		}
	}
}

// answer adds a line for one connection.
func (l *live) answer(m *member, line []byte) {
	if !m.gone {
		l.queue(piece{line: line, only: m})
	}
}

// flush sends everything that is gathered. What goes to the whole room is put
// into one frame that all its receivers share; whoever has lines of their own
// gets a frame of their own, in the same order.
func (l *live) flush() {
	if len(l.out) == 0 {
		return
	}
	start := l.hub.clock()
	shared, own := loans.Get().(*socket.Loan), loans.Get().(*socket.Loan)
	forRoom := l.sharedFrame(shared)
	pushed := 0
	for _, p := range l.order {
		private := p.extra || l.outCare && p.inCare
		p.extra = false
		for _, m := range p.conns {
			frame, any := shared, forRoom && p.inRoom && m.greeted
			if m.extra || private {
				frame, any = own, l.ownFrame(own, p, m)
			}
			m.extra, m.from = false, 0
			if !any || m.gone {
				continue
			}
			if pushed++; pushed == 2 {
				fail.Point(fail.MidFanout)
			}
			m.conn.PushLoan(frame)
		}
	}
	giveBack(shared)
	giveBack(own)
	for i := range l.out {
		if lent := l.out[i].lent; lent != nil {
			*lent = (*lent)[:0]
			buffers.Put(lent)
		}
	}
	clear(l.out)
	l.out, l.outCare = l.out[:0], false
	l.hub.metrics.Fanout.Observe(l.hub.clock().Sub(start).Seconds())
}

// sharedFrame joins the lines for the room; false if there are none.
func (l *live) sharedFrame(into *socket.Loan) bool {
	lines := l.lines[:0]
	for i := range l.out {
		if p := &l.out[i]; p.only == nil && p.to == room.ToRoom {
			lines = append(lines, p.line)
		}
	}
	return l.joined(into, lines)
}

// ownFrame joins the lines that one connection may see; false if there are none.
func (l *live) ownFrame(into *socket.Loan, at *place, m *member) bool {
	lines := l.lines[:0]
	for i := range l.out {
		p := &l.out[i]
		if p.only == m || p.only == nil && m.greeted && i >= int(m.from) && at.sees(p.to, p.seat) {
			lines = append(lines, p.line)
		}
	}
	return l.joined(into, lines)
}

// joined makes a frame and gives the slice of lines back for the next.
func (l *live) joined(into *socket.Loan, lines [][]byte) bool {
	some := len(lines) > 0
	if some {
		into.Set(lines...)
	}
	clear(lines) // hold on to no words
	l.lines = lines[:0]
	return some
}
