package drive

import (
	"bytes"
	"fmt"
	"time"
)

// Book keeps what one member sent and saw, for the checker. It is written
// under the member's lock; read it only when the member is still.
type Book struct {
	Whole   bool // keep whole frames, to show what differs
	Sent    []Sent
	Seen    []Seen
	Waits   int      // answers that said: not saved, try again (unavailable, busy)
	Repeats int      // second answers to commands that were durable the first time
	Mixed   []string // where the second answer was not the first
	byID    map[string]int
	resumed int64 // up to this number frames are what a resume brings
}

// Sent is one command as its sender knows it.
type Sent struct {
	ID, Verb string
	Msg      []byte
	Epoch    string
	At       time.Time
	Again    int  // how often it was sent again under the same id
	Waits    int  // how often the answer was to try again
	Answered bool // an ack or a refusal came
	AnsAt    time.Time
	Code     string
	Form     int64
}

// Seen is one numbered frame, or the snapshot that begins a row of them
// (To is NoStream).
type Seen struct {
	Epoch string
	To    Stream
	Seq   int64
	Prev  int64
	Sum   uint64
	At    time.Time
	Next  []byte // the names up next, when the frame carries them
	Seats []byte // the seats with their names, when the frame carries them
	Room  bool   // of a snapshot: it shows the room
	Again bool   // part of what a resume brings: sections that were overtaken are left out
	Bare  bool   // carries nothing: it stands in for words that are gone, or that were heard before
	Line  []byte // the whole frame, if the book is to keep it
}

func (b *Book) sent(id, verb string, msg []byte, epoch string) {
	if b.byID == nil {
		b.byID = map[string]int{}
	}
	b.byID[id] = len(b.Sent)
	b.Sent = append(b.Sent, Sent{ID: id, Verb: verb, Msg: msg, Epoch: epoch, At: time.Now()})
}

// Later says whether a refusal means that the same id is to be sent again
// (docs/protocol.md §2).
func Later(code string) bool { return code == "unavailable" || code == "busy" }

func (b *Book) answered(id string, r Reply) {
	i, ok := b.byID[id]
	if !ok {
		return
	}
	s := &b.Sent[i]
	if s.Answered {
		if s.Code == "" && s.Form > 0 {
			b.Repeats++
			if r.Code != "" || r.Form != s.Form {
				b.Mixed = append(b.Mixed, fmt.Sprintf("command %s (%s) was answered %d, and then %d %s", id, s.Verb, s.Form, r.Form, r.Code))
			}
		}
		return
	}
	if Later(r.Code) {
		s.Waits++
		b.Waits++
		return
	}
	s.Answered, s.AnsAt, s.Code, s.Form = true, time.Now(), r.Code, r.Form
}

func (b *Book) begin(epoch string, seq int64, hello []byte) {
	b.resumed = 0
	b.Seen = append(b.Seen, Seen{Epoch: epoch, Seq: seq, At: time.Now(), Next: nextOf(hello), Room: !bytes.Contains(hello, keyRoomNo)})
}

// resume says up to which number frames come that were missed.
func (b *Book) resume(seq int64) { b.resumed = seq }

func (b *Book) saw(epoch string, h Head, line []byte) {
	s := Seen{Epoch: epoch, To: h.To, Seq: h.Seq, Prev: h.Prev, Sum: Sum(line), At: time.Now(), Again: h.Seq <= b.resumed}
	s.Bare = h.Kind == Set && !bytes.Contains(line, keySet) && !bytes.Contains(line, keyOn) && !bytes.Contains(line, keyUnsay)
	if h.To == RoomStream && HasNext(line) {
		s.Next = nextOf(line)
	}
	if _, rest, ok := bytes.Cut(line, keySeats); h.To == RoomStream && ok {
		list, _, _ := bytes.Cut(rest, []byte{']'})
		s.Seats = append([]byte{}, list...)
	}
	if b.Whole {
		s.Line = append([]byte{}, line...)
	}
	b.Seen = append(b.Seen, s)
}

// nextOf copies the list of names up next; an absent list and an empty one are
// told apart by nil.
func nextOf(line []byte) []byte {
	if _, rest, ok := bytes.Cut(line, keyNext); ok {
		list, _, _ := bytes.Cut(rest, []byte{']'})
		return append([]byte{}, list...)
	}
	if bytes.Contains(line, keyNextNone) {
		return []byte{}
	}
	return nil
}

// Fresh begins anew, but for the commands that have no answer yet.
func (b *Book) Fresh() {
	var open []Sent
	for _, s := range b.Open() {
		open = append(open, *s)
	}
	*b = Book{Whole: b.Whole, Sent: open, byID: make(map[string]int, len(open))}
	for i := range open {
		b.byID[open[i].ID] = i
	}
}

// Open lists the commands that have no answer, oldest first.
func (b *Book) Open() []*Sent {
	var open []*Sent
	for i := range b.Sent {
		if !b.Sent[i].Answered {
			open = append(open, &b.Sent[i])
		}
	}
	return open
}
