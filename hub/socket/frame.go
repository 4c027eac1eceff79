package socket

import "encoding/binary"

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
	size := max(len(lines)-1, 0)
	for _, line := range lines {
		size += len(line)
	}
	wire := appendHeader(make([]byte, 0, size+headerLen(size)), finText, size)
	for i, line := range lines {
		if i > 0 {
			wire = append(wire, '\n')
		}
		wire = append(wire, line...)
	}
	return &Frame{wire: wire}
}

// Len is the number of bytes the frame takes on the wire, header included.
func (f *Frame) Len() int { return len(f.wire) }

// Payload is the text of the message. The caller must not change it.
func (f *Frame) Payload() []byte {
	switch f.wire[1] {
	case 126:
		return f.wire[4:]
	case 127:
		return f.wire[10:]
	}
	return f.wire[2:]
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
