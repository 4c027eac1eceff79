package presence

import (
	"context"
	"maps"
	"slices"

	"github.com/redis/go-redis/v9"
)

// atOnce is how many sessions are written in one pipeline.
const atOnce = 100

// writeAll makes Redis' entries of this node's lease what this node knows: after
// Redis was away, has lost everything, or has kept something too long.
func (r *Redis) writeAll(ctx context.Context) error {
	r.mu.Lock()
	lease, forgotten := r.lease, slices.Collect(maps.Keys(r.forgotten))
	sessions := slices.Collect(maps.Keys(r.sessions))
	r.mu.Unlock()
	written, err := r.client.SMembers(ctx, indexKey(lease)).Result()
	if err != nil {
		return err
	}
	sessions = append(sessions, written...)
	slices.Sort(sessions)
	for part := range slices.Chunk(slices.Compact(sessions), atOnce) {
		if err := r.writeSome(ctx, lease, part); err != nil {
			return err
		}
	}
	for part := range slices.Chunk(forgotten, atOnce) {
		if _, err := r.client.Pipelined(ctx, func(p redis.Pipeliner) error {
			for _, session := range part {
				p.Del(ctx, roomKey(session))
				p.Del(ctx, heldKey(session))
			}
			return nil
		}); err != nil {
			return err
		}
		r.mu.Lock()
		for _, session := range part {
			delete(r.forgotten, session)
		}
		r.mu.Unlock()
	}
	return nil
}

// inRooms are the fields, of every lease, that Redis holds of each session.
func (r *Redis) inRooms(ctx context.Context, sessions []string) ([]*redis.StringSliceCmd, error) {
	there := make([]*redis.StringSliceCmd, len(sessions))
	_, err := r.client.Pipelined(ctx, func(p redis.Pipeliner) error {
		for i, session := range sessions {
			there[i] = p.HKeys(ctx, roomKey(session))
		}
		return nil
	})
	return there, err
}

func (r *Redis) writeSome(ctx context.Context, lease string, sessions []string) error {
	there, err := r.inRooms(ctx, sessions)
	if err != nil {
		return err
	}
	all := make([]wrote, len(sessions))
	if _, err := r.client.Pipelined(ctx, func(p redis.Pipeliner) error {
		for i, session := range sessions {
			// What the node knows is read after what Redis knows: numbers are used
			// once, so an entry that is missing here is over.
			entries, held := r.ownEntries(lease, session)
			all[i] = wrote{entries, held}
			r.put(ctx, p, lease, session, entries, held)
			if stale := staleOf(lease, there[i].Val(), entries); len(stale) > 0 {
				p.HDel(ctx, roomKey(session), stale...)
			}
		}
		return nil
	}); err != nil {
		return err
	}
	return r.takeBack(ctx, lease, sessions, all)
}

// put writes what this node has in a session.
func (r *Redis) put(ctx context.Context, p redis.Pipeliner, lease, session string, entries map[string]string, held bool) {
	if len(entries) > 0 {
		p.HSet(ctx, roomKey(session), entries)
		p.Expire(ctx, roomKey(session), leakGuard)
	}
	if held {
		p.SAdd(ctx, heldKey(session), lease)
		p.Expire(ctx, heldKey(session), leakGuard)
	} else {
		p.SRem(ctx, heldKey(session), lease)
	}
	if held || len(entries) > 0 {
		p.SAdd(ctx, indexKey(lease), session)
	} else {
		p.SRem(ctx, indexKey(lease), session)
	}
}

// staleOf are the fields of a lease that its node knows nothing of.
func staleOf(lease string, there []string, entries map[string]string) (stale []string) {
	for _, at := range there {
		if _, known := entries[at]; !known && leaseIn(at) == lease {
			stale = append(stale, at)
		}
	}
	return stale
}

// wrote is what was written of a session.
type wrote struct {
	entries map[string]string
	held    bool
}

// takeBack removes what has ended while it was being written, so that the end of
// a connection is never undone.
func (r *Redis) takeBack(ctx context.Context, lease string, sessions []string, all []wrote) error {
	var changes []func(redis.Pipeliner)
	for i, session := range sessions {
		now, held := r.ownEntries(lease, session)
		over := make([]string, 0)
		for at := range all[i].entries {
			if _, there := now[at]; !there {
				over = append(over, at)
			}
		}
		if len(over) > 0 {
			changes = append(changes, func(p redis.Pipeliner) { p.HDel(ctx, roomKey(session), over...) })
		}
		switch {
		case all[i].held && !held:
			changes = append(changes, func(p redis.Pipeliner) { p.SRem(ctx, heldKey(session), lease) })
		case !all[i].held && held:
			changes = append(changes, func(p redis.Pipeliner) { p.SAdd(ctx, heldKey(session), lease) })
		}
		if held || len(now) > 0 { // it may have begun anew since it was left out
			changes = append(changes, func(p redis.Pipeliner) { p.SAdd(ctx, indexKey(lease), session) })
		}
	}
	if len(changes) == 0 {
		return nil
	}
	_, err := r.client.Pipelined(ctx, func(p redis.Pipeliner) error {
		for _, change := range changes {
			change(p)
		}
		return nil
	})
	return err
}

// clear removes every entry of a lease that has run out for good. One node does
// it at a time.
func (r *Redis) clear(ctx context.Context, lease string) error {
	alive, err := r.client.Exists(ctx, leaseKey(lease)).Result()
	if err != nil || alive > 0 {
		return err
	}
	mine, err := r.client.SetNX(ctx, sweepKey(lease), r.node, leaseFor).Result()
	if err != nil || !mine {
		return err
	}
	return r.erase(ctx, lease)
}

// farewell is what a node does for itself when it goes in order.
func (r *Redis) farewell(ctx context.Context) error {
	if err := r.client.Del(ctx, leaseKey(r.lease)).Err(); err != nil {
		return err
	}
	return r.erase(ctx, r.lease)
}

func (r *Redis) erase(ctx context.Context, lease string) error {
	sessions, err := r.client.SMembers(ctx, indexKey(lease)).Result()
	if err != nil {
		return err
	}
	for part := range slices.Chunk(sessions, atOnce) {
		if err := r.eraseSome(ctx, lease, part); err != nil {
			return err
		}
	}
	_, err = r.client.Pipelined(ctx, func(p redis.Pipeliner) error {
		p.Del(ctx, indexKey(lease))
		p.ZRem(ctx, nodesKey, lease)
		return nil
	})
	return err
}

func (r *Redis) eraseSome(ctx context.Context, lease string, sessions []string) error {
	there, err := r.inRooms(ctx, sessions)
	if err != nil {
		return err
	}
	_, err = r.client.Pipelined(ctx, func(p redis.Pipeliner) error {
		for i, session := range sessions {
			p.SRem(ctx, heldKey(session), lease)
			if stale := staleOf(lease, there[i].Val(), nil); len(stale) > 0 {
				p.HDel(ctx, roomKey(session), stale...)
			}
		}
		return nil
	})
	return err
}
