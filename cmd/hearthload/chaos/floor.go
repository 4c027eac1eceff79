package chaos

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/anishathalye/porcupine"
)

// floorWithin bounds the search of one room's history. A search that is not
// over by then has proved nothing, which is a failure.
const floorWithin = 20 * time.Second

// floorAct is one thing that changes or needs the floor.
type floorAct struct {
	what string // take, say, give, send-away
	seat string
	sure bool // it was acknowledged; else it may or may not have happened
}

// floorModel is the floor of one room: nobody or one seat holds it. Only acts
// that were acknowledged, or have no answer, are in a history.
//
//   - take needs a free floor, or one's own (an offer that came again);
//   - say needs to hold it;
//   - give (yield, pass, later) must not find it with somebody else;
//   - send-away frees it, if it was with that seat.
var floorModel = porcupine.NondeterministicModel{
	// Who holds the floor when a history begins is not known: the first input
	// lists who may.
	Init: func() []any { return []any{anybody} },
	Step: func(state, input, _ any) []any {
		act, holder := input.(floorAct), state.(string)
		after, may := act.on(holder)
		var next []any
		if may {
			next = append(next, after)
		}
		if !act.sure {
			next = append(next, holder)
		}
		return next
	},
	DescribeOperation: func(input, _ any) string {
		a := input.(floorAct)
		return fmt.Sprintf("%s %s", a.what, a.seat)
	},
}

// anybody holds the floor, or nobody: the first act tells. After it stand the seats that
// have been sent away meanwhile, who do not.
const anybody = "?"

// on gives who holds the floor after the act, and whether it may happen.
func (a floorAct) on(holder string) (string, bool) {
	not, unknown := strings.CutPrefix(holder, anybody)
	away := strings.Contains(not, a.seat)
	mine := holder == a.seat || unknown && !away
	switch a.what {
	case "take":
		return a.seat, mine || holder == "" || unknown
	case "say":
		return a.seat, mine
	case "give":
		return "", mine || holder == "" || unknown
	default: // send-away
		switch {
		case unknown && !away:
			return holder + " " + a.seat, true
		case holder == a.seat:
			return "", true
		}
		return holder, true
	}
}

var floorKinds = map[string]string{
	"take": "take", "moment": "take", "share": "say", "yield": "give", "pass": "give", "later": "give",
}

// floor checks with porcupine that never two had the floor (R4).
func (c *looker) floor(s *story) {
	history := s.floorHistory()
	c.v.Turns += len(history)
	if len(history) == 0 {
		return
	}
	model := floorModel.ToModel()
	switch porcupine.CheckOperationsTimeout(model, history, floorWithin) {
	case porcupine.Illegal:
		c.find("holders", "session %s: no order of %d acts has one holder of the floor at a time%s", s.session, len(history), told(history)+s.refusals(len(history)))
	case porcupine.Unknown:
		c.find("holders", "session %s: it was not found out within %s whether there was one holder at a time", s.session, floorWithin)
	}
}

// told lists a history that a person can still read.
func told(history []porcupine.Operation) string {
	if len(history) > 150 {
		return ""
	}
	var b strings.Builder
	for _, op := range history {
		a := op.Input.(floorAct)
		to := "no answer"
		if a.sure {
			to = time.Unix(0, op.Return).Format(clock)
		}
		fmt.Fprintf(&b, "\n         %s to %s  %.4s %s", time.Unix(0, op.Call).Format(clock), to, a.seat, a.what)
	}
	return b.String()
}

// refusals lists what was refused beside a history that a person can read.
func (s *story) refusals(acts int) string {
	if acts > 150 {
		return ""
	}
	var b strings.Builder
	for _, t := range s.people {
		for _, e := range t.book.Sent {
			if floorKinds[e.Verb] != "" && e.Code != "" {
				fmt.Fprintf(&b, "\n         %s to %s  %.4s %s refused: %s (again %d)", e.At.Format(clock), e.AnsAt.Format(clock), t.seat, e.Verb, e.Code, e.Again)
			}
		}
	}
	return b.String()
}

func (s *story) floorHistory() []porcupine.Operation {
	var history []porcupine.Operation
	for i, t := range s.people {
		mine := map[string]bool{}
		for _, a := range t.log.Turns {
			mine[a.ID] = true
		}
		for j := range t.book.Sent {
			e := &t.book.Sent[j]
			act := floorAct{seat: t.seat, sure: e.Answered}
			switch {
			case e.Answered && e.Code != "":
				continue
			case mine[e.ID] && floorKinds[e.Verb] != "":
				act.what = floorKinds[e.Verb]
			case e.Verb == "to-lobby":
				act.what, act.seat = "send-away", about(e, "seat")
			default:
				continue
			}
			op := porcupine.Operation{ClientId: i, Input: act, Call: e.At.UnixNano(), Return: math.MaxInt64}
			if e.Answered {
				op.Return = e.AnsAt.UnixNano()
			}
			history = append(history, op)
		}
	}
	slices.SortFunc(history, func(a, b porcupine.Operation) int { return int(a.Call - b.Call) })
	return history
}
