package chaos

import (
	"bytes"
	"encoding/binary"
	"sync/atomic"
)

// Commits cuts connections to PostgreSQL between a commit of the journal and
// its answer (F6). The journal appends by one statement that is a transaction of
// its own; the server says ReadyForQuery once it has committed. Until then
// nothing of the answer was passed on, for the answer to one statement comes in
// one piece or is held back by this.
type Commits struct {
	armed atomic.Int64
	Cuts  atomic.Int64
}

// Arm has the next n answers to an append cut off.
func (c *Commits) Arm(n int) { c.armed.Store(int64(n)) }

// Armed is how many are still to be cut.
func (c *Commits) Armed() int { return int(c.armed.Load()) }

// Tap is for one connection.
func (c *Commits) Tap() Tap { return &commitTap{c: c, appends: map[string]bool{}} }

// commitTap follows the messages of PostgreSQL's protocol 3 on one connection.
// The two sides are read by two goroutines, one each.
type commitTap struct {
	c       *Commits
	asks    framing
	answers framing
	appends map[string]bool // names of prepared statements that append
	pending atomic.Bool     // an append is on its way to the server
}

// appendMark is part of the statement that appends and of no other.
var appendMark = []byte("INSERT INTO events")

func (t *commitTap) Ask(b []byte) {
	t.asks.startup = true
	t.asks.feed(b, func(kind byte, body []byte) {
		switch kind {
		case 'P': // Parse: name, query
			name, query, _ := bytes.Cut(body, []byte{0})
			if bytes.Contains(query, appendMark) {
				t.appends[string(name)] = true
			}
		case 'B': // Bind: portal, statement
			_, rest, _ := bytes.Cut(body, []byte{0})
			name, _, _ := bytes.Cut(rest, []byte{0})
			if t.appends[string(name)] {
				t.pending.Store(true)
			}
		}
	})
}

// Answer cuts when the server says that an append is committed. Parts of an
// answer that came before are harmless: the client takes nothing for done
// without ReadyForQuery.
func (t *commitTap) Answer(b []byte) bool {
	ready := false
	t.answers.feed(b, func(kind byte, _ []byte) { ready = ready || kind == 'Z' })
	if !ready || !t.pending.Swap(false) {
		return true
	}
	for {
		n := t.c.armed.Load()
		if n <= 0 {
			return true
		}
		if t.c.armed.CompareAndSwap(n, n-1) {
			t.c.Cuts.Add(1)
			return false
		}
	}
}

// framing cuts a stream into messages: a kind, a length that counts itself, a
// body. The first message of a client has no kind.
type framing struct {
	buf     []byte
	startup bool // the stream is a client's
	begun   bool
}

func (f *framing) feed(b []byte, each func(kind byte, body []byte)) {
	f.buf = append(f.buf, b...)
	for {
		head := 1
		if f.startup && !f.begun {
			head = 0
		}
		if len(f.buf) < head+4 {
			return
		}
		size := head + int(binary.BigEndian.Uint32(f.buf[head:]))
		if len(f.buf) < size {
			return
		}
		if head == 1 {
			each(f.buf[0], f.buf[5:size])
		}
		f.begun = true
		f.buf = f.buf[size:]
	}
}
