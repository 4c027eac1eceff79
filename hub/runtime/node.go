// Package runtime runs the rooms of one node: of each its mailbox and the one
// worker that reads it, its commands, its timers, the connections of its people,
// and what it brings about.
//
// The rules of a session are in package room, which is pure. This package brings
// what is not pure: time, ids, the journal, the sockets. It sees the journal and
// presence only as interfaces that it defines itself ([Journal], [Store],
// [Presence], [Relay]). Which rooms there are, and on which node, is for package
// hub to say.
package runtime

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"hearth/hub/cluster"
	"hearth/room"
)

// ErrOver says that a session is over.
var ErrOver = errors.New("hub: the session is over")

// Config is what a node is made of. Journal, Store and Presence are needed;
// every other field has a default.
type Config struct {
	Journal  Journal
	Store    Store
	Presence Presence
	// Relay is how this node speaks with others, and Members, needed with it, its place among them:
	// the caller joins before the hub starts, and leaves after it has drained. Without a Relay there are
	// no others.
	Relay   Relay
	Members *cluster.Membership
	// Clock is the machine's, and may jump: rooms in memory do not follow it then.
	// Default time.Now.
	Clock func() time.Time
	// Log receives happenings of operation; never names, words, tokens or
	// addresses. Default: nothing is logged.
	Log *slog.Logger
	// Limits are the walls of §2.4; a zero field means its default.
	Limits Limits
	// Metrics are counted into; default: counted, but registered nowhere.
	Metrics *Metrics
	// Record makes the content-free record of a room that has closed (practice
	// §5). It is called by the room's worker and must only read. Default: the
	// record of package room/record, as JSON.
	Record func(*room.State) ([]byte, error)
	// Effects are told of everything that rooms bring about, in order, by each
	// room's worker: they must not wait. See [room.Effects].
	Effects []func(session string, e room.Effect)
	// OnRemoved is told that a seat was removed for today, before its devices
	// are unbound: the open link of the session is rotated (walls §2.2, 4). It
	// is called once per removal, and again after a restart if the server died
	// over it, on a goroutine of its own.
	OnRemoved func(ctx context.Context, session string, seat room.SeatID)
}

// Node is what all rooms of one node share. All methods may be called by many
// goroutines.
type Node struct {
	cfg     Config
	limits  Limits
	log     *slog.Logger
	metrics *Metrics
	time    steady
	clock   func() time.Time // time.now
	doers   []func(*Room, time.Time, room.Effect)
	forget  func(*Room)   // takes a room out of the table of rooms
	conns   atomic.Uint64 // number of the last connection
	silent  atomic.Bool   // the journal let somebody wait too long, and has answered nobody since

	base    context.Context // ends when the node stops
	stop    context.CancelFunc
	open    sync.WaitGroup // sockets
	workers workers
	sweeper sweeper
}

// NewNode returns a node without rooms. forget is called by each room that leaves
// memory, on its worker, or could not be loaded.
func NewNode(cfg Config, forget func(*Room)) *Node {
	if cfg.Clock == nil {
		cfg.Clock = time.Now
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.Metrics == nil {
		cfg.Metrics = NewMetrics()
	}
	n := &Node{
		cfg: cfg, limits: cfg.Limits.withDefaults(), log: cfg.Log, metrics: cfg.Metrics, time: steady{wall: cfg.Clock},
		doers: doers(), forget: forget, workers: workers{work: make(chan *Room), stopped: make(chan struct{})},
	}
	n.clock = n.time.now
	n.base, n.stop = context.WithCancel(context.Background())
	return n
}

// Config is what the node was made of, with every default filled in but those of
// the limits.
func (n *Node) Config() Config { return n.cfg }

// Base ends when the node stops.
func (n *Node) Base() context.Context { return n.base }

// Clock is the time by which rooms live.
func (n *Node) Clock() time.Time { return n.clock() }

// HoldTime makes the time of rooms go on evenly, whatever is done to the machine's
// clock; FreeTime follows the machine's again. They are for the first room to come
// into memory, and the last to leave it.
func (n *Node) HoldTime() { n.time.hold() }

// FreeTime: see [Node.HoldTime].
func (n *Node) FreeTime() { n.time.free() }

// Stop ends what the node runs beside its rooms, and waits for it. The caller has
// ended rooms and sockets.
func (n *Node) Stop() {
	n.stop()
	close(n.workers.stopped)
	n.workers.tasks.Wait()
}

// Spawn runs something in the background that Stop waits for.
func (n *Node) Spawn(do func()) {
	n.workers.tasks.Add(1)
	go func() {
		defer n.workers.tasks.Done()
		do()
	}()
}

// after runs something small later, unless the node has stopped by then.
func (n *Node) after(wait time.Duration, do func()) {
	n.Spawn(func() {
		if n.Pause(n.base, wait) {
			do()
		}
	})
}

// Pause waits, or says false because ctx ends.
func (n *Node) Pause(ctx context.Context, wait time.Duration) bool {
	t := time.NewTimer(wait)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// insist does something against the store until it succeeds, or the node stops.
func (n *Node) insist(what, session string, do func(context.Context) error) bool {
	for wait := 250 * time.Millisecond; ; wait = min(2*wait, time.Minute) {
		ctx, done := context.WithTimeout(n.base, storeWait)
		err := do(ctx)
		done()
		if err == nil {
			return true
		}
		n.log.Error("the store did not do it; trying again", slog.String("what", what), slog.String("session", session), slog.Any("err", err))
		n.metrics.FinishRetries.Inc()
		if !n.Pause(n.base, wait) {
			return false
		}
	}
}

// Clustered says whether there may be other nodes.
func (n *Node) Clustered() bool { return n.cfg.Relay != nil }

// Self is this node's id; empty for a node alone.
func (n *Node) Self() string {
	if !n.Clustered() {
		return ""
	}
	return n.cfg.Members.Self()
}

// leases is what presence knows of nodes; nil: nothing.
func (n *Node) leases() cluster.Leases {
	if !n.Clustered() {
		return nil
	}
	return n.cfg.Members.Leases()
}

// Standing is how the other nodes are, at one moment.
type Standing struct {
	cluster.Standing
	Relay bool // the relay takes messages
}

// Standing looks at the other nodes. It never waits.
func (n *Node) Standing() Standing {
	return Standing{n.cfg.Members.Standing(), n.cfg.Relay.Up()}
}

// Holders lists the other nodes that have a session's room, and says whether that
// is sure.
func (n *Node) Holders(ctx context.Context, session string) (nodes []string, sure bool) {
	if !n.Clustered() {
		return nil, true
	}
	return n.cfg.Members.Others(ctx, session)
}
