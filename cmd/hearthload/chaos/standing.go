package chaos

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"time"

	"hearth/cmd/hearthload/drive"
	"hearth/room"
)

// standing is where everybody in the quiet rooms stands.
type standing map[string]place

// place is one room's: who is inside, whose turn is open, who is next.
type place struct {
	inside  []room.SeatID
	turn    string // seat and number
	offered bool   // and nobody has taken it
	holder  room.SeatID
	next    []room.SeatID
}

// queue is who is next without who has a turn: a turn that was taken is offered
// again after a crash, and an offer looks like a place in the queue (T5).
func (p place) queue() []room.SeatID {
	return slices.DeleteFunc(slices.Clone(p.next), func(s room.SeatID) bool { return s == p.holder })
}

// standing asks each person of a quiet room for what they see now.
func (g *Ground) standing() standing {
	s := standing{}
	for _, r := range g.Rooms {
		if !g.isQuiet(r.Session) {
			continue
		}
		var p place
		for _, one := range r.All {
			v := one.look()
			if v.turn() != 0 {
				p.holder, p.offered = room.SeatID(one.Seat), v.Turn == nil
				p.turn += fmt.Sprintf("%s has turn %d ", one.Seat, v.turn())
			}
			if v.You.Status == "here" {
				p.inside = append(p.inside, room.SeatID(one.Seat))
			}
		}
		p.next = r.Lead.look().Next
		s[r.Session] = p
	}
	return s
}

// held is how a room stands when it has been held: an offer that nobody took is
// withdrawn, and its place is kept.
func (s standing) held() standing {
	for session, p := range s {
		if p.offered {
			p.turn, p.offered, p.holder = "", false, room.House
			s[session] = p
		}
	}
	return s
}

// compare counts what is not where it was. A person on the way in may have come
// in meanwhile.
func (g *Ground) compare(before, after standing) int {
	n := 0
	for session, b := range before {
		a := after[session]
		for _, seat := range b.inside {
			if !slices.Contains(a.inside, seat) {
				n++
				g.find("place", "session %s: seat %s is no longer inside", session, seat)
			}
		}
		if a.turn != b.turn {
			n++
			g.find("place", "session %s: the turn was %q and is %q", session, b.turn, a.turn)
		}
		if !slices.Equal(a.queue(), b.queue()) {
			n++
			g.find("place", "session %s: the queue was %v and is %v", session, b.next, a.next)
		}
	}
	return n
}

// other is a second browser window of the same person.
func (p *Person) other(at *drive.House) *drive.Member {
	return &drive.Member{House: at, Seat: p.Seat, Cookie: p.Cookie, Name: p.Name, Role: p.Role}
}

// inside says who is in the room, and not in the lobby.
func inside(rooms []*Room) map[*Person]bool {
	here := map[*Person]bool{}
	for _, r := range rooms {
		for _, p := range r.All {
			here[p] = p.look().You.Status == "here"
		}
	}
	return here
}

// settled is how long a quiet room takes until the next turn is open: a moment
// between turns (room.Rules.OfferStep), and what is under way.
const settled = 7 * time.Second

// heldAfter is when a room without facilitators is held (room.Rules).
const heldAfter = 30 * time.Second

// loseFacilitators is F23 (R8): in the rooms that are split both facilitators,
// who are on different nodes, lose their connections at once.
func loseFacilitators(ctx context.Context, g *Ground, o Options) (Figures, error) {
	away := 8 * time.Second
	if o.Whole {
		away = 2 * time.Minute
	}
	var rooms []*Room
	for _, r := range g.Rooms {
		if r.Split {
			rooms = append(rooms, r)
			g.quiet.Store(r.Session, true)
		}
	}
	wait(ctx, settled)
	before := g.standing()
	here := inside(rooms)
	stay := make(chan struct{})
	for _, r := range rooms {
		r.Lead.leave <- stay
		r.Care.leave <- stay
	}
	gone := time.Now()
	notice := g.noticed(ctx, rooms, here, gone)
	promoted, ended := without(ctx, rooms, here, gone.Add(away))
	close(stay)
	back := time.Now()
	g.await(ctx, 20*time.Second, func() bool {
		for _, r := range rooms {
			lead, care := r.Lead.look(), r.Care.look()
			if !r.Lead.up.Load() || !r.Care.up.Load() || lead.You.Role != "lead" && care.You.Role != "lead" {
				return false
			}
		}
		return true
	})
	control := time.Since(back)
	if away > heldAfter {
		before = before.held()
	}
	misplaced := g.compare(before, g.standing())
	g.quiet.Clear()
	v, err := g.Inspect(ctx)
	if err != nil {
		return nil, err
	}
	return append(Figures{Told("rooms", fmt.Sprint(len(rooms))), Told("away", brief(away)), Within("noticed", notice, 3*time.Second+5*time.Second),
		Count("promoted", promoted, 0), Count("put out", ended, 0), Count("not as before", misplaced, 0), Within("control again", control, controlIn)},
		append(v.standard(), v.missed())...), nil
}

// without counts, until a moment, who is promoted and who is put out of rooms
// that have no facilitator.
func without(ctx context.Context, rooms []*Room, here map[*Person]bool, until time.Time) (promoted, ended int) {
	for time.Now().Before(until) && ctx.Err() == nil {
		wait(ctx, 500*time.Millisecond)
		for _, r := range rooms {
			for _, p := range r.All[2:] {
				switch v := p.look(); {
				case v.You.Role != "participant":
					promoted++
				case here[p] && v.You.Status != "here":
					ended++
				}
			}
		}
	}
	return promoted, ended
}

// noticed is how long it took until somebody inside each room was shown that both
// facilitators have lost their connection. It is shown after 3 s (room.Rules).
func (g *Ground) noticed(ctx context.Context, rooms []*Room, here map[*Person]bool, gone time.Time) time.Duration {
	var last string
	if !g.await(ctx, 15*time.Second, func() bool {
		for _, r := range rooms {
			at := slices.IndexFunc(r.All[2:], func(p *Person) bool { return here[p] })
			if at < 0 {
				continue // nobody is there to see it
			}
			p := r.All[2+at]
			seats := p.seatsSince(gone)
			if reconnecting(seats, r.Lead.Seat)+reconnecting(seats, r.Care.Seat) < 2 {
				last = fmt.Sprintf("session %s: lead %s, wellbeing %s, seen by %s: %s", r.Session, r.Lead.Seat, r.Care.Seat, p.Seat, seats)
				return false
			}
		}
		return true
	}) {
		g.sayf("  not noticed in %s", last)
	}
	return time.Since(gone)
}

// seatsSince are the seats as the person was last shown them after a moment.
func (p *Person) seatsSince(gone time.Time) []byte {
	p.Hold()
	defer p.Free()
	for i := len(p.Book.Seen) - 1; i >= 0 && p.Book.Seen[i].At.After(gone); i-- {
		if seats := p.Book.Seen[i].Seats; seats != nil {
			return seats
		}
	}
	return nil
}

// reconnecting is 1 if the seats of a frame show one as reconnecting.
func reconnecting(seats []byte, seat string) int {
	_, rest, found := bytes.Cut(seats, []byte(`"seat":"`+seat+`"`))
	if !found {
		return 0
	}
	one, _, _ := bytes.Cut(rest, []byte{'}'})
	if bytes.Contains(one, []byte(`"reconnecting"`)) {
		return 1
	}
	return 0
}
