package crash

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"hearth/cmd/hearthload/drive"
)

// story is a small history that keeps every promise; each test spoils it.
type story struct {
	people []Person
	rows   map[string][]Row
}

var t0 = time.Unix(1_760_000_000, 0)

func at(ms int) time.Time { return t0.Add(time.Duration(ms) * time.Millisecond) }

func whole() *story {
	frames := func() []drive.Seen {
		return []drive.Seen{
			{Epoch: "e1", Seq: 10, At: at(0), Next: []byte{}},
			{Epoch: "e1", To: drive.RoomStream, Seq: 11, Prev: 10, Sum: 111, At: at(1010), Next: []byte(`"a"`)},
			{Epoch: "e1", To: drive.RoomStream, Seq: 12, Prev: 11, Sum: 112, At: at(2010), Next: []byte(`"a","b"`)},
			{Epoch: "e1", To: drive.RoomStream, Seq: 13, Prev: 12, Sum: 113, At: at(3010), Next: []byte(`"b"`)},
		}
	}
	up, down := []byte(`{"do":"hand","up":true}`), []byte(`{"do":"hand","up":false}`)
	a := &drive.Book{Seen: frames(), Sent: []drive.Sent{
		{ID: "a1", Verb: "hand", Msg: up, Epoch: "e1", At: at(1000), Answered: true, AnsAt: at(1010), Form: 1},
		{ID: "a2", Verb: "hand", Msg: down, Epoch: "e1", At: at(3000), Answered: true, AnsAt: at(3010), Form: 2},
	}}
	b := &drive.Book{Seen: frames(), Sent: []drive.Sent{
		{ID: "b1", Verb: "hand", Msg: up, Epoch: "e1", At: at(2000), Answered: true, AnsAt: at(2010), Form: 1},
		{ID: "b2", Verb: "take", Msg: up, Epoch: "e1", At: at(3000), Answered: true, AnsAt: at(3010), Code: "no-offer"},
		{ID: "b3", Verb: "hand", Msg: down, Epoch: "e1", At: at(4000)},
	}}
	return &story{
		people: []Person{{"s", "a", a}, {"s", "b", b}},
		rows: map[string][]Row{"s": {
			{1, Key{"a", "a1"}}, {2, Key{"b", "b1"}}, {3, Key{"b", "b1"}}, {4, Key{"a", "a2"}},
		}},
	}
}

// spoilt are stories with what the checker should find in them.
var spoilt = map[string]struct {
	spoil func(s *story)
	want  []string
}{
	"a whole story":              {func(*story) {}, nil},
	"an open command that is in": {func(s *story) { s.add("b", "b3") }, nil},
	"an acknowledged command is not kept": {func(s *story) {
		s.rows["s"] = s.rows["s"][:3]
	}, []string{"lost"}},
	"an acknowledged command under another id": {func(s *story) {
		s.rows["s"][3].Key.ID = "other"
	}, []string{"lost"}},
	"acknowledged with another number": {func(s *story) { s.people[0].Book.Sent[1].Form = 9 }, []string{"lost"}},
	"an open command in twice": {func(s *story) {
		s.add("b", "b3")
		s.add("a", "x")
		s.add("b", "b3")
	}, []string{"doubled"}},
	"a row is missing":        {func(s *story) { s.rows["s"] = slices.Delete(s.rows["s"], 1, 2) }, []string{"gap", "lost", "too early"}},
	"a refused command is in": {func(s *story) { s.add("b", "b2") }, []string{"answer"}},
	"acknowledged out of order": {func(s *story) {
		sent := s.people[0].Book.Sent
		sent[0], sent[1] = sent[1], sent[0]
	}, []string{"order"}},
	"a second answer that is not the first": {func(s *story) {
		s.people[0].Book.Mixed = []string{"1, then 7"}
	}, []string{"answer"}},
	"a frame is missing": {func(s *story) {
		s.people[1].Book.Seen = slices.Delete(s.people[1].Book.Seen, 2, 3)
	}, []string{"frames"}},
	"frames change places": {func(s *story) {
		seen := s.people[1].Book.Seen
		seen[2], seen[3] = seen[3], seen[2]
	}, []string{"frames"}},
	"a frame is not the same for both": {func(s *story) { s.people[1].Book.Seen[3].Sum++ }, []string{"frames"}},
	"frames that look alike at different times": {func(s *story) { // one was away when the other was not
		for i := range s.people[1].Book.Seen {
			seen := &s.people[1].Book.Seen[i]
			seen.At = seen.At.Add(time.Hour)
			if i > 2 {
				seen.Sum += 1000
			}
		}
	}, nil},
	"a frame that comes twice does not tell where it is": {func(s *story) {
		// b missed the third frame: what b saw before and after meets at the one that came twice.
		var all []drive.Seen
		for i, sum := range []uint64{101, 102, 103, 102, 105} {
			n := int64(i)
			all = append(all, drive.Seen{Epoch: "e1", To: drive.RoomStream, Seq: 11 + n, Prev: 10 + n, Sum: sum, At: at(10 * i)})
		}
		a, b := s.people[0].Book, s.people[1].Book
		a.Seen = append(b.Seen[:1:1], all...)
		b.Seen = slices.Concat(b.Seen[:1:1], all[:2], []drive.Seen{{Epoch: "e1", Seq: 13, At: at(25)}}, all[3:])
		s.people[0], s.people[1] = s.people[1], s.people[0]
		a.Sent, b.Sent, s.rows = nil, nil, map[string][]Row{}
	}, nil},
	"only the number of a frame is no other frame": {func(s *story) {
		s.people[1].Book.Seen[2].Sum, s.people[1].Book.Seen[2].Bare = 7, true
	}, nil},
	"numbers are each seat's own": {func(s *story) {
		for i := range s.people[1].Book.Seen {
			seen := &s.people[1].Book.Seen[i]
			seen.Seq, seen.Prev = seen.Seq+50, seen.Prev+50
		}
	}, nil},
	"nodes that had lost each other number from places of their own": {func(s *story) {
		for i := 2; i < len(s.people[1].Book.Seen); i++ {
			seen := &s.people[1].Book.Seen[i]
			if seen.Seq += 1<<32 + 500_000_000; i > 2 {
				seen.Prev, seen.Sum = seen.Seq-1, seen.Sum+1000
			}
		}
	}, nil},
	"who came later saw the same from then on": {func(s *story) {
		s.people[1].Book.Seen = slices.Delete(s.people[1].Book.Seen, 1, 2)
		s.people[1].Book.Seen[0].Seq++
	}, nil},
	"a frame of an unknown epoch": {func(s *story) { s.people[1].Book.Seen[3].Epoch = "e0" }, []string{"frames"}},
	"a hand is seen that is not kept": {func(s *story) {
		s.people[0].Book.Sent = append(s.people[0].Book.Sent, drive.Sent{ID: "a3", Verb: "hand", Epoch: "e1",
			Msg: []byte(`{"do":"hand","up":true}`), At: at(5000)})
		for i := range s.people {
			s.people[i].Book.Seen = append(s.people[i].Book.Seen, drive.Seen{Epoch: "e1", To: drive.RoomStream, Seq: 14, Prev: 13,
				Sum: 114, At: at(5010), Next: []byte(`"b","a"`)})
		}
	}, []string{"too early"}},
	"a hand that was up before is no proof": {func(s *story) {
		s.people[1].Book.Sent = append(s.people[1].Book.Sent[:2], drive.Sent{ID: "b4", Verb: "hand", Epoch: "e1",
			Msg: []byte(`{"do":"hand","up":true}`), At: at(5000)})
	}, nil},
}

func TestCheckerFindsBrokenPromises(t *testing.T) {
	for name, c := range spoilt {
		t.Run(name, func(t *testing.T) {
			s := whole()
			c.spoil(s)
			var check Checker
			check.Check(s.people, s.rows)
			if got := check.Promises(); !slices.Equal(got, c.want) {
				t.Errorf("found %v, want %v: %v", got, c.want, check.Found)
			}
		})
	}
}

func (s *story) add(seat, id string) {
	rows := s.rows["s"]
	s.rows["s"] = append(rows, Row{rows[len(rows)-1].Seq + 1, Key{seat, id}})
}

func TestCheckerFindsRowsThatVanish(t *testing.T) {
	s := whole()
	var check Checker
	check.Check(s.people, s.rows)
	s.rows = map[string][]Row{"s": slices.Clone(s.rows["s"])}
	s.rows["s"][1].Key.ID = "changed"
	check.Check(s.people, s.rows)
	if !slices.Contains(check.Promises(), "lost") {
		t.Errorf("a changed row was not found: %v", check.Found)
	}
	if check.Counts.Rows != 4 || check.Counts.Durable != 3 || check.Counts.Frames != 6 {
		t.Errorf("counts are %+v", check.Counts)
	}
	if fmt.Sprint(check.Summary()) == "map[]" {
		t.Error("the summary is empty")
	}
}
