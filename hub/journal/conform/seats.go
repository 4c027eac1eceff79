package conform

import (
	"sync"
	"sync/atomic"

	"hearth/hub/journal/kept"
	"hearth/room"
	"hearth/room/group"
)

func (c *check) holds(device string, id room.SeatID, want bool) {
	c.Helper()
	held, err := c.Holds(c.ctx, token(device), id)
	if !want {
		c.want(err, kept.ErrNotFound, device+" holds "+string(id))
		return
	}
	c.must(err, device+" holds "+string(id))
	c.same(held.ID, id, "the seat held")
}

func rotate(c *check) {
	c.evening()
	c.must(c.Bind(c.ctx, "a", token("phone"), false), "bind")
	next := group.Link{ID: "lb", Kind: group.LeadLink, Session: "elsewhere", Seat: "elsewhere", Hash: token("lb")}
	c.must(c.RotateLink(c.ctx, "la", next), "rotate")

	got, err := c.LinkByHash(c.ctx, token("lb"))
	c.must(err, "find the new link")
	want := group.Link{ID: "lb", Kind: group.PersonalLink, Session: "s", Seat: "a", Hash: token("lb")}
	c.same(got, want, "the new link leads where the old one did")
	old, err := c.LinkByHash(c.ctx, token("la"))
	c.must(err, "find the old link")
	c.same(old.Revoked, true, "the old link is void")
	c.holds("phone", "a", true)
	s, err := c.Seat(c.ctx, "a")
	c.must(err, "read the seat")
	c.same(s, seat("a", "s", "lb"), "the seat")

	c.want(c.RotateLink(c.ctx, "la", personal("lc", "s", "a")), kept.ErrNotFound, "rotate a void link")
	c.want(c.RotateLink(c.ctx, "nothing", personal("lc", "s", "a")), kept.ErrNotFound, "rotate an unknown link")
	c.want(c.RotateLink(c.ctx, "lb", personal("open", "s", "a")), kept.ErrTaken, "rotate to a link that exists")
	still, err := c.LinkByHash(c.ctx, token("lb"))
	c.must(err, "find the link")
	c.same(still.Revoked, false, "a link whose rotation was refused stands")
}

func revokeLink(c *check) {
	c.evening()
	c.must(c.Bind(c.ctx, "a", token("phone"), false), "bind")
	second := seat("a2", "s", "la")
	second.Claims = "a"
	c.must(c.AddSeat(c.ctx, second, token("tablet")), "a second device claims the seat")
	c.must(c.UseOpen(c.ctx, "open", seat("v", "s", "open"), token("visitor")), "a visitor")
	c.holds("tablet", "a2", true)

	got, err := c.RevokeLink(c.ctx, "la")
	c.must(err, "revoke")
	want := personal("la", "s", "a")
	want.Revoked = true
	c.same(got, want, "the link revoked")
	_, err = c.RevokeLink(c.ctx, "la")
	c.must(err, "revoke twice")
	for device, id := range map[string]room.SeatID{"phone": "a", "tablet": "a2"} {
		c.holds(device, id, false)
		s, err := c.Seat(c.ctx, id)
		c.must(err, "read the seat")
		c.same(s.Revoked, true, "the seat is revoked")
	}
	kept1, err := c.LinkByHash(c.ctx, token("la"))
	c.must(err, "find the link")
	c.same(kept1.Revoked, true, "the link is void")

	_, err = c.RevokeLink(c.ctx, "open")
	c.must(err, "revoke the open link")
	c.holds("visitor", "v", true)
	c.want(c.UseOpen(c.ctx, "open", seat("w", "s", "open"), token("w")), kept.ErrNotFound, "use a revoked open link")
	_, err = c.RevokeLink(c.ctx, "nothing")
	c.want(err, kept.ErrNotFound, "revoke an unknown link")
}

func useOpen(c *check) {
	c.evening()
	visitor := seat("v", "s", "open")
	visitor.Open = true
	c.must(c.UseOpen(c.ctx, "open", visitor, token("v")), "first use")
	held, err := c.Holds(c.ctx, token("v"), "v")
	c.must(err, "the visitor's seat")
	visitor.Generation = 1
	c.same(held, visitor, "the visitor's seat")
	visitor.Generation = 0
	c.want(c.UseOpen(c.ctx, "open", visitor, token("w")), kept.ErrTaken, "a seat twice")
	l, err := c.LinkByHash(c.ctx, token("open"))
	c.must(err, "find the link")
	c.same(l.Uses, 1, "a refused use is not counted")

	var all sync.WaitGroup
	var in, out atomic.Int32
	for _, id := range []string{"w1", "w2", "w3", "w4", "w5"} {
		all.Go(func() {
			if err := c.UseOpen(c.ctx, "open", seat(id, "s", "open"), token(id)); err == nil {
				in.Add(1)
			} else {
				c.want(err, kept.ErrTaken, "a used-up link")
				out.Add(1)
			}
		})
	}
	all.Wait()
	c.same([]int32{in.Load(), out.Load()}, []int32{1, 4}, "five at once for one place")
	seats, err := c.Seats(c.ctx, "s")
	c.must(err, "list seats")
	c.same(len(seats), 3, "seats")

	c.want(c.UseOpen(c.ctx, "la", seat("x", "s", "la"), token("x")), kept.ErrNotFound, "use a personal link as open")
	c.want(c.UseOpen(c.ctx, "nothing", seat("x", "s", "nothing"), token("x")), kept.ErrNotFound, "use an unknown link")
}

func bind(c *check) {
	c.evening()
	c.holds("phone", "a", false)
	c.must(c.Bind(c.ctx, "a", token("phone"), false), "bind")
	c.must(c.Bind(c.ctx, "a", token("phone"), false), "bind again")
	c.holds("phone", "a", true)
	c.want(c.Bind(c.ctx, "a", token("laptop"), false), kept.ErrTaken, "bind from a second device")
	c.holds("laptop", "a", false)
	c.must(c.Bind(c.ctx, "a", token("laptop"), true), "move")
	c.holds("phone", "a", false)
	c.holds("laptop", "a", true)
	c.generation("laptop", "a", 2)
	c.must(c.Bind(c.ctx, "a", token("laptop"), true), "move to the same device")
	c.generation("laptop", "a", 2)
	c.must(c.Bind(c.ctx, "a", token("phone"), true), "move back")
	c.generation("phone", "a", 3)
	c.must(c.Bind(c.ctx, "a", token("laptop"), true), "and on again")
	c.generation("laptop", "a", 4)

	c.must(c.AddSeat(c.ctx, seat("b", "s", "lb"), token("laptop")), "a second seat on one device")
	c.holds("laptop", "a", true)
	c.holds("laptop", "b", true)
	c.want(c.AddSeat(c.ctx, seat("b", "s", "lb"), token("phone")), kept.ErrTaken, "a seat twice")
	c.want(c.AddSeat(c.ctx, seat("c", "nothing", "lb"), token("phone")), kept.ErrNotFound, "a seat in no session")
	c.want(c.Bind(c.ctx, "nothing", token("phone"), true), kept.ErrNotFound, "bind an unknown seat")
}

// generation checks what both questions say of a binding.
func (c *check) generation(device string, id room.SeatID, want int64) {
	c.Helper()
	held, err := c.Holds(c.ctx, token(device), id)
	c.must(err, device+" holds "+string(id))
	c.same(held.Generation, want, "the generation of the seat held")
	bound, err := c.Bound(c.ctx, []string{"s", "nothing"})
	c.must(err, "read the bindings")
	c.same(bound[id], want, "the generation of the binding")
}

func revokeSeat(c *check) {
	c.evening()
	c.must(c.Bind(c.ctx, "a", token("phone"), false), "bind")
	c.must(c.RevokeSeat(c.ctx, "a"), "revoke")
	c.must(c.RevokeSeat(c.ctx, "a"), "revoke twice")
	c.holds("phone", "a", false)
	bound, err := c.Bound(c.ctx, []string{"s"})
	c.must(err, "read the bindings")
	c.same(len(bound), 0, "bindings of a revoked seat")
	s, err := c.Seat(c.ctx, "a")
	c.must(err, "read the seat")
	c.same(s.Revoked, true, "the seat is revoked")
	c.want(c.Bind(c.ctx, "a", token("phone"), true), kept.ErrNotFound, "bind a revoked seat")
	c.want(c.RevokeSeat(c.ctx, "nothing"), kept.ErrNotFound, "revoke an unknown seat")
}

func organiser(c *check) {
	_, err := c.Organiser(c.ctx)
	c.want(err, kept.ErrNotFound, "the organiser of a new house")
	first := group.Link{ID: "o1", Kind: group.OrganiserLink, Hash: token("o1")}
	c.must(c.SetOrganiser(c.ctx, first), "set the organiser")
	got, err := c.Organiser(c.ctx)
	c.must(err, "the organiser")
	c.same(got, first, "the organiser link")
	for _, device := range []string{"desk", "desk", "home"} {
		c.must(c.BindOrganiser(c.ctx, token(device), monday), "bind the organiser")
	}
	c.isOrganiser("desk", true)
	c.isOrganiser("home", true)
	c.isOrganiser("phone", false)

	second := group.Link{ID: "o2", Kind: group.OrganiserLink, Hash: token("o2")}
	c.want(c.SetOrganiser(c.ctx, first), kept.ErrTaken, "the same link again")
	c.isOrganiser("desk", true)
	c.must(c.SetOrganiser(c.ctx, second), "another organiser link")
	got, err = c.Organiser(c.ctx)
	c.must(err, "the organiser")
	c.same(got, second, "the organiser link in force")
	c.isOrganiser("desk", false)
	old, err := c.LinkByHash(c.ctx, token("o1"))
	c.must(err, "find the old link")
	c.same(old.Revoked, true, "the old link is void")
}

func (c *check) isOrganiser(device string, want bool) {
	c.Helper()
	is, err := c.IsOrganiser(c.ctx, token(device), monday)
	c.must(err, "is organiser")
	c.same(is, want, device+" is the organiser's")
}
