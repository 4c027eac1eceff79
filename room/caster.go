package room

import (
	"slices"
	"time"
)

// Caster turns what was applied into what each audience is shown: only sections
// that changed, only to those who may see them. It remembers what it showed
// last, so a room has one Caster, used by the goroutine that owns the State,
// after every decision. Merging its casts into an earlier [Snapshot] gives the
// present one.
type Caster struct {
	room   RoomView
	care   CareView
	seats  map[SeatID]*shownSeat
	lastBy SeatID // open floor
}

// shownSeat is what one seat was last shown, and which streams it was on.
type shownSeat struct {
	me         MeView
	room, care bool
}

// NewCaster starts from the present state: whoever joins now gets a [Snapshot].
func NewCaster(s *State, _ time.Time) *Caster {
	c := &Caster{room: s.roomView(), care: s.careView(), seats: map[SeatID]*shownSeat{}, lastBy: s.Live.LastBy}
	for _, id := range s.Form.Arrived {
		c.seats[id] = &shownSeat{me: s.meView(id), room: s.Receives(id, ToRoom), care: s.Receives(id, ToCare)}
	}
	return c
}

// Cast says what each audience is shown of the events that have just been
// applied. s is the state after them. Whole comes first, so that nobody gets a
// frame of a stream they do not have yet; words come last.
func (c *Caster) Cast(s *State, _ time.Time, applied []Event) []Cast {
	g := casting{c: c, s: s}
	var dirty dirt
	for _, e := range applied {
		c.reach(s, e, &dirty)
		if named, ok := happens[e.Kind()]; ok {
			named(&g, e)
		}
	}
	if dirty.clean() && len(g.room)+len(g.care)+len(g.me)+len(g.unsay) == 0 {
		c.lastBy = s.Live.LastBy
		return g.words
	}
	var out []Cast
	whole := c.wholes(s, dirty, &out)
	c.own(s, dirty, whole, &g, &out)
	if set := c.careChanges(s, dirty.in); set != nil || g.care != nil {
		out = append(out, Cast{To: Audience{Kind: ToCare}, Set: set, On: g.care})
	}
	if set := c.roomChanges(s, dirty.in); set != nil || g.room != nil || g.unsay != nil {
		out = append(out, Cast{To: Audience{Kind: ToRoom}, Set: set, On: g.room, Unsay: g.unsay})
	}
	c.lastBy = s.Live.LastBy
	return append(out, g.words...)
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
func (c *Caster) reach(s *State, e Event, d *dirt) {
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
	f := effects[e.Kind()]
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

// wholes finds the seats that have come onto a stream or gone from one, and
// everybody when the charter has changed.
func (c *Caster) wholes(s *State, d dirt, out *[]Cast) (whole []SeatID) {
	if !d.members {
		return nil
	}
	for _, id := range s.Form.Arrived {
		was := c.seats[id]
		if was == nil {
			was = &shownSeat{me: MeView{}}
			c.seats[id] = was
		}
		room, care := s.Receives(id, ToRoom), s.Receives(id, ToCare)
		if room == was.room && care == was.care && !d.charter {
			continue
		}
		was.room, was.care, was.me = room, care, s.meView(id)
		whole = append(whole, id)
		*out = append(*out, Cast{To: Audience{ToMe, id}, Whole: true})
	}
	return whole
}

// own adds what single seats are shown of themselves.
func (c *Caster) own(s *State, d dirt, whole []SeatID, g *casting, out *[]Cast) {
	for _, id := range s.Form.Arrived {
		var set map[string]any
		if (d.all || slices.Contains(d.few, id)) && !slices.Contains(whole, id) {
			set = meChanges(c.seats[id], s.meView(id))
		}
		var on []Happening
		for _, h := range g.me {
			if h.seat == id {
				on = append(on, h.Happening)
			}
		}
		if set != nil || on != nil {
			*out = append(*out, Cast{To: Audience{ToMe, id}, Set: set, On: on})
		}
	}
}
