package conform

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"hearth/hub/journal/kept"
	"hearth/room"
)

// cutOffLooks is A31: looks at four sessions and their seats, cut off at any
// moment, give rows of the session that was asked for or none. Drivers have mixed
// up the rows of two queries after such a cut (CVE-2025-47907).
func cutOffLooks(c *check) {
	const rooms, each, lookers = 4, 60, 8
	looks := 10_000 / lookers
	if testing.Short() {
		looks = 1_000 / lookers
	}
	s := c.sessions(rooms)
	for _, id := range s {
		c.append(id, 0, key("a", "1"), slicesOf(id, each)...)
		c.must(c.AddSeat(c.ctx, seat(id+"-a", id, "l"), token(id)), "add a seat")
	}
	var cut atomic.Int64
	var all sync.WaitGroup
	for range lookers {
		all.Go(func() {
			for range looks {
				if err := c.look(s[rand.IntN(rooms)], each); err != nil {
					cut.Add(1)
				}
			}
		})
	}
	all.Wait()
	c.Logf("%d of %d looks were cut off", cut.Load(), looks*lookers)
	if cut.Load() == 0 {
		c.Error("no look was cut off: this rule has lost its subject")
	}
}

func slicesOf(id string, n int) []string {
	all := make([]string, n)
	for i := range all {
		all[i] = fmt.Sprintf("%s/%d", id, i+1)
	}
	return all
}

// look reads a session and its seats, and is cut off after up to a millisecond.
func (c *check) look(id string, each int) error {
	ctx, cancel := context.WithTimeout(c.ctx, rand.N(time.Millisecond))
	defer cancel()
	n := 0
	err := c.Tail(ctx, id, 0, func(seq int64, _ kept.CommandKey, row []byte) error {
		if n++; string(row) != fmt.Sprintf("%s/%d", id, n) || seq != int64(n) {
			c.Errorf("asked for row %d of %s: got row %d, %q", n, id, seq, row)
		}
		return nil
	})
	if err == nil && n != each {
		c.Errorf("%d of %d rows without an error", n, each)
	}
	if err != nil {
		return err
	}
	seats, err := c.Seats(ctx, id)
	for _, one := range seats {
		if one.Session != id || !strings.HasPrefix(string(one.ID), id) {
			c.Errorf("asked for the seats of %s: got %s of %s", id, one.ID, one.Session)
		}
	}
	if err != nil {
		return err
	}
	held, err := c.Holds(ctx, token(id), room.SeatID(id+"-a"))
	if err == nil && held.Session != id {
		c.Errorf("asked for a seat of %s: got one of %s", id, held.Session)
	}
	return err
}
