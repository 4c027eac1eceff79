package chaos

import (
	"fmt"
	"math/rand/v2"
	"time"

	"hearth/room"
)

// pause is between half and one and a half of the pace; a quarter of that for
// whom the others wait.
func (p *Person) pause() time.Duration {
	pace := time.Duration(p.g.pace.Load())
	d := pace/2 + rand.N(pace)
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.now.Offer != nil || p.now.Turn != nil || p.now.Held != nil {
		return d / 4
	}
	return d
}

// act does one thing that fits, unless the ground is quiet.
func (p *Person) act() {
	if !p.up.Load() || p.g.isQuiet(p.Session) || p.waiting() {
		return
	}
	v := p.look()
	verb, fields := p.choose(v)
	if verb == "" {
		return
	}
	id, err := p.Send(verb, fields)
	if onFloor[verb] {
		p.mu.Lock()
		p.log.Turns = append(p.log.Turns, TurnAct{id, verb, v.turn()})
		p.mu.Unlock()
	}
	if err == nil && p.rng.IntN(10) == 0 {
		_ = p.Repeat(id) // the same id gives the first answer again
	}
}

// waiting says that two of the last commands have no answer yet: nobody goes on
// tapping then.
func (p *Person) waiting() bool {
	p.Hold()
	defer p.Free()
	open := 0
	for _, s := range p.Book.Sent[max(0, len(p.Book.Sent)-8):] {
		if !s.Answered {
			open++
		}
	}
	return open >= 2
}

// onFloor are the verbs that are about the person's own turn.
var onFloor = map[string]bool{"take": true, "yield": true, "share": true, "pass": true, "later": true, "moment": true}

var answers = []string{"take", "take", "take", "take", "take", "take", "pass", "pass", "later", "moment"}

func (p *Person) choose(v view) (string, any) {
	luck := p.rng.IntN(10)
	switch {
	case v.You.Role == "lead" && (v.Held != nil || v.Paused != nil):
		return "carry-on", nil
	case v.You.Role == "lead" && v.Format.Name == "" && v.You.Status == "here":
		return "begin", map[string]string{"format": "queue"}
	case v.Offer != nil:
		return answers[luck], nil
	case v.Turn != nil && v.Turn.Stage == "moment":
		return "take", nil
	case v.Turn != nil && v.Turn.Stage == "speaking" && luck < 7:
		return "share", map[string]string{"text": "these are words " + p.g.mark(p)}
	case v.Turn != nil:
		return "yield", nil
	case p.facilitates() && v.Can.Process && luck < 2:
		return "process", map[string]string{"text": "a line at a turn boundary " + p.g.mark(p)}
	case v.You.Role == "wellbeing" || p.facilitates() && len(v.Wait) > 0:
		return p.door(v)
	case p.facilitates():
	case v.Can.HandUp && luck < 3:
		return "hand", map[string]bool{"up": false}
	case v.Can.HandUp && luck < 6, v.Can.Hand && !v.Can.HandUp && luck < 3:
		p.names++ // a name of its own for each asking, so that whoever sees it knows whose doing it is
		return "rename", map[string]string{"name": fmt.Sprintf("%s %d", p.Name, p.names)}
	case v.Can.Hand && !v.Can.HandUp:
		return "hand", map[string]bool{"up": true}
	}
	return "", nil
}

// door is what the co-facilitator does: whoever waits is greeted and let in;
// now and then somebody is sent back to the lobby, and the door is moved.
func (p *Person) door(v view) (string, any) {
	for _, w := range v.Wait {
		switch {
		case w.Lost || w.Admitted:
		case !w.Greeted:
			return "greet", map[string]room.SeatID{"seat": w.Seat}
		default:
			return "admit", map[string]room.SeatID{"seat": w.Seat}
		}
	}
	switch luck := p.rng.IntN(40); {
	case luck == 0 && p.g.sending.Load():
		if seat := p.g.anyone(p); seat != "" {
			return "to-lobby", map[string]string{"seat": seat}
		}
	case luck < 8:
		return "door", map[string]bool{"locked": p.rng.IntN(2) == 0}
	}
	return "", nil
}
