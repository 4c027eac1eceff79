package socket

import (
	"bytes"
	"encoding/binary"
	"slices"
)

// The bytes that begin a final, unfragmented frame (RFC 6455 §5.2).
const (
	finText  = 0x81
	finClose = 0x88
	opMask   = 0x0f
	opClose  = 0x08
)

// Frame is one WebSocket text message as it goes over the wire, header and
// payload. It is encoded once and never changes, so that any number of
// connections and goroutines may hold the same Frame.
type Frame struct{ wire []byte }

// NewFrame makes a Frame of one or more lines, joined by '\n'. The lines are
// copied. They must be valid UTF-8 and hold no '\n' of their own.
//
// What a server sends is not masked, so the header is the same for every
// receiver (RFC 6455 §5.1, §5.2).
func NewFrame(lines ...[]byte) *Frame {
	size := sizeOf(lines)
	return &Frame{wire: appendText(make([]byte, 0, size+headerLen(size)), size, lines)}
}

// Loan is a Frame that lies in a buffer which is used again. Most frames have
// gone into the kernel when Push returns; for them nothing need be made anew.
// The zero Loan is empty. It belongs to one goroutine.
type Loan struct {
	wire []byte
	kept *Frame // the same, for those whose kernel did not take it at once
}

// Set makes the Loan a frame of one or more lines; see [NewFrame].
func (l *Loan) Set(lines ...[]byte) {
	size, used := sizeOf(lines), len(l.wire)
	l.wire = appendText(slices.Grow(l.wire[:0], size+headerLen(size)), size, lines)
	if n := len(l.wire); n < used {
		clear(l.wire[n:used])
	}
	l.kept = nil
}

// Clear wipes the buffer, so that it holds on to nobody's words.
func (l *Loan) Clear() {
	clear(l.wire)
	l.wire, l.kept = l.wire[:0], nil
}

// Payload is the text of the message, of one or more lines. It is good until the
// next Set or Clear, and the caller must not change it.
func (l *Loan) Payload() []byte { return payload(l.wire) }

// Size is the size of the buffer in bytes.
func (l *Loan) Size() int { return cap(l.wire) }

// frame is the Frame itself. All who are slow share one.
func (l *Loan) frame() *Frame {
	if l.kept == nil {
		l.kept = &Frame{wire: bytes.Clone(l.wire)}
	}
	return l.kept
}

func sizeOf(lines [][]byte) int {
	size := max(len(lines)-1, 0)
	for _, line := range lines {
		size += len(line)
	}
	return size
}

func appendText(b []byte, size int, lines [][]byte) []byte {
	b = appendHeader(b, finText, size)
	for i, line := range lines {
		if i > 0 {
			b = append(b, '\n')
		}
		b = append(b, line...)
	}
	return b
}

// Len is the number of bytes the frame takes on the wire, header included.
func (f *Frame) Len() int { return len(f.wire) }

// Payload is the text of the message. The caller must not change it.
func (f *Frame) Payload() []byte { return payload(f.wire) }

func payload(wire []byte) []byte {
	switch wire[1] {
	case 126:
		return wire[4:]
	case 127:
		return wire[10:]
	}
	return wire[2:]
}

func headerLen(size int) int {
	switch {
	case size > 0xffff:
		return 10
	case size > 125:
		return 4
	}
	return 2
}

func appendHeader(b []byte, first byte, size int) []byte {
	switch {
	case size > 0xffff:
		return binary.BigEndian.AppendUint64(append(b, first, 127), uint64(size))
	case size > 125:
		return binary.BigEndian.AppendUint16(append(b, first, 126), uint16(size))
	}
	return append(b, first, byte(size))
}

// closeFrame encodes a close frame (RFC 6455 §5.5.1). A reason that would not
// fit into a control frame is cut at a whole character.
func closeFrame(code int, reason string) *Frame {
	const most = 125 - 2
	for len(reason) > most {
		cut := most
		for cut > 0 && reason[cut]&0xc0 == 0x80 {
			cut--
		}
		reason = reason[:cut]
	}
	if code == NoStatus { // which must not be sent (RFC 6455 §7.4.1)
		return &Frame{wire: []byte{finClose, 0}}
	}
	wire := appendHeader(make([]byte, 0, 4+len(reason)), finClose, 2+len(reason))
	wire = binary.BigEndian.AppendUint16(wire, uint16(code))
	return &Frame{wire: append(wire, reason...)}
}
