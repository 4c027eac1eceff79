package conform

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"hearth/charter"
	"hearth/hub/journal/kept"
	"hearth/room/group"
)

func finish(c *check) {
	s := c.evening()
	c.must(c.SetLive(c.ctx, "s"), "set live")
	c.must(c.Bind(c.ctx, "a", token("phone"), false), "bind")
	c.append("s", 0, key("a", "1"), "x", "y")
	at := monday.Add(time.Hour)
	c.must(c.Finish(c.ctx, "s", []byte(`{"first":true}`), at), "finish")
	c.must(c.Finish(c.ctx, "s", []byte(`{"second":true}`), at.Add(time.Hour)), "finish twice")

	got, err := c.Session(c.ctx, "s")
	c.must(err, "read the session")
	s.State, s.Closed = group.Over, at
	c.same(got, s, "the session that is over")
	record, err := c.Record(c.ctx, "s")
	c.must(err, "read the record")
	c.same(string(record), `{"first":true}`, "the record")
	c.same(c.lines("s", 0), []line(nil), "the log")
	c.holds("phone", "a", false)
	live, err := c.LiveSessions(c.ctx)
	c.must(err, "list live sessions")
	c.same(len(live), 0, "live sessions")

	c.want(c.Finish(c.ctx, "nothing", nil, at), kept.ErrNotFound, "finish an unknown session")
	_, err = c.Record(c.ctx, "nothing")
	c.want(err, kept.ErrNotFound, "the record of an unknown session")
	c.must(c.CreateSession(c.ctx, session("never", "g", monday), nil, nil), "create a session")
	c.must(c.Finish(c.ctx, "never", nil, at), "finish a session that never began")
	record, err = c.Record(c.ctx, "never")
	c.must(err, "read an empty record")
	c.same(len(record), 0, "an empty record")
}

// endTogether ends nine of ten sessions at once, each under the hands of somebody
// who appends and somebody who reads.
func endTogether(c *check) {
	const rowsEach = 40
	s := c.sessions(10)
	var all sync.WaitGroup
	for i, id := range s {
		half := make(chan struct{})
		all.Go(func() {
			for n := range int64(rowsEach) {
				if n == rowsEach/2 {
					close(half)
				}
				if _, err := c.Append(c.ctx, id, n, key("a", fmt.Sprint(n)), rows("row")); err != nil {
					if i == 0 || !errors.Is(err, kept.ErrNotFound) {
						c.Errorf("session %d, row %d: %v", i, n+1, err)
					}
					return
				}
			}
		})
		all.Go(func() {
			<-half
			for range 10 {
				if n := len(c.lines(id, 0)); n < rowsEach/2 && (i == 0 || n > 0) {
					c.Errorf("session %d shows %d rows", i, n)
				}
			}
		})
		if i > 0 {
			all.Go(func() {
				<-half
				c.want(c.Finish(c.ctx, id, []byte("record"), monday), nil, "finish")
			})
		}
	}
	all.Wait()
	c.same(len(c.lines(s[0], 0)), rowsEach, "rows of the session that went on")
	for _, id := range s[1:] {
		c.same(len(c.lines(id, 0)), 0, "rows of a session that ended")
	}
}

func overIsOver(c *check) {
	c.evening()
	c.append("s", 0, key("a", "1"), "row")
	c.must(c.Finish(c.ctx, "s", []byte("{}"), monday), "finish")
	c.want(c.SetLive(c.ctx, "s"), kept.ErrNotFound, "set live")
	c.want(c.Bind(c.ctx, "a", token("phone"), true), kept.ErrNotFound, "bind")
	c.want(c.AddSeat(c.ctx, seat("b", "s", "la"), token("phone")), kept.ErrNotFound, "add a seat")
	c.want(c.UseOpen(c.ctx, "open", seat("v", "s", "open"), token("phone")), kept.ErrNotFound, "use the open link")
	c.want(c.AddLink(c.ctx, personal("lb", "s", "a"), nil), kept.ErrNotFound, "add a link")
	c.want(c.RotateLink(c.ctx, "la", personal("lb", "s", "a")), kept.ErrNotFound, "rotate a link")
	_, err := c.RevokeLink(c.ctx, "la")
	c.want(err, kept.ErrNotFound, "revoke a link")
	_, err = c.Seat(c.ctx, "a")
	c.want(err, kept.ErrNotFound, "read a seat")
	links, err := c.Links(c.ctx, "s")
	c.must(err, "list links")
	c.same(len(links), 0, "links of a session that is over")
	for n := range int64(2) {
		_, err = c.Append(c.ctx, "s", n, key("a", "late"), rows("late"))
		c.want(err, kept.ErrNotFound, "append")
	}
	c.same(c.lines("s", 0), []line(nil), "the log")
	last, err := c.Heads(c.ctx, []string{"s"})
	c.must(err, "heads")
	c.same(last, map[string]int64{}, "last number")
	c.must(c.Finish(c.ctx, "s", []byte("again"), monday), "finish again")
	record, err := c.Record(c.ctx, "s")
	c.must(err, "read the record")
	c.same(string(record), "{}", "the record")
}

func houseAgain(c *check) {
	s := c.evening()
	v, err := c.Adopt(c.ctx, "g", charter.Starter(charter.Mixed), monday)
	c.must(err, "adopt")
	c.must(c.Bind(c.ctx, "a", token("phone"), false), "bind")
	c.must(c.SetLive(c.ctx, "s"), "set live")
	c.must(c.SetOrganiser(c.ctx, group.Link{ID: "o", Hash: token("o")}), "set the organiser")
	c.must(c.BindOrganiser(c.ctx, token("desk"), monday), "bind the organiser")
	over := session("over", "g", monday)
	c.must(c.CreateSession(c.ctx, over, nil, nil), "create a session")
	c.must(c.Finish(c.ctx, "over", []byte("record"), monday), "finish")
	c.reopen()

	s.State = group.Live
	live, err := c.LiveSessions(c.ctx)
	c.must(err, "list live sessions")
	c.same(live, []group.Session{s}, "live sessions")
	got, err := c.Version(c.ctx, "g", 1)
	c.must(err, "read the charter")
	c.same(got, v, "the charter")
	record, err := c.Record(c.ctx, "over")
	c.must(err, "read the record")
	c.same(string(record), "record", "the record")
	c.holds("phone", "a", true)
	c.isOrganiser("desk", true)
	c.append("s", 0, key("a", "1"), "x")
	_, err = c.Append(c.ctx, "over", 0, key("a", "1"), rows("late"))
	c.want(err, kept.ErrNotFound, "append to what is over")
}

func closed(c *check) {
	s := c.sessions(1)[0]
	c.append(s, 0, key("a", "1"), "x")
	c.must(c.Check(c.ctx), "check")
	ctx, cancel := context.WithCancel(c.ctx)
	cancel()
	c.want(c.Check(ctx), context.Canceled, "check with a cancelled context")
	c.must(c.Close(), "close")
	c.must(c.Close(), "close twice")
	if _, err := c.Append(c.ctx, s, 1, key("a", "2"), rows("y")); err == nil {
		c.Errorf("a closed store kept a row")
	}
	if err := c.Check(c.ctx); err == nil {
		c.Errorf("a closed store is ready")
	}
	c.Kept = c.open(c.T)
	c.same(len(c.lines(s, 0)), 1, "rows after opening again")
}
