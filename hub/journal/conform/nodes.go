package conform

import (
	"context"

	"hearth/hub/cluster"
)

var nodeRules = []rule{
	{"the last numbers of many sessions, in one question", heads},
	{"a node that beats is up", beat},
}

func heads(c *check) {
	s := c.sessions(4)
	c.append(s[0], 0, key("a", "1"), "x", "y", "z")
	c.append(s[1], 0, key("a", "1"), "x")
	c.append(s[3], 0, key("a", "1"), "x")
	c.must(c.CreateSession(c.ctx, session("not begun", "g", monday), nil, nil), "create a session")
	c.must(c.Finish(c.ctx, s[3], nil, monday), "finish")
	got, err := c.Heads(c.ctx, []string{s[0], s[1], s[2], s[3], "unknown", "not begun", s[0], "it's \"quoted\""})
	c.must(err, "heads")
	c.same(got, map[string]int64{s[0]: 3, s[1]: 1, s[2]: 0, "not begun": 0}, "last numbers")
	c.append(s[1], 1, key("a", "2"), "y")
	got, err = c.Heads(c.ctx, []string{s[1]})
	c.must(err, "heads")
	c.same(got, map[string]int64{s[1]: 2}, "last number after an append")
	got, err = c.Heads(c.ctx, nil)
	c.must(err, "heads of nothing")
	c.same(got, map[string]int64{}, "last numbers of nothing")
}

func beat(c *check) {
	one := cluster.Node{ID: "one-12345678"}
	for _, relay := range []bool{false, true, true, false} {
		one.Relay = relay
		up, err := c.Beat(c.ctx, one)
		c.must(err, "beat")
		c.same(up, []cluster.Node{one}, "nodes that are up")
	}
	c.must(c.Unbeat(c.ctx, one.ID), "unbeat")
	c.must(c.Unbeat(c.ctx, one.ID), "unbeat twice")
	c.must(c.Unbeat(c.ctx, "never was"), "unbeat of nobody")
	two := cluster.Node{ID: "two-12345678", Relay: true}
	up, err := c.Beat(c.ctx, two)
	c.must(err, "beat")
	c.same(up, []cluster.Node{two}, "nodes that are up after the first one went")
	ctx, cancel := context.WithCancel(c.ctx)
	cancel()
	_, err = c.Beat(ctx, two)
	c.want(err, context.Canceled, "beat with a cancelled context")
}
