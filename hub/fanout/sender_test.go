package fanout

import (
	"slices"
	"strings"
	"testing"
	"time"

	"hearth/hub/socket"
	"hearth/room"
)

// ear keeps the frames of one connection.
type ear struct {
	Receiver
	frames []string
}

func (e *ear) PushLoan(f *socket.Loan) { e.frames = append(e.frames, string(f.Payload())) }

// stage is a sender with two seats inside: ann with two windows, ben with one.
type stage struct {
	*Sender
	ann, ben      *Place
	one, two, his *ear
}

var inRoom = room.Memberships{room.ToRoom: {In: true}}

func newStage() *stage {
	s := &stage{Sender: New("e", 8), ann: &Place{Seat: "ann"}, ben: &Place{Seat: "ben"}, one: &ear{}, two: &ear{}, his: &ear{}}
	for p, ears := range map[*Place][]*ear{s.ann: {s.one, s.two}, s.ben: {s.his}} {
		for _, e := range ears {
			e.Out = e
			p.Attach(&e.Receiver)
			s.Welcome(&e.Receiver)
		}
	}
	for _, p := range []*Place{s.ann, s.ben} {
		s.Add(p)
		p.Enter(inRoom)
	}
	return s
}

func (s *stage) say(id string, to room.Audience) {
	s.Cast(time.Unix(100, 0), &room.Cast{To: to, Words: &room.Words{ID: id, Kind: "share", Seat: "ben", Text: id}}, false)
}

var everybody = room.Audience{Kind: room.ToRoom}

// heads are the beginnings of lines, up to the number.
func heads(frames []string) (all []string) {
	for _, line := range strings.Split(strings.Join(frames, "\n"), "\n") {
		head, _, _ := strings.Cut(line, `,"id"`)
		all = append(all, head)
	}
	return all
}

// All windows of a seat share a frame, but for what one of them is told alone,
// which stands where it was gathered.
func TestOneFrameForEachConnection(t *testing.T) {
	s := newStage()
	s.say("w1", everybody)
	s.Send(&s.two.Receiver, []byte(`{"t":"ack"}`))
	s.say("w2", everybody)
	s.Flush()
	whole := []string{`{"t":"words","to":"room","seq":1`, `{"t":"words","to":"room","seq":2`}
	for name, e := range map[string]*ear{"ann's first window": s.one, "ben": s.his} {
		if len(e.frames) != 1 || !slices.Equal(heads(e.frames), whole) {
			t.Errorf("%s was sent %q", name, e.frames)
		}
	}
	if want := slices.Insert(slices.Clone(whole), 1, `{"t":"ack"}`); len(s.two.frames) != 1 || !slices.Equal(heads(s.two.frames), want) {
		t.Errorf("ann's second window was sent %q", s.two.frames)
	}
	if !s.Idle() {
		t.Error("something is gathered still")
	}
}

// Whoever is welcomed in the middle hears what follows; whoever is gone, nothing.
func TestWhoHears(t *testing.T) {
	s := newStage()
	late := &ear{}
	late.Out = late
	s.say("w1", everybody)
	s.ann.Attach(&late.Receiver)
	s.Send(&late.Receiver, []byte(`{"t":"hello"}`))
	s.Welcome(&late.Receiver)
	s.say("w2", room.Audience{Kind: room.ToMe, Seat: "ann"})
	s.his.Gone = true
	s.Flush()
	if want := []string{`{"t":"hello"}`, `{"t":"words","to":"me","seq":2`}; !slices.Equal(heads(late.frames), want) {
		t.Errorf("who came late was sent %q", late.frames)
	}
	if len(s.his.frames) != 0 {
		t.Errorf("who is gone was sent %q", s.his.frames)
	}
	s.say("w3", everybody)
	s.Drop()
	s.one.frames = nil
	s.Flush()
	if len(s.one.frames) != 0 {
		t.Errorf("what was dropped was sent: %q", s.one.frames)
	}
}

// Who comes back is sent what was missed under the same numbers; of words that are
// too old, or taken back, only the place in the numbers.
func TestResume(t *testing.T) {
	s := newStage()
	s.say("w1", everybody)
	s.say("w2", everybody)
	s.Cast(time.Unix(200, 0), &room.Cast{To: everybody, Unsay: []string{"w2"}}, false)
	s.Cast(time.Unix(300, 0), &room.Cast{To: everybody, Words: &room.Words{ID: "w3", Kind: "share", Seat: "ben", Text: "late"}}, false)
	s.Flush()
	if next, ok := s.Forget(time.Unix(150, 0)); !ok || !next.Equal(time.Unix(300, 0)) {
		t.Errorf("the next words to go were said at %v (%v)", next, ok)
	}
	from, ok := s.Missed(s.ann, 0)
	if !ok {
		t.Fatal("it is not known what ann missed")
	}
	s.two.frames = nil
	s.Resume(&s.two.Receiver, s.ann, from, 0, time.Unix(301, 0), "token", room.Snapshot{})
	s.Flush()
	lines := strings.Split(strings.Join(s.two.frames, "\n"), "\n")
	if len(lines) != 5 || !strings.HasPrefix(lines[0], `{"t":"resumed","v":1,"epoch":"e","seq":4,`) {
		t.Fatalf("ann was sent %q", lines)
	}
	for i, want := range []string{`{"t":"set","to":"room","seq":1}`, `{"t":"set","to":"room","seq":2}`, `{"t":"set","to":"room","seq":3,"unsay":[`, `{"t":"words","to":"room","seq":4,`} {
		if !strings.HasPrefix(lines[i+1], want) {
			t.Errorf("line %d is %s, want %s…", i+1, lines[i+1], want)
		}
	}
	s.ann.Enter(room.Memberships{})
	if _, ok := s.Missed(s.ann, 3); ok {
		t.Error("ann may resume what was sent while she was in another audience")
	}
	s.Close()
	if _, ok := s.Missed(s.ben, 0); ok {
		t.Error("what was forgotten can be resumed")
	}
}

// A node that adopts another's numbering goes on with the same numbers and ids; one
// that renumbers goes on from numbers that nobody has used.
func TestTwoNodesNumberAlike(t *testing.T) {
	a, b := newStage(), newStage()
	b.Reset("other", 8)
	a.say("w1", everybody)
	a.say("w2", room.Audience{Kind: room.ToMe, Seat: "ben"})
	b.Adopt(a.Numbering())
	for _, s := range []*stage{a, b} {
		s.Flush()
		s.his.frames = nil
		s.say("w3", everybody)
		s.Flush()
	}
	if !slices.Equal(a.his.frames, b.his.frames) || a.Epoch() != b.Epoch() || a.Seq() != b.Seq() {
		t.Errorf("one node sends %q, the other %q", a.his.frames, b.his.frames)
	}
	b.Renumber(7)
	b.his.frames = nil
	b.say("w4", everybody)
	b.Flush()
	if got := heads(b.his.frames); got[0] != `{"t":"words","to":"room","seq":4294967304,"prev":3` {
		t.Errorf("after renumbering: %q", got)
	}
}
