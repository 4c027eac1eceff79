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

// Gap says how long after the end of a time with a fault the last of what was
// sent in it came to the other node.
func (g *Ground) Gap(from, to time.Time) time.Duration {
	last := to
	for _, p := range g.People {
		p.Hold()
		p.mu.Lock()
	}
	for _, r := range g.Rooms {
		s := g.story(r)
		for _, t := range s.people {
			for _, h := range t.log.Heard {
				if say, known := s.spoken[h.Mark]; known && say.Node != h.Node && say.At.After(from) && say.At.Before(to) && h.At.After(last) {
					last = h.At
				}
			}
		}
		s.names(func(asked time.Time, took time.Duration, same bool) {
			if at := asked.Add(took); !same && asked.After(from) && asked.Before(to) && at.After(last) {
				last = at
			}
		})
	}
	for _, p := range g.People {
		p.mu.Unlock()
		p.Free()
	}
	return last.Sub(to)
}
