package chaos

import (
	"bytes"
	"encoding/json"
	"time"
)

// delays measures how long words and names took to others, on one node and from
// one to the other.
func (c *looker) delays(s *story) {
	for _, t := range s.people {
		for _, h := range t.log.Heard {
			say, known := s.spoken[h.Mark]
			switch {
			case !known:
			case say.Node == h.Node:
				c.v.Same = append(c.v.Same, h.At.Sub(say.At))
			default:
				c.v.Cross = append(c.v.Cross, h.At.Sub(say.At))
			}
		}
		for i := range t.book.Sent {
			if e := &t.book.Sent[i]; done(e) && e.Form > 0 {
				c.v.Ack = append(c.v.Ack, e.AnsAt.Sub(e.At))
			}
		}
	}
	s.names(func(_ time.Time, took time.Duration, same bool) {
		if same {
			c.v.FormSame = append(c.v.FormSame, took)
		} else {
			c.v.FormOver = append(c.v.FormOver, took)
		}
	})
}

var keyName = []byte(`"name":"`)

// names finds when each person first saw each name that somebody took. A name
// is asked for once, so there is no doubt about whose doing it is.
func (s *story) names(each func(asked time.Time, took time.Duration, same bool)) {
	type asking struct {
		at   time.Time
		home int
	}
	asked := map[string]asking{}
	for _, t := range s.people {
		for i := range t.book.Sent {
			e := &t.book.Sent[i]
			var f struct{ Name string }
			if e.Verb == "rename" && done(e) && json.Unmarshal(e.Msg, &f) == nil {
				asked[f.Name] = asking{e.At, t.home}
			}
		}
	}
	for _, t := range s.people {
		seen := map[string]bool{}
		for _, f := range t.book.Seen {
			for rest := f.Seats; ; {
				i := bytes.Index(rest, keyName)
				if i < 0 {
					break
				}
				rest = rest[i+len(keyName):]
				j := bytes.IndexByte(rest, '"')
				if j < 0 {
					break
				}
				name := string(rest[:j])
				if a, is := asked[name]; is && !seen[name] && f.At.After(a.at) {
					seen[name] = true
					each(a.at, f.At.Sub(a.at), a.home == t.home)
				}
			}
		}
	}
}

// window is what was measured of all that was sent in one time.
type window struct {
	same, cross    Spread // words
	form, formOver Spread // names, on one node and from one to the other
	// gap is how long after the end of the time the last of what was sent in it
	// came to the other node.
	gap time.Duration
}

func (g *Ground) window(from, to time.Time) window {
	var w window
	last := to
	came := func(sent time.Time, took time.Duration, same bool, on, over *Spread) {
		switch {
		case sent.Before(from) || sent.After(to):
		case same:
			*on = append(*on, took)
		default:
			*over = append(*over, took)
			if at := sent.Add(took); at.After(last) {
				last = at
			}
		}
	}
	for _, r := range g.Rooms {
		for _, p := range r.All {
			p.Hold()
			p.mu.Lock()
		}
		s := g.story(r)
		g.markMu.Lock()
		for _, t := range s.people {
			for _, h := range t.log.Heard {
				if say, known := s.spoken[h.Mark]; known {
					came(say.At, h.At.Sub(say.At), say.Node == h.Node, &w.same, &w.cross)
				}
			}
		}
		g.markMu.Unlock()
		s.names(func(asked time.Time, took time.Duration, same bool) { came(asked, took, same, &w.form, &w.formOver) })
		for _, p := range r.All {
			p.mu.Unlock()
			p.Free()
		}
	}
	w.gap = last.Sub(to)
	return w
}
