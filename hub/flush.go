package hub

import (
	"sync"

	"hearth/hub/fail"
	"hearth/hub/socket"
	"hearth/room"
)

// piece is one line on its way out, for one connection, or the body of a frame
// for an audience.
type piece struct {
	t    string // the kind of frame
	line []byte
	to   room.Audience
	only *member // one connection; then to means nothing
	lent *[]byte // what line lies in, to be given back when it is out; nil for a line of its own
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

// queue adds a line for one connection.
func (l *live) queue(p piece) {
	l.out = append(l.out, p)
	p.only.extra = true
}

// answer is queue for a connection that may be gone.
func (l *live) answer(m *member, line []byte) {
	if !m.gone {
		l.queue(piece{line: line, only: m})
	}
}

// flush sends everything that is gathered. The sockets of a seat share one frame;
// whichever has lines of its own gets a frame of its own, in the same order.
func (l *live) flush() {
	if len(l.out) == 0 {
		return
	}
	start := l.hub.clock()
	frame, text := loans.Get().(*socket.Loan), buffers.Get().(*[]byte)
	pushed := 0
	for _, p := range l.order {
		shared := false // the frame is the one that all sockets of the seat share
		for _, m := range p.conns {
			own := m.extra
			some := own && l.ownFrame(frame, text, p, m) || !own && m.greeted && (shared || l.seatFrame(frame, text, p))
			shared = some && !own
			m.extra, m.from = false, 0
			if !some || m.gone {
				continue
			}
			if pushed++; pushed == 2 {
				fail.Point(fail.MidFanout)
			}
			m.conn.PushLoan(frame)
		}
		p.rest()
	}
	giveBack(frame)
	buffers.Put(text)
	for i := range l.out {
		if lent := l.out[i].lent; lent != nil {
			*lent = (*lent)[:0]
			buffers.Put(lent)
		}
	}
	clear(l.out)
	l.out = l.out[:0]
	if l.kept {
		l.hub.metrics.Fanout.Observe(l.hub.clock().Sub(start).Seconds())
	}
	l.kept = false
}

// seatFrame joins the lines that a seat is sent; false if there are none.
func (l *live) seatFrame(into *socket.Loan, text *[]byte, p *place) bool {
	b := (*text)[:0]
	for i := range p.heads {
		b = l.appendLine(b, &p.heads[i])
	}
	return joined(into, text, b)
}

// ownFrame joins the lines that one connection is sent; false if there are none.
func (l *live) ownFrame(into *socket.Loan, text *[]byte, p *place, m *member) bool {
	return joined(into, text, l.appendOwn((*text)[:0], p, m))
}

// appendOwn appends the lines that one connection is sent, each with its end.
func (l *live) appendOwn(b []byte, p *place, m *member) []byte {
	heads := p.heads
	for i := range l.out {
		of := len(heads) > 0 && int(heads[0].at) == i
		switch line := &l.out[i]; {
		case line.only == m:
			b = append(append(b, line.line...), '\n')
		case of && m.greeted && i >= int(m.from):
			b = l.appendLine(b, &heads[0])
		}
		if of {
			heads = heads[1:]
		}
	}
	return b
}

// appendLine appends a numbered line, and a line's end.
func (l *live) appendLine(b []byte, h *head) []byte {
	line := &l.out[h.at]
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
