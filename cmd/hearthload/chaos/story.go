package chaos

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"hearth/cmd/hearthload/drive"
)

// story is what happened in one room, from all sides. The checks are made on
// it, and on made-up ones in the tests.
type story struct {
	session string
	people  []teller
	spoken  map[string]Spoken // texts, by mark
}

// teller is one person's side.
type teller struct {
	seat string
	role string
	home int
	book *drive.Book
	log  *Log

	snaps []drive.Seen // the snapshots among what was seen
}

func (g *Ground) story(r *Room) *story {
	s := &story{session: r.Session, spoken: g.marks}
	for _, p := range r.All {
		s.people = append(s.people, teller{seat: p.Seat, role: p.Role, home: p.homeAt(), book: p.Book, log: &p.log})
	}
	return s
}

// looker gathers what is broken; for one goroutine.
type looker struct {
	v     *Verdict
	found []string
	kept  map[string]int
}

func (c *looker) find(promise, format string, args ...any) {
	c.v.Broken[promise]++
	if c.kept[promise]++; c.kept[promise] <= most {
		c.found = append(c.found, promise+": "+fmt.Sprintf(format, args...))
	}
}

// about reads one string field of a command.
func about(s *drive.Sent, field string) string {
	var f map[string]any
	if json.Unmarshal(s.Msg, &f) != nil {
		return ""
	}
	v, _ := f[field].(string)
	return v
}

// done says whether a command was acknowledged.
func done(s *drive.Sent) bool { return s.Answered && s.Code == "" }

// Spread is a set of times.
type Spread []time.Duration

// At gives the time that the share q did not exceed; 0 for none.
func (s Spread) At(q float64) time.Duration {
	if len(s) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(s))
	return sorted[min(int(q*float64(len(sorted))), len(sorted)-1)]
}

// Max is the longest.
func (s Spread) Max() time.Duration { return s.At(1) }
