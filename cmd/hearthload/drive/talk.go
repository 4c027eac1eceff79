package drive

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/coder/websocket"
)

var pong = []byte(`{"do":"pong"}`)

// frame takes in one frame. It runs on the reader's goroutine.
func (m *Member) frame(ws *websocket.Conn, line []byte, helloed chan struct{}) chan struct{} {
	h := ParseHead(line)
	m.Frames.Add(1)
	switch h.Kind {
	case Words, Set:
		m.follow(h, line)
	case Ack, No:
		m.answered(h, line)
	case Hello, Resumed:
		m.begin(h, line)
		if helloed != nil {
			close(helloed)
			helloed = nil
		}
	case Ping:
		if !m.Mute {
			_ = ws.Write(context.Background(), websocket.MessageText, pong)
		}
	}
	if on := m.on.Load(); on != nil {
		(*on)(m, h, line)
	}
	return helloed
}

func (m *Member) follow(h Head, line []byte) {
	m.mu.Lock()
	err := m.chain.Follow(h)
	if err != nil && m.fault == nil {
		m.fault = err
	}
	if m.Book != nil {
		m.Book.saw(m.epoch, h, line)
	}
	m.mu.Unlock()
	if err == nil {
		return
	}
	if f, ok := err.(Fault); ok && f.Missing {
		m.Missing.Add(1)
	} else {
		m.Order.Add(1)
	}
}

func (m *Member) answered(h Head, line []byte) {
	ref := string(Text(line, keyRef))
	r := Reply{}
	if h.Kind == No {
		r.Code = string(Text(line, keyCode))
	} else {
		r.Form = max(Number(line, keyForm), 0)
	}
	m.mu.Lock()
	wait := m.waits[ref]
	delete(m.waits, ref)
	if m.Book != nil {
		m.Book.answered(ref, r)
	}
	m.mu.Unlock()
	if wait != nil {
		wait <- r
	}
}

var (
	keyEpoch  = []byte(`"epoch":"`)
	keyResume = []byte(`"resume":"`)
	keyDigest = []byte(`"digest":"`)
	keyRoomNo = []byte(`"room":null`)
)

func (m *Member) begin(h Head, line []byte) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.epoch = string(Text(line, keyEpoch))
	if t := Text(line, keyResume); t != nil {
		m.resume = string(t)
	}
	if h.Kind != Hello {
		m.inside = true
		if m.Book != nil {
			m.Book.resume(h.Seq)
		}
		return
	}
	m.chain.Snapshot(h.Seq)
	if d := Text(line, keyDigest); d != nil {
		m.digest = string(d)
	}
	m.inside = !bytes.Contains(line, keyRoomNo)
	if m.Book != nil {
		m.Book.begin(m.epoch, h.Seq, line)
	}
	if !m.inside || m.Book != nil {
		m.hello = append(m.hello[:0], line...)
	} else {
		m.hello = nil
	}
	close(m.changed)
	m.changed = make(chan struct{})
}

// Digest is the charter's digest as the last hello gave it.
func (m *Member) Digest() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.digest
}

// Epoch is the epoch of the last hello or resumed.
func (m *Member) Epoch() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.epoch
}

// Inside says whether the last hello showed the room.
func (m *Member) Inside() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.inside
}

// AwaitInside waits until a hello has shown the room.
func (m *Member) AwaitInside(ctx context.Context) error {
	for {
		m.mu.Lock()
		inside, changed, gone := m.inside, m.changed, m.gone
		m.mu.Unlock()
		if inside {
			return nil
		}
		select {
		case <-changed:
		case <-gone:
			return fmt.Errorf("wait to be let in: %w", m.Why())
		case <-ctx.Done():
			return fmt.Errorf("wait to be let in: %w", ctx.Err())
		}
	}
}

// Command writes the verb and its fields with an id. Fields may be nil.
func Command(id, verb string, fields any) []byte {
	b := []byte(`{"do":"` + verb + `","id":"` + id + `"`)
	if fields != nil {
		f, err := json.Marshal(fields)
		if err == nil && len(f) > 2 && f[0] == '{' {
			b = append(append(b, ','), f[1:len(f)-1]...)
		}
	}
	return append(b, '}')
}

// Write sends raw bytes as one text message.
func (m *Member) Write(msg []byte) error {
	m.mu.Lock()
	ws := m.ws
	m.mu.Unlock()
	if ws == nil {
		return ErrGone
	}
	if err := ws.Write(context.Background(), websocket.MessageText, msg); err != nil {
		return fmt.Errorf("send: %w", err)
	}
	return nil
}

// Send sends a command and does not wait for the answer.
func (m *Member) Send(verb string, fields any) (id string, err error) {
	id = NewID()
	msg := Command(id, verb, fields)
	m.note(id, verb, msg)
	return id, m.Write(msg)
}

func (m *Member) note(id, verb string, msg []byte) {
	if m.Book == nil {
		return
	}
	m.mu.Lock()
	m.Book.sent(id, verb, msg, m.epoch)
	m.mu.Unlock()
}

// Do sends a command and waits for its answer, at most 10 s.
func (m *Member) Do(ctx context.Context, verb string, fields any) (Reply, error) {
	id := NewID()
	msg := Command(id, verb, fields)
	m.note(id, verb, msg)
	return m.Await(ctx, id, msg)
}

// Await sends a command that already has its id, and waits for the answer.
func (m *Member) Await(ctx context.Context, id string, msg []byte) (Reply, error) {
	wait := make(chan Reply, 1)
	m.mu.Lock()
	m.waits[id] = wait
	gone := m.gone
	m.mu.Unlock()
	if err := m.Write(msg); err != nil {
		return Reply{}, err
	}
	late := time.NewTimer(10 * time.Second)
	defer late.Stop()
	select {
	case r := <-wait:
		return r, nil
	case <-gone:
		return Reply{}, fmt.Errorf("wait for the answer: %w", m.Why())
	case <-late.C:
		return Reply{}, fmt.Errorf("wait for the answer: %w", context.DeadlineExceeded)
	case <-ctx.Done():
		return Reply{}, fmt.Errorf("wait for the answer: %w", ctx.Err())
	}
}

// Must is Do that takes a refusal for an error.
func (m *Member) Must(ctx context.Context, verb string, fields any) error {
	r, err := m.Do(ctx, verb, fields)
	if err != nil {
		return fmt.Errorf("%s: %w", verb, err)
	}
	if r.Code != "" {
		return fmt.Errorf("%s: refused: %s", verb, r.Code)
	}
	return nil
}

// TakeFloor raises a hand and takes the turn, which a queue offers at once when
// nobody else waits.
func (m *Member) TakeFloor(ctx context.Context) error {
	if err := m.Must(ctx, "hand", map[string]bool{"up": true}); err != nil {
		return err
	}
	return m.Must(ctx, "take", nil)
}

// Unanswered lists the messages that got no answer, oldest first, and counts
// each as sent again.
func (m *Member) Unanswered() [][]byte {
	if m.Book == nil {
		return nil
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	var msgs [][]byte
	for _, s := range m.Book.Open() {
		s.Again++
		msgs = append(msgs, s.Msg)
	}
	return msgs
}

// Repeat sends a command that is in the book again, under its id, unless it
// has been answered meanwhile.
func (m *Member) Repeat(id string) error {
	m.mu.Lock()
	i, known := m.Book.byID[id]
	if !known || m.Book.Sent[i].Answered {
		m.mu.Unlock()
		return nil
	}
	m.Book.Sent[i].Again++
	msg := m.Book.Sent[i].Msg
	m.mu.Unlock()
	return m.Write(msg)
}

// AwaitStill waits until the present connection has ended.
func (m *Member) AwaitStill(ctx context.Context) {
	gone := m.Gone()
	if gone == nil {
		return
	}
	select {
	case <-gone:
	case <-ctx.Done():
	}
}

// Hold keeps the book still until Free.
func (m *Member) Hold() { m.mu.Lock() }

// Free lets the book go on.
func (m *Member) Free() { m.mu.Unlock() }
