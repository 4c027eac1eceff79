// Package fail holds the places on the path of a command where a crash test may
// kill the process, a place where it may make one room panic, and the seeded
// bugs that the checkers have to find (walls §3.2, F2, F24). Without the build
// tag "failpoint" everything here is empty and is compiled away.
//
// With the tag, HEARTH_FAILPOINT="before-commit:7" sends SIGKILL to the own
// process when before-commit is passed for the seventh time;
// HEARTH_FAILPOINT="panic-in-room" makes a room panic over each command whose
// id begins with "panic-early" or "panic-late"; and HEARTH_BUG names one seeded
// bug.
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

// PanicInRoom arms [Panic].
const PanicInRoom = "panic-in-room"

// Where a command makes its room panic: before anything has come of it, or when
// it is in the journal and nobody has been told.
const (
	PanicEarly = "panic-early"
	PanicLate  = "panic-late"
)

// The seeded bugs.
const (
	AckBeforeCommit    = "ack-before-commit"
	NoCommandID        = "no-command-id"
	FanoutBeforeCommit = "fanout-before-commit"
	KickWithoutRevoke  = "kick-without-revoke" // a removed person's sockets and devices stay good
	LobbyInFanout      = "lobby-in-fanout"     // people at the door are sent what the room is sent
	FloorByClock       = "floor-by-clock"      // hands stand in the order of their senders' clocks
	NoEpochCheck       = "no-epoch-check"      // a second writer's rows are not looked at before writing on
	GapIgnored         = "gap-ignored"         // a batch that is not the next one is taken
)

// Points are all places, for a test that goes through them.
func Points() []string {
	return []string{AfterDecode, BeforeCommit, AfterCommit, BeforeAck, AfterAck, MidFanout, MidReplay, MidDrain}
}

// Bugs are all seeded bugs.
func Bugs() []string {
	return append(CrashBugs(), KickWithoutRevoke, LobbyInFanout, FloorByClock, NoEpochCheck, GapIgnored)
}

// CrashBugs are those that killing a server brings to light.
func CrashBugs() []string { return []string{AckBeforeCommit, NoCommandID, FanoutBeforeCommit} }
