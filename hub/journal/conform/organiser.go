package conform

import (
	"time"

	"hearth/hub/journal/kept"
	"hearth/room"
	"hearth/room/group"
)

// organiserRules are what an organiser does between meetings.
var organiserRules = []rule{
	{"a planned session is changed and its links stay good", updateSession},
	{"labels of links go with the session", labels},
	{"a group is deleted with everything of it", deleteGroup},
	{"what must be looked at again stays until it has been", reviews},
}

func updateSession(c *check) {
	s := c.evening()
	s.Title, s.Start = "Wednesday evening", monday.Add(24*time.Hour)
	s.Plan.Start, s.Plan.Seats = s.Start, 8
	s.Plan.Phases = []room.PlannedPhase{{Phase: room.Opening, Minutes: 5}, {Phase: room.Main, Minutes: 30}}
	s.Rules = room.Rules{}
	expires := s.Start.Add(time.Hour)
	c.must(c.UpdateSession(c.ctx, s, expires), "change a session")
	got, err := c.Session(c.ctx, "s")
	c.must(err, "read the session")
	c.same(got, s, "the changed session")
	for _, hash := range []string{"la", "open"} {
		l, err := c.LinkByHash(c.ctx, token(hash))
		c.must(err, "find a link of a changed session")
		c.same(l.Expires, expires, "until when it opens")
		c.same(l.Revoked, false, "whether it is revoked")
	}
	c.want(c.UpdateSession(c.ctx, session("nothing", "g", monday), monday), kept.ErrNotFound, "change an unknown session")
	c.must(c.Finish(c.ctx, "s", nil, monday), "finish")
	c.want(c.UpdateSession(c.ctx, s, expires), kept.ErrNotFound, "change a session that is over")
}

func (c *check) labelsOf(session string) map[string]string {
	c.Helper()
	links, err := c.Links(c.ctx, session)
	c.must(err, "list links")
	all := map[string]string{}
	for _, l := range links {
		if l.Label != "" {
			all[l.ID] = l.Label
		}
	}
	return all
}

func labels(c *check) {
	c.evening()
	c.must(c.Label(c.ctx, "la", "Ana, from the library"), "label a link")
	c.must(c.Label(c.ctx, "open", "the poster"), "label another")
	c.same(c.labelsOf("s"), map[string]string{"la": "Ana, from the library", "open": "the poster"}, "labels")
	c.must(c.Label(c.ctx, "open", ""), "take a label away")
	c.must(c.RotateLink(c.ctx, "la", personal("la2", "s", "a")), "rotate")
	c.same(c.labelsOf("s"), map[string]string{"la2": "Ana, from the library"}, "labels after a rotation")
	c.reopen()
	c.same(c.labelsOf("s"), map[string]string{"la2": "Ana, from the library"}, "labels after opening again")
	c.want(c.Label(c.ctx, "la", "x"), kept.ErrNotFound, "label a revoked link")
	c.want(c.Label(c.ctx, "nothing", "x"), kept.ErrNotFound, "label an unknown link")
	c.must(c.Finish(c.ctx, "s", nil, monday), "finish")
	c.same(c.labelsOf("s"), map[string]string{}, "labels of a session that is over")
	c.want(c.Label(c.ctx, "la2", "x"), kept.ErrNotFound, "label a link of a session that is over")
}

func reviews(c *check) {
	s := c.evening()
	acts := []byte(`[{"act":"removed","reason":"threat"}]`)
	c.must(c.KeepReview(c.ctx, "s", acts, monday), "keep a review")
	list := func(now time.Time) []group.Review {
		c.Helper()
		got, err := c.Reviews(c.ctx, "g", now)
		c.must(err, "list reviews")
		return got
	}
	c.same(len(list(monday)), 0, "reviews while the session is not over")
	c.must(c.Finish(c.ctx, "s", nil, monday), "finish")
	c.must(c.KeepReview(c.ctx, "s", acts, monday), "keep it again")
	want := group.Review{Session: "s", Title: s.Title, Closed: monday, Due: monday.Add(group.ReviewWithin), Acts: acts}
	c.same(list(monday.Add(time.Hour)), []group.Review{want}, "reviews")
	c.same(len(list(monday.Add(group.ReviewFor+time.Second))), 0, "reviews after 90 days")
	c.must(c.EraseOldReviews(c.ctx, monday.Add(group.ReviewFor)), "erase what is older than 90 days")
	c.same(len(list(monday)), 1, "reviews of 90 days")
	c.must(c.EraseOldReviews(c.ctx, monday.Add(group.ReviewFor+time.Second)), "erase it a second later")
	c.same(len(list(monday)), 0, "reviews that were kept for too long")
	c.must(c.KeepReview(c.ctx, "s", acts, monday), "keep it once more")
	c.must(c.Reviewed(c.ctx, "s"), "it was looked at")
	c.same(len(list(monday)), 0, "reviews after it was looked at")
	c.want(c.Reviewed(c.ctx, "s"), kept.ErrNotFound, "it was looked at already")
	c.want(c.KeepReview(c.ctx, "nothing", acts, monday), kept.ErrNotFound, "a review of an unknown session")

	c.must(c.CreateSession(c.ctx, session("t", "g", monday), nil, nil), "a later session")
	c.must(c.KeepReview(c.ctx, "s", acts, monday), "keep one more")
	c.must(c.KeepReview(c.ctx, "t", acts, monday.Add(group.ReviewFor+time.Hour)), "keep a much later one")
	c.same(len(list(monday)), 0, "what was kept for too long")
}

func deleteGroup(c *check) {
	c.evening()
	text, err := c.Draft(c.ctx, "g")
	c.must(err, "read the draft")
	_, err = c.Adopt(c.ctx, "g", text, monday)
	c.must(err, "adopt")
	c.must(c.Bind(c.ctx, "a", token("phone"), false), "bind")
	other := c.aGroup("h")
	c.must(c.CreateSession(c.ctx, session("t", "h", monday), []group.Seat{seat("b", "t", "lb")}, []group.Link{personal("lb", "t", "b")}), "a session of another group")
	c.want(c.DeleteGroup(c.ctx, "g"), kept.ErrTaken, "delete a group with a session that is not over")
	c.must(c.Finish(c.ctx, "s", []byte(`{"v":1}`), monday), "finish")
	c.must(c.KeepReview(c.ctx, "s", []byte("[]"), monday), "keep a review")
	c.must(c.DeleteGroup(c.ctx, "g"), "delete")
	for again := range 2 {
		all, err := c.Groups(c.ctx)
		c.must(err, "list groups")
		c.same(all, []group.Group{other}, "the groups that are left")
		_, err = c.Group(c.ctx, "g")
		c.want(err, kept.ErrNotFound, "read a deleted group")
		_, err = c.Draft(c.ctx, "g")
		c.want(err, kept.ErrNotFound, "read its draft")
		versions, err := c.Versions(c.ctx, "g")
		c.must(err, "list its versions")
		c.same(len(versions), 0, "its versions")
		_, err = c.Session(c.ctx, "s")
		c.want(err, kept.ErrNotFound, "read its session")
		_, err = c.Record(c.ctx, "s")
		c.want(err, kept.ErrNotFound, "read its record")
		_, err = c.LinkByHash(c.ctx, token("la"))
		c.want(err, kept.ErrNotFound, "find its link")
		_, err = c.Seat(c.ctx, "a")
		c.want(err, kept.ErrNotFound, "find its seat")
		_, err = c.LinkByHash(c.ctx, token("lb"))
		c.must(err, "find a link of another group")
		if again == 0 {
			c.reopen()
		}
	}
	c.want(c.DeleteGroup(c.ctx, "g"), kept.ErrNotFound, "delete it twice")
	c.aGroup("g") // the id is free again
}
