package room

import (
	"reflect"
	"time"
)

// decision is one command under way. s follows its events as they are emitted,
// so that what comes of them can be decided in the same breath; [State.Decide]
// puts it back.
type decision struct {
	s      *State
	now    time.Time
	by     SeatID
	acting bool // an event was emitted
	was    before
	events []Event
}

// emit adds an event and lets the state follow it.
func (d *decision) emit(e Event) {
	if !d.acting {
		d.acting = true
		d.s.remember(&d.was)
	}
	d.s.Apply(d.now, e)
	d.events = append(d.events, e)
}

// say adds words. Nothing follows from words in the same decision, so that
// nobody who enters because of it can hear them (R6); and words stay cheap.
func (d *decision) say(w Said) { d.events = append(d.events, w) }

// who may give a command.
type who uint8

const (
	house       who = iota // timers and the hub
	anySeat                // whoever has opened a link
	knocked                // has knocked, or is inside, or out
	insider                // is Here
	facilitator            // is Here and holds Lead or Wellbeing
	leader                 // is Here and leads
)

// handler is how one command is decided. It is declared once, in the list of its
// theme's file.
type handler struct {
	command reflect.Type
	verb    string // empty: no browser may send it
	read    func(func(any) error) (Command, error)
	who     who
	trainee bool // a trainee may, too (practice §7, Observe)
	late    bool // house: means nothing once the session is closed, and is not refused
	do      func(*decision, Command) *Refusal
}

func on[T Command](w who, do func(*decision, T) *Refusal) handler {
	var zero T
	return handler{
		command: reflect.TypeFor[T](), verb: zero.Verb(), read: read[T], who: w,
		do: func(d *decision, c Command) *Refusal { return do(d, c.(T)) },
	}
}

func (h handler) trainees() handler    { h.trainee = true; return h }
func (h handler) quietlyLate() handler { h.late = true; return h }

// handlers is filled once, from the lists that each theme's file keeps.
var handlers = func() map[reflect.Type]handler {
	table := map[reflect.Type]handler{}
	for _, theme := range [][]handler{
		openingHandlers, entryHandlers, presenceHandlers, phaseHandlers, turnHandlers, handHandlers, openHandlers,
		replyHandlers, roleHandlers, wordHandlers, moderationHandlers, removalHandlers, closingHandlers, dueHandlers, wireHandlers,
	} {
		for _, h := range theme {
			table[h.command] = h
		}
	}
	return table
}()

// Decide says what a command by a seat (or by [House]) comes to at a time:
// events to journal and apply, or a Refusal. Nothing is changed. No events and
// no Refusal means that there is nothing to do. Refusals are shared: do not
// write to them. Only the goroutine that owns s may call it.
func (s *State) Decide(now time.Time, by SeatID, c Command) ([]Event, *Refusal) {
	h, ok := handlers[reflect.TypeOf(c)]
	if !ok || (by == House) != (h.who == house) {
		return nil, noSuchCommand
	}
	if h.late && s.closed() {
		return nil, nil
	}
	if no := s.may(by, h); no != nil {
		return nil, no
	}
	d, was := decision{s: s, now: now, by: by}, *s
	defer func() { // also when a rule panics
		if d.acting {
			d.was.putBack()
			*s = was
		}
	}()
	if no := h.do(&d, c); no != nil {
		return nil, no
	}
	if d.acting {
		d.settle()
	}
	return d.events, nil
}

// may says whether a seat may give this command at all.
func (s *State) may(by SeatID, h handler) *Refusal {
	if h.command == reflect.TypeFor[Open]() {
		return nil
	}
	if !s.Form.Opened {
		return notOpen
	}
	if s.closed() {
		return sessionOver
	}
	if h.who == house {
		return nil
	}
	seat, known := s.Form.Seats[by]
	can := seat.Role.Powers()
	switch {
	case seat.Status == Removed:
		return removedToday
	case known && !can.Knocks:
		return unknownRole
	case known && !can.Speaks && !h.trainee:
		return traineeQuiet
	}
	return s.standing(by, seat.Status, h.who)
}

// standing checks where a seat must be, and what it must hold.
func (s *State) standing(by SeatID, at Status, w who) *Refusal {
	switch {
	case w == anySeat:
		return nil
	case w == knocked:
		if at.near() {
			return nil
		}
		return notInside
	case w >= facilitator && s.facilitatorsHere() == 0:
		return noFacilitatorYet
	case at != Here:
		return notInside
	case w == facilitator && !s.facilitates(by), w == leader && !s.facilitates(by):
		return facilitatorsOnly
	case w == leader && !s.leads(by):
		return leadOnly
	}
	return nil
}

// settle adds everything that follows by itself, until nothing more does.
func (d *decision) settle() {
	for d.settlePosts() || d.settleTurn() || d.settleEntry() || d.settleFormat() {
		if d.s.closed() {
			return
		}
	}
}
