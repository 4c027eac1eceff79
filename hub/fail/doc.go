// Package fail holds the places on the path of a command where a crash test may
// kill the process, and the seeded bugs that the crash checker has to find
// (walls §3.2, F2). Without the build tag "failpoint" everything here is empty
// and is compiled away.
//
// With the tag, HEARTH_FAILPOINT="before-commit:7" sends SIGKILL to the own
// process when before-commit is passed for the seventh time, and HEARTH_BUG
// names one seeded bug.
package fail

// The places, in the order in which a command passes them.
const (
	AfterDecode  = "after-decode"
	BeforeCommit = "before-commit"
	AfterCommit  = "after-commit"
	BeforeAck    = "before-ack"
	AfterAck     = "after-ack"
	MidFanout    = "mid-fanout" // some of a room's people have the frame, some have not
	MidReplay    = "mid-replay" // a room is being read back from its journal
	MidDrain     = "mid-drain"  // some sockets are closed, some are not
)

// The seeded bugs.
const (
	AckBeforeCommit    = "ack-before-commit"
	NoCommandID        = "no-command-id"
	FanoutBeforeCommit = "fanout-before-commit"
)

// Points are all places, for a test that goes through them.
func Points() []string {
	return []string{AfterDecode, BeforeCommit, AfterCommit, BeforeAck, AfterAck, MidFanout, MidReplay, MidDrain}
}

// Bugs are all seeded bugs.
func Bugs() []string { return []string{AckBeforeCommit, NoCommandID, FanoutBeforeCommit} }
