package socket

import "time"

// Limits bounds what one connection may cost. The zero value of a field means
// its default; a negative value lifts the limit. First values are those of
// walls §2.4.
type Limits struct {
	// Message is the largest message read, in bytes; 8 KiB. One byte more is
	// answered with close code 1009.
	Message int
	// ReadRate and ReadBurst bound every byte read from the peer, whatever
	// frames it makes: 16 KiB per second, 128 KiB at once. The library's own
	// read limit never sees empty continuation frames or pongs (A18, F20).
	// Over it: 1008. A negative value of either lifts both.
	ReadRate  int
	ReadBurst int
	// Pings is how many pings are answered within PingWindow, which begins with
	// a ping; 20 in 10 s. Over it: 1008 (A19).
	Pings      int
	PingWindow time.Duration
	// Frames, Bytes and Age bound what waits for a peer that reads too slowly:
	// 256 frames, 256 KiB, 10 s. Over one of them: 4008 (F17). A frame always
	// fits into an empty outbox, however large it is.
	Frames int
	Bytes  int
	Age    time.Duration
	// WriteWait is how long one write, of at most 16 KiB, may wait for the peer;
	// 5 s. After it the connection is dropped, for nothing more can be said on it.
	WriteWait time.Duration
	// SendBuffer is SO_SNDBUF in bytes; 64 KiB. Left to itself the kernel takes
	// 3.9 MB for a peer that never reads.
	SendBuffer int
	// CloseWait is how long a closing connection waits for the peer's answer; 1 s.
	CloseWait time.Duration
}

var defaults = Limits{
	Message:    8 << 10,
	ReadRate:   16 << 10,
	ReadBurst:  128 << 10,
	Pings:      20,
	PingWindow: 10 * time.Second,
	Frames:     256,
	Bytes:      256 << 10,
	Age:        10 * time.Second,
	WriteWait:  5 * time.Second,
	SendBuffer: SendBuffer,
	CloseWait:  time.Second,
}

// SendBuffer is what SO_SNDBUF is set to unless told otherwise, in bytes.
const SendBuffer = 64 << 10

// Unlimited lifts what a load generator behind one socket would run into: the
// read budget and the ping cap. Message size and the outbox stay bounded, for
// a server without them does not measure itself but its memory.
func Unlimited() Limits {
	return Limits{ReadRate: -1, Pings: -1}
}

// resolve fills in the defaults. Connections that ask for nothing special
// share one copy.
func (l Limits) resolve() *Limits {
	if l == (Limits{}) {
		return &defaults
	}
	orInt(&l.Message, defaults.Message)
	orInt(&l.ReadRate, defaults.ReadRate)
	orInt(&l.ReadBurst, defaults.ReadBurst)
	orInt(&l.Pings, defaults.Pings)
	orInt(&l.Frames, defaults.Frames)
	orInt(&l.Bytes, defaults.Bytes)
	orInt(&l.SendBuffer, defaults.SendBuffer)
	orTime(&l.PingWindow, defaults.PingWindow)
	orTime(&l.Age, defaults.Age)
	orTime(&l.WriteWait, defaults.WriteWait)
	orTime(&l.CloseWait, defaults.CloseWait)
	return &l
}

func orInt(v *int, def int) {
	if *v == 0 {
		*v = def
	}
}

func orTime(v *time.Duration, def time.Duration) {
	if *v == 0 {
		*v = def
	}
}

// budget is a bucket of bytes that fills steadily. It belongs to the reader.
type budget struct {
	left int64         // may fall below zero once, which ends the connection
	at   time.Duration // when left was true
}

func (b *budget) take(n int, now time.Duration, l *Limits) bool {
	if l.ReadRate < 0 || l.ReadBurst < 0 {
		return true
	}
	rate, burst := time.Duration(l.ReadRate), int64(l.ReadBurst)
	passed := now - b.at
	if passed > time.Duration(burst)*time.Second/rate {
		b.left, b.at = burst, now
	} else if filled := passed * rate / time.Second; filled > 0 {
		// The time of less than a whole byte stays on the clock, so that many
		// small reads fill no slower than few large ones.
		b.left = min(b.left+int64(filled), burst)
		b.at += filled * time.Second / rate
	}
	b.left -= int64(n)
	return b.left >= 0
}

// tally counts events in a window that begins with the first of them. It
// belongs to the reader.
type tally struct {
	n     int
	since time.Duration
}

func (t *tally) add(now time.Duration, most int, window time.Duration) bool {
	if t.n == 0 || now-t.since >= window {
		t.n, t.since = 0, now
	}
	t.n++
	return most < 0 || t.n <= most
}
