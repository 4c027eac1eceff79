package drive

import "time"

// Book keeps what one member sent and saw, for the checker. It is written
// under the member's lock; read it only when the member is still.
type Book struct {
	Sent []Sent
	Seen []Seen
	byID map[string]int
}

// Sent is one command as its sender knows it.
type Sent struct {
	ID, Verb string
	Msg      []byte
	Epoch    string
	At       time.Time
	Again    int  // how often it was sent again under the same id
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
}

func (b *Book) sent(id, verb string, msg []byte, epoch string) {
	if b.byID == nil {
		b.byID = map[string]int{}
	}
	b.byID[id] = len(b.Sent)
	b.Sent = append(b.Sent, Sent{ID: id, Verb: verb, Msg: msg, Epoch: epoch, At: time.Now()})
}

func (b *Book) answered(id string, r Reply) {
	i, ok := b.byID[id]
	if !ok || b.Sent[i].Answered {
		return
	}
	s := &b.Sent[i]
	s.Answered, s.AnsAt, s.Code, s.Form = true, time.Now(), r.Code, r.Form
}

func (b *Book) begin(epoch string, seq int64) {
	b.Seen = append(b.Seen, Seen{Epoch: epoch, Seq: seq, At: time.Now()})
}

func (b *Book) saw(epoch string, h Head, line []byte) {
	s := Seen{Epoch: epoch, To: h.To, Seq: h.Seq, Prev: h.Prev, Sum: Sum(line), At: time.Now()}
	if h.To == RoomStream && HasNext(line) {
		s.Next = nextOf(line)
	}
	b.Seen = append(b.Seen, s)
}

// nextOf copies the list after "next": up to its closing bracket.
func nextOf(line []byte) []byte {
	for i := 0; i+len(keyNext) <= len(line); i++ {
		if string(line[i:i+len(keyNext)]) != string(keyNext) {
			continue
		}
		rest := line[i+len(keyNext):]
		for j, c := range rest {
			if c == ']' {
				return append([]byte(nil), rest[:j+1]...)
			}
		}
	}
	return nil
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
