package conform

import (
	"errors"
	"time"

	"hearth/charter"
	"hearth/hub/journal/kept"
	"hearth/room"
	"hearth/room/group"
)

var houseRules = []rule{
	{"groups", groups},
	{"drafts and versions", versions},
	{"sessions", sessionsOfAGroup},
	{"a session is kept whole or not at all", wholeSession},
	{"links", links},
	{"rotating a link keeps the seat and its device", rotate},
	{"revoking a link empties its seats", revokeLink},
	{"an open link is used up", useOpen},
	{"a seat is bound to one device", bind},
	{"a revoked seat is nobody's", revokeSeat},
	{"the organiser", organiser},
	{"helplines", helplines},
	{"finishing", finish},
	{"sessions end while others go on", endTogether},
	{"what is over is not kept again", overIsOver},
	{"everything of the house is there after opening again", houseAgain},
	{"a closed store refuses", closed},
}

func groups(c *check) {
	got, err := c.Groups(c.ctx)
	c.must(err, "list no groups")
	c.same(len(got), 0, "groups of a new house")
	a := c.aGroup("a")
	b := c.aGroup("b")
	older := group.Group{ID: "o", Created: monday.Add(-time.Hour)}
	c.must(c.CreateGroup(c.ctx, older, charter.Text{}), "create an older group")
	got, err = c.Groups(c.ctx)
	c.must(err, "list groups")
	c.same(got, []group.Group{b, a, older}, "groups, newest first")

	c.want(c.CreateGroup(c.ctx, a, charter.Text{}), kept.ErrTaken, "create a group twice")
	a.Name, a.Policy, a.Region, a.Contact, a.Template = "Wednesday group", group.DutyToAct, "IE", "the library", charter.Carers
	c.must(c.UpdateGroup(c.ctx, a), "update a group")
	one, err := c.Group(c.ctx, "a")
	c.must(err, "read a group")
	c.same(one, a, "an updated group")

	_, err = c.Group(c.ctx, "nobody")
	c.want(err, kept.ErrNotFound, "an unknown group")
	c.want(c.UpdateGroup(c.ctx, group.Group{ID: "nobody"}), kept.ErrNotFound, "update an unknown group")
}

func helplines(c *check) {
	_, _, err := c.Helplines(c.ctx)
	c.want(err, kept.ErrNotFound, "read the helplines of a new house")
	c.want(c.KeepHelplines(c.ctx, "d1", "d2", "[2]"), kept.ErrConflict, "change a list that is not there")
	c.must(c.KeepHelplines(c.ctx, "", "d1", "[1]"), "keep the first list")
	c.want(c.KeepHelplines(c.ctx, "", "d3", "[3]"), kept.ErrConflict, "keep a first list twice")
	c.must(c.KeepHelplines(c.ctx, "d1", "d2", "[2]"), "change the list")
	c.want(c.KeepHelplines(c.ctx, "d1", "d3", "[3]"), kept.ErrConflict, "change a list that somebody else changed")
	c.reopen()
	digest, list, err := c.Helplines(c.ctx)
	c.must(err, "read the helplines")
	c.same([]string{digest, list}, []string{"d2", "[2]"}, "the helplines")
}

func versions(c *check) {
	c.aGroup("g")
	draft, err := c.Draft(c.ctx, "g")
	c.must(err, "read a draft")
	c.same(draft, charter.Starter(charter.Mixed), "the first draft")
	v1, err := c.Adopt(c.ctx, "g", draft, monday)
	c.must(err, "adopt")
	c.same(v1.Number, 1, "first number")

	unfinished := charter.Text{Lines: []charter.Line{{Principle: charter.Safety}}}
	c.must(c.SaveDraft(c.ctx, "g", unfinished), "save an unfinished draft")
	draft, err = c.Draft(c.ctx, "g")
	c.must(err, "read a draft")
	c.same(draft, unfinished, "an unfinished draft")

	var problem *charter.Problem
	if _, err := c.Adopt(c.ctx, "g", unfinished, monday); !errors.As(err, &problem) {
		c.Errorf("adopting an unfinished draft: %v, want a problem", err)
	}
	text := charter.Starter(charter.Carers)
	v2, err := c.Adopt(c.ctx, "g", text, monday.Add(time.Hour))
	c.must(err, "adopt again")
	c.same(v2.Number, 2, "second number")
	all, err := c.Versions(c.ctx, "g")
	c.must(err, "list versions")
	c.same(all, []charter.Version{v2, v1}, "versions, newest first")
	one, err := c.Version(c.ctx, "g", 1)
	c.must(err, "read a version")
	c.same(one, v1, "the first version")
	draft, err = c.Draft(c.ctx, "g")
	c.must(err, "read a draft")
	c.same(draft, v2.Text, "the draft after adopting")

	_, err = c.Version(c.ctx, "g", 3)
	c.want(err, kept.ErrNotFound, "an unknown version")
	_, err = c.Draft(c.ctx, "nobody")
	c.want(err, kept.ErrNotFound, "the draft of no group")
	c.want(c.SaveDraft(c.ctx, "nobody", text), kept.ErrNotFound, "save a draft of no group")
	_, err = c.Adopt(c.ctx, "nobody", text, monday)
	c.want(err, kept.ErrNotFound, "adopt for no group")
	all, err = c.Versions(c.ctx, "nobody")
	c.must(err, "list versions of no group")
	c.same(len(all), 0, "versions of no group")
}

func sessionsOfAGroup(c *check) {
	c.aGroup("g")
	c.aGroup("h")
	later := session("later", "g", monday.Add(7*24*time.Hour))
	soon := session("soon", "g", monday)
	other := session("other", "h", monday)
	for _, s := range []group.Session{later, soon, other} {
		c.must(c.CreateSession(c.ctx, s, nil, nil), "create a session")
	}
	got, err := c.Sessions(c.ctx, "g")
	c.must(err, "list sessions")
	c.same(got, []group.Session{later, soon}, "sessions, newest first")
	live, err := c.LiveSessions(c.ctx)
	c.must(err, "list live sessions")
	c.same(len(live), 0, "live sessions")

	c.must(c.SetLive(c.ctx, "soon"), "set live")
	c.must(c.SetLive(c.ctx, "soon"), "set live twice")
	soon.State = group.Live
	live, err = c.LiveSessions(c.ctx)
	c.must(err, "list live sessions")
	c.same(live, []group.Session{soon}, "live sessions")
	one, err := c.Session(c.ctx, "soon")
	c.must(err, "read a session")
	c.same(one, soon, "a live session")

	_, err = c.Session(c.ctx, "nothing")
	c.want(err, kept.ErrNotFound, "an unknown session")
	c.want(c.SetLive(c.ctx, "nothing"), kept.ErrNotFound, "set an unknown session live")
	_, err = c.Record(c.ctx, "soon")
	c.want(err, kept.ErrNotFound, "the record of a session that is not over")
}

func wholeSession(c *check) {
	c.evening()
	t := session("t", "g", monday)
	fresh, taken := seat("t1", "t", "lt"), seat("a", "t", "lt")
	c.want(c.CreateSession(c.ctx, t, []group.Seat{fresh, taken}, nil), kept.ErrTaken, "a seat twice")
	twice := personal("lt", "t", "t1")
	twice.Hash = token("la")
	c.want(c.CreateSession(c.ctx, t, []group.Seat{fresh}, []group.Link{twice}), kept.ErrTaken, "a token twice")
	_, err := c.Session(c.ctx, "t")
	c.want(err, kept.ErrNotFound, "a session whose seats were refused")
	_, err = c.Seat(c.ctx, "t1")
	c.want(err, kept.ErrNotFound, "a seat whose session was refused")
	c.want(c.CreateSession(c.ctx, session("s", "g", monday), nil, nil), kept.ErrTaken, "a session twice")
	c.want(c.CreateSession(c.ctx, session("t", "nobody", monday), nil, nil), kept.ErrNotFound, "a session of no group")
	c.must(c.CreateSession(c.ctx, t, []group.Seat{fresh}, []group.Link{personal("lt", "t", "t1")}), "the session itself")
}

func links(c *check) {
	c.evening()
	lead := group.Link{ID: "lead", Kind: group.LeadLink, Session: "s", Seat: "l", Hash: token("lead"), Expires: monday}
	leads := group.Seat{ID: "l", Session: "s", Role: room.Lead, Link: "lead"}
	c.must(c.AddLink(c.ctx, lead, &leads), "add a link")
	got, err := c.Links(c.ctx, "s")
	c.must(err, "list links")
	open := group.Link{ID: "open", Kind: group.OpenLink, Session: "s", Hash: token("open"), MaxUses: 2}
	c.same(got, []group.Link{personal("la", "s", "a"), open, lead}, "links in the order made")
	one, err := c.LinkByHash(c.ctx, token("lead"))
	c.must(err, "find a link")
	c.same(one, lead, "a link by its hash")
	seats, err := c.Seats(c.ctx, "s")
	c.must(err, "list seats")
	c.same(seats, []group.Seat{seat("a", "s", "la"), leads}, "seats in the order made")

	_, err = c.LinkByHash(c.ctx, token("guess"))
	c.want(err, kept.ErrNotFound, "an unknown hash")
	c.want(c.AddLink(c.ctx, lead, nil), kept.ErrTaken, "a link twice")
	again := lead
	again.ID = "again"
	fresh := seat("f", "s", "again")
	c.want(c.AddLink(c.ctx, again, &fresh), kept.ErrTaken, "a token twice")
	_, err = c.Seat(c.ctx, "f")
	c.want(err, kept.ErrNotFound, "the seat of a refused link")
	c.want(c.AddLink(c.ctx, personal("x", "nothing", "x"), nil), kept.ErrNotFound, "a link to no session")
}
