package room

import (
	"maps"
	"slices"
)

// Caster turns what was applied into what each audience is shown: only sections
// that changed, only to those who may see them. It remembers what it showed
// last, so a room has one Caster, used by the goroutine that owns the State,
// after every decision. Merging its casts into an earlier [Snapshot] gives the
// present one.
type Caster struct {
	views  map[Audience]any // what each audience was last shown: a pointer that its view gave
	seats  map[SeatID]Memberships
	lastBy SeatID // open floor
}

// NewCaster starts from the present state: whoever joins now gets a [Snapshot].
func NewCaster(s *State) *Caster {
	c := &Caster{views: map[Audience]any{}, seats: map[SeatID]Memberships{}, lastBy: s.Live.LastBy}
	c.follow(s)
	for _, id := range s.Form.Arrived {
		c.seats[id] = s.Memberships(id)
	}
	return c
}

// follow keeps a view for each audience that there is, and no other.
func (c *Caster) follow(s *State) {
	for k := range AudienceKinds {
		for _, whose := range audiences[k].alive(s) {
			if to := (Audience{k, whose}); c.views[to] == nil {
				c.views[to] = audiences[k].view(s, whose)
			}
		}
	}
	maps.DeleteFunc(c.views, func(to Audience, _ any) bool {
		return to.Kind != ToMe && !slices.Contains(audiences[to.Kind].alive(s), to.Seat)
	})
}

// room is what everybody inside was last shown.
func (c *Caster) room() *RoomView { return c.views[Audience{Kind: ToRoom}].(*RoomView) }

// Cast says what each audience is shown of the events that have just been
// applied. s is the state after them. Whole comes first, so that nobody gets a
// frame of a stream they do not have yet; words come last.
func (c *Caster) Cast(s *State, applied []Event) []Cast {
	g := casting{c: c, s: s}
	var dirty dirt
	for _, e := range applied {
		k := kindOf(e)
		c.reach(s, e, k.alters, &dirty)
		if k.tells != nil {
			k.tells(&g, e)
		}
	}
	if dirty.clean() && len(g.on)+len(g.unsay) == 0 {
		c.lastBy = s.Live.LastBy
		return g.words
	}
	var out []Cast
	whole := c.wholes(s, dirty, &out)
	for _, id := range s.Form.Arrived {
		all := (dirty.all || slices.Contains(dirty.few, id)) && !slices.Contains(whole, id)
		c.audience(s, Audience{ToMe, id}, all, everything, &g, &out)
	}
	for k := AudienceKinds - 1; k > ToMe; k-- {
		for _, whose := range audiences[k].alive(s) {
			c.audience(s, Audience{k, whose}, true, dirty.in, &g, &out)
		}
	}
	c.lastBy = s.Live.LastBy
	return append(out, g.words...)
}

// audience adds what one audience is shown. changed: its view may have changed.
func (c *Caster) audience(s *State, to Audience, changed bool, in sections, g *casting, out *[]Cast) {
	cast := Cast{To: to}
	if changed {
		cast.Set = audiences[to.Kind].changes(s, to.Seat, c.views[to], in)
	}
	for _, h := range g.on {
		if h.to == to {
			cast.On = append(cast.On, h.Happening)
		}
	}
	if to.Kind == ToRoom {
		cast.Unsay = g.unsay
	}
	if cast.Set != nil || cast.On != nil || cast.Unsay != nil {
		*out = append(*out, cast)
	}
}

// dirt is what may have changed.
type dirt struct {
	in      sections
	all     bool
	members bool
	charter bool // everybody needs the new charter or plan, which only a snapshot carries
	few     []SeatID
}

func (d *dirt) clean() bool { return d.in == 0 && !d.all && !d.members && len(d.few) == 0 }

// reach adds what an event may have changed.
func (c *Caster) reach(s *State, e Event, f alteration, d *dirt) {
	if w, ok := e.(Said); ok {
		switch {
		case w.Words.Kind == SayReply:
			d.in, d.all = d.in|inFloor, true
		case w.Words.Kind == SayShare && s.Live.Turn == nil:
			d.few = append(d.few, w.Seat, c.lastBy)
		case w.Words.Kind == SayLine:
			d.in |= inWrote
		}
		return
	}
	d.in |= f.in
	d.members = d.members || f.members
	switch e := e.(type) {
	case CharterSet, PlanSet:
		d.charter = true
	case Online:
		d.all = d.all || s.byLink(e.Seat) // who answers the lines
	case Offline:
		d.all = d.all || s.byLink(e.Seat)
	}
	switch f.me {
	case oneSeat:
		d.few = append(d.few, e.(about).about())
	case holder:
		if s.Live.Turn != nil {
			d.few = append(d.few, s.Live.Turn.Seat)
		}
	case allSeats:
		d.all = true
	}
}

// wholes finds the seats that have come into an audience or gone from one, and
// everybody when the charter has changed.
func (c *Caster) wholes(s *State, d dirt, out *[]Cast) (whole []SeatID) {
	if !d.members {
		return nil
	}
	for _, id := range s.Form.Arrived {
		was, known := c.seats[id]
		if !known {
			was[ToMe] = Membership{id, true} // is shown all of it, but as what has changed
			c.views[Audience{ToMe, id}] = &MeView{}
		}
		now := s.Memberships(id)
		c.seats[id] = now
		if now == was && !d.charter {
			continue
		}
		c.views[Audience{ToMe, id}] = audiences[ToMe].view(s, id)
		whole = append(whole, id)
		*out = append(*out, Cast{To: Audience{ToMe, id}, Whole: true})
	}
	c.follow(s)
	return whole
}
