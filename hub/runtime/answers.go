package runtime

import "hearth/room"

// mostPassing is how many answers to commands without a row are remembered.
// Those with a row are remembered for the whole session, as the journal does.
const mostPassing = 512

// answers remembers what each command was told, so that sending it again does
// nothing twice and gives the first answer again (R2). It belongs to the room's
// worker.
type answers struct {
	forms    map[CommandKey]int64
	own      map[CommandKey]int64         // number of a kept command among those of its seat
	kept     map[room.SeatID]int64        // how many of a seat are kept
	passing  map[CommandKey]*room.Refusal // nil: it took effect
	oldest   int
	list     []CommandKey // of passing; a circle once it is full
	poisoned map[CommandKey]struct{}
}

func (a *answers) reset() {
	*a = answers{forms: make(map[CommandKey]int64), own: make(map[CommandKey]int64), kept: make(map[room.SeatID]int64),
		passing: make(map[CommandKey]*room.Refusal), poisoned: a.poisoned}
}

// form remembers a command by its last row in the journal. Commands come in the
// order of the journal, on every node and after a restart.
func (a *answers) form(key CommandKey, seq int64) {
	a.forms[key] = seq
	if _, known := a.own[key]; !known && key.Seat != room.House {
		a.kept[key.Seat]++
		a.own[key] = a.kept[key.Seat]
	}
}

// number is what a person is told of a command that is kept: how many of their own
// were kept with it. The journal's number would tell how much others do (S06).
func (a *answers) number(key CommandKey) int64 { return a.own[key] }

// pass remembers a command that left no row.
func (a *answers) pass(key CommandKey, r *room.Refusal) {
	if _, known := a.passing[key]; known {
		a.passing[key] = r
		return
	}
	if len(a.list) < mostPassing {
		a.list = append(a.list, key)
	} else {
		delete(a.passing, a.list[a.oldest])
		a.list[a.oldest] = key
		a.oldest = (a.oldest + 1) % mostPassing
	}
	a.passing[key] = r
}

// lately lists the newest commands that left no row and took effect, for a node
// that joins in: people may come there with a command whose answer they miss.
func (a *answers) lately() (keys []CommandKey) {
	for i := range min(len(a.list), mostTold) {
		at := (a.oldest + len(a.list) - 1 - i) % len(a.list)
		if key := a.list[at]; a.passing[key] == nil {
			keys = append(keys, key)
		}
	}
	return keys
}

// mostTold is how many answers go to a node that joins in.
const mostTold = 64

// recall gives the first answer to a command; ok is false if it is new.
func (a *answers) recall(key CommandKey) (first outcome, ok bool) {
	if seq, ok := a.forms[key]; ok {
		return outcome{form: seq, again: true}, true
	}
	if r, ok := a.passing[key]; ok {
		return outcome{refusal: r, again: true}, true
	}
	if a.broke(key) {
		return outcome{refusal: refuseBroken, again: true}, true
	}
	return outcome{}, false
}

// broke says whether a command has made the room panic before it was kept. What
// is in the journal has taken effect, whatever broke afterwards.
func (a *answers) broke(key CommandKey) bool {
	_, is := a.poisoned[key]
	_, kept := a.forms[key]
	return is && !kept
}

// poison remembers a command that made the room panic: it is not tried again.
func (a *answers) poison(seat room.SeatID, id string) {
	if a.poisoned == nil {
		a.poisoned = make(map[CommandKey]struct{})
	}
	if len(a.poisoned) < mostPassing {
		a.poisoned[CommandKey{Seat: seat, ID: id}] = struct{}{}
	}
}
