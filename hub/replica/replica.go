// Package replica is one node's copy of a room, and how the copies that several
// nodes have of it stay the same.
//
// Form is ordered by the journal: of two nodes that write after the same number
// one is refused, reads on and decides again. So there is no owner of a room,
// and nothing that must be right rests on a lease. What is passing has no such
// arbiter, so that the nodes of a room agree on one order for everything: each
// decision is told to all of them as a batch on the room's channel, and each
// replica, the author's too, applies it when it comes back. A batch names its
// place in the stream; the first that comes for a place has it, and whoever was
// overtaken decides anew. So each batch is applied by all to the very state it
// was decided on, and they cannot drift apart. Rows of the journal cannot be
// overtaken: they are kept already, and are told again at the next place.
//
// A replica is in one of three modes. Alone: no other node has the room, and
// nothing but the journal is asked. Shared: as above. Apart: another node has,
// or may have, the room and cannot be reached; this one goes on with its own
// people, reads the form of the others from the journal, and keeps words for
// them for as long as words live.
//
// A relay may lose messages and tell nobody. So a batch also names, in short,
// everything that was applied before it; a node that has applied something else
// asks. What is passing may then be replaced by what another node knows. Words
// may not: each node numbers its own, keeps them, tells them again to whoever
// lacks them, and asks for those that it lacks itself. The same words may thus
// come more than once; their id tells.
//
// The package does no I/O, reads no clock and starts nothing: everything comes
// through [World]. So two nodes, their journal, their relay and their clocks can
// be played through from one seed.
package replica

import (
	"maps"
	"slices"
	"time"

	"hearth/hub/journal/kept"
	"hearth/room"
)

// Mode is how a replica stands to the other nodes.
type Mode uint8

// The modes; see the package comment.
const (
	Alone Mode = iota
	Shared
	Apart
)

// String is the mode in a word, for logs.
func (m Mode) String() string { return [...]string{"alone", "shared", "apart"}[m] }

// World is what a replica asks of the world around it. All methods are called by
// the goroutine that owns the replica, and may wait.
type World interface {
	// Append writes rows after a number; see hub.Journal.
	Append(after int64, key kept.CommandKey, rows [][]byte) (int64, error)
	// Head is the number of the journal's last row.
	Head() (int64, error)
	// Tail reads rows after a number; see hub.Journal.
	Tail(after int64, see func(seq int64, key kept.CommandKey, row []byte) error) error
	// Publish tells all nodes that listen to the room, this one included.
	Publish(message []byte) error
	// Hear gives what the room's channel brought next, waiting no longer than so
	// long for it; ok is false if nothing came.
	Hear(wait time.Duration) (heard Heard, ok bool)
	// Pause waits a little, by chance.
	Pause(longest time.Duration)
	// NewID makes an id that nobody has used.
	NewID() string
	// Now is the time.
	Now() time.Time
	// Slept says whether this node has stood still for so long since it was last
	// asked that others may have gone on without it.
	Slept() bool
	// Others lists the other nodes that are up and have the room; sure is false
	// when there may be more.
	Others() (nodes []string, sure bool)

	// Applied is told of events that were just applied to the state.
	Applied(now time.Time, events []room.Event, how How)
	// Kept is told the number of a command's last row; Passed, that a command
	// left none and took effect.
	Kept(key kept.CommandKey, seq int64)
	Passed(key kept.CommandKey)
	// Waits says whether whoever gave the command under way is still connected here
	// and waits for its answer.
	Waits() bool
	// Anew is told that the state is another one now.
	Anew()
	// Frame is the number of the last frame, the same on all replicas. Drifted is
	// told that it is not. Renumber goes on from a number that no other node will
	// use: others may show frames that are not known here, or the other way round.
	Frame() int64
	Drifted()
	Renumber()
	// Luggage is what the live side of a node carries beside the state, for a
	// node that joins in; Unpack takes it on. Note is told what another node said
	// beside the stream.
	Luggage() []byte
	Unpack(luggage []byte)
	Note(note []byte)
	// Trouble is told what the operator should know.
	Trouble(what string, err error)
}

// Heard is one message of the room's channel, or Fresh: messages may have been
// missed before this point.
type Heard struct {
	Message []byte
	Fresh   bool
}

// How says where applied events came from.
type How struct {
	Elsewhere bool // decided on another node, or not yet shown on this one
	Late      bool // words that some node has missed; others may know them
}

// Outcome is how a command ended.
type Outcome struct {
	Form    int64         // its last row in the journal; 0 if it left none
	Refusal *room.Refusal // the rules say no
	Again   bool          // it had been done before
	Busy    bool          // others were always first
	Failed  bool          // the journal did not take it: nothing has changed
}

// Replica is one node's copy of a room. It belongs to one goroutine.
type Replica struct {
	State *room.State
	Form  int64 // number of the last row that State holds

	world    World
	node     string
	mode     Mode
	at       position
	others   others
	question question
	trust    trust
	command  command
	words    words
	telling  bool       // a batch is under way; what must be told meanwhile is told again after it
	held     []*message // batches of which it is not known where they belong
}

// position is where a node stands in the stream of batches. Two nodes at the same
// position hold the same state.
type position struct {
	name  string // Shared: of the stream
	pos   int64  // number of the last batch of the stream this node is or was in
	chain uint64 // what has been applied in the stream, in short
	last  string // the stream this node is or was in
	over  string // streams up to this one are history: this node went on alone
	seen  string // the latest stream anybody has spoken of; never before last
	told  uint64 // number of this node's last batch; it only grows
}

// others is what a node knows of those that have the room too.
type others struct {
	met         map[string]time.Time // when each was last heard
	decided     map[string]int64     // when the last batch of each was decided after which nothing was missing, in Unix nanoseconds
	deafPeer    bool                 // one of them cannot hear this node
	unknownPeer bool                 // somebody unknown has, or had, the room too
	marked      time.Time            // they were last told where this node stands,
	markedAt    uint64               // and what it had applied
}

// question is what a node asks when it may have missed something.
type question struct {
	open    bool            // it waits for an answer
	asked   map[string]bool // open: nodes that asked too, and whether they know nothing themselves
	unheard bool            // open: not even the question has come back
	count   uint64          // how often it has asked; it only grows
	need    uint64          // which question must be answered, at least: older answers may lack what was missed; 0: any
	askers  []*message      // nodes that ask while a batch is under way
	behind  []*message      // nodes that ask and hold rows that this one lacks
}

// trust is how far a node may rely on what it knows.
type trust struct {
	unsure     bool      // something was missed: ask before anything else
	owed       bool      // the journal may hold rows that nobody will tell
	blind      bool      // the journal could not be asked before the command under way
	doubt      doubt     // about what is passing
	stoodStill bool      // this node has just stood still
	graceUntil time.Time // nobody is put out before
}

// command is a person's command that is being run.
type command struct {
	key  kept.CommandKey // zero: none is
	done doneBy          // it has taken effect while it was being run,
	row  int64           // and this is its last row; 0: it left none
}

// doubt says how much what a node knows of what is passing is worth: the less,
// the better. What is worth less never replaces what is worth more.
type doubt uint8

const (
	none    doubt = iota
	stale         // the node has stood still; others may have gone on
	guessed       // nobody has told the node: it is taken for granted
)

// doneBy says where a command under way has taken effect.
type doneBy uint8

const (
	notDone doneBy = iota
	doneHere
	doneElsewhere
)

// New returns a replica of a room nobody has read yet; see [Replica.Load].
func New(node string, w World) *Replica {
	return &Replica{State: room.New(), world: w, node: node, others: others{met: map[string]time.Time{}, decided: map[string]int64{}}}
}

// Mode says how the replica stands to other nodes.
func (r *Replica) Mode() Mode { return r.mode }

// Peers lists the other nodes that are known to have the room, in order.
func (r *Replica) Peers() []string {
	return slices.Sorted(maps.Keys(r.others.met))
}

// How often and how long a replica tries.
const (
	mostTries = 5
	// echoWithin is how long a batch may take to come back before the relay is
	// given up for now.
	echoWithin = time.Second
	// askFor is how long an answer is waited for, each time.
	askFor = 250 * time.Millisecond
	// wakeFor is how long a node that has stood still asks before it goes on.
	wakeFor = 3 * time.Second
	// tellIn is how long rows that another node has written are given to come by
	// themselves.
	tellIn = 30 * time.Millisecond
	// heardFor is how long a node that was heard of is not taken for dead: what
	// says so may be older.
	heardFor = 5 * time.Second
	// blankTries is how often a node that knows nothing asks nodes that do.
	blankTries = 4
	// graceFor is how long nobody is put out after nodes have found each other:
	// each has yet to say who is connected to it.
	graceFor = 5 * time.Second
	// markEvery is how often nodes compare where they stand, while something happens.
	markEvery = time.Second
)
