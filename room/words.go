package room

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// MaxText is how long one message may be, in runes.
const MaxText = 2000

// Events of words. They are never journalled, and the state keeps no text.
type (
	// Said is something somebody said.
	Said struct {
		passing
		Words
		Other SeatID // a line: the facilitator at the other end
	}
	// Unsaid takes words off every screen: the room's, or a line's.
	Unsaid struct {
		passing
		IDs    []string
		Hidden bool // by the urgent door, not by the speaker
	}
	// Seen says that a facilitator knows that this seat wrote on its line.
	Seen struct {
		passing
		Seat SeatID
	}
)

var wordEvents = []kind{
	declare[Said]("said", alteration{}, (*casting).said),
	declare[Unsaid]("unsaid", alteration{}, (*casting).unsaid),
	declare[Seen]("seen", alteration{inWrote, nobody, false}, nil),
}

var wordHandlers = []handler{
	on(insider, share), on(facilitator, process), on(knocked, line).trainees(), on(knocked, takeBack).trainees(),
	on(knocked, takeBackAll).trainees(), on(facilitator, seen),
}

// sayable checks a text. What may stand in it is checked by the hub.
func sayable(text string) *Refusal {
	switch {
	case strings.TrimSpace(text) == "":
		return emptyText
	case len(text) > MaxText && utf8.RuneCountInString(text) > MaxText:
		return tooLong
	}
	return nil
}

// words gives the next words their number.
func (d *decision) words(kind WordsKind, text string) Words {
	return Words{
		ID: wordID(d.s.Live.Number + 1), Kind: kind, Seat: d.by, Text: text, At: millis(d.now),
	}
}

// share is words in a turn, on the open floor, or as a reply. It is the hot
// path: nothing is copied and nothing follows from it.
func share(d *decision, c Share) *Refusal {
	kind, no := d.s.floorFor(d.now, d.by)
	if no == nil {
		no = sayable(c.Text)
	}
	if no != nil {
		return no
	}
	d.say(Said{Words: d.words(kind, c.Text)})
	return nil
}

// floorFor says as what a seat may speak now (T1, T2).
func (s *State) floorFor(now time.Time, id SeatID) (WordsKind, *Refusal) {
	switch t := s.Live.Turn; {
	case s.quieted(id):
		return "", quietTime
	case s.Live.Pause != nil:
		return "", pausedNow
	case t != nil && t.Stage == Replying:
		return SayReply, s.mayReply(id)
	case t != nil && t.Seat == id:
		if t.Stage != Speaking {
			return "", takeFirst
		}
		return SayShare, nil
	case s.Form.Held != nil:
		return "", heldNow
	}
	return s.format().speak(s, now, id)
}

func (s *State) mayReply(id SeatID) *Refusal {
	switch t := s.Live.Turn; {
	case t.Seat == id:
		return repliesOpen
	case s.listens(id):
		return listeningOn
	case t.Replies <= 0:
		return noReplies
	}
	return nil
}

func (e Said) apply(s *State, now time.Time) {
	if e.Words.Kind == SayNudge {
		return
	}
	no := wordNumber(e.ID)
	s.Live.Number = max(s.Live.Number, no)
	if e.Words.Kind == SayLine {
		s.lineUsed(e)
	}
	s.Live.Words = append(s.Live.Words, Word{No: no, Owner: s.no(e.Seat), With: s.no(e.With), Other: s.no(e.Other), At: e.At})
	switch {
	case e.Words.Kind == SayReply && s.Live.Turn != nil:
		s.Live.Turn.Replies--
		if s.Live.Turn.Replies <= 0 {
			s.Live.Turn.runOut(now)
		}
	case e.Words.Kind == SayShare && s.Live.Turn == nil:
		s.format().said(s, e.Seat, now)
	}
}

// mayProcess: may post a process line now.
func (s *State) mayProcess(id SeatID) bool {
	return s.facilitates(id) && (!s.taken() || s.Live.Pause != nil) && !s.format().traits().Still
}

func process(d *decision, c Process) *Refusal {
	switch {
	case d.s.taken() && d.s.Live.Pause == nil:
		return turnRunning
	case d.s.format().traits().Still:
		return silenceNow
	}
	if no := sayable(c.Text); no != nil {
		return no
	}
	d.say(Said{Words: d.words(SayProcess, c.Text)})
	return nil
}

// line is the private line between a person and wellbeing; it works whatever
// else is going on (practice §8, rule 12), also when nobody answers: the person
// is told so ([LineView]), and whoever comes learns that they wrote ([WroteView]).
func line(d *decision, c Line) *Refusal {
	s := d.s
	if no := sayable(c.Text); no != nil {
		return no
	}
	care := s.onTheLine(d.by)
	with, other := d.by, care
	if c.To != House {
		to := s.Form.Seats[c.To].Status
		switch {
		case !s.here(d.by) || !s.facilitates(d.by):
			return facilitatorsOnly
		case c.To == d.by || to != Waiting && to != Admitted && to != Here && to != Out:
			return noSuchSeat
		}
		with, other = c.To, d.by
	}
	w := d.words(SayLine, c.Text)
	w.With = with
	d.say(Said{Words: w, Other: other})
	return nil
}

// onTheLine is who answers a line: wellbeing, or whoever facilitates and is
// connected; never the person themselves.
func (s *State) onTheLine(from SeatID) SeatID {
	fallback := House
	for _, id := range []SeatID{s.Form.Wellbeing, s.Form.Lead} {
		if id == House || id == from || !s.here(id) {
			continue
		}
		if s.online(id) {
			return id
		}
		if fallback == House {
			fallback = id
		}
	}
	return fallback
}

// lineUsed remembers who wrote while nobody who answers was connected, until
// somebody answers.
func (s *State) lineUsed(e Said) {
	switch known := slices.Contains(s.Live.Wrote, e.With); {
	case e.Seat != e.With && known:
		s.Live.Wrote = without(s.Live.Wrote, e.With)
	case e.Seat == e.With && !known && (e.Other == House || !s.online(e.Other)):
		s.Live.Wrote = with(s.Live.Wrote, e.With)
	}
}

func seen(d *decision, c SeenLine) *Refusal {
	if slices.Contains(d.s.Live.Wrote, c.Seat) {
		d.emit(Seen{Seat: c.Seat})
	}
	return nil
}

func (e Seen) apply(s *State, _ time.Time) { s.Live.Wrote = without(s.Live.Wrote, e.Seat) }

// takeBackAll takes back everything the person has said, also what their own
// screen no longer shows.
func takeBackAll(d *decision, _ TakeBackAll) *Refusal {
	var ids []string
	for _, w := range d.s.Live.Words {
		if w.Owner == d.s.no(d.by) && !w.Gone {
			ids = append(ids, wordID(w.No))
		}
	}
	if len(ids) > 0 {
		d.emit(Unsaid{IDs: ids})
	}
	return nil
}

func takeBack(d *decision, c TakeBack) *Refusal {
	w, known := d.s.word(c.Words)
	if !known || w.Owner != d.s.no(d.by) {
		return notYourWords
	}
	if !w.Gone {
		d.emit(Unsaid{IDs: []string{c.Words}})
	}
	return nil
}

// no is a seat's number; zero for no seat.
func (s *State) no(id SeatID) int32 { return s.Form.Seats[id].No }

// numbered is the seat of a number.
func (s *State) numbered(no int32) SeatID {
	if no <= 0 || int(no) > len(s.Form.Arrived) {
		return House
	}
	return s.Form.Arrived[no-1]
}

// word finds words by their id.
func (s *State) word(id string) (Word, bool) {
	if i := s.wordAt(id); i >= 0 {
		return s.Live.Words[i], true
	}
	return Word{}, false
}

// wordAt finds words by their id, the latest first; -1 if there are none.
func (s *State) wordAt(id string) int {
	no := wordNumber(id)
	for i := len(s.Live.Words) - 1; i >= 0 && no > 0; i-- {
		if s.Live.Words[i].No == no {
			return i
		}
	}
	return -1
}

func wordID(no int32) string { return "w" + strconv.Itoa(int(no)) }

// wordNumber reads an id; zero if it is none. There is one way to write each.
func wordNumber(id string) int32 {
	digits, ok := strings.CutPrefix(id, "w")
	n, err := strconv.ParseInt(digits, 10, 32)
	if !ok || err != nil || n < 0 || strconv.FormatInt(n, 10) != digits {
		return 0
	}
	return int32(n)
}

func (e Unsaid) apply(s *State, _ time.Time) {
	words := slices.Clone(s.Live.Words)
	for _, id := range e.IDs {
		if i := s.wordAt(id); i >= 0 {
			words[i].Gone = true
		}
	}
	s.Live.Words = words
}

// lastWords lists the room's words of the last while, to hide them.
func (s *State) lastWords(now time.Time) (ids []string) {
	from := millis(now.Add(-s.Form.Rules.Tail))
	for i := len(s.Live.Words) - 1; i >= 0 && s.Live.Words[i].At >= from; i-- {
		if w := s.Live.Words[i]; w.With == 0 && !w.Gone {
			ids = append(ids, wordID(w.No))
		}
	}
	slices.Reverse(ids)
	return ids
}
