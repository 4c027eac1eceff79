package room

import "time"

// Silence is a while in which nobody speaks.
const Silence Format = "silence"

type silenceFormat struct{ common }

var silence = &silenceFormat{common{FormatTraits{Name: Silence, Host: true, Still: true, Minutes: &Span{Least: 1, Most: 5}}}}

func (*silenceFormat) begin(d *decision, c Begin) {
	d.emit(FormatBegan{Format: c.Format})
	d.emit(SilenceSet{Until: d.now.Add(d.s.silenceFor(c.Minutes))})
}

func (*silenceFormat) began(s *State, _ FormatBegan) { s.Live.Break = false }

// step ends a silence of which a restart has forgotten how long it lasts.
func (*silenceFormat) step(s *State) step { return step{over: s.Live.SilenceEnds.IsZero()} }

func (*silenceFormat) ends(s *State) time.Time {
	if s.frozen() {
		return time.Time{}
	}
	return s.Live.SilenceEnds
}

func (*silenceFormat) speak(*State, time.Time, SeatID) (WordsKind, *Refusal) { return "", silenceNow }

func (*silenceFormat) shown(s *State, v FormatView) FormatView {
	v.Ends = millis(s.Live.SilenceEnds)
	return v
}

// SilenceSet says until when a silence lasts. After a restart it is forgotten,
// and the silence is over once the room carries on.
type SilenceSet struct {
	passing
	Until time.Time
}

var silenceEvents = []kind{
	declare[SilenceSet]("silence-set", alteration{inFormat, nobody, false}, nil),
}

func (e SilenceSet) apply(s *State, _ time.Time) { s.Live.SilenceEnds = e.Until }

func (s *State) silenceFor(minutes int) time.Duration {
	if minutes == 0 {
		return s.Form.Rules.SilenceFor
	}
	return time.Duration(minutes) * time.Minute
}
