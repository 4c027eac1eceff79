package main

import (
	"context"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"hearth/hub/remote"
)

// slowRedis is an answer that people would notice across nodes.
const slowRedis = 50 * time.Millisecond

// aclLine is the user that hearth needs and no more (A33).
const aclLine = "user hearth on >PASSWORD resetkeys resetchannels ~hearth:* &hearth:* +@all -@dangerous -@scripting"

// relays asks Redis what it is and what hearth's user may do there.
func (p *patient) relays(ctx context.Context) []finding {
	const what = "redis"
	if p.redis == "" {
		if p.dbURL == "" {
			return nil
		}
		return []finding{found(fine, what, "none: one node. A second one needs --redis-url on both.")}
	}
	r, err := remote.Open(ctx, remote.Options{URL: p.redis, AllowNoPassword: p.open})
	if err != nil {
		return []finding{found(bad, what, "%s.", oneLine(err))}
	}
	defer r.Close()
	began := time.Now()
	if err := r.Client().Ping(ctx).Err(); err != nil {
		return []finding{found(bad, what, "it does not answer (%s). Rooms whose people sit on several nodes feel it. Is it running, and may this machine reach it?", oneLine(err))}
	}
	took := time.Since(began)
	var all []finding
	if took > slowRedis {
		all = append(all, found(look, what, "it took %v to answer; words to people on other nodes are late by that. Put it near the nodes.", took.Round(time.Millisecond)))
	}
	if strings.HasPrefix(p.redis, "redis://") && !onThisMachine(r.String()) {
		all = append(all, found(look, what, "it is reached without TLS, so its password can be read on the way. Use rediss://, or a network that is only theirs. Words are sealed in any case."))
	}
	all = append(all, redisUser(ctx, r.Client())...)
	if len(all) == 0 {
		all = append(all, found(fine, what, "it answers in %v, asks for a password, and the user may do no more than hearth needs. It need not keep anything on disk.", took.Round(100*time.Microsecond)))
	}
	return all
}

// redisUser tries what hearth's user should not be able to do, with commands
// that change nothing.
func redisUser(ctx context.Context, client redis.UniversalClient) (all []finding) {
	const what = "redis user"
	_, err := client.ConfigGet(ctx, "maxmemory").Result()
	if !refusedByACL(err) {
		all = append(all, found(look, what, "it may give dangerous commands. Give hearth a user of its own: %s", aclLine))
	}
	if err := client.ScriptExists(ctx, strings.Repeat("0", 40)).Err(); !refusedByACL(err) && len(all) == 0 {
		all = append(all, found(look, what, "it may run scripts, in which Redis had its worst faults. Give hearth a user of its own: %s", aclLine))
	}
	saving, err := client.ConfigGet(ctx, "save").Result()
	if err == nil && saving["save"] != "" {
		all = append(all, found(look, what, "this Redis writes itself to disk now and then. hearth needs nothing of that; save \"\" and appendonly no spare the disk. Words are sealed in any case."))
	}
	return all
}

func refusedByACL(err error) bool { return err != nil && strings.Contains(err.Error(), "NOPERM") }

// onThisMachine says whether all hosts of a Redis address are this machine.
func onThisMachine(address string) bool {
	_, rest, _ := strings.Cut(address, "://")
	if _, after, found := strings.Cut(rest, "@"); found {
		rest = after
	}
	rest, _, _ = strings.Cut(rest, "/")
	for host := range strings.SplitSeq(rest, ",") {
		if !strings.HasPrefix(host, "127.0.0.1:") && !strings.HasPrefix(host, "localhost:") && !strings.HasPrefix(host, "[::1]:") {
			return false
		}
	}
	return true
}
