package chaos

import (
	"bytes"
	"encoding/json"
	"fmt"
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
	s.names(func(_, _ string, _ time.Time, took time.Duration, same bool) {
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
func (s *story) names(each func(name, seat string, asked time.Time, took time.Duration, same bool)) {
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
					each(name, t.seat, a.at, f.At.Sub(a.at), a.home == t.home)
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
	gap  time.Duration
	last string // what that was
}

func (g *Ground) window(from, to time.Time) window {
	var w window
	last := to
	came := func(what, seat string, sent time.Time, took time.Duration, same bool, on, over *Spread) {
		switch {
		case sent.Before(from) || sent.After(to):
		case same:
			*on = append(*on, took)
		default:
			*over = append(*over, took)
			if at := sent.Add(took); at.After(last) {
				last = at
				w.last = fmt.Sprintf("%s, sent %s, seen by seat %s at %s", what, sent.Format(clock), seat, at.Format(clock))
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
					came(h.Mark, t.seat, say.At, h.At.Sub(say.At), say.Node == h.Node, &w.same, &w.cross)
				}
			}
		}
		g.markMu.Unlock()
		s.names(func(name, seat string, asked time.Time, took time.Duration, same bool) {
			came(name, seat, asked, took, same, &w.form, &w.formOver)
		})
		for _, p := range r.All {
			p.mu.Unlock()
			p.Free()
		}
	}
	w.gap = last.Sub(to)
	return w
}

// closed is the gap after a time; what it was if it is too long.
func (g *Ground) closed(from, to time.Time) time.Duration {
	w := g.window(from, to)
	if w.gap > closedIn {
		g.sayf("  the last of what was sent meanwhile came %s later: %s", brief(w.gap), w.last)
	}
	return w.gap
}
