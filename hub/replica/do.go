package replica

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"hearth/hub/journal/kept"
	"hearth/room"
)

// Do runs one command: decided, written down, applied and, when others have the
// room too, told to them. Rows are in the journal before anybody sees what they
// say. before is called when rows are about to be written.
func (r *Replica) Do(now time.Time, seat room.SeatID, cmd room.Command, key kept.CommandKey, before func([]room.Event) []room.Event) Outcome {
	r.command.key, r.command.done, r.command.row, r.trust.blind = key, notDone, 0, false
	named, stream := r.words.next, r.at.name
	var events []room.Event
	for try := range mostTries {
		if try > 0 { // another node was first; do not run in step with it
			r.world.Pause(2 * time.Millisecond)
		}
		r.Listen()
		if seat != room.House && !r.current(cmd) {
			return Outcome{Failed: true}
		}
		r.settle() // whoever asked meanwhile is told what they lack before anything new
		if seat != room.House && r.command.done == doneElsewhere || try > 0 && r.happened(now, seat, named, events) {
			return Outcome{Again: true, Form: r.command.row}
		}
		// Whoever was overtaken, or had to be told everything anew, may have been away for long.
		if overtaken := try > 0 || r.at.name != stream; overtaken && seat != room.House && !private(cmd) && !r.world.Waits() {
			return Outcome{Failed: true} // they say it again wherever they are now, before what they say next
		}
		if r.mode != Alone {
			now = time.Unix(0, now.UnixNano()) // the same on every node
		}
		var refusal *room.Refusal
		events, refusal = r.decide(now, seat, cmd)
		if refusal != nil {
			return r.refused(cmd, refusal)
		}
		if named == 0 {
			named = r.words.next
		}
		r.nameWords(events, named) // the same at each try
		rows, err := encode(events)
		if err != nil {
			r.world.Trouble("an event cannot be written down", err)
			return Outcome{Failed: true}
		}
		var out Outcome
		var again bool
		if len(rows) == 0 {
			again = r.pass(now, events, key)
		} else {
			out, again = r.keep(now, events, rows, key, before)
		}
		if !again {
			return out
		}
	}
	return Outcome{Busy: true}
}

// current reads on, before a person does anything, what others have written and
// may have been unable to tell: nobody speaks in a turn that has ended elsewhere
// (R4). While nodes reach each other, a journal that cannot be asked is no
// reason to fall silent: they would tell. But nobody takes a turn that the
// journal may have given to another, when it last did not say what it has kept.
func (r *Replica) current(cmd room.Command) bool {
	if r.mode == Alone && !r.trust.owed {
		return true
	}
	head, err := r.world.Head()
	r.trust.blind = err != nil
	if err == nil && head > r.Form && r.mode == Shared {
		r.Wait(tellIn) // the other node is telling it, most likely
	}
	if err == nil && (head <= r.Form || r.Learn()) {
		r.trust.owed = false
		return true
	}
	switch cmd.(type) {
	case room.Take, room.HoldTurn:
		if r.trust.owed {
			return false
		}
	}
	return r.mode == Alone || r.mode == Shared && !r.others.deafPeer
}

// refused: while the journal cannot be asked it may hold what this node does not
// know of, even this command; then nobody is told for certain that it was refused.
// Of words people are told at once whose turn it is, as far as is known here.
func (r *Replica) refused(cmd room.Command, refusal *room.Refusal) Outcome {
	if _, words := cmd.(room.Share); r.trust.blind && !words {
		return Outcome{Failed: true}
	}
	return Outcome{Refusal: refusal}
}

// private lines are heard, late or not, also of whoever has gone meanwhile: one may
// be a cry for help.
func private(cmd room.Command) bool {
	_, line := cmd.(room.Line)
	return line
}

// happened says whether the command under way has taken effect after all: on
// another node, at an earlier try, or in facts that another node has told.
func (r *Replica) happened(now time.Time, seat room.SeatID, named int32, events []room.Event) bool {
	switch {
	case seat == room.House:
		return false
	case r.command.done == doneElsewhere:
		return true
	case r.command.done == doneHere:
		r.keepWords(now, events)
		return true
	case named != 0 && r.State.Knows(wordID(named+1)):
		r.keepWords(now, events)
		r.unheard(wordID(named + 1))
		return true
	}
	return false
}

// decide asks the state. While nodes cannot reach each other, and for a moment
// afterwards, nobody is put out: they may be connected on the other side.
func (r *Replica) decide(now time.Time, seat room.SeatID, cmd room.Command) ([]room.Event, *room.Refusal) {
	if _, tick := cmd.(room.Tick); !tick {
		return r.State.Decide(now, seat, cmd)
	}
	if r.mode == Apart || r.others.deafPeer || r.world.Now().Before(r.trust.graceUntil) {
		return r.State.Sparing(now).Decide(now, seat, cmd)
	}
	events, refusal := r.State.Decide(now, seat, cmd)
	if slices.ContainsFunc(events, putsOut) {
		others, sure := r.world.Others()
		if unknown := slices.ContainsFunc(others, r.unknown); unknown || !sure { // a node may have the room and be unable to say so
			r.trust.unsure = r.trust.unsure || unknown
			return r.State.Sparing(now).Decide(now, seat, cmd)
		}
	}
	return events, refusal
}

// unknown: a node has not been heard since this one last asked it.
func (r *Replica) unknown(node string) bool { return r.others.met[node].IsZero() }

func putsOut(e room.Event) bool {
	left, ok := e.(room.SeatLeft)
	return ok && left.Why == "lost"
}

// pass applies what leaves no row. again says that it was overtaken.
func (r *Replica) pass(now time.Time, events []room.Event, key kept.CommandKey) (again bool) {
	if len(events) == 0 {
		return false
	}
	if r.mode == Shared {
		named := key // alone, nothing is made for it
		switch r.tell(&message{T: kindBatch, batch: batch{Now: now.UnixNano(), After: r.Form, Key: &named}}, events, func() { r.keepWords(now, events) }) {
		case taken:
			return false
		case overtaken:
			return true
		}
		r.part() // and go on without the others, from what they have written meanwhile
		return true
	}
	r.apply(now, events, How{})
	r.keepWords(now, events)
	return false
}

// keep writes rows and then applies their events. again says that another writer
// was first.
func (r *Replica) keep(now time.Time, events []room.Event, rows [][]byte, key kept.CommandKey, before func([]room.Event) []room.Event) (out Outcome, again bool) {
	if before != nil {
		events = before(events)
	}
	seq, err := r.world.Append(r.Form, key, rows)
	switch {
	case err == nil:
		r.trust.owed = false
		r.commit(now, events, len(rows), key, seq)
		return Outcome{Form: seq}, false
	case errors.Is(err, kept.ErrDuplicate):
		r.world.Kept(key, seq)
		return Outcome{Form: seq, Again: true, Failed: !r.Learn()}, false
	case errors.Is(err, kept.ErrConflict):
		if r.mode == Shared {
			r.listen(tellIn) // the other node is telling it, most likely
		}
		if r.Learn() {
			return out, true
		}
		return Outcome{Failed: true}, false
	}
	r.world.Trouble("the journal did not take a row", err)
	r.trust.owed = true
	return Outcome{Failed: true}, false
}

// commit applies events whose rows have just been kept.
func (r *Replica) commit(now time.Time, events []room.Event, rows int, key kept.CommandKey, seq int64) {
	after := r.Form
	for try := 0; r.mode == Shared && r.Form == after; try++ {
		m := &message{T: kindBatch, batch: batch{Now: now.UnixNano(), After: after, Rows: make([]kept.CommandKey, rows)}}
		for i := range m.Rows {
			m.Rows[i] = key
		}
		keep := func() {
			if r.Form == seq {
				r.keepWords(now, events)
			}
		}
		switch v := r.tell(m, events, keep); {
		case v == lost || try == mostTries:
			r.part()
		}
		r.settle()
	}
	switch {
	case r.Form == after:
		r.Form = seq
		r.world.Kept(key, seq)
		r.apply(now, events, How{})
		r.keepWords(now, events)
	case r.Form < seq: // the state was another one in between
		r.Learn()
	}
}

// apply adds events to the state and shows them.
func (r *Replica) apply(now time.Time, events []room.Event, how How) {
	for _, e := range events {
		r.State.Apply(now, e)
	}
	if len(events) > 0 {
		r.world.Applied(now, events, how)
	}
}

// Learn reads on in the journal: what others have written and nobody told. It is
// applied command by command, so that people here are shown what the others were,
// frame by frame (R3). False means that it could not be read.
func (r *Replica) Learn() bool {
	for range mostTries {
		commands, err := r.unread()
		if err != nil {
			r.world.Trouble("the journal cannot be read on", err)
			return false
		}
		if len(commands) == 0 {
			return true
		}
		if r.mode == Alone { // somebody else has the room
			r.trust.unsure, r.others.unknownPeer = true, true
		}
		if r.learned(commands) {
			return true
		}
		r.settle()
	}
	return true // others go on writing; the next command reads on
}

// written is what one command has left in the journal.
type written struct {
	after  int64 // the row before it
	rows   []kept.CommandKey
	events []room.Event
}

// unread reads what the state does not hold yet; it changes nothing.
func (r *Replica) unread() (commands []written, err error) {
	row := r.Form
	err = r.replay(row, func(key kept.CommandKey, e room.Event) {
		n := len(commands)
		if n == 0 || commands[n-1].rows[0] != key {
			commands = append(commands, written{after: row})
			n++
		}
		c := &commands[n-1]
		c.rows, c.events = append(c.rows, key), append(c.events, e)
		row++
	})
	return commands, err
}

// learned applies commands in order and, when others have the room too, tells
// them. False: something has come between.
func (r *Replica) learned(commands []written) bool {
	for _, c := range commands {
		now := time.Unix(0, r.world.Now().UnixNano())
		if r.mode != Shared {
			r.kept(c.rows, c.after)
			r.apply(now, c.events, How{Elsewhere: true})
			continue
		}
		switch r.tell(&message{T: kindBatch, batch: batch{Now: now.UnixNano(), After: c.after, Rows: c.rows}}, c.events, func() {}) {
		case overtaken:
			return false
		case lost:
			r.part()
			return false
		}
	}
	return true
}

// kept takes on rows that are applied now.
func (r *Replica) kept(rows []kept.CommandKey, after int64) {
	for i, key := range rows {
		r.Form = after + int64(i) + 1
		if key == r.command.key {
			r.command.done, r.command.row = doneElsewhere, r.Form
		}
		r.world.Kept(key, r.Form)
	}
}

// replay reads the rows after one; it changes nothing.
func (r *Replica) replay(after int64, see func(kept.CommandKey, room.Event)) error {
	next := after + 1
	err := r.world.Tail(after, func(seq int64, key kept.CommandKey, row []byte) error {
		if seq != next {
			return fmt.Errorf("row %d stands where %d should", seq, next)
		}
		next++
		e, err := room.DecodeEvent(row)
		if err != nil {
			return fmt.Errorf("decode row %d: %w", seq, err)
		}
		see(key, e)
		return nil
	})
	if err != nil {
		return fmt.Errorf("read the journal: %w", err)
	}
	return nil
}

// encode writes down the durable events, in order.
func encode(events []room.Event) ([][]byte, error) {
	var rows [][]byte
	for _, e := range events {
		if !room.Durable(e) {
			continue
		}
		row, err := room.EncodeEvent(e)
		if err != nil {
			return nil, fmt.Errorf("encode %s: %w", room.Kind(e), err)
		}
		rows = append(rows, row)
	}
	return rows, nil
}
