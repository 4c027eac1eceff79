package presence

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"hearth/room"
)

// The keys. Braces are Redis Cluster's hash tags: what belongs together lies
// together.
const nodesKey = "hearth:nodes" // sorted set of leases by when they run out (ms of Redis' clock)

func roomKey(session string) string { return "hearth:pres:{" + session + "}" } // hash of lease/number to seat
func heldKey(session string) string { return "hearth:hold:{" + session + "}" } // set of leases
func leaseKey(lease string) string  { return "hearth:node:{" + lease + "}" }   // there while the node lives
func indexKey(lease string) string  { return "hearth:idx:{" + lease + "}" }    // set of sessions with entries of the lease
func sweepKey(lease string) string  { return "hearth:sweep:{" + lease + "}" }  // who clears a dead lease's entries away

// leaseOf makes a lease's name: one that no node has had before.
func leaseOf(node string) string {
	var b [4]byte
	_, _ = rand.Read(b[:]) // never fails (package crypto/rand)
	return node + "~" + hex.EncodeToString(b[:])
}

// nodeOf is the node of a lease.
func nodeOf(lease string) string {
	node, _, _ := strings.Cut(lease, "~")
	return node
}

// field is where a room keeps a connection. Numbers are the node's own, so the
// lease is part of it.
func field(lease string, conn uint64) string { return lease + "/" + strconv.FormatUint(conn, 10) }

func leaseIn(field string) string {
	lease, _, _ := strings.Cut(field, "/")
	return lease
}

// macSize is how much of a MAC is kept, in bytes.
const macSize = 16

// entry is what a room keeps at a field: the seat, and a MAC under the key of the
// house over session, field (lease and connection) and seat. Who can write to Redis
// can so make nobody seem to be here (S04).
func (r *Redis) entry(session, at string, seat room.SeatID) string {
	return string(seat) + " " + hex.EncodeToString(r.mac(session, at, seat))
}

func (r *Redis) mac(session, at string, seat room.SeatID) []byte {
	mac := hmac.New(sha256.New, r.key[:])
	for _, part := range []string{"hearth presence 1", session, at, string(seat)} {
		var size [4]byte
		binary.BigEndian.PutUint32(size[:], uint32(len(part))) //nolint:gosec // ids are short
		mac.Write(size[:])
		mac.Write([]byte(part))
	}
	return mac.Sum(nil)[:macSize]
}

// seatIn is the seat of an entry; false if no node of this house wrote it there.
func (r *Redis) seatIn(session, at, entry string) (room.SeatID, bool) {
	i := strings.LastIndexByte(entry, ' ')
	if i < 0 {
		return "", false
	}
	seat := room.SeatID(entry[:i])
	mac, err := hex.DecodeString(entry[i+1:])
	return seat, err == nil && hmac.Equal(mac, r.mac(session, at, seat))
}

// A roll is which leases there were at a moment and how long they run. It is by
// Redis' clock, carried on by this node's.
type roll struct {
	read  time.Time
	until map[string]time.Duration // after read; negative: has run out
}

// runs says whether a lease still runs.
func (r *roll) runs(lease string) bool {
	left, known := r.until[lease]
	return known && left > time.Since(r.read)
}

// carryOn takes leases that still ran by an older roll, but for one.
func (r *roll) carryOn(older *roll, but string) {
	if older == nil {
		return
	}
	for lease, until := range older.until {
		if !r.runs(lease) && lease != but && older.runs(lease) {
			r.until[lease] = until - r.read.Sub(older.read)
		}
	}
}

// A rollQuestion asks for the roll within a pipeline.
type rollQuestion struct {
	now   *redis.TimeCmd
	nodes *redis.ZSliceCmd
}

func (q *rollQuestion) ask(ctx context.Context, p redis.Pipeliner) {
	q.now = p.Time(ctx)
	q.nodes = p.ZRangeWithScores(ctx, nodesKey, 0, -1)
}

func (q *rollQuestion) answer() *roll {
	r := &roll{read: time.Now(), until: make(map[string]time.Duration)}
	now := q.now.Val().UnixMilli()
	for _, z := range q.nodes.Val() {
		if lease, ok := z.Member.(string); ok {
			r.until[lease] = time.Duration(int64(z.Score)-now) * time.Millisecond
		}
	}
	return r
}
