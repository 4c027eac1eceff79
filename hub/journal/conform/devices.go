package conform

import (
	"time"

	"hearth/hub/journal/kept"
	"hearth/room/group"
)

var deviceRules = []rule{
	{"a device that is forgotten holds nothing", forgetDevice},
	{"a renewed device holds what the old one held", renewDevice},
	{"organiser's devices are listed, voided and expire", organiserDevices},
	{"a seat of an open link is given back once", giveBack},
	{"all get one key of devices", deviceKey},
}

func forgetDevice(c *check) {
	c.evening()
	c.must(c.Bind(c.ctx, "a", token("phone"), false), "bind")
	c.must(c.BindOrganiser(c.ctx, token("phone"), monday), "bind the organiser")
	seats, err := c.Forget(c.ctx, token("tablet"))
	c.must(err, "forget a device that holds nothing")
	c.same(len(seats), 0, "seats of a device that holds nothing")
	c.holds("phone", "a", true)
	seats, err = c.Forget(c.ctx, token("phone"))
	c.must(err, "forget")
	c.same(len(seats), 1, "seats that were forgotten")
	c.holds("phone", "a", false)
	c.isOrganiser("phone", false)
	c.must(c.Bind(c.ctx, "a", token("tablet"), false), "bind it anew")
	c.holds("tablet", "a", true)
	c.generation("tablet", "a", 3) // a socket of before it was forgotten, generation 1, is never one of after
	c.want(c.Bind(c.ctx, "a", token("phone"), false), kept.ErrTaken, "bind the device that forgot it")
}

func renewDevice(c *check) {
	c.evening()
	c.must(c.Bind(c.ctx, "a", token("phone"), false), "bind")
	c.must(c.BindOrganiser(c.ctx, token("phone"), monday), "bind the organiser")
	c.must(c.Renew(c.ctx, token("phone"), token("fresh")), "renew")
	c.holds("phone", "a", false)
	c.holds("fresh", "a", true)
	c.isOrganiser("phone", false)
	c.isOrganiser("fresh", true)
	held, err := c.Forget(c.ctx, token("fresh"))
	c.must(err, "forget the fresh one")
	c.same(len(held), 1, "seats that it held")
}

func organiserDevices(c *check) {
	day := 24 * time.Hour
	c.must(c.BindOrganiser(c.ctx, token("desk"), monday), "bind the organiser")
	c.must(c.BindOrganiser(c.ctx, token("phone"), monday.Add(day)), "bind the organiser")
	_, err := c.IsOrganiser(c.ctx, token("desk"), monday.Add(2*day))
	c.must(err, "is organiser")
	all, err := c.OrganiserDevices(c.ctx, token("phone"), monday.Add(2*day))
	c.must(err, "list devices")
	want := func(at time.Time) string { return at.UTC().Format(time.DateOnly) }
	for i := range all {
		if all[i].ID == "" {
			c.Error("a device without an id")
		}
	}
	if len(all) != 2 {
		c.Fatalf("%d devices", len(all))
	}
	desk, phone := all[0], all[1]
	c.same(desk, group.Device{ID: desk.ID, Made: want(monday), Used: want(monday.Add(2 * day))}, "the desk")
	c.same(phone, group.Device{ID: phone.ID, Made: want(monday.Add(day)), Used: want(monday.Add(day)), Here: true}, "the phone")
	c.want(c.VoidOrganiser(c.ctx, "nothing"), kept.ErrNotFound, "void an unknown device")
	c.must(c.VoidOrganiser(c.ctx, phone.ID), "void")
	c.isOrganiser("phone", false)
	is, err := c.IsOrganiser(c.ctx, token("desk"), monday.Add(33*day))
	c.must(err, "is organiser")
	c.same(is, false, "a device that was idle for 31 days is the organiser's")
	all, err = c.OrganiserDevices(c.ctx, token("phone"), monday.Add(33*day))
	c.must(err, "list devices")
	c.same(len(all), 0, "devices after 31 days")
}

func giveBack(c *check) {
	c.evening()
	before, err := c.Links(c.ctx, "s")
	c.must(err, "list links")
	for _, l := range before {
		if l.Kind != group.OpenLink {
			continue
		}
		c.must(c.UseOpen(c.ctx, l.ID, group.Seat{ID: "v", Session: "s", Role: "participant", Link: l.ID, Open: true}, token("phone")), "use the open link")
		for range 2 {
			c.must(c.GiveBack(c.ctx, l.ID, "v"), "give back")
		}
		c.must(c.GiveBack(c.ctx, l.ID, "a"), "give back a seat that is no open link's")
		c.holds("phone", "v", false)
	}
	after, err := c.Links(c.ctx, "s")
	c.must(err, "list links again")
	c.same(after, before, "the links, and how often they were used")
	s, err := c.Seat(c.ctx, "a")
	c.must(err, "read another seat")
	c.same(s.Revoked, false, "another seat is revoked")
}

func deviceKey(c *check) {
	first, err := c.DeviceKey(c.ctx)
	c.must(err, "the key")
	c.same(len(first), 32, "length of the key")
	c.reopen()
	again, err := c.DeviceKey(c.ctx)
	c.must(err, "the key again")
	c.same(string(again), string(first), "the key after a restart")
}
