// Package conform is the one suite that every presence passes.
package conform

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"

	"hearth/room"
)

// Presence is what the hub asks of a presence; package hub says what each method
// means.
type Presence interface {
	Join(ctx context.Context, session string, seat room.SeatID, conn uint64) (first bool, err error)
	Leave(ctx context.Context, session string, seat room.SeatID, conn uint64) (last bool, err error)
	Here(ctx context.Context, session string, seat room.SeatID) (bool, error)
	Forget(ctx context.Context, session string) error
}

// Run checks a presence; open gives a new, empty one for each part.
func Run(t *testing.T, open func(*testing.T) Presence) {
	t.Helper()
	parts := map[string]func(*testing.T, *keeper){
		"a first connection is first, a second is not":         firstAndSecond,
		"only the last connection that leaves is last":         lastOfSeveral,
		"joining twice counts once":                            twiceIsOnce,
		"a late clean-up never puts out a seat that came back": lateCleanUp,
		"leaving twice, or without having come, does nothing":  leavingTwice,
		"seats and sessions are apart":                         apart,
		"a forgotten session is empty":                         forgotten,
		"of many at once exactly one is first and one is last": manyAtOnce,
	}
	for name, part := range parts {
		t.Run(name, func(t *testing.T) { part(t, &keeper{t: t, p: open(t)}) })
	}
}

// keeper runs a presence and fails the test on any error.
type keeper struct {
	t *testing.T
	p Presence
}

func (k *keeper) join(session string, seat room.SeatID, conn uint64) bool {
	k.t.Helper()
	first, err := k.p.Join(k.t.Context(), session, seat, conn)
	if err != nil {
		k.t.Errorf("join: %v", err)
	}
	return first
}

func (k *keeper) leave(session string, seat room.SeatID, conn uint64) bool {
	k.t.Helper()
	last, err := k.p.Leave(k.t.Context(), session, seat, conn)
	if err != nil {
		k.t.Errorf("leave: %v", err)
	}
	return last
}

func (k *keeper) want(what string, got, want bool) {
	k.t.Helper()
	if got != want {
		k.t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

func (k *keeper) here(session string, seat room.SeatID, want bool) {
	k.t.Helper()
	got, err := k.p.Here(k.t.Context(), session, seat)
	if err != nil {
		k.t.Errorf("here: %v", err)
	}
	k.want("here", got, want)
}

func firstAndSecond(_ *testing.T, k *keeper) {
	k.here("s", "ann", false)
	k.want("first", k.join("s", "ann", 1), true)
	k.want("second tab", k.join("s", "ann", 2), false)
	k.here("s", "ann", true)
}

func lastOfSeveral(_ *testing.T, k *keeper) {
	k.join("s", "ann", 1)
	k.join("s", "ann", 2)
	k.want("one of two", k.leave("s", "ann", 1), false)
	k.here("s", "ann", true)
	k.want("the other", k.leave("s", "ann", 2), true)
	k.here("s", "ann", false)
	k.want("first again", k.join("s", "ann", 3), true)
}

func twiceIsOnce(_ *testing.T, k *keeper) {
	k.join("s", "ann", 1)
	k.want("again", k.join("s", "ann", 1), false)
	k.want("one leave ends it", k.leave("s", "ann", 1), true)
}

// lateCleanUp is the trap BigBlueButton fell into: the old socket's end was
// noticed after the person had come back, and put them out.
func lateCleanUp(_ *testing.T, k *keeper) {
	k.join("s", "ann", 1)
	k.join("s", "ann", 2) // back, before the end of 1 was noticed
	k.want("late end of the old socket", k.leave("s", "ann", 1), false)
	k.here("s", "ann", true)
	k.want("the same end, told twice", k.leave("s", "ann", 1), false)
	k.here("s", "ann", true)
}

func leavingTwice(_ *testing.T, k *keeper) {
	k.want("never came", k.leave("s", "ann", 9), false)
	k.join("s", "ann", 1)
	k.want("left", k.leave("s", "ann", 1), true)
	k.want("left again", k.leave("s", "ann", 1), false)
}

func apart(_ *testing.T, k *keeper) {
	k.join("s", "ann", 1)
	k.want("another seat", k.join("s", "ben", 2), true)
	k.want("another session", k.join("r", "ann", 3), true)
	k.want("not that seat's connection", k.leave("s", "ben", 1), false)
	k.want("ann in s", k.leave("s", "ann", 1), true)
	k.here("r", "ann", true)
	k.here("s", "ben", true)
}

func forgotten(t *testing.T, k *keeper) {
	k.join("s", "ann", 1)
	k.join("r", "ann", 2)
	if err := k.p.Forget(t.Context(), "s"); err != nil {
		t.Fatal(err)
	}
	k.here("s", "ann", false)
	k.here("r", "ann", true)
	k.want("a late end", k.leave("s", "ann", 1), false)
}

func manyAtOnce(_ *testing.T, k *keeper) {
	const n = 64
	var firsts, lasts atomic.Int32
	each := func(do func(uint64) bool, count *atomic.Int32) {
		var all sync.WaitGroup
		for i := range n {
			all.Go(func() {
				if do(uint64(i + 1)) {
					count.Add(1)
				}
			})
		}
		all.Wait()
	}
	each(func(c uint64) bool { return k.join("s", "ann", c) }, &firsts)
	each(func(c uint64) bool { return k.leave("s", "ann", c) }, &lasts)
	if firsts.Load() != 1 || lasts.Load() != 1 {
		k.t.Errorf("%d first and %d last, want one of each", firsts.Load(), lasts.Load())
	}
	k.here("s", "ann", false)
}
