package hub_test

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"time"

	"hearth/hub"
	"hearth/room"
)

// A stretch is what one person saw without a gap: windows that were resumed go on
// with what the one before had on its screen.
type stretch struct {
	p             *citizen
	epoch         string
	first, last   int64 // the number of its snapshot, and the last one seen
	floor, format string
	ids           map[string]bool
	runs          []*run
}

// A run is what was heard while the numbers went on from one place: nodes that
// lose each other go on from places of their own (docs/protocol.md, numbers).
type run struct {
	at    int64 // one of its numbers
	heard []string
}

// together says whether two numbers are counted from one place.
func together(a, b int64) bool {
	const most = 1 << 20
	d := int32(uint32(a) - uint32(b)) //nolint:gosec // the low bits are meant
	return -most < d && d < most
}

// stretches follows the numbers of a person's windows.
func (c *city) stretches(p *citizen) (all []*stretch) {
	var s *stretch
	for _, v := range p.windows {
		var began time.Time
		for i, f := range v.since(0) {
			switch {
			case f.T == "resumed":
				began = f.came
			case f.T == "hello":
				if s == nil || i == 0 || f.Epoch != s.epoch {
					s = &stretch{p: p, epoch: f.Epoch, ids: map[string]bool{}}
					all = append(all, s)
				}
				began, s.first, s.last = f.came, f.Seq, f.Seq
				s.runs = append(s.runs, &run{at: f.Seq})
				var whole struct{ Room map[string]json.RawMessage }
				_ = json.Unmarshal([]byte(f.raw), &whole)
				s.learn(whole.Room)
			case f.To != "":
				// What is told right after a hello is older than what the room shows.
				c.follow(s, f, f.came.Sub(began) > 50*time.Millisecond)
			}
		}
	}
	return all
}

// follow takes one numbered frame.
func (c *city) follow(s *stretch, f frame, now bool) {
	if f.Seq <= s.last || f.prev() > s.last || s.last > s.first && f.prev() != s.last {
		c.t.Errorf("%s: frame %d follows %d, the last was %d", s.p.seat, f.Seq, f.prev(), s.last)
	}
	if !together(f.Seq, s.last) {
		s.runs = append(s.runs, &run{at: f.Seq})
	}
	s.last = f.Seq
	if f.To != "room" {
		return
	}
	s.learn(f.Set)
	if f.T != "words" || s.ids[f.ID] { // what is told again is shown once (static/app/state.js)
		return
	}
	s.ids[f.ID] = true
	if !c.easy(c.told[f.Text]) || !c.easy(f.came) {
		return // a node that was not sure of the others tells late, after what was said meanwhile
	}
	r := s.runs[len(s.runs)-1]
	if slices.Contains(r.heard, f.Text) {
		c.t.Errorf("%s heard %q twice", s.p.seat, f.Text)
	}
	r.heard = append(r.heard, f.Text)
	if now && f.Kind == "share" && s.format != "open" && f.Seat != s.floor {
		c.t.Errorf("%s saw %s speak in the turn of %q, in %q", s.p.seat, f.Seat, s.floor, s.format)
	}
}

// learn takes sections of the room.
func (s *stretch) learn(set map[string]json.RawMessage) {
	if raw, ok := set["floor"]; ok {
		var f *room.FloorView
		_ = json.Unmarshal(raw, &f)
		s.floor = ""
		if f != nil && f.Stage == "speaking" {
			s.floor = string(f.Seat)
		}
	}
	if raw, ok := set["format"]; ok {
		var f room.FormatView
		_ = json.Unmarshal(raw, &f)
		s.format = string(f.Name)
	}
}

// easy says whether every node was up and heard the others, and had for a while.
func (c *city) easy(at time.Time) bool {
	return !slices.ContainsFunc(c.uneasy, func(u unease) bool { return at.After(u.from) && at.Before(u.to) })
}

// firstTold notes when words were first shown to anybody.
func (c *city) firstTold(all []*citizen) {
	for _, p := range all {
		for _, v := range p.windows {
			for _, f := range v.since(0) {
				if at, known := c.told[f.Text]; f.T == "words" && (!known || f.came.Before(at)) {
					c.told[f.Text] = f.came
				}
			}
		}
	}
}

// check gives how many words could be checked, of whoever heard most.
func (c *city) check(all []*citizen) (most int) {
	c.firstTold(all)
	runs := map[string][]*run{} // by epoch
	for _, p := range all {
		for _, s := range c.stretches(p) {
			in := 0
			for _, r := range s.runs {
				in += len(r.heard)
				most = max(most, in)
				for _, o := range runs[s.epoch] {
					c.sameOrder(r, o)
				}
				runs[s.epoch] = append(runs[s.epoch], r)
			}
		}
	}
	c.journal(all)
	c.oneRoom()
	return most
}

// sameOrder checks that what both heard, while their numbers went on from one
// place, they heard in one order (R3).
func (c *city) sameOrder(a, b *run) {
	both := func(list, other []string) []string {
		return slices.DeleteFunc(slices.Clone(list), func(text string) bool { return !slices.Contains(other, text) })
	}
	if x, y := both(a.heard, b.heard), both(b.heard, a.heard); together(a.at, b.at) && !slices.Equal(x, y) {
		c.t.Errorf("two people heard the same in another order:\n%q\n%q", x, y)
	}
}

// journal checks that what was acknowledged with a number is there once, and what
// was refused is not (R1, R2). What was sent again may be decided by two nodes at
// once: one refuses it, and the other has taken it in that moment.
func (c *city) journal(all []*citizen) {
	rows, last := map[string]int{}, ""
	err := c.found.store.Tail(context.Background(), session, 0, func(_ int64, key hub.CommandKey, _ []byte) error {
		if key.ID != last {
			rows[key.ID]++
		}
		last = key.ID
		return nil
	})
	c.found.must(err)
	for _, p := range all {
		for id, form := range p.acked {
			if form > 0 && rows[id] != 1 {
				c.t.Errorf("%s: command %s was acknowledged and stands %d times in the journal", p.seat, id, rows[id])
			}
		}
		for id, code := range p.refused {
			if rows[id] != 0 && !p.again[id] {
				c.t.Errorf("%s: command %s was refused (%s) and stands in the journal", p.seat, id, code)
			}
		}
	}
}

// oneRoom checks that all nodes that have the room have it alike.
func (c *city) oneRoom() {
	first := ""
	for _, q := range c.nodes {
		form := ""
		q.hub.Peek(session, func(s *room.State) {
			b, err := json.Marshal(s.Form)
			c.found.must(err)
			form = string(b)
		})
		if form != "" && first != "" && form != first {
			c.t.Errorf("two nodes have two rooms:\n%s\n%s", first, form)
		}
		first = cmp.Or(first, form)
	}
	if first == "" {
		c.t.Error("no node has the room")
	}
}
