package presence

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"

	"hearth/hub/remote"
	"hearth/room"
)

// ErrAway says that the other nodes' part of presence cannot be asked just now.
var ErrAway = errors.New("presence cannot ask Redis")

const (
	// answerWithin bounds every question that a caller waits for.
	answerWithin = 200 * time.Millisecond
	// leakGuard is how long an entry stays at most when everybody has forgotten
	// it; touchEvery, how often what is still true is written anew.
	leakGuard, touchEvery = 24 * time.Hour, 6 * time.Hour
	// stripes is how many sessions' calls are in order among themselves without
	// waiting for each other's.
	stripes = 64
)

// Redis is presence over all nodes that share a Redis. Safe for use by many
// goroutines.
//
// Every node knows its own connections itself and writes them into Redis: a hash
// for each room, a set of those who hold it, and one lease for the node, which is
// all that is ever renewed. Entries of a node whose lease is gone count no more,
// 12 s after it died at the latest, and others clear them away. A node whose
// lease has vanished (Redis has lost everything, or the node was away) takes a
// new one and writes all its entries under that: what clears the old ones away
// cannot hit the new.
//
// A question takes 200 ms at most. The first that fails closes the way for all:
// until Redis answers again, Join, Leave and Here answer from this node's own
// connections, with no error, and Hold, Release and Forget are made up for later;
// only Holders gives ErrAway, because that nobody else holds a room is something
// one must know and not guess.
type Redis struct {
	client redis.UniversalClient
	node   string
	key    [32]byte
	log    *slog.Logger
	seed   maphash.Seed
	order  [stripes]sync.Mutex

	open atomic.Bool          // Redis answers
	said atomic.Bool          // that it does not was logged
	roll atomic.Pointer[roll] // the nodes, as last read
	kick chan struct{}        // look at Redis now
	stop context.CancelFunc
	done chan struct{}

	mu        sync.Mutex
	lease     string // this node's name in Redis: node~random
	sessions  map[string]*mine
	forgotten map[string]bool // while Redis was away
}

// mine is what this node itself knows of a session.
type mine struct {
	conns map[uint64]room.SeatID
	held  bool
}

// NewRedis takes a lease for the node and waits for it half a second at most;
// then it gives presence out, whether Redis answers or not. node is the node's id,
// unlike any other's, of letters, digits, dots and hyphens; key is the house's, the
// same on all nodes. log hears when Redis
// goes away and comes back, and may be nil. The client belongs to the caller and
// must outlive presence.
func NewRedis(client redis.UniversalClient, node string, key [32]byte, log *slog.Logger) *Redis {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	ctx, stop := context.WithCancel(context.Background())
	r := &Redis{
		client: client, node: node, key: key, log: log, seed: maphash.MakeSeed(), kick: make(chan struct{}, 1), stop: stop, done: make(chan struct{}),
		lease: leaseOf(node), sessions: make(map[string]*mine), forgotten: make(map[string]bool),
	}
	k := &keeper{of: r, write: 1, touched: time.Now()}
	k.look(ctx)
	go k.run(ctx)
	return r
}

// Close gives up the lease and clears this node's entries away, if Redis answers
// within a second. It does not close the client.
func (r *Redis) Close() error {
	r.stop()
	<-r.done
	r.open.Store(false)
	if r.said.Load() {
		return nil // Redis is away; the lease runs out by itself
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if err := r.farewell(ctx); err != nil {
		return fmt.Errorf("clear this node's presence away: %w", err)
	}
	return nil
}

// Join implements hub.Presence.
func (r *Redis) Join(ctx context.Context, session string, seat room.SeatID, conn uint64) (bool, error) {
	defer r.inOrder(session)()
	lease, known, others := r.add(session, seat, conn)
	if known {
		return false, nil
	}
	elsewhere := r.change(ctx, lease, session, seat, func(p redis.Pipeliner) {
		p.SAdd(ctx, indexKey(lease), session)
	}, func(p redis.Pipeliner) {
		p.HSet(ctx, roomKey(session), field(lease, conn), r.entry(session, field(lease, conn), seat))
		p.Expire(ctx, roomKey(session), leakGuard)
	})
	return !others && !elsewhere, nil
}

// Leave implements hub.Presence.
func (r *Redis) Leave(ctx context.Context, session string, seat room.SeatID, conn uint64) (bool, error) {
	defer r.inOrder(session)()
	lease, known, others := r.remove(session, seat, conn)
	if !known {
		return false, nil
	}
	elsewhere := r.change(ctx, lease, session, seat, nil, func(p redis.Pipeliner) {
		p.HDel(ctx, roomKey(session), field(lease, conn))
	})
	return !others && !elsewhere, nil
}

// Here implements hub.Presence.
func (r *Redis) Here(ctx context.Context, session string, seat room.SeatID) (bool, error) {
	lease, own := r.has(session, seat)
	if own {
		return true, nil
	}
	return r.change(ctx, lease, session, seat, nil, nil), nil
}

// Forget implements hub.Presence.
func (r *Redis) Forget(ctx context.Context, session string) error {
	defer r.inOrder(session)()
	r.mu.Lock()
	lease := r.lease
	delete(r.sessions, session)
	r.mu.Unlock()
	if !r.try(ctx, func(ctx context.Context) error {
		_, err := r.client.Pipelined(ctx, func(p redis.Pipeliner) error {
			p.Del(ctx, roomKey(session))
			p.Del(ctx, heldKey(session))
			p.SRem(ctx, indexKey(lease), session)
			return nil
		})
		return err
	}) {
		r.mu.Lock()
		defer r.mu.Unlock()
		if len(r.forgotten) < 1<<14 { // beyond it the leak guard clears up
			r.forgotten[session] = true
		}
	}
	return nil
}

// Hold implements cluster.Leases.
func (r *Redis) Hold(ctx context.Context, session string) error {
	defer r.inOrder(session)()
	lease, changed := r.setHeld(session, true)
	if !changed {
		return nil
	}
	r.try(ctx, func(ctx context.Context) error {
		_, err := r.client.Pipelined(ctx, func(p redis.Pipeliner) error {
			p.SAdd(ctx, indexKey(lease), session)
			p.SAdd(ctx, heldKey(session), lease)
			p.Expire(ctx, heldKey(session), leakGuard)
			return nil
		})
		return err
	})
	return nil
}

// Release implements cluster.Leases.
func (r *Redis) Release(ctx context.Context, session string) error {
	defer r.inOrder(session)()
	lease, changed := r.setHeld(session, false)
	if !changed {
		return nil
	}
	r.try(ctx, func(ctx context.Context) error {
		return r.client.SRem(ctx, heldKey(session), lease).Err()
	})
	return nil
}

// Holders implements cluster.Leases. It gives ErrAway while Redis does not answer.
func (r *Redis) Holders(ctx context.Context, session string) ([]string, error) {
	var others []string
	answered := r.try(ctx, func(ctx context.Context) error {
		nodes, held, err := r.askHolders(ctx, session)
		if err != nil {
			return err
		}
		r.mu.Lock()
		own := r.lease
		r.mu.Unlock()
		for _, lease := range held {
			if lease != own && nodes.runs(lease) && nodeOf(lease) != r.node {
				others = append(others, nodeOf(lease))
			}
		}
		return nil
	})
	if !answered {
		return nil, ErrAway
	}
	slices.Sort(others)
	return slices.Compact(others), nil
}

func (r *Redis) askHolders(ctx context.Context, session string) (*roll, []string, error) {
	var nodes rollQuestion
	var held *redis.StringSliceCmd
	_, err := r.client.Pipelined(ctx, func(p redis.Pipeliner) error {
		nodes.ask(ctx, p)
		held = p.SMembers(ctx, heldKey(session))
		return nil
	})
	if err != nil {
		return nil, nil, err
	}
	return nodes.answer(), held.Val(), nil
}

// Alive implements cluster.Leases.
func (r *Redis) Alive() (nodes []string, ok bool) {
	nodes = []string{r.node}
	last := r.roll.Load()
	if last == nil {
		return nodes, false
	}
	for lease := range last.until {
		if last.runs(lease) {
			nodes = append(nodes, nodeOf(lease))
		}
	}
	slices.Sort(nodes)
	return slices.Compact(nodes), r.open.Load() && time.Since(last.read) < renewEvery+2*renewWithin
}

// change lets before and what happen, the latter at one moment with the reading
// of the room, and says whether the seat is on another node too, as far as is
// known. Redis out of reach means that nothing is known of others.
func (r *Redis) change(ctx context.Context, lease, session string, seat room.SeatID, before, what func(redis.Pipeliner)) (elsewhere bool) {
	r.try(ctx, func(ctx context.Context) error {
		var question rollQuestion
		if _, err := r.client.Pipelined(ctx, func(p redis.Pipeliner) error {
			if before != nil {
				before(p)
			}
			question.ask(ctx, p)
			return nil
		}); err != nil {
			return err
		}
		var all *redis.MapStringStringCmd
		if _, err := r.client.TxPipelined(ctx, func(p redis.Pipeliner) error {
			if what != nil {
				what(p)
			}
			all = p.HGetAll(ctx, roomKey(session))
			return nil
		}); err != nil {
			return err
		}
		nodes := question.answer()
		if !nodes.runs(lease) {
			r.lookNow() // Redis has lost everything
		}
		for at, entry := range all.Val() {
			other := leaseIn(at)
			if other == lease || !nodes.runs(other) {
				continue
			}
			if who, ours := r.seatIn(session, at, entry); ours && who == seat {
				elsewhere = true
			}
		}
		return nil
	})
	return elsewhere
}

// try asks Redis, if it answers, and says whether it did. After
// a question that failed the keeper puts right what was or was not written.
func (r *Redis) try(ctx context.Context, ask func(context.Context) error) bool {
	if !r.open.Load() {
		return false
	}
	within, cancel := context.WithTimeout(ctx, answerWithin)
	defer cancel()
	err := remote.OverStale(func() error { return ask(within) })
	if err == nil {
		return true
	}
	if ctx.Err() != nil {
		r.lookNow() // what was to be written may not have been
		r.open.Store(false)
		return false
	}
	r.away(err)
	r.lookNow()
	return false
}

// away closes the way to Redis and says so once.
func (r *Redis) away(err error) {
	r.open.Store(false)
	if !r.said.Swap(true) {
		r.log.Warn("presence goes by this node's own connections until Redis answers", slog.Any("err", err))
	}
}

// lookNow lets the keeper look at Redis at once.
func (r *Redis) lookNow() {
	select {
	case r.kick <- struct{}{}:
	default:
	}
}

// inOrder keeps this node's calls for one session in order.
func (r *Redis) inOrder(session string) (done func()) {
	m := &r.order[maphash.String(r.seed, session)%stripes]
	m.Lock()
	return m.Unlock
}
