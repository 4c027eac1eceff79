package presence

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"slices"
	"time"

	"github.com/redis/go-redis/v9"

	"hearth/hub/remote"
)

const (
	// leaseFor is how long a node counts as alive after it was last heard of.
	leaseFor = 12 * time.Second
	// renewEvery is how often it says so; all that a quiet node asks of Redis.
	renewEvery = 4 * time.Second
	// renewWithin bounds each round of renewing.
	renewWithin = 500 * time.Millisecond
	// lookAgain is how often Redis is tried while it does not answer.
	lookAgain = 250 * time.Millisecond
	// writeWithin bounds the writing of all entries, and clearing up after a dead
	// node.
	writeWithin = 3 * time.Second
)

// A keeper keeps a presence's lease and puts Redis right after it was away. It is
// one goroutine.
type keeper struct {
	of      *Redis
	begun   bool      // the lease was taken: it must be there
	write   int       // how often all entries are still to be written
	touched time.Time // when all were last written
}

func (k *keeper) run(ctx context.Context) {
	defer close(k.of.done)
	for {
		next := renewEvery
		if !k.of.open.Load() {
			next = lookAgain
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(next):
		case <-k.of.kick:
		}
		k.look(ctx)
	}
}

// look renews the lease and does what has fallen due.
func (k *keeper) look(ctx context.Context) {
	if !k.of.open.Load() && k.write == 0 {
		// Twice: what was sent before Redis stalled may be carried out after the
		// first time.
		k.write = 2
	}
	var nodes *roll
	err := remote.OverStale(func() (err error) {
		nodes, err = k.renew(ctx)
		return err
	})
	if err != nil {
		k.failed(ctx, err)
		return
	}
	// From here on changes go to Redis by themselves; what happened before is
	// written below. The other way round some would be in neither.
	k.of.open.Store(true)
	if k.write == 0 && time.Since(k.touched) > touchEvery {
		k.write = 1
	}
	if k.write > 0 {
		within, cancel := context.WithTimeout(ctx, writeWithin)
		err = k.of.writeAll(within)
		cancel()
		if err != nil {
			k.failed(ctx, err)
			return
		}
		k.write--
		k.touched = time.Now()
	}
	if k.of.said.Swap(false) {
		k.of.log.Info("presence asks Redis again")
	}
	k.sweep(ctx, nodes)
}

func (k *keeper) failed(ctx context.Context, err error) {
	k.write = 2
	if ctx.Err() == nil {
		k.of.away(err)
	} else {
		k.of.open.Store(false)
	}
}

// renew says that this node lives. A lease that has vanished is not taken up
// again: others may be clearing its entries away.
func (k *keeper) renew(ctx context.Context) (*roll, error) {
	nodes, was, err := k.say(ctx)
	if err != nil {
		return nil, err
	}
	if k.begun && !was {
		old := k.of.lease
		k.of.mu.Lock()
		k.of.lease = leaseOf(k.of.node)
		k.of.mu.Unlock()
		k.write = 2
		k.begun = false
		within, cancel := context.WithTimeout(ctx, renewWithin)
		defer cancel()
		if _, err := k.of.client.Pipelined(within, func(p redis.Pipeliner) error {
			p.Del(within, leaseKey(old))
			p.ZAdd(within, nodesKey, redis.Z{Score: 0, Member: old})
			return nil
		}); err != nil {
			return nil, err
		}
		if nodes, _, err = k.say(ctx); err != nil {
			return nil, err
		}
		// If Redis has lost everything the others have not said yet that they
		// live; what they said before holds as long as it did.
		nodes.carryOn(k.of.roll.Load(), old)
	}
	k.begun = true
	k.of.roll.Store(nodes)
	return nodes, nil
}

// say writes the lease and says whether it was there.
func (k *keeper) say(ctx context.Context) (nodes *roll, was bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, renewWithin)
	defer cancel()
	lease := k.of.lease // only this goroutine changes it
	var question rollQuestion
	var before *redis.StatusCmd
	_, err = k.of.client.Pipelined(ctx, func(p redis.Pipeliner) error {
		before = p.SetArgs(ctx, leaseKey(lease), "1", redis.SetArgs{TTL: leaseFor, Get: true})
		question.ask(ctx, p)
		return nil
	})
	if err != nil && !errors.Is(err, redis.Nil) {
		return nil, false, err
	}
	for _, err := range []error{question.now.Err(), question.nodes.Err()} {
		if err != nil {
			return nil, false, err
		}
	}
	if err := before.Err(); err != nil && !errors.Is(err, redis.Nil) {
		return nil, false, err
	}
	nodes = question.answer()
	nodes.until[lease] = leaseFor
	until := question.now.Val().Add(leaseFor).UnixMilli()
	if err := k.of.client.ZAdd(ctx, nodesKey, redis.Z{Score: float64(until), Member: lease}).Err(); err != nil {
		return nil, false, err
	}
	return nodes, before.Err() == nil, nil
}

// sweep clears the entries of dead nodes away. Nobody counts them any more; it
// is for tidiness, and one node does it.
func (k *keeper) sweep(ctx context.Context, nodes *roll) {
	ctx, cancel := context.WithTimeout(ctx, writeWithin)
	defer cancel()
	for _, lease := range slices.Collect(maps.Keys(nodes.until)) {
		// Some seconds on, so that clocks of a cluster that differ a little kill
		// nobody.
		if nodes.until[lease] > -leaseFor/4 {
			continue
		}
		if err := k.of.clear(ctx, lease); err != nil {
			k.of.log.Warn("entries of a node that is gone stay a while", slog.Any("err", err))
			return
		}
	}
}
