package room

import "time"

// SilenceSet says until when a silence lasts. After a restart it is forgotten,
// and the silence is over once the room carries on.
type SilenceSet struct {
	passing
	Until time.Time
}

// Kind of the event.
func (SilenceSet) Kind() string { return "silence-set" }

func (e SilenceSet) apply(s *State, _ time.Time) { s.Live.SilenceEnds = e.Until }

func (s *State) silenceFor(minutes int) time.Duration {
	if minutes == 0 {
		return s.Form.Rules.SilenceFor
	}
	return time.Duration(minutes) * time.Minute
}
