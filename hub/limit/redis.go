package limit

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"

	"hearth/hub/remote"
)

const (
	// sharedWithin bounds each question; whoever joins waits for it.
	sharedWithin = 50 * time.Millisecond
	// sharedPause is how long nobody asks after a question that failed, so that
	// one person in a while waits and not everybody.
	sharedPause = time.Second
	// window is what tries are counted in.
	window = time.Minute
)

// Redis counts tries over all nodes that share a Redis. A name is kept as a MAC
// under the house's key, for two minutes: no address is in Redis, nor can it be
// guessed from there. Counts are of two windows of a minute, the older weighed by
// how much of it still lies within the last minute. Safe for use by many
// goroutines.
type Redis struct {
	// Now is the clock; nil means time.Now. Nodes' clocks may differ by some
	// seconds.
	Now func() time.Time

	client redis.UniversalClient
	key    [32]byte
	quiet  atomic.Int64 // nobody asks before this, in ns of the process; 0: anybody may
	began  time.Time
}

// NewRedis counts in a Redis. The key is the same on all nodes. The client
// belongs to the caller.
func NewRedis(client redis.UniversalClient, key [32]byte) *Redis {
	return &Redis{client: client, key: key, began: time.Now()}
}

// Add implements Shared.
func (r *Redis) Add(names []string) ([]float64, bool) {
	return r.ask(names, func(ctx context.Context, p redis.Pipeliner, now, before string) (at, was counted) {
		count := p.Incr(ctx, now)
		p.Expire(ctx, now, 2*window)
		return func() float64 { return float64(count.Val()) }, r.get(ctx, p, before)
	})
}

// Count implements Shared.
func (r *Redis) Count(names []string) ([]float64, bool) {
	return r.ask(names, func(ctx context.Context, p redis.Pipeliner, now, before string) (at, was counted) {
		return r.get(ctx, p, now), r.get(ctx, p, before)
	})
}

// counted gives a count once the pipeline has been carried out.
type counted func() float64

func (r *Redis) get(ctx context.Context, p redis.Pipeliner, key string) counted {
	got := p.Get(ctx, key)
	return func() float64 {
		n, _ := got.Float64() // no such key: none
		return n
	}
}

func (r *Redis) ask(names []string, each func(ctx context.Context, p redis.Pipeliner, now, before string) (at, was counted)) ([]float64, bool) {
	if !r.mayAsk() {
		return nil, false
	}
	ctx, cancel := context.WithTimeout(context.Background(), sharedWithin)
	defer cancel()
	clock := r.clock()
	number := clock.Unix() / int64(window/time.Second)
	gone := float64(clock.Sub(time.Unix(number*int64(window/time.Second), 0))) / float64(window)
	at, was := make([]counted, len(names)), make([]counted, len(names))
	var commands []redis.Cmder
	err := remote.OverStale(func() (err error) {
		commands, err = r.client.Pipelined(ctx, func(p redis.Pipeliner) error {
			for i, name := range names {
				at[i], was[i] = each(ctx, p, r.keyOf(name, number), r.keyOf(name, number-1))
			}
			return nil
		})
		return err
	})
	if err != nil && !allAnswered(commands) {
		r.quiet.Store(int64(time.Since(r.began) + sharedPause))
		return nil, false
	}
	r.quiet.Store(0)
	counts := make([]float64, len(names))
	for i := range names {
		counts[i] = at[i]() + was[i]()*(1-gone)
	}
	return counts, true
}

// allAnswered tells keys that are not there from questions that failed.
func allAnswered(commands []redis.Cmder) bool {
	for _, c := range commands {
		if err := c.Err(); err != nil && err != redis.Nil {
			return false
		}
	}
	return len(commands) > 0
}

// mayAsk is true while Redis answers. When it does not, one caller in a while is
// let through.
func (r *Redis) mayAsk() bool {
	until := r.quiet.Load()
	if until == 0 {
		return true
	}
	now := time.Since(r.began)
	return int64(now) >= until && r.quiet.CompareAndSwap(until, int64(now+sharedPause))
}

func (r *Redis) clock() time.Time {
	if r.Now != nil {
		return r.Now()
	}
	return time.Now()
}

// keyOf keeps both windows of a name together in a Redis Cluster.
func (r *Redis) keyOf(name string, number int64) string {
	mac := hmac.New(sha256.New, r.key[:])
	mac.Write([]byte("hearth tries 1 " + name))
	return "hearth:try:{" + hex.EncodeToString(mac.Sum(nil)[:16]) + "}:" + strconv.FormatInt(number, 10)
}
